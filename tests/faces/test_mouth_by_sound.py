"""The region that moves with the sound is found; silence and stillness find nothing."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from fakes.frames import FakeSource
from fakes.talking import Stage, voice

from face_detection.boxes import Box
from plugin_core.errors import Cancelled, OptionError
from plugin_core.faces.mouth_by_sound import find_mouth_by_sound, high_passed
from plugin_core.timing import FrameRange

BLINKER = Box(124, 6, 154, 30)


def test_the_mouth_is_found_beside_something_that_moves_more() -> None:
    stage, opening = Stage(blinker=BLINKER), voice(150)
    best, *_ = find_mouth_by_sound(stage.clip(opening), opening)
    assert stage.mouth_box().holds(best.x, best.y)
    assert best.score > 0.5
    assert best.box.overlap(stage.mouth_box()) > 0.4


def test_the_sound_of_another_moment_does_not_find_it() -> None:
    stage, opening = Stage(blinker=BLINKER), voice(150)
    shifted = find_mouth_by_sound(stage.clip(opening), np.roll(opening, 75))
    assert shifted[0].score < 0.4


@pytest.mark.parametrize("late", [-2, 2])
def test_a_picture_two_frames_early_or_late_is_still_found(late: int) -> None:
    stage, opening = Stage(blinker=BLINKER), voice(150)
    best, *_ = find_mouth_by_sound(stage.clip(np.roll(opening, late)), opening)
    assert stage.mouth_box().holds(best.x, best.y)


def test_places_come_back_in_the_clips_pixels_and_make_a_face() -> None:
    stage = Stage(480, 432, Box(150, 90, 342, 330))
    opening = voice(90)
    best, *_ = find_mouth_by_sound(stage.clip(opening), opening)
    assert stage.mouth_box().holds(best.x, best.y)
    face = best.as_face()
    assert (face.detector, face.mouth.x) == ("sound", best.box.centre[0])
    assert face.box.overlap(stage.face) > 0.3
    assert face.score == best.score / 2


def test_silence_a_frozen_picture_and_a_short_clip_find_nothing() -> None:
    opening = voice(90)
    assert find_mouth_by_sound(Stage().clip(opening), np.zeros(90, np.float32)) == ()
    assert find_mouth_by_sound(Stage().clip(np.zeros(90, np.float32)), opening) == ()
    assert find_mouth_by_sound(Stage().clip(opening[:60]), opening[:60]) == ()


def test_only_the_asked_frames_are_read() -> None:
    opening = voice(200)
    source = Stage().clip(opening)
    find_mouth_by_sound(source, opening[40:140], FrameRange(40, 140))
    assert source.spans == [FrameRange(40, 140)]


def test_sound_of_another_length_is_refused() -> None:
    with pytest.raises(OptionError, match="99 frames"):
        find_mouth_by_sound(Stage().clip(voice(100)), voice(99))


def test_the_high_pass_takes_out_what_is_constant() -> None:
    assert np.abs(high_passed([3.0] * 20)).max() == 0
    assert len(high_passed([])) == 0


@pytest.mark.shared
def test_the_mouth_of_a_cartoon_woman_is_found_by_her_own_voice(shared: Path) -> None:
    clip = shared / "anim/cherry_welcome.mp4"
    with av.open(str(clip)) as movie:
        pictures = [picture.to_ndarray(format="bgr24") for picture in movie.decode(video=0)]
    opening = loudness(clip, len(pictures), 30)
    best, *_ = find_mouth_by_sound(FakeSource(pictures), opening)
    scale = 144 / 256
    # Truth set by hand at 144 pixels height: centre (75, 100), and the mouth's height is 10.
    assert abs(best.x * scale - 75) < 3
    assert abs(best.y * scale - 100) < 5


def loudness(clip: Path, frames: int, rate: int) -> np.ndarray:
    """Root of the mean level around each frame: a crude opening curve that needs no network."""
    with av.open(str(clip)) as movie:
        resampler = av.AudioResampler("flt", "mono", 16_000)
        samples = np.concatenate(
            [part.to_ndarray().ravel() for packet in movie.decode(audio=0) for part in resampler.resample(packet)]
        )
    step = 16_000 / rate
    windows = [samples[max(0, int((i - 0.25) * step)) : int((i + 1.25) * step)] for i in range(frames)]
    return np.array([np.sqrt(np.mean(w**2)) ** 0.5 if len(w) else 0.0 for w in windows], np.float32)


def test_a_search_tells_its_progress_and_can_be_stopped() -> None:
    told = []

    def progress(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))
        if done == 80:
            raise Cancelled

    opening = voice(90)
    with pytest.raises(Cancelled):
        find_mouth_by_sound(Stage().clip(opening), opening, progress=progress)
    assert told == [("mouths", done, 90) for done in range(1, 81)]
