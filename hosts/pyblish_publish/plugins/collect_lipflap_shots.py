"""Collects the shots that dialogue covers."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import collecting


class CollectLipflapShots(pyblish.api.ContextPlugin):
    """Makes an instance of family "lipflap" of each picture clip that dialogue covers.

    Requires:
        lipflapPlan, lipflapHost

    Provides:
        instances with lipflapShot, asset, folderPath, frameStart, frameEnd, handleStart, handleEnd, fps, lipflapRate,
        clipIn, clipOut, sourceStart, sourceEnd, otioClip, representations
    """

    label = "Collect Dialogue Shots"
    order = pyblish.api.CollectorOrder - 0.1
    hosts: ClassVar = ["*"]

    def process(self, context: Any) -> None:
        """Make the instances."""
        collecting.collect_shots(context)
