"""Training and measuring the hearing network."""
