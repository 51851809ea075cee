"""The two spoken lines that ship in the package, how they were made, and how they are read back."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from ...audio import SAMPLE_RATE, read_sound
from ...errors import TextError
from .flite import speak_flite
from .speech import Speech, TimedPhone

FOLDER = Path(__file__).parents[2] / "demo"
CHARACTER, NEW_VOICE = "character", "new_voice"
"""Names of the lines: what the drawn character says in its own clip, and what it is to say instead."""

_LINES = {
    # name: (voice, stretch, pitch in Hz, words)
    CHARACTER: (
        "slt",
        1.12,
        195,
        "Hello there! I was made of numbers, and my mouth was drawn by a program. "
        "Whenever I say a word, both of my lips must move with it. "
        "Maybe, before we are done, somebody will give me another voice.",
    ),
    NEW_VOICE: (
        "rms",
        1.08,
        112,
        "Good evening, everybody. This is a brand new voice, but my face is the same one as before. "
        "Please, play it from the beginning!",
    ),
}
_BIT_RATE = 40_000


def demo_speech(name: str, folder: Path = FOLDER) -> Speech:
    """One of the lines, with its phones; no synthesizer is needed.

    Args:
        name: `CHARACTER` or `NEW_VOICE`.
        folder: where `write_demo_voices` wrote them; the package's own if not given.
    Raises:
        SoundError, TextError: the files are missing or damaged.
    """
    return Speech(read_sound(demo_voice_path(name, folder)).samples, read_phones(folder / f"{name}.tsv"))


def demo_voice_path(name: str, folder: Path = FOLDER) -> Path:
    """The sound file of one of the lines."""
    return folder / f"{name}.opus"


def read_phones(path: Path) -> tuple[TimedPhone, ...]:
    """Phones of a table: IPA, start and stop in seconds, separated by tabs, under one line of headings.

    Raises:
        TextError: no such file, or a line that is not of this form; names it.
    """
    try:
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
        return tuple(TimedPhone(ipa, _samples(start), _samples(stop)) for ipa, start, stop in rows)
    except (OSError, ValueError) as error:
        raise TextError(f"{path}: is no table of phones (phone, start, stop): {error}") from error


def _samples(seconds: str) -> int:
    return round(float(seconds) * SAMPLE_RATE)


def write_demo_voices(folder: Path = FOLDER) -> None:
    """Speak the lines and write them as Opus with their phones beside them.

    Raises:
        EngineError: flite is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, (voice, stretch, pitch_hz, words) in _LINES.items():
        speech = speak_flite(words, voice, stretch=stretch, pitch_hz=pitch_hz)
        _write_opus(demo_voice_path(name, folder), speech)
        rows = (f"{p.ipa}\t{p.start / SAMPLE_RATE:.4f}\t{p.stop / SAMPLE_RATE:.4f}\n" for p in speech.phones)
        (folder / f"{name}.tsv").write_text("phone\tstart\tstop\n" + "".join(rows), "utf-8")


def _write_opus(path: Path, speech: Speech) -> None:
    samples = np.clip(speech.samples * 0.9 / np.abs(speech.samples).max(), -1, 1)
    with av.open(str(path), "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = _BIT_RATE
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = SAMPLE_RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
