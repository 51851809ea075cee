"""Somebody has to be seen."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, collecting, keys, repairs
from hosts.pyblish_publish.core import InputError


class ValidateLipflapFaces(pyblish.api.InstancePlugin):
    """Enough of the frames that were looked at show a face, and of several speakers each has one.

    Requires:
        lipflapShot, lipflapSurvey
    """

    label = "Validate Faces"
    order = pyblish.api.ValidatorOrder + 0.2
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True
    actions: ClassVar = [repairs.RepairAction]

    least = 0.5  # share of the frames

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        shot, survey = instance.data[keys.SHOT], collecting.survey_of(instance)
        fault = checks.settings_fault(shot, survey)
        if fault is not None:
            raise InputError(f"{fault}; or repair: the shot is left out")
        fault = checks.face_fault(shot, survey, self.least)
        if fault is not None:
            raise InputError(f"{fault}; give a face box or keyframes, or repair: the shot is left out")

    @classmethod
    def repair(cls, instance: Any) -> None:
        """Leave the shot out."""
        repairs.switch_off(instance)
