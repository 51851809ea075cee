"""Training of the compact generator of drawn mouths."""
