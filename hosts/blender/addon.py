"""Everything that Blender is told of when the add-on is enabled, and told to forget when it is disabled."""

from __future__ import annotations


def register() -> None:
    """Classes, properties, menus, handlers and the pump, in this order."""


def unregister() -> None:
    """The same, backward; running jobs end."""
