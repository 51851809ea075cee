"""What happens to a voice between the mouth and the file: rooms, telephones, bad levels, worn recordings."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

from ...audio import SAMPLE_RATE, Samples


def distort(rng: np.random.Generator, samples: Samples) -> Samples:
    """One recording chain, drawn at random; two times in five none. Timing is kept.

    Args:
        rng: decides.
        samples: (n,) float32 in -1..1 at `SAMPLE_RATE`.
    """
    draw = rng.random()
    if draw < 0.4:
        return samples
    if draw < 0.7:
        return reverberate(rng, samples)
    if draw < 0.85:
        return band_limit(rng, samples)
    return overdrive(rng, samples)


def reverberate(rng: np.random.Generator, samples: Samples) -> Samples:
    """A room: direct sound, then decaying noise that falls by 60 dB in 0.15 to 0.7 s."""
    decay_s = float(rng.uniform(0.15, 0.7))
    time = np.arange(round(decay_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / decay_s)
    tail *= float(rng.uniform(0.1, 0.6)) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return np.asarray(fftconvolve(samples, tail)[: len(samples)], np.float32)


def band_limit(rng: np.random.Generator, samples: Samples) -> Samples:
    """A telephone, a small speaker, a low bit rate: what lies outside a band is gone."""
    low, high = float(rng.uniform(60, 400)), float(rng.uniform(3000, 7000))
    filtered = sosfilt(butter(6, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos"), samples)
    return np.asarray(filtered, np.float32)


def overdrive(rng: np.random.Generator, samples: Samples) -> Samples:
    """Too loud for the recorder: clipped hard, or squeezed."""
    driven = samples / max(float(np.abs(samples).max(initial=0)), 1e-6) * float(rng.uniform(1.5, 8))
    bent = np.clip(driven, -1, 1) if rng.random() < 0.5 else np.tanh(driven)
    return np.asarray(bent * 0.7, np.float32)
