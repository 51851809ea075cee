from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.voices import silence, tone
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plugin_core.audio import MelWindows, Sound, hearing_lead, mel_spectrogram, read_sound
from plugin_core.errors import UnknownWeightsError, WeightsFormatError, WeightsShapeError
from plugin_core.speech.hearing import CHUNK, Hearing, HearingNetwork, shift_of, shifted
from plugin_core.training.voices import CHARACTER, NEW_VOICE, Speech, demo_speech, mouth_shapes
from weights.state import save_state

RATES = [Fraction(12), Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]
RATE = Fraction(25)


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    torch.set_num_threads(1)
    return Hearing.load()


def windows_of(samples: NDArray[np.float32], rate: Fraction = RATE) -> MelWindows:
    mel = mel_spectrogram(Sound(samples))
    frames = int(Fraction(len(samples), 16_000) * rate)
    return MelWindows(mel, frames, rate, lead_steps=hearing_lead(rate))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_there_is_one_mouth_for_each_frame_and_all_numbers_lie_in_range(hearing: Hearing, rate: Fraction) -> None:
    windows = windows_of(demo_speech(NEW_VOICE).samples, rate)
    heard = hearing.hear(windows)
    shapes = heard.shapes
    assert shapes.values.shape == (len(windows), 6)
    assert shapes.embedding is not None
    assert shapes.embedding.shape == (len(windows), 128)
    assert shapes.visemes is None
    assert np.all((shapes.values >= 0) & (shapes.values <= 1))
    assert np.all((shapes.closed >= 0) & (shapes.closed <= 1))
    assert np.allclose(heard.viseme_probabilities.sum(1), 1, atol=1e-5)


def test_windows_heard_in_chunks_are_heard_as_if_alone(hearing: Hearing) -> None:
    windows = windows_of(np.tile(demo_speech(CHARACTER).samples, 2))[:]
    assert len(windows) > CHUNK
    together = hearing.hear(windows).shapes
    alone = hearing.hear(np.concatenate([windows[CHUNK - 20 : CHUNK + 20], windows])).shapes
    assert np.allclose(together.values[CHUNK - 20 : CHUNK + 20], alone.values[:40], atol=0.02)


def test_a_mel_window_stream_and_the_same_windows_as_an_array_are_heard_alike(hearing: Hearing) -> None:
    windows = windows_of(demo_speech(NEW_VOICE).samples)
    assert np.array_equal(hearing.hear(windows).shapes.values, hearing.hear(windows[:]).shapes.values)


def test_the_same_sound_is_heard_the_same_way_twice(hearing: Hearing) -> None:
    windows = windows_of(demo_speech(NEW_VOICE).samples)
    assert np.array_equal(hearing.hear(windows).shapes.values, hearing.hear(windows).shapes.values)


def test_the_network_along_a_mel_gives_what_it_gives_for_single_windows() -> None:
    torch.manual_seed(1)
    network = HearingNetwork().eval()
    mel = torch.randn(1, 80, 40)
    with torch.inference_mode():
        along = network(mel)
        single = network(torch.cat([mel[:, :, j : j + 16] for j in range(25)]))
    assert torch.allclose(along.shapes[0].T, single.shapes[:, :, 0], atol=1e-5)
    assert torch.allclose(along.embedding[0].T, single.embedding[:, :, 0], atol=1e-5)


