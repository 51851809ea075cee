"""How often the mouth is found by sound is measured against the sound of another moment and against motion alone."""

from __future__ import annotations

import numpy as np
from fakes.talking import Stage, voice

from face_detection.boxes import Box
from plugin_core.timing import FrameRange
from plugin_core.training.finder.by_sound import Talk, guessed, most_moving

BLINKER = Box(124, 6, 154, 30)


def talk() -> Talk:
    stage, opening = Stage(blinker=BLINKER), voice(150)
    return Talk("stage", stage.clip(opening), FrameRange(0, 150), stage.mouth_box(), opening)


def test_its_own_sound_finds_a_mouth_that_motion_alone_does_not() -> None:
    guess = guessed(talk())
    assert guess.by_sound
    assert not guess.by_motion


def test_the_strongest_motion_is_the_blinker() -> None:
    here = talk()
    assert BLINKER.grown(1.3).holds(*most_moving(here.source, here.span))


def test_a_mouth_elsewhere_counts_as_missed() -> None:
    here = talk()
    there = Talk(here.name, here.source, here.span, here.mouth.moved(0, -60), here.opening)
    assert not guessed(there).by_sound
    assert np.isfinite(there.opening).all()
