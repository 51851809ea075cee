"""Relinks picture clips to their newest lipflap render, found in the folder that is given with `-M root=FOLDER`.

OpenTimelineIO runs this file outside of its package: imports have to be absolute, and dataclasses would fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opentimelineio.exceptions import OTIOError
from opentimelineio.schema import Clip, ExternalReference

from hosts.otio.linking import newest_render


def link_media_reference(in_clip: Clip, media_linker_argument_map: Mapping[str, Any]) -> ExternalReference | None:
    """The newest render that shows this clip's frames; None, which leaves the clip alone, where there is none.

    Args:
        in_clip: as an adapter read it.
        media_linker_argument_map: `root`, the folder of renders, with its subfolders.
    Raises:
        OTIOError: no `root`, or no such folder.
    """
    root = media_linker_argument_map.get("root")
    if not root:
        raise OTIOError("lipflap_renders: name the folder of renders, as -M root=FOLDER")
    folder = Path(str(root)).expanduser().absolute()
    if not folder.is_dir():
        raise OTIOError(f"lipflap_renders: there is no folder {folder}: name the folder of renders")
    return newest_render(in_clip, folder)
