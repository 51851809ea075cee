"""Media has to be there."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, collecting, keys, repairs
from hosts.pyblish_publish.core import InputError


class ValidateLipflapMedia(pyblish.api.InstancePlugin):
    """The picture's media exists, and its first and last frame can be decoded.

    Requires:
        lipflapShot, lipflapSurvey
    """

    label = "Validate Media"
    order = pyblish.api.ValidatorOrder
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True
    actions: ClassVar = [repairs.RepairAction]

    search: ClassVar[list[str]] = []

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        shot, survey = instance.data[keys.SHOT], collecting.survey_of(instance)
        fault = checks.media_fault(shot, survey)
        if fault is not None:
            raise InputError(f"{fault}; or name folders in ValidateLipflapMedia.search, and repair")

    @classmethod
    def repair(cls, instance: Any) -> None:
        """Search the named folders for the media."""
        repairs.relink(instance, cls.search)
