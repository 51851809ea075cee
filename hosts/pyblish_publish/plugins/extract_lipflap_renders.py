"""Renders all shots."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import collecting, rendering


class ExtractLipflapRenders(pyblish.api.ContextPlugin):
    """Renders what is not rendered yet: here, on a Dask cluster, or as a job that is written for a farm.

    Requires:
        lipflapPlan, lipflapRoot, lipflapShot

    Provides:
        lipflapOutcome on instances; lipflapSkipped where a farm was handed them
    """

    label = "Render"
    order = pyblish.api.ExtractorOrder - 0.1
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]

    engine = "local"  # or "dask", "openjd"
    scheduler = ""  # of Dask: tcp://host:8786

    def process(self, context: Any) -> None:
        """Render."""
        instances = collecting.active_shots(context)
        if instances:
            rendering.render_shots(context, instances, self.engine, self.scheduler)
