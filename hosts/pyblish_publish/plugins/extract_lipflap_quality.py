"""Holds renders against thresholds."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import checks, keys
from hosts.pyblish_publish.core import SURE_CONFIDENCE, HostError


class ExtractLipflapQuality(pyblish.api.InstancePlugin):
    """Fails a render whose mouth does not follow the voice, or that changed pixels outside the mouth.

    Requires:
        lipflapRecord
    """

    label = "Check Render"
    order = pyblish.api.ExtractorOrder + 0.2
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True

    least_correlation = 0.1  # of the painted mouth with the heard opening
    most_outside = 0  # steps of the picture's depth
    most_offset = 3  # frames between mouth and voice
    sure = SURE_CONFIDENCE  # confidence of the expert from which its offset is believed

    def process(self, instance: Any) -> None:
        """Fail with what was measured."""
        faults = list(
            checks.render_faults(
                instance.data.get(keys.RECORD, {}),
                least_correlation=self.least_correlation,
                most_outside=self.most_outside,
                most_offset=self.most_offset,
                sure=self.sure,
            )
        )
        if faults:
            raise HostError(
                f"{instance.data[keys.SHOT].name}: {'; '.join(faults)}; look at the render before it goes on"
            )
