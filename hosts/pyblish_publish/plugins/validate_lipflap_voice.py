"""The voice has to be there."""

from fractions import Fraction
from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, collecting, keys, repairs
from hosts.pyblish_publish.core import InputError


class ValidateLipflapVoice(pyblish.api.InstancePlugin):
    """Each line lasts as long in its file as the edit says.

    Requires:
        lipflapShot, lipflapSurvey
    """

    label = "Validate Voice"
    order = pyblish.api.ValidatorOrder + 0.1
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True
    actions: ClassVar = [repairs.RepairAction]

    tolerance = "1/24"  # seconds that a file may be shorter

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        survey = collecting.survey_of(instance)
        fault = checks.voice_fault(instance.data[keys.SHOT], survey, Fraction(self.tolerance))
        if fault is not None:
            raise InputError(f"{fault}; give the whole file, or repair: silence follows it")

    @classmethod
    def repair(cls, instance: Any) -> None:
        """End the lines where their files end."""
        repairs.extend_with_silence(instance)
