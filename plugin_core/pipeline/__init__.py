"""The use case: from a job to a rendered clip."""
