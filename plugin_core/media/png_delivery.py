"""PNG sequences: segments' pictures brought to their final numbers, all or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ..errors import EngineError
from .outputs import hidden_beside, remove, told_as_output_error
from .patterns import Pattern


def deliver_pictures(segments: Sequence[Path], output: Path, frames: int, first_number: int) -> None:
    """Bring every picture of the segments to its place in the sequence; the segments stay as they are.

    An older sequence of the same name is replaced as a whole, so that no picture of it stays behind the new ones.
    On an error the new pictures are gone and the older ones are back.

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
    aside = hidden_beside(output, "before")
    with told_as_output_error(output), ExitStack() as undoing:
        remove(aside)
        aside.mkdir()
        undoing.callback(remove, aside)
        for old in pattern.existing().values():
            old.replace(aside / old.name)
            undoing.callback((aside / old.name).replace, old)
        for number, picture in enumerate(pictures, start=first_number):
            undoing.callback(remove, pattern.path(number))
            _place(picture, pattern.path(number))
        undoing.pop_all()
        remove(aside)


def _place(picture: Path, target: Path) -> None:
    try:
        os.link(picture, target)  # takes no room and no time
    except OSError:  # another disk, or one without links
        shutil.copyfile(picture, target)


def sequence_sound(output: Path) -> Path:
    """The sound file that accompanies a sequence: `shot.wav` for `shot.%04d.png`."""
    pattern = Pattern.parse(output)
    name = pattern.before.rstrip("._- ") if pattern else ""
    return output.with_name(f"{name or 'sound'}.wav")
