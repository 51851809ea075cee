"""Ends the engine where validation fails."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import engine


class ValidateLipflapEnd(pyblish.api.ContextPlugin):
    """Ends the engine if a step before has failed: pyblish stops here then, and no later step could end it.

    A Repair starts it again.
    """

    label = "End the Engine after Faults"
    order = pyblish.api.ValidatorOrder + 0.49
    hosts: ClassVar = ["*"]

    def process(self, context: Any) -> None:
        """End it."""
        if any(result["error"] is not None for result in context.data.get("results", ())):
            engine.end_engine(context)
