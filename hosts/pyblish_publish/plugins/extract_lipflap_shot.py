"""Takes the render of a shot."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import rendering


class ExtractLipflapShot(pyblish.api.InstancePlugin):
    """Takes a finished render and its record; a shot that failed fails here.

    Requires:
        lipflapOutcome

    Provides:
        representations, lipflapRecord; lipflapSkipped where there was nothing to render
    """

    label = "Take Render"
    order = pyblish.api.ExtractorOrder
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]

    def process(self, instance: Any) -> None:
        """Make representations of it."""
        rendering.take_render(instance)
