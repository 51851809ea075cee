"""Scenes and strips: read as values, mapped to frames of files, and given new strips."""