def opening_follows(hearing: Hearing, speech: Speech) -> tuple[float, float]:
    """Correlation of the opening with the truth, and with the truth of another moment."""
    windows = windows_of(speech.samples)
    heard = hearing.hear(windows).shapes.opening
    truth = mouth_shapes(speech, len(windows), RATE).opening
    return float(np.corrcoef(heard, truth)[0, 1]), float(np.corrcoef(np.roll(heard, len(heard) // 2), truth)[0, 1])


def test_the_opening_follows_a_voice_that_was_never_trained_on(hearing: Hearing) -> None:
    true, shuffled = opening_follows(hearing, demo_speech(CHARACTER))  # flite slt is left out of training
    assert true > 0.8
    assert abs(shuffled) < 0.35


def test_lips_are_closed_in_most_of_the_frames_of_p_b_m_and_in_few_vowels(hearing: Hearing) -> None:
    speech = demo_speech(CHARACTER)
    windows = windows_of(speech.samples)
    closed = hearing.hear(windows).shapes.closed > 0.5
    truth = mouth_shapes(speech, len(windows), RATE)
    assert closed[truth.closed > 0.9].mean() > 0.8
    assert closed[(truth.opening > 0.4)].mean() < 0.1


@pytest.mark.parametrize("level", [0.0, 0.001, 0.02], ids=["digital", "-60 dB", "-34 dB"])
def test_lips_stay_closed_where_nobody_speaks(hearing: Hearing, level: float) -> None:
    noise = np.random.default_rng(3).standard_normal(48_000).astype(np.float32) * np.float32(level)
    shapes = hearing.hear(windows_of(noise)).shapes
    assert (shapes.closed > 0.5).mean() > 0.9
    assert not shapes.speaking.any() or shapes.speaking.mean() < 0.1
    assert shapes.opening.mean() < 0.1


def test_a_beep_is_not_taken_for_speech_with_an_open_mouth(hearing: Hearing) -> None:
    beep = np.concatenate([silence(1.0), tone(0.5, 1000.0, 0.3), silence(1.0)])
    assert hearing.hear(windows_of(beep)).shapes.opening.max() < 0.9


@pytest.mark.parametrize("factor", [0.15, 0.3, 1.8])
def test_a_quiet_recording_opens_the_mouth_as_far_as_a_loud_one(hearing: Hearing, factor: float) -> None:
    samples = demo_speech(NEW_VOICE).samples * np.float32(0.5)
    plain = hearing.hear(windows_of(samples)).shapes.opening
    other = hearing.hear(windows_of(samples * np.float32(factor))).shapes.opening
    assert abs(plain - other).mean() < 0.06


def test_no_windows_give_no_mouths(hearing: Hearing) -> None:
    heard = hearing.hear(np.zeros((0, 80, 16), np.float32))
    assert len(heard.shapes) == 0
    assert heard.viseme_probabilities.shape == (0, 11)


@settings(max_examples=50)
@given(shift=st.floats(-3.2, 3.2), values=st.lists(st.floats(-4, 4, width=32), min_size=1, max_size=50))
def test_shifting_a_mel_keeps_its_range_and_digital_silence(shift: float, values: list[float]) -> None:
    mel = np.array(values, np.float32)
    moved = shifted(mel, shift)
    assert moved.min() >= -4
    assert moved.max() <= 4
    assert np.all(moved[mel == -4] == -4)


def test_a_faint_voice_is_lifted_but_neither_silence_nor_a_steady_room() -> None:
    syllables = np.tile(np.array([-3.9, -2.0], np.float32), 50)
    assert shift_of(syllables) == pytest.approx(2.2)
    assert shift_of(syllables - 0.9) == pytest.approx(3.1)
    assert shift_of(np.full(100, -4, np.float32)) == 0
    assert shift_of(np.full(100, -2, np.float32)) == 0
    assert shift_of(np.full(100, 2, np.float32)) == pytest.approx(-1.8)


def test_a_file_of_another_network_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_state(path, {"weight": torch.zeros(3)}, {})
    with pytest.raises(WeightsShapeError, match="other"):
        Hearing.load(path)


def test_a_missing_and_a_damaged_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnknownWeightsError):
        Hearing.load(tmp_path / "nothing.safetensors")
    page = tmp_path / "page.safetensors"
    page.write_text("<html>not found</html>")
    with pytest.raises(WeightsFormatError):
        Hearing.load(page)


@pytest.mark.shared
def test_a_person_who_was_never_trained_on_is_heard(hearing: Hearing, shared: Path) -> None:
    sound = read_sound(shared / "speech" / "jfk_en_PD.flac")
    shapes = hearing.hear(windows_of(sound.samples)).shapes
    assert 0.3 < shapes.speaking.mean() < 0.95
    assert shapes.opening[shapes.speaking].mean() > 4 * shapes.opening[~shapes.speaking].mean()
    assert shapes.opening.max() > 0.7


@pytest.mark.shared
def test_a_recording_of_an_empty_room_keeps_the_lips_closed(hearing: Hearing, shared: Path) -> None:
    sound = read_sound(shared / "speech" / "sv_SILENCE_u0016001.wav")
    shapes = hearing.hear(windows_of(sound.samples)).shapes
    assert (shapes.closed > 0.5).mean() > 0.9
