"""PNG sequences: segments' pictures brought to their final numbers, all or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..errors import EngineError
from .outputs import hidden_beside, remove, told_as_output_error
from .patterns import Pattern


def deliver_pictures(segments: Sequence[Path], output: Path, frames: int, first_number: int) -> None:
    """Bring every picture of the segments to its place in the sequence; the segments stay as they are.

    An older sequence of the same name is replaced as a whole, so that no picture of it stays behind the new ones.
    On an error the new pictures are gone and the older ones are back; after a run that was killed midway the next one
    brings them back first.

    Args:
        segments: folders of `SegmentWriter`.
        output: the pattern, such as `shot.%04d.png`.
        frames: the number of pictures of all segments.
        first_number: of the first picture.
    Raises:
        OutputError: the disk refused.
        EngineError: the segments hold another number of pictures.
    """
    pattern = Pattern.parse(output)
    if pattern is None:
        raise EngineError(f"{output} is no pattern: choose_codec lets no such name pass")
    pictures = [picture for segment in segments for picture in sorted(segment.glob("*.png"))]
    if len(pictures) != frames:
        raise EngineError(f"the segments hold {len(pictures)} pictures, {frames} were announced: render anew")
    places = _Places.beside(output)
    with told_as_output_error(output), ExitStack() as undoing:
        _put_back(places, pattern)
        undoing.callback(_put_back, places, pattern)
        places.leaving.mkdir()
        for old in pattern.existing().values():
            old.replace(places.leaving / old.name)
        places.leaving.replace(places.aside)
        for number, picture in enumerate(pictures, start=first_number):
            _place(picture, pattern.path(number))
        places.aside.replace(places.done)
        undoing.pop_all()
        remove(places.done)


@dataclass(frozen=True, slots=True)
class _Places:
    """Hidden folders for the older pictures; the name tells a later run how far a killed one came."""

    leaving: Path  # some are in it; what has the sequence's name is older too
    aside: Path  # all are in it; what has the sequence's name is new
    done: Path  # all are in it, and the new sequence is whole

    @classmethod
    def beside(cls, output: Path) -> _Places:
        return cls(*(hidden_beside(output, purpose) for purpose in ("leaving", "before", "replaced")))


def _put_back(places: _Places, pattern: Pattern) -> None:
    """Undo what an error or a killed run left unfinished: the new pictures go, the older ones come back."""
    remove(places.done)
    if places.aside.is_dir():
        for new in pattern.existing().values():
            remove(new)
        remove(places.leaving)
        places.aside.replace(places.leaving)
    if places.leaving.is_dir():
        for old in places.leaving.iterdir():
            old.replace(pattern.folder / old.name)
        places.leaving.rmdir()


def _place(picture: Path, target: Path) -> None:
    try:
        os.link(picture, target)  # takes no room and no time
    except OSError:  # another disk, or one without links
        shutil.copyfile(picture, target)
