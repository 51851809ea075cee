"""Phones carried over from a synthesizer's reading; these need espeak-ng."""

from __future__ import annotations

import ctypes.util

import numpy as np
import pytest

from plugin_core.audio import Sound
from plugin_core.model_files import open_weights
from plugin_core.speech.hearing import EMBEDDED, HearingNetwork
from plugin_core.training.hearing.borrowed_phones import _longest_part, carry_phones_over
from plugin_core.training.voices import NEW_VOICE, demo_speech
from weights.layout import fill

needs_espeak = pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")


@needs_espeak
def test_carried_phones_close_the_lips_where_another_synthesizer_closed_them() -> None:
    network = HearingNetwork().eval()
    fill(network, open_weights(EMBEDDED))
    known = demo_speech(NEW_VOICE)
    lines = [
        "Good evening, everybody.",
        "This is a brand new voice, but my face is the same one as before.",
        "Please, play it from the beginning!",
    ]
    carried = carry_phones_over(Sound(known.samples), lines, "en-us", network)
    closures = [phone.start / 16_000 for phone in known.phones if phone.ipa in "pbm"]
    found = np.array([phone.start / 16_000 for phone in carried.phones if phone.ipa in "pbm"])
    missed = [np.abs(found - closure).min() for closure in closures]
    assert np.median(missed) < 0.03
    assert all(before.stop <= after.start for before, after in zip(carried.phones, carried.phones[1:], strict=False))


def test_a_phone_over_a_pause_keeps_its_longer_part() -> None:
    assert _longest_part(0, 100, [(20, 90)]) == (0, 20)
    assert _longest_part(0, 100, [(5, 30)]) == (30, 100)
    assert _longest_part(10, 20, [(0, 50)])[0] == _longest_part(10, 20, [(0, 50)])[1]
    assert _longest_part(10, 20, []) == (10, 20)
