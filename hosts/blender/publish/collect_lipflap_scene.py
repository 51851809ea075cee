"""Collects the scene that is open in Blender."""

from typing import Any, ClassVar

import bpy
import pyblish.api

from hosts.blender.host import BlenderHost
from hosts.blender.timeline.whole_scene import whole_scene


class CollectLipflapScene(pyblish.api.ContextPlugin):
    """Puts the open scene's strips into the place of an edit from a file.

    Requires:
        lipflapRoot

    Provides:
        lipflapHost
    """

    label = "Collect Scene"
    order = pyblish.api.CollectorOrder - 0.3
    hosts: ClassVar = ["blender"]

    dialogue: ClassVar[list[int]] = []  # channels that hold voices, from 1
    options: ClassVar[dict[str, Any]] = {}

    def process(self, context: Any) -> None:
        """Put the host on the context."""
        scene = getattr(bpy.context, "sequencer_scene", None) or bpy.context.scene
        staging = context.data["lipflapRoot"] + "/.lipflap"
        context.data["lipflapHost"] = BlenderHost(whole_scene(scene, self.dialogue), self.options, staging)
