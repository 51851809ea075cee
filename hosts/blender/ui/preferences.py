"""What belongs to this computer, not to a file: where the engine and its models are, and what it runs on."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import AddonPreferences

from .. import __name__ as addon_name
from .panels.engine import draw_engine
from .properties import option_properties, with_properties
from .wording import IN_PREFERENCES


@with_properties(
    engine=StringProperty(
        name="Engine",
        description="The engine's Python, its lipflap program, or the folder of its environment; empty finds it",
        subtype="FILE_PATH",
    ),
    models=StringProperty(
        name="Models",
        description="Folder with model files that you downloaded yourself; empty takes the engine's own folder",
        subtype="DIR_PATH",
    ),
    **option_properties(IN_PREFERENCES),
)
class LipflapPreferences(AddonPreferences):
    """Shown in Blender's preferences under this add-on."""

    bl_idname = addon_name

    def draw(self, context: Any) -> None:
        """The engine as the panel shows it, then everything else."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_engine(layout, context, self, whole=True)
        for name in IN_PREFERENCES:
            layout.prop(self, name)


def register() -> None:
    """Tell Blender of them."""
    bpy.utils.register_class(LipflapPreferences)


def unregister() -> None:
    """Forget them; their values stay."""
    bpy.utils.unregister_class(LipflapPreferences)
