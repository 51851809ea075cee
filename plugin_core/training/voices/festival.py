# ruff: noqa: RUF001 - the IPA is full of letters that look like others
"""Festival as a source of speech with phone times: voices cut from people's diphones, in four languages.

A tool for training only, and one that may be missing: `festival_voices` says what is there. Debian's packages
festvox-kallpc16k and -kdlpc16k (free without conditions on what they say), festvox-czech-* and festvox-ital* (GPL-2 or
later) and festvox-ca-ona-hts (LGPL-2.1 or later).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from ...audio import SAMPLE_RATE, Samples
from ...errors import EngineError
from .phones import ipa_of
from .speech import Speech, TimedPhone

FESTIVAL_VOICES = {
    "kal_diphone": "en", "ked_diphone": "en", "czech_ph": "cs", "czech_dita": "cs", "czech_machac": "cs",
    "czech_krb": "cs", "lp_diphone": "it", "pc_diphone": "it", "upc_ca_ona_hts": "ca",
}  # fmt: skip
"""Voices that networks are trained on, with what they speak. (festvox-us-slt-hts is left out: see `cast`.)"""

_ENCODINGS = {"en": "ascii", "cs": "iso8859-2", "it": "iso8859-1", "ca": "iso8859-1"}
_CZECH = {
    "c": "ts", "c~": "tʃ", "ch": "x", "d~": "ɟ", "dz~": "dʒ", "e": "ɛ", "g": "ɡ", "h": "ɦ", "n*": "ŋ", "n~": "ɲ",
    "r~": "ʒ", "r~*": "ʃ", "s~": "ʃ", "t~": "c", "z~": "ʒ", "_": "", "#": "",
}  # fmt: skip
_ROMANCE = {
    "E": "ɛ", "O": "ɔ", "U": "u", "g": "ɡ", "S": "ʃ", "Z": "ʒ", "tS": "tʃ", "dZ": "dʒ", "J": "ɲ", "ng": "ŋ", "nf": "ɱ",
    "L": "ʎ", "ax": "ə", "rr": "r", "pau": "", "#": "", "_": "",
}  # fmt: skip
_SCRIPT = """(voice_{voice})
(Parameter.set 'Duration_Stretch {stretch:.3f})
(set! said (Utterance Text "{text}"))
(utt.synth said)
(utt.save.wave said "{folder}/speech.wav" 'riff)
(utt.save.segs said "{folder}/speech.seg")
"""


@cache
def festival_voices() -> tuple[str, ...]:
    """Those of `FESTIVAL_VOICES` that are installed; none where festival itself is missing."""
    program = shutil.which("festival")
    if program is None:
        return ()
    run = subprocess.run([program, "--pipe"], input="(print (voice.list))", capture_output=True, text=True, check=False)
    there = run.stdout.strip().strip("()").split()
    return tuple(voice for voice in FESTIVAL_VOICES if voice in there)


def speak_festival(text: str, voice: str, *, stretch: float = 1.0) -> Speech:
    """Say `text`.

    Args:
        text: words in the voice's language.
        voice: one of `festival_voices()`.
        stretch: duration of the phones over the voice's own; Czech voices keep theirs.
    Raises:
        EngineError: festival or the voice is missing, or failed.
    """
    program = shutil.which("festival")
    if program is None or voice not in FESTIVAL_VOICES:
        raise EngineError(f"festival or its voice {voice!r} is missing (apt-get install festival festvox-kallpc16k)")
    language = FESTIVAL_VOICES[voice]
    words = text.replace('"', " ").replace("\\", " ")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "speech.scm"
        script.write_bytes(
            _SCRIPT.format(voice=voice, stretch=stretch, text=words, folder=folder).encode(
                _ENCODINGS[language], "replace"
            )
        )
        run = subprocess.run([program, "-b", str(script)], capture_output=True, check=False)
        wave, segments = Path(folder) / "speech.wav", Path(folder) / "speech.seg"
        if run.returncode != 0 or not wave.exists() or not segments.exists():
            raise EngineError(f"festival voice {voice!r} failed: {run.stderr.decode('utf-8', 'replace').strip()[:200]}")
        return Speech(_samples(wave), _phones(segments.read_text("ascii"), language))


def _samples(wave: Path) -> Samples:
    rate, sound = wavfile.read(wave)
    return np.asarray(resample_poly(sound.astype(np.float32) / 32768, SAMPLE_RATE, rate), np.float32)


def _phones(segments: str, language: str) -> tuple[TimedPhone, ...]:
    """Lines of end time, a colour, and the phone's name, under a "#"."""
    phones: list[TimedPhone] = []
    before = 0
    for line in segments.splitlines()[1:]:
        end, _, name = line.split()
        stop = round(float(end) * SAMPLE_RATE)
        ipa = festival_ipa(name, language)
        if ipa and stop > before:
            phones.append(TimedPhone(ipa, before, stop))
        before = stop
    return tuple(phones)


def festival_ipa(name: str, language: str) -> str:
    """The IPA of a phone as Festival's voices of a language name it; "" for a pause.

    Args:
        name: such as "ax", "c~", "E1".
        language: "en", "cs", "it" or "ca".
    """
    if language == "en":
        return ipa_of(name)
    if language == "cs":
        plain = name.rstrip(":")
        return _CZECH.get(plain, plain)
    plain = name.rstrip("1")
    return _ROMANCE.get(plain, plain)
