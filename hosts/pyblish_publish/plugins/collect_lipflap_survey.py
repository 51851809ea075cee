"""Collects what can be known of the shots before they are rendered."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import collecting, repairs


class CollectLipflapSurvey(pyblish.api.ContextPlugin):
    """Opens the media, listens to the voices and looks for faces, through the engine.

    Requires:
        lipflapPlan, lipflapRoot

    Provides:
        lipflapSurvey on context and instances
    """

    label = "Look at the Shots"
    order = pyblish.api.CollectorOrder + 0.4
    hosts: ClassVar = ["*"]

    frames = repairs.SURVEY_FRAMES

    def process(self, context: Any) -> None:
        """Ask the engine."""
        collecting.survey_shots(context, collecting.active_shots(context), self.frames)
