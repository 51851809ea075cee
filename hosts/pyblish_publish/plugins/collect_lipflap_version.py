"""Collects the version that each shot will get."""

from typing import Any, ClassVar

import pyblish.api

from hosts.pyblish_publish import collecting, keys, versions


class CollectLipflapVersion(pyblish.api.ContextPlugin):
    """Gives each shot the next version that is free in {root}/{shot}/lipflap.

    Requires:
        lipflapRoot: optional, taken before the setting here.

    Provides:
        lipflapRoot; on instances: version, publishDir, stagingDir, versionData
    """

    label = "Collect Version"
    order = pyblish.api.CollectorOrder
    hosts: ClassVar = ["*"]

    root = ""

    def process(self, context: Any) -> None:
        """Choose the versions."""
        context.data.setdefault(keys.ROOT, self.root)
        root, staging = collecting.root_of(context), collecting.staging_of(context)
        for instance in collecting.active_shots(context):
            folder = versions.product_folder(root, instance.data[keys.SHOT].id)
            version = versions.next_version(folder)
            instance.data.update(
                version=version,
                publishDir=str(folder / f"v{version:03d}"),
                stagingDir=str(staging),
                versionData={"families": [keys.FAMILY], "fps": instance.data["fps"]},
            )
