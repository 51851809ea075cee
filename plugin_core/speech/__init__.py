"""Speech as mouths see it: phones, visemes, mouth shapes over time."""
