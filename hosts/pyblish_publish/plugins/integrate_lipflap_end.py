"""Ends the engine."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import engine


class IntegrateLipflapEnd(pyblish.api.ContextPlugin):
    """Ends the engine that the publish has used."""

    label = "End the Engine"
    order = pyblish.api.IntegratorOrder + 0.49
    hosts: ClassVar = ["*"]

    def process(self, context: Any) -> None:
        """End it."""
        engine.end_engine(context)
