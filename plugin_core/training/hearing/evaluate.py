"""Measuring the hearing network."""
