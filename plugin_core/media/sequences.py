"""Image sequences: `shot.%04d.png`, `shot.####.png`, or a folder of numbered pictures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from face_detection.pictures import Picture

from ..errors import MediaError
from ..frames import ClipFacts, Size
from ..timing import FrameRange
from .patterns import Pattern
from .scaling import scaled
from .stills import PICTURE_SUFFIXES, picture_facts, read_picture

_LAST_NUMBER = re.compile(r"^(.*?)(\d+)(\D*)$")
_NAMED_GAPS = 8  # how many missing numbers a message lists


def find_sequence(path: Path) -> dict[int, Path]:
    """The files of a pattern or a folder, by number, lowest first, without gaps.

    Raises:
        MediaError: no such picture, numbers missing, or a folder with several sequences.
    """
    pattern = Pattern.parse(path)
    files = _only_sequence(path) if pattern is None else pattern.existing()
    if not files:
        raise MediaError(path, "no picture has such a name: check the folder, and how many digits the numbers have")
    missing = sorted(set(range(min(files), max(files) + 1)) - set(files))
    if missing:
        listed = ", ".join(map(str, missing[:_NAMED_GAPS])) + (" ..." if len(missing) > _NAMED_GAPS else "")
        raise MediaError(path, f"{len(missing)} pictures of the sequence are missing: {listed}")
    return files


def _only_sequence(folder: Path) -> dict[int, Path]:
    sequences: dict[tuple[str, str], dict[int, Path]] = defaultdict(dict)
    for file in sorted(folder.iterdir()):
        match = _LAST_NUMBER.match(file.name)
        if match and file.suffix.lower() in PICTURE_SUFFIXES and not file.name.startswith("."):
            sequences[match[1], match[3]][int(match[2])] = file
    if not sequences:
        raise MediaError(folder, "is a folder without numbered pictures: give a movie, a picture, or shot.%04d.png")
    if len(sequences) > 1:
        names = ", ".join(f"{before}#{after}" for before, after in list(sequences)[:4])
        raise MediaError(folder, f"holds {len(sequences)} sequences ({names}): name one, as shot.%04d.png")
    return dict(sorted(next(iter(sequences.values())).items()))


class SequenceSource:
    """Numbered pictures as a clip; the lowest number is frame 0.

    Args:
        path: a pattern or a folder.
        rate: frames per second; `None` is 24.
    Raises:
        MediaError: see `find_sequence` and `read_picture`.
    """

    def __init__(self, path: Path, rate: Fraction | None = None) -> None:
        self._files = list(find_sequence(path).values())
        self._facts = picture_facts(read_picture(self._files[0]), len(self._files), rate)

    @property
    def facts(self) -> ClipFacts:
        """Known from the start."""
        return self._facts

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """See `FrameSource.frames`."""
        span.within(self._facts.frames)
        whole = (self._fitting(self._files[frame]) for frame in span)
        return whole if size is None else (scaled(picture, size) for picture in whole)

    def _fitting(self, file: Path) -> Picture:
        """The picture in the depth and channels of the first one: programs drop an alpha that is opaque."""
        picture = read_picture(file)
        if self._facts.bit_depth == 16 and picture.dtype == np.uint8:
            picture = picture.astype(np.uint16) * 257
        if self._facts.has_alpha and picture.shape[2] == 3:
            opaque = np.full((*picture.shape[:2], 1), np.iinfo(picture.dtype).max, picture.dtype)
            picture = np.concatenate([picture, opaque], axis=2)
        wanted = (self._facts.height, self._facts.width, 4 if self._facts.has_alpha else 3)
        if picture.shape != wanted or picture.dtype != np.dtype(f"uint{self._facts.bit_depth}"):
            raise MediaError(
                file, f"differs from the sequence's first picture ({_kind(picture.shape)}, not {_kind(wanted)})"
            )
        return picture


def _kind(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}, {shape[2]} channels"
