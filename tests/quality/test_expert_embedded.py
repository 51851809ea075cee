"""The embedded expert on films that it never met."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from plugin_core.audio import SAMPLE_RATE, Sound
from plugin_core.quality.expert import EXPERT, NetworkExpert
from plugin_core.quality.sync_by_expert import MouthWatch, compare_with_voice
from plugin_core.training.studio import HELD_OUT_HEADS, HELD_OUT_MOUTHS, Shot, StudioFilm, draw_character
from plugin_core.training.voices import studio_speech

RATE = Fraction(25)


def test_the_embedded_expert_is_small() -> None:
    assert EXPERT.stat().st_size < 4 << 20


@pytest.mark.slow
def test_the_offset_of_a_drawn_film_is_found_within_a_frame() -> None:
    rng = np.random.default_rng(61)
    speech = studio_speech(rng, Fraction(10), RATE, held_out=True)
    character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
    film = StudioFilm(character, speech.shapes.values, RATE, shot=Shot((320, 240)))
    expert = NetworkExpert.load(device="cpu")
    watch = MouthWatch(expert, RATE, len(film))
    for frame, shot in enumerate(film):
        watch.look(frame, shot.picture, shot.truth.face)
    seen = watch.seen()
    for late in (-3, 0, 3):
        moved = np.roll(speech.samples, -late * SAMPLE_RATE // int(RATE))
        figure = compare_with_voice(expert, seen, Sound(moved), len(film), RATE)
        assert figure is not None
        assert abs(figure.offset_frames - late) <= 1
