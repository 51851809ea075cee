"""Publishes the edit."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import integrating


class IntegrateLipflapEdit(pyblish.api.ContextPlugin):
    """Lays the published renders over their sources, and writes edit and review page into the root.

    Requires:
        lipflapHost, lipflapPlan, lipflapPublished

    Provides:
        lipflapEdit, lipflapPage, otioTimeline
    """

    label = "Integrate Edit"
    order = pyblish.api.IntegratorOrder + 0.1
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]

    suffix = ".otio"
    page = True

    def process(self, context: Any) -> None:
        """Write them."""
        integrating.integrate_edit(context, self.suffix)
        if self.page:
            integrating.write_page(context)
