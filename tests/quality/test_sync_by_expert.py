from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from fakes.experts import FACE, LoudnessExpert, flicker, picture_of, sound_of
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face
from plugin_core.quality.sync_by_expert import (
    MOST_WINDOWS,
    ExpertFigure,
    MouthWatch,
    SeenWindows,
    compare_with_voice,
    lower_half,
)

FRAMES = 150
FILM = Fraction(25)


def judge(
    lit: NDArray[np.bool_], rate: Fraction = FILM, *, late: int = 0, face: Face | None = FACE
) -> ExpertFigure | None:
    """The figure of a clip whose mouth is lit `late` frames after its sound."""
    expert = LoudnessExpert()
    watch = MouthWatch(expert, rate, len(lit))
    for frame, on in enumerate(np.roll(lit, late)):
        watch.look(frame, picture_of(bool(on)), face)
    return compare_with_voice(expert, watch.seen(), sound_of(lit, rate), len(lit), rate)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50)])
@pytest.mark.parametrize("late", [-3, 0, 3])
def test_the_frames_by_which_a_mouth_comes_late_are_found_at_all_rates(rate: Fraction, late: int) -> None:
    lit = np.repeat(flicker(FRAMES), 2 if rate > 40 else 1)
    figure = judge(lit, rate, late=late)
    assert figure is not None
    assert abs(figure.offset_frames - late) <= (0 if rate == FILM else 1)
    assert figure.confidence > 0.2


def test_a_clip_in_sync_agrees_more_than_one_out_of_sync() -> None:
    true, moved = judge(flicker(FRAMES)), judge(flicker(FRAMES), late=7)
    assert true is not None
    assert moved is not None
    assert true.agreement > 0.85
    assert moved.agreement < 0.7
    assert moved.offset_frames == 7


def test_a_mouth_that_never_moves_has_no_confidence() -> None:
    expert = LoudnessExpert()
    watch = MouthWatch(expert, FILM, FRAMES)
    for frame in range(FRAMES):
        watch.look(frame, picture_of(False), FACE)
    figure = compare_with_voice(expert, watch.seen(), sound_of(flicker(FRAMES), FILM), FRAMES, FILM)
    assert figure is not None
    assert figure.confidence < 0.05


def test_frames_without_a_face_are_not_judged() -> None:
    assert judge(flicker(FRAMES), face=None) is None
    outside = Face.from_box(Box(8, 8, 8.3, 8.3), 1.0, "hand")
    assert judge(flicker(FRAMES), face=outside) is None


def test_a_window_never_reaches_over_a_frame_without_a_face() -> None:
    watch = MouthWatch(LoudnessExpert(), FILM, 40)
    for frame in range(40):
        watch.look(frame, picture_of(True), None if frame == 20 else FACE)
    assert watch.seen().frames.tolist() == [*range(16), *range(21, 36)]


def test_what_was_seen_in_parts_is_what_was_seen_at_once_but_for_the_seams() -> None:
    whole, parts = MouthWatch(LoudnessExpert(), FILM, 60), MouthWatch(LoudnessExpert(), FILM, 60)
    kept = []
    for frame, on in enumerate(flicker(60)):
        whole.look(frame, picture_of(bool(on)), FACE)
        parts.look(frame, picture_of(bool(on)), FACE)
        if frame == 29:
            kept.append(parts.seen())
    joined, once = SeenWindows.joined([*kept, parts.seen()]), whole.seen()
    assert joined.frames.tolist() == [*range(26), *range(30, 56)]
    np.testing.assert_array_equal(joined.vectors, once.vectors[joined.frames])


def test_long_clips_are_sampled_evenly() -> None:
    expert = LoudnessExpert()
    frames = 3 * MOST_WINDOWS
    watch = MouthWatch(expert, FILM, frames)
    for frame in range(frames):
        watch.look(frame, picture_of(False), FACE)
    assert set(np.diff(watch.seen().frames)) == {3}
    assert expert.looked <= MOST_WINDOWS


def test_the_lower_half_is_what_the_networks_see_of_deep_pictures_as_well() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    half = lower_half(picture, FACE)
    deep = lower_half(picture.astype(np.uint16) * 257, FACE)
    assert half is not None
    assert half.shape == (48, 96, 3)
    assert deep is not None
    assert np.abs(half.astype(int) - deep.astype(int)).max() <= 1
