"""What a plan has to know of a media file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from ..core import (
    PICTURE_SUFFIXES,
    MediaError,
    Pattern,
    SoundError,
    Timecode,
    find_sequence,
    open_clip,
    open_movie,
)

Facts = TypeVar("Facts")
Prober: TypeAlias = Callable[[Path], Facts]


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of a clip before it is rendered.

    Attributes:
        kind: a still can be held for ever; a sequence has no rate of its own.
        frames: how many there are at `rate`.
        rate: frames per second; of a still or sequence, what it is played at where nothing else is said.
        timecode: of the first frame, where the file tells one.
        first_number: of a sequence's first picture.
    """

    kind: Literal["movie", "still", "sequence"]
    frames: int
    rate: Fraction
    timecode: Timecode | None = None
    first_number: int = 0


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What is known of a sound file.

    Attributes:
        duration: seconds.
        begins: seconds since midnight of its first sample, where the file tells it.
    """

    duration: Fraction
    begins: Fraction | None = None


def probe_media(path: Path) -> MediaFacts:
    """Open a clip and look.

    Raises:
        MediaError: it can't be read.
    """
    if not path.exists() and Pattern.parse(path):
        numbers = list(find_sequence(path))
        return MediaFacts("sequence", len(numbers), Fraction(24), first_number=numbers[0])
    facts = open_clip(path).facts
    still = path.suffix.lower() in PICTURE_SUFFIXES or facts.frames == 1
    return MediaFacts("still" if still else "movie", facts.frames, facts.rate, facts.start_timecode)


def probe_sound(path: Path) -> SoundFacts:
    """Open a sound or movie file and look.

    Raises:
        SoundError: it can't be read, or has no sound.
    """
    try:
        with open_movie(path, "sound or movie file") as container:
            if not container.streams.audio:
                raise SoundError(path, "has no sound: choose a file with an audio stream")
            stream = container.streams.audio[0]
            if stream.duration is not None and stream.time_base is not None:
                duration = stream.duration * stream.time_base
            else:
                duration = Fraction(container.duration or 0, 1_000_000)
            return SoundFacts(Fraction(duration), _broadcast_start(container.metadata, stream.rate))
    except MediaError as error:
        raise SoundError(path, error.reason) from error


def _broadcast_start(metadata: dict[str, str], rate: int) -> Fraction | None:
    """Broadcast wave files count the samples since midnight."""
    samples = metadata.get("time_reference", "")
    return Fraction(int(samples), rate) if samples.isdigit() and rate and int(samples) else None
