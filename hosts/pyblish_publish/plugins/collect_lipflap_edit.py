"""Collects the edit."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import collecting, keys
from hosts.pyblish_publish.core import EditRequest, Options


class CollectLipflapEdit(pyblish.api.ContextPlugin):
    """Reads the edit, or asks the editing program that runs this.

    Requires:
        lipflapRequest: optional, an EditRequest that is taken before the settings here.
        lipflapHost: optional, the host of an editing program, which is asked in the place of a file.

    Provides:
        lipflapHost, lipflapPlan, otioTimeline, fps, frameStart, frameEnd
    """

    label = "Collect Edit"
    order = pyblish.api.CollectorOrder - 0.2
    hosts: ClassVar = ["*"]

    edit = ""
    dialogue: ClassVar[list[str]] = []
    voice = ""
    pictures: ClassVar[list[str]] = []
    clips: ClassVar[list[str]] = []
    maps: ClassVar[list[str]] = []
    search: ClassVar[list[str]] = []
    options: ClassVar[dict[str, Any]] = {}

    def process(self, context: Any) -> None:
        """Put the edit on the context."""
        collecting.collect_edit(context, context.data.get(keys.REQUEST) or self.request(context))

    def request(self, context: Any) -> EditRequest | None:
        """The request that the settings say; None where they name no edit."""
        if not self.edit:
            return None
        return EditRequest(
            edit=self.edit,
            renders=str(collecting.staging_of(context)),
            dialogue=tuple(self.dialogue),
            voice=self.voice or None,
            pictures=tuple(self.pictures),
            clips=tuple(self.clips),
            maps=tuple(self.maps),
            search=tuple(self.search),
            options=Options(**self.options),
        )
