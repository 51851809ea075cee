"""Flite as a source of speech with phone times: voices cut or modelled from people's recordings, English only.

A tool for training only. The program prints each phone's end time (`-psdur`) while it writes the sound.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from ...audio import SAMPLE_RATE, Samples
from ...errors import EngineError
from .phones import ipa_of
from .speech import Speech, TimedPhone

FLITE_VOICES = ("kal", "kal16", "awb", "rms", "slt")


def speak_flite(text: str, voice: str, *, stretch: float = 1.0, pitch_hz: int | None = None) -> Speech:
    """Say English `text`.

    Args:
        text: English words.
        voice: one of `FLITE_VOICES`.
        stretch: duration of every phone over the voice's own, 0.5 to 2.
        pitch_hz: mean pitch; the voice's own if None.
    Raises:
        EngineError: flite is missing or failed.
    """
    program = shutil.which("flite")
    if program is None:
        raise EngineError("flite is missing: training needs it (apt-get install flite)")
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "speech.wav"
        command = [program, "-voice", voice, "--setf", f"duration_stretch={stretch:.3f}"]
        if pitch_hz is not None:
            command += ["--setf", f"int_f0_target_mean={pitch_hz}"]
        run = subprocess.run(
            [*command, "-psdur", "-t", f" {text}", "-o", str(wave)], capture_output=True, text=True, check=False
        )
        if run.returncode != 0 or not wave.exists():
            raise EngineError(f"flite voice {voice!r} failed: {run.stderr.strip()[:200]}")
        return Speech(*_read(wave, run.stdout))


def _read(wave: Path, segments: str) -> tuple[Samples, tuple[TimedPhone, ...]]:
    rate, sound = wavfile.read(wave)
    samples = resample_poly(sound.astype(np.float32) / 32768, SAMPLE_RATE, rate).astype(np.float32)
    phones: list[TimedPhone] = []
    before, offset = 0, 0
    for segment in segments.split():
        name, _, end = segment.rpartition(":")
        stop = round(float(end) * SAMPLE_RATE) + offset
        if stop < before:  # a new sentence counts from zero again
            offset = before
            stop += offset
        phones.append(TimedPhone(ipa_of(name), before, stop))
        before = stop
    return samples, tuple(phone for phone in phones if phone.ipa and phone.stop > phone.start)
