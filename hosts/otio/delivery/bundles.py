"""Bundles with all their media: `.otioz` and `.otiod`.

OpenTimelineIO's own writers take only what is active and a single file; the second reference of a clip and image
sequences would stay behind, so the media are gathered here.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import opentimelineio as otio
from opentimelineio.adapters import file_bundle_utils

from .addresses import Find

MEDIA, CONTENT, VERSION = (
    file_bundle_utils.BUNDLE_DIR_NAME,
    file_bundle_utils.BUNDLE_PLAYLIST_PATH,
    file_bundle_utils.BUNDLE_VERSION_FILE,
)


@dataclass(slots=True)
class Bundle:
    """An edit whose media addresses lead into the bundle, and the files that go there.

    Attributes:
        timeline: a copy.
        files: each file by its name in the bundle, which begins with `media/`.
        missing: addresses of media that are not there; they stay as they are.
    """

    timeline: otio.schema.Timeline
    files: dict[str, Path] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def name_for(self, source: Path) -> str:
        """The name of a file or folder in the bundle; two of one name are told apart by a number."""
        number = 1
        while True:
            name = f"{MEDIA}/{source.name if number == 1 else f'{source.stem}_{number}{source.suffix}'}"
            if self.files.setdefault(name, source) == source:
                return name
            number += 1


def gather(timeline: otio.schema.Timeline, find: Find) -> Bundle:
    """Find every media file of an edit, of inactive references too.

    Args:
        timeline: is not touched.
        find: the file of an address; decides what may be packed.
    """
    bundle = Bundle(timeline.deepcopy())
    for clip in bundle.timeline.find_clips():
        for reference in clip.media_references().values():
            if isinstance(reference, otio.schema.ExternalReference):
                _gather_file(bundle, reference, find)
            elif isinstance(reference, otio.schema.ImageSequenceReference):
                _gather_sequence(bundle, reference, find)
    return bundle


def write_folder(bundle: Bundle, folder: Path) -> None:
    """Write an `.otiod`; the folder is made."""
    folder.mkdir()
    (folder / CONTENT).write_text(bundle.timeline.to_json_string(), encoding="utf-8")
    (folder / MEDIA).mkdir()
    for name, source in bundle.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)


def write_zip(bundle: Bundle, path: Path) -> None:
    """Write an `.otioz`: media as they are, the edit compressed."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(VERSION, file_bundle_utils.BUNDLE_VERSION, zipfile.ZIP_DEFLATED)
        packed.writestr(CONTENT, bundle.timeline.to_json_string(), zipfile.ZIP_DEFLATED)
        for name, source in bundle.files.items():
            packed.write(source, name, zipfile.ZIP_STORED)


def _gather_file(bundle: Bundle, reference: Any, find: Find) -> None:
    source = find(reference.target_url)
    if source is None:
        bundle.missing.append(reference.target_url)
    else:
        reference.target_url = quote(bundle.name_for(source))


def _gather_sequence(bundle: Bundle, reference: Any, find: Find) -> None:
    numbers = range(reference.number_of_images_in_sequence())
    found = [find(reference.target_url_for_image_number(number)) for number in numbers]
    pictures = [path for path in found if path is not None]
    if not pictures:
        bundle.missing.append(reference.abstract_target_url("#" * reference.frame_zero_padding))
        return
    inside = bundle.name_for(pictures[0].parent)
    del bundle.files[inside]  # a name for the folder; what is packed are its pictures
    bundle.files.update({f"{inside}/{path.name}": path for path in pictures})
    reference.target_url_base = quote(inside) + "/"
