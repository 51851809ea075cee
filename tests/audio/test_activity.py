from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.voices import silence, tone, tone_bursts
from numpy.typing import NDArray

from plugin_core.audio import Sound, read_sound, speaking_frames

FILM = Fraction(25)


def spans(speaking: NDArray[np.bool_], rate: Fraction = FILM) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], speaking.astype(int), [0])))) / float(rate)
    return [(float(a), float(b)) for a, b in edges.reshape(-1, 2)]


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01])
@pytest.mark.parametrize("rate", [Fraction(12), Fraction(24000, 1001), Fraction(60)], ids=str)
def test_speech_is_found_at_any_level_and_rate(gain: float, rate: Fraction) -> None:
    sound = tone_bursts(4.0, ((0.5, 1.5), (2.25, 3.0)), noise=0.001) * np.float32(gain)
    found = spans(speaking_frames(Sound(sound), int(4 * rate), rate), rate)
    np.testing.assert_allclose(found, [(0.5, 1.5), (2.25, 3.0)], atol=1.5 / float(rate) + 0.06)


def test_digital_silence_round_the_speech_is_silent() -> None:
    found = spans(speaking_frames(Sound(tone_bursts(3.0, ((1.0, 2.0),))), 75, FILM))
    np.testing.assert_allclose(found, [(1.0, 2.0)], atol=0.1)


@pytest.mark.parametrize(
    "samples",
    [silence(0), silence(2.0), np.random.default_rng(0).normal(0, 0.05, 32_000).astype(np.float32), tone(2.0, 50, 0.2)],
    ids=["no samples", "digital silence", "steady noise", "mains hum"],
)
def test_what_does_not_vary_is_not_speech(samples: NDArray[np.float32]) -> None:
    assert not speaking_frames(Sound(samples), 50, FILM).any()


def test_a_click_is_not_speech() -> None:
    samples = tone_bursts(3.0, ((1.0, 2.0),), noise=0.001)
    samples[8000:8016] = 0.5
    assert not speaking_frames(Sound(samples), 75, FILM)[:20].any()


def test_the_closure_of_a_stop_is_no_pause() -> None:
    found = spans(speaking_frames(Sound(tone_bursts(3.0, ((0.5, 1.5), (1.58, 2.5)))), 75, FILM))
    assert len(found) == 1


def test_frames_past_the_sound_are_silent_and_all_are_there() -> None:
    speaking = speaking_frames(Sound(tone_bursts(1.0, ((0.0, 0.4), (0.6, 1.0)))), 50, FILM)
    assert speaking.shape == (50,)
    assert not speaking[26:].any()


@pytest.mark.shared
def test_a_recording_of_an_empty_room_is_silent_throughout(shared: Path) -> None:
    sound = read_sound(shared / "speech/sv_SILENCE_u0016001.wav")
    for gain in (1.0, 0.1, 10.0):
        assert not speaking_frames(Sound(sound.samples * np.float32(gain)), 100, FILM).any()


@pytest.mark.shared
def test_the_pauses_of_a_famous_speech_are_found(shared: Path) -> None:
    """Pauses as seen in the waveform: before "And so", and before "ask not", "what your country" and "ask what"."""
    sound = read_sound(shared / "speech/jfk_en_PD.flac")
    speaking = speaking_frames(sound, 275, FILM)
    for start, stop in ((0.0, 0.25), (2.3, 3.2), (4.4, 5.3), (7.6, 8.1)):
        assert not speaking[int(start * 25) : int(stop * 25)].any()
    for start, stop in ((0.4, 2.0), (5.5, 7.4), (8.3, 10.3)):
        assert speaking[int(start * 25) : int(stop * 25)].mean() > 0.95


@pytest.mark.shared
@pytest.mark.parametrize("name", ["arctic_a0009.wav", "p001_en_PD.wav", "jabberwocky_CC0.ogg", "mls_es_13697.opus"])
def test_readers_speak_most_of_the_time_and_noise_hides_only_their_faintest_sounds(shared: Path, name: str) -> None:
    sound = read_sound(shared / "speech" / name)
    frames = int(sound.duration * 25)
    clean = speaking_frames(sound, frames, FILM)
    assert 0.6 < clean.mean() < 0.95
    hiss = np.random.default_rng(0).normal(0, 0.001, len(sound)).astype(np.float32)
    noisy = speaking_frames(Sound(sound.samples + hiss), frames, FILM)
    assert (noisy == clean).mean() > 0.8
    assert not (noisy & ~clean).mean() > 0.02
