"""Painters: what puts a new mouth into a frame."""
