"""Who is painted: the face of each shot of a render, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from face_detection.face import Face
from face_detection.pictures import Picture
from plugin_core.frames import FrameSource
from plugin_core.painters.neutral import SourceStyle, estimate_style
from plugin_core.timing import FrameRange

from ..engines import PainterBrief

STYLE_FRAMES = 5  # from which a face's colours are taken


@dataclass(frozen=True, slots=True)
class Subject:
    """The face of one shot. Where it is lost and found again, that is several tracks of one subject.

    A mouth never changes its hand in mid-shot; that is why a shot is chosen for as a whole.

    Attributes:
        shot: the shot's frames, of the clip.
        tracks: numbers of the face's tracks in it, as `lipflap inspect` gives them; empty for faces set by hand.
        frames: those frames of the shot in which the face is seen; at least one.
        style: how it is drawn, or photographed.
    """

    shot: FrameRange
    tracks: tuple[int, ...]
    frames: Sequence[int]
    style: SourceStyle


def subjects_of(brief: PainterBrief) -> list[Subject]:
    """The subjects of a render, in order. Shots without a face have none.

    Raises:
        MediaError: the clip can't be read.
    """
    return [subject for shot in brief.shots if (subject := _subject(brief, shot)) is not None]


def _subject(brief: PainterBrief, shot: FrameRange) -> Subject | None:
    chosen = brief.chosen
    frames = tuple(frame for frame in shot if chosen.face(frame) is not None)
    if not frames:
        return None
    numbers = chosen.within(shot).tracks
    tracks = tuple(dict.fromkeys(number for number in numbers if number is not None))
    style = estimate_style(sights(brief, spread(frames, STYLE_FRAMES)))
    kind = brief.job.options.face_kind
    if kind != "auto":
        style = replace(style, person=kind == "person")
    return Subject(shot, tracks, frames, style)


def sights(brief: PainterBrief, frames: Sequence[int]) -> Iterator[tuple[Picture, Face]]:
    """Pictures of those frames with the chosen face, one at a time.

    Raises:
        MediaError: the clip can't be read.
    """
    for frame in frames:
        face = brief.chosen.face(frame)
        assert face is not None, "only frames with a face are asked"
        yield picture_of(brief.source, frame), face


def picture_of(source: FrameSource, frame: int) -> Picture:
    """One frame of a clip.

    Raises:
        MediaError: it can't be read.
    """
    return next(iter(source.frames(FrameRange(frame, frame + 1))))


def spread(frames: Sequence[int], count: int) -> list[int]:
    """At most `count` of the frames, evenly over them, first and last included."""
    return sorted({frames[(len(frames) - 1) * i // max(1, count - 1)] for i in range(count)})
