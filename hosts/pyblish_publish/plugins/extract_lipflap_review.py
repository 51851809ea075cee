"""Makes a thumbnail and a review movie."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import rendering


class ExtractLipflapReview(pyblish.api.InstancePlugin):
    """Makes a still, and a movie with the shot's name, version and timecode burned in.

    Requires:
        lipflapOutcome, version

    Provides:
        representations
    """

    label = "Thumbnail and Review Movie"
    order = pyblish.api.ExtractorOrder + 0.1
    hosts: ClassVar = ["*"]
    families: ClassVar = ["lipflap"]
    optional = True

    thumbnail = True
    movie = True

    def process(self, instance: Any) -> None:
        """Make them."""
        rendering.show_render(instance, thumbnail=self.thumbnail, movie=self.movie)
