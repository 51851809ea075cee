"""Models have to be what they claim, and allowed."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, keys
from hosts.pyblish_publish.core import InputError


class ValidateLipflapModels(pyblish.api.ContextPlugin):
    """Every model that a render may use is there, has the hash that is known of it, and a licence that is allowed.

    Requires:
        lipflapSurvey
    """

    label = "Validate Models"
    order = pyblish.api.ValidatorOrder + 0.25
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True

    commercial = True  # only models that may be used commercially
    licences: ClassVar[list[str]] = []  # if any, the only ones that are allowed

    def process(self, context: Any) -> None:
        """Fail with what is wrong and what to do."""
        if keys.SURVEY not in context.data:
            return
        survey = context.data[keys.SURVEY]
        faults = list(checks.model_faults(survey, commercial=self.commercial, licences=self.licences))
        if faults:
            raise InputError("; ".join([*faults, "choose another model, or change what the studio allows"]))
