"""Sounds made by arithmetic, for tests: every number in them is known."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy.io.wavfile
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray

RATE = 16_000


def silence(seconds: float, rate: int = RATE) -> NDArray[np.float32]:
    """Digital silence."""
    return np.zeros(round(seconds * rate), np.float32)


def chirp(seconds: float = 1.0, rate: int = RATE) -> NDArray[np.float32]:
    """A linear sweep from 200 Hz, rising 2800 Hz a second, amplitude 0.5: the one that the golden mel is made of."""
    t = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * (200 * t + 1400 * t * t))).astype(np.float32)


def tone(seconds: float, hertz: float = 440.0, level: float = 0.5, rate: int = RATE) -> NDArray[np.float32]:
    """A sine of steady level."""
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def clicks(seconds: float, at: tuple[float, ...], rate: int = RATE) -> NDArray[np.float32]:
    """Silence with a click of 1 ms at each of the times `at`."""
    sound = silence(seconds, rate)
    for moment in at:
        start = round(moment * rate)
        sound[start : start + max(1, rate // 1000)] = 0.9
    return sound


def hum(seconds: float, level: float = 0.3, rate: int = RATE, pitch: float = 120.0) -> NDArray[np.float32]:
    """A buzzing vowel-like sound: twenty harmonics of `pitch`, with a syllable's swell four times a second."""
    t = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 21))
    swell = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * t)
    return (level * swell * buzz / 2).astype(np.float32)


def tone_bursts(
    seconds: float, spans: tuple[tuple[float, float], ...], level: float = 0.3, noise: float = 0.0
) -> NDArray[np.float32]:
    """`hum` within each (start, stop) of `spans`, silence elsewhere, at 16 kHz.

    White noise of standard deviation `noise` lies over all of it, the same in every run.
    """
    sound = np.random.default_rng(1).normal(0, noise, round(seconds * RATE)).astype(np.float32)
    for start, stop in spans:
        first, last = round(start * RATE), round(stop * RATE)
        sound[first:last] += hum((last - first) / RATE, level)[: last - first]
    return sound


def write_pcm(path: Path, samples: NDArray[np.generic], rate: int = RATE) -> Path:
    """A wav file of the samples' own kind: uint8, int16, int32, float32; (n,) or (n, channels). Not our own writer."""
    scipy.io.wavfile.write(path, rate, samples)
    return path


def encode(source: Path, target: Path, *arguments: str) -> Path:
    """Run ffmpeg on `source`, with `arguments` for the output."""
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(source), *arguments, str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target


def movie_with_sound(target: Path, sound: Path, rate: Fraction = Fraction(25), picture_delay: float = 0.0) -> Path:
    """A small grey movie with `sound`, whose first picture comes `picture_delay` seconds after the first sample."""
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(sound)]
    command += ["-itsoffset", str(picture_delay), "-f", "lavfi", "-i", f"color=gray:size=64x48:rate={rate}:duration=2"]
    command += ["-map", "1:v", "-map", "0:a", "-c:v", "libx264", "-bf", "0", "-c:a", "aac", str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target
