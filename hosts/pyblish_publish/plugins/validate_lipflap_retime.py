"""The clip has to be one that can be rendered."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, keys, repairs
from hosts.pyblish_publish.core import InputError


class ValidateLipflapRetime(pyblish.api.InstancePlugin):
    """The clip's speed change is one that can be baked: a steady speed, backward, or a freeze.

    Requires:
        lipflapShot
    """

    label = "Validate Retime"
    order = pyblish.api.ValidatorOrder + 0.05
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True
    actions: ClassVar = [repairs.RepairAction]

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        fault = checks.retime_fault(instance.data[keys.SHOT])
        if fault is not None:
            raise InputError(f"{fault}; bake the speed change, or repair: the shot is left out")

    @classmethod
    def repair(cls, instance: Any) -> None:
        """Leave the shot out."""
        repairs.switch_off(instance)
