"""Media has to run at the edit's rate."""

from fractions import Fraction
from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, collecting, keys, repairs
from hosts.pyblish_publish.core import InputError


class ValidateLipflapRate(pyblish.api.InstancePlugin):
    """The media's frame rate is that of the edit.

    Requires:
        lipflapShot, lipflapSurvey, lipflapRate
    """

    label = "Validate Frame Rate"
    order = pyblish.api.ValidatorOrder + 0.15
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True
    actions: ClassVar = [repairs.RepairAction]

    tolerance = "1/1000"  # frames per second

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        shot, survey = instance.data[keys.SHOT], collecting.survey_of(instance)
        fault = checks.rate_fault(shot, survey, Fraction(instance.data[keys.RATE]), Fraction(self.tolerance))
        if fault is not None:
            raise InputError(f"{fault}; conform the media, or repair: the render is made at the edit's rate")

    @classmethod
    def repair(cls, instance: Any) -> None:
        """Bake the shot at the edit's rate."""
        repairs.conform_rate(instance)
