"""Publishes a shot."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import integrating


class IntegrateLipflapShot(pyblish.api.InstancePlugin):
    """Copies what passed into {root}/{shot}/lipflap/v###, whole or not at all.

    Requires:
        representations, version, lipflapRoot

    Provides:
        lipflapPublished, publishDir
    """

    label = "Integrate Shot"
    order = pyblish.api.IntegratorOrder
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]

    def process(self, instance: Any) -> None:
        """Publish it."""
        integrating.integrate_shot(instance)
