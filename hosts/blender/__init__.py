"""lipflap in Blender's Video Sequence Editor: an extension for 4.2 to 5.2, an add-on for 3.4.

Blender imports this package as `bl_ext.<repository>.lipflap` or, where it was installed as an add-on, as `lipflap`.
"""

from __future__ import annotations

bl_info = {
    "name": "lipflap",
    "description": "Lip-sync of a picture strip to a sound strip",
    "author": "The lipflap founders",
    "version": (0, 0, 0),  # install/blender.py writes that of pyproject.toml
    "blender": (3, 4, 0),
    "location": "Video Sequencer > Sidebar > Lip-Sync",
    "category": "Sequencer",
}


def register() -> None:
    """Called by Blender when the add-on is enabled."""
    from .addon import register as register_all  # needs bpy; this package's plain half is tested without

    register_all()


def unregister() -> None:
    """Called by Blender when it is disabled."""
    from .addon import unregister as unregister_all

    unregister_all()
