"""Log-mel spectrogram, number for number as Wav2Lip's networks were trained on it (spec: section 5)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Literal, TypeAlias

import librosa
import numpy as np
from numpy.typing import NDArray

from ..errors import SoundError
from .sound import SAMPLE_RATE, Samples, Sound

HOP = 200  # samples per mel step
FFT = 800  # samples per spectrum, and the length of its Hann window: 50 ms
HALF_FFT = FFT // 2  # a spectrum stands in the middle of its samples
MEL_RATE = Fraction(SAMPLE_RATE, HOP)  # 80 mel steps per second
MEL_BANDS = 80
LOWEST_HZ, HIGHEST_HZ = 55.0, 7600.0  # edges of the filter bank
PRE_EMPHASIS = 0.97  # y[n] = x[n] - 0.97 x[n-1]: voices fall off with pitch, this lifts them again
FAINTEST = 1e-5  # magnitudes below are taken as this: 20 log10 of it, less the reference level, is -120 dB
REFERENCE_DB = 20.0
RANGE_DB = 100.0  # -100 dB and below is SILENT_MEL, 0 dB and above is its opposite
LOUDEST_MEL = 4.0
SILENT_MEL = -LOUDEST_MEL
BLOCK_STEPS = 2048  # spectra computed at once: 25 s of sound, 7 MB

Mel: TypeAlias = NDArray[np.float32]
"""(80, steps) log-mel spectrogram, -4 (silence) to 4, `MEL_RATE` steps per second."""

Edges: TypeAlias = Literal["zero", "reflect"]


def mel_spectrogram(sound: Sound, *, edges: Edges = "zero") -> Mel:
    """The log-mel spectrogram of a sound.

    Computed in blocks of `BLOCK_STEPS`: beside the result, memory does not grow with the sound's length.

    Args:
        sound: at `SAMPLE_RATE`, any level; not normalised, because level opens the mouth (6 dB is 0.48 units).
        edges: what is assumed outside the sound: silence (librosa 0.9 and later), or its mirror image (librosa 0.7,
            which the published checkpoints saw). Only the first two and last two steps differ.
    Returns:
        (80, 1 + samples // 200) float32 in [-4, 4]. Step j stands at j / 80 s.
    Raises:
        SoundError: another sample rate, or no samples.
    """
    if sound.rate != SAMPLE_RATE:
        raise SoundError("sound", f"has {sound.rate} samples a second; the networks hear {SAMPLE_RATE} only")
    if not len(sound):
        raise SoundError("sound", "has no samples")
    steps = 1 + len(sound) // HOP
    mel = np.empty((MEL_BANDS, steps), np.float32)
    for first in range(0, steps, BLOCK_STEPS):
        stop = min(first + BLOCK_STEPS, steps)
        mel[:, first:stop] = _mel_of(_samples_under(sound.samples, first, stop, edges))
    return mel


def _samples_under(samples: Samples, first: int, stop: int, edges: Edges) -> Samples:
    """Pre-emphasised samples that the spectra `first` to `stop` cover, the edges filled in."""
    start, end = first * HOP - HALF_FFT, (stop - 1) * HOP + HALF_FFT
    # The mirror image of the edges needs samples from further inside when the sound is very short.
    inside = slice(max(0, start), min(len(samples), end))
    before, after = max(0, -start), max(0, end - len(samples))
    if edges == "reflect" and (before or after):
        inside = slice(0 if before else inside.start, len(samples) if after else inside.stop)
    return np.pad(
        _pre_emphasised(samples, inside), (before, after), mode="reflect" if edges == "reflect" else "constant"
    )


def _pre_emphasised(samples: Samples, part: slice) -> Samples:
    previous = samples[max(0, part.start - 1) : part.stop - 1]
    if part.start == 0:
        previous = np.concatenate((np.zeros(1, np.float32), previous))
    return (samples[part] - np.float32(PRE_EMPHASIS) * previous).astype(np.float32)


def _mel_of(samples: Samples) -> Mel:
    spectra = np.abs(librosa.stft(samples, n_fft=FFT, hop_length=HOP, win_length=FFT, window="hann", center=False))
    level_db = 20 * np.log10(np.maximum(FAINTEST, filter_bank() @ spectra)) - REFERENCE_DB
    scaled = 2 * LOUDEST_MEL * (level_db + RANGE_DB) / RANGE_DB - LOUDEST_MEL
    return np.asarray(np.clip(scaled, SILENT_MEL, LOUDEST_MEL), np.float32)


@cache
def filter_bank() -> NDArray[np.float32]:
    """(80, 401) mel filters: Slaney's scale, each of equal area."""
    bank = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=FFT, n_mels=MEL_BANDS, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    return np.asarray(bank, dtype=np.float32)
