"""Adapters: one folder for each editing program; each only translates."""
