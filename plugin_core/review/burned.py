"""A shot's render as files that people pass around: a still, and a movie with its name and frame numbers burned in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from face_detection.pictures import Bgr8
from plugin_core.errors import InputError
from plugin_core.frames import ClipFacts
from plugin_core.media import Delivery, SegmentWriter, SoundTrack, check_codec, choose_codec, deliver, find_ffmpeg
from plugin_core.media.outputs import hidden_beside, remove, whole_or_nothing
from plugin_core.media.stills import encode_picture
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange, Timecode

from .pictures import Pair, open_pair

HEIGHT = 720  # of pictures; smaller clips keep their own
FOOT = 1 / 15  # of the height, for the words below the picture
INK = (232, 232, 232)
EVERY = 24  # pictures between two words of progress


@dataclass(frozen=True, slots=True)
class BurnIn:
    """The words below every picture.

    Attributes:
        left: the same all along: shot and version.
        first: timecode of the first frame of the shot's range on the timeline.
    """

    left: str
    first: Timecode

    @classmethod
    def of(cls, outcome: Outcome, plan: Plan, left: str) -> BurnIn:
        """With the timeline's own timecode."""
        start = plan.start_frame + outcome.shot.timeline.start
        return cls(left, Timecode(start, plan.rate, plan.drop_frame))


def write_still(outcome: Outcome, path: Path, *, is_patch: bool = False) -> Path:
    """The middle frame of a finished shot as it will be seen.

    Args:
        outcome: has a render.
        path: .jpg or .png; appears whole.
        is_patch: the render holds the changed pixels alone.
    Raises:
        MediaError: clip or render can't be read.
        OutputError: the picture can't be written.
    """
    pair = _opened(outcome, is_patch=is_patch)
    middle = len(pair.span) // 2
    frame = pair.span.start + middle
    picture = next(_afters(replace(pair, span=FrameRange(frame, frame + 1), first=pair.first + middle)))
    with whole_or_nothing(path) as part:
        part.write_bytes(encode_picture(path, picture))
    return path


def write_burned(
    outcome: Outcome, path: Path, words: BurnIn, told: Callable[[int, int], None], *, is_patch: bool = False
) -> Path:
    """The range of a finished shot as H.264 with its sound, words below the picture.

    Args:
        outcome: has a render.
        path: .mp4; appears whole.
        words: burned in.
        told: of pictures done, and of all; may raise `Cancelled`.
        is_patch: the render holds the changed pixels alone.
    Raises:
        MediaError: clip or render can't be read.
        OutputError: the movie can't be written.
    """
    pair = _opened(outcome, is_patch=is_patch)
    width, height = _size(pair.facts)
    foot = max(16, round(height * FOOT / 2) * 2)
    facts = ClipFacts(width, height + foot, len(pair.span), outcome.shot.rate)
    codec = choose_codec("h264", path, needs_alpha=False)
    check_codec(codec, facts, path)
    segment = hidden_beside(path, "pictures.nut")
    try:
        with SegmentWriter(segment, codec, facts) as sink:
            for number, picture in enumerate(_afters(pair)):
                sink.write(_with_words(picture, words, number, foot))
                if number % EVERY == 0:
                    told(number, facts.frames)
        deliver([segment], path, Delivery(codec, facts, find_ffmpeg(None), _sound(outcome, pair)))
    finally:
        remove(segment)
    return path


def _opened(outcome: Outcome, *, is_patch: bool) -> Pair:
    if outcome.render is None:
        raise InputError(f"shot {outcome.shot.id} has no render to show: {outcome.message}")
    return open_pair(outcome.shot, outcome.render, is_patch=is_patch)


def _size(facts: ClipFacts) -> tuple[int, int]:
    height = min(HEIGHT, facts.height)
    width = facts.width * facts.pixel_aspect * height / facts.height
    return max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)


def _afters(pair: Pair) -> Iterator[Bgr8]:
    for pictures in pair.pictures(_size(pair.facts)):
        yield pictures[-1]


def _with_words(picture: Bgr8, words: BurnIn, number: int, foot: int) -> Bgr8:
    shown = np.zeros((picture.shape[0] + foot, *picture.shape[1:]), np.uint8)
    shown[: picture.shape[0]] = picture
    right = f"{words.first.advanced(number)}  {number + 1:4d}"
    size = foot / 40  # of OpenCV's letters, which are 22 pixels high at 1
    baseline = picture.shape[0] + round(foot * 0.68)
    (right_width, _), _ = cv2.getTextSize(right, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    left_room = shown.shape[1] - right_width - foot
    _write(shown, _fitted(words.left, size, left_room), (foot // 3, baseline), size)
    _write(shown, right, (shown.shape[1] - right_width - foot // 3, baseline), size)
    return shown


def _fitted(text: str, size: float, room: int) -> str:
    plain = text.encode("ascii", "replace").decode()  # OpenCV's letters
    while plain and cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, size, 1)[0][0] > room:
        plain = plain[:-1]
    return plain


def _write(picture: Bgr8, text: str, at: tuple[int, int], size: float) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)


def _sound(outcome: Outcome, pair: Pair) -> SoundTrack | None:
    """The render's own, from the first shown frame on."""
    assert pair.after is not None  # `_opened` saw to it
    facts = pair.after.facts
    if outcome.render is None or not facts.has_sound:
        return None
    return SoundTrack(Path(outcome.render.output), start=facts.start_time + pair.first / outcome.shot.rate)
