"""Faces chosen by hand, and the preview of the found one."""
