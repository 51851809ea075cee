"""Golden values: librosa 0.11 called directly, in one shot, on `fakes.voices.chirp` (spec/wav2lip.md, section 5)."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
from fakes.voices import chirp, hum, silence
from numpy.typing import NDArray

from plugin_core.audio import SILENT_MEL, Sound, mel_spectrogram
from plugin_core.audio.mel import BLOCK_STEPS, HOP
from plugin_core.errors import SoundError


def one_shot(samples: NDArray[np.float32], pad_mode: str = "constant") -> NDArray[np.float32]:
    """The whole spectrogram at once, as the specification words it, without our code."""
    emphasised = np.append(samples[0], samples[1:] - np.float32(0.97) * samples[:-1])
    spectra = np.abs(librosa.stft(emphasised, n_fft=800, hop_length=200, win_length=800, pad_mode=pad_mode))
    bank = librosa.filters.mel(sr=16000, n_fft=800, n_mels=80, fmin=55, fmax=7600)
    return np.clip(1.6 * np.log10(np.maximum(1e-5, bank @ spectra)) + 2.4, -4, 4)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((5, 0), 0.53602),
        ((10, 10), -0.15372),
        ((20, 20), 0.53059),
        ((50, 70), 0.16158),
        ((30, 40), -4.0),
        ((0, 0), -0.34378),
    ],
)
def test_the_chirp_s_mel_has_the_golden_values(place: tuple[int, int], value: float) -> None:
    assert mel_spectrogram(Sound(chirp()))[place] == pytest.approx(value, abs=1e-4)


def test_the_chirp_s_mel_has_the_golden_statistics() -> None:
    mel = mel_spectrogram(Sound(chirp()))
    assert mel.shape == (80, 81)
    assert mel.mean() == pytest.approx(-3.388853, abs=1e-5)
    assert mel.std() == pytest.approx(1.491360, abs=1e-5)
    assert mel.max() == pytest.approx(2.9523, abs=1e-4)


def test_reflected_edges_have_their_own_golden_values() -> None:
    mel = mel_spectrogram(Sound(chirp()), edges="reflect")
    assert mel.mean() == pytest.approx(-3.379336, abs=1e-5)
    assert mel[0, 0] == pytest.approx(-0.13533, abs=1e-4)


def test_edges_touch_the_first_and_last_two_steps_only() -> None:
    zero, reflected = (mel_spectrogram(Sound(chirp()), edges=edges) for edges in ("zero", "reflect"))
    different = np.flatnonzero(np.abs(zero - reflected).max(axis=0) > 1e-6)
    assert set(different) == {0, 1, 79, 80}


def test_an_impulse_lights_three_steps() -> None:
    samples = silence(1.0)
    samples[8000] = 1.0
    lit = np.flatnonzero((mel_spectrogram(Sound(samples)) > SILENT_MEL).any(axis=0))
    assert list(lit) == [39, 40, 41]


def test_half_the_level_is_lower_by_the_specified_amount() -> None:
    loud, soft = (mel_spectrogram(Sound(chirp() * np.float32(gain))) for gain in (1, 0.5))
    both = (loud > -3) & (loud < 4)
    np.testing.assert_allclose((loud - soft)[both], 0.4816, atol=1e-3)


def test_silence_is_exactly_the_lowest_value() -> None:
    assert (mel_spectrogram(Sound(silence(0.5))) == SILENT_MEL).all()


@pytest.mark.parametrize("pad_mode", ["constant", "reflect"])
@pytest.mark.parametrize("extra", [-1, 0, 1, HOP - 1, 5 * HOP + 7])
def test_blocks_give_what_one_shot_gives(pad_mode: str, extra: int) -> None:
    samples = hum((BLOCK_STEPS * HOP) / 16000 * 2)
    samples = np.concatenate((samples, chirp(1.0)))[: 2 * BLOCK_STEPS * HOP + extra]
    ours = mel_spectrogram(Sound(samples), edges="reflect" if pad_mode == "reflect" else "zero")
    theirs = one_shot(samples, pad_mode)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("samples", [1, 199, 200, 401, 1000])
def test_the_shortest_sounds_have_a_mel(samples: int) -> None:
    assert mel_spectrogram(Sound(chirp()[:samples])).shape == (80, 1 + samples // 200)


def test_other_rates_and_no_samples_are_refused() -> None:
    with pytest.raises(SoundError, match="16000 only"):
        mel_spectrogram(Sound(chirp(), 48_000))
    with pytest.raises(SoundError, match="no samples"):
        mel_spectrogram(Sound(silence(0)))
