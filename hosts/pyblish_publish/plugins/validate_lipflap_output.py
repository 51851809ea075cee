"""The version has to be free."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import integrating


class ValidateLipflapOutput(pyblish.api.InstancePlugin):
    """The version's folder is free and can be written to.

    Requires:
        version, lipflapRoot
    """

    label = "Validate Output"
    order = pyblish.api.ValidatorOrder + 0.3
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True

    def process(self, instance: Any) -> None:
        """Fail with what is wrong and what to do."""
        integrating.check_output(instance)
