"""PocketSphinx and the English model that lies in its package: words -> where they and their phones lie in a sound.

The only file that touches PocketSphinx.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from pocketsphinx import Decoder

from ..audio import SAMPLE_RATE, Sound
from ..errors import EngineError
from .letter_sounds import letter_sounds

STEP = Fraction(1, 100)  # seconds that the recogniser moves on at a time; its boundaries are multiples of it
LEAST_SOUND = Fraction(1, 5)  # seconds: the model's features span 9 steps, and a few more must be left
PEAK = 0.9  # of full scale: what sounds are brought to, so that faint ones keep their detail in 16 bits
WIDE_BEAMS = {"beam": 1e-120, "wbeam": 1e-80, "pbeam": 1e-120}  # thousands of times the default's; about 4x the work
SILENCE = "SIL"


@dataclass(frozen=True, slots=True)
class Phone:
    """A speech sound in time: ARPABET without stress digits, "SIL" for silence; seconds, half open."""

    name: str
    start: Fraction
    stop: Fraction


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word in time. `word` is its place among the words asked for."""

    word: int
    start: Fraction
    stop: Fraction


class EnglishAligner:
    """Finds known words in sound. Holds the model (60 MB); makes no use of what it heard before.

    Args:
        wide: search wider beams: slower, for sound that the usual search loses its way in.
    Raises:
        EngineError: PocketSphinx's package lacks its model.
    """

    def __init__(self, *, wide: bool = False) -> None:
        beams = WIDE_BEAMS if wide else {}
        try:
            self._decoder = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL", lm=None, bestpath=False, **beams)
        except RuntimeError as error:
            raise EngineError(f"PocketSphinx can't load its English model: {error}: reinstall pocketsphinx") from error

    def words(self, sound: Sound, words: Sequence[str]) -> list[PlacedWord] | None:
        """Where each of the words lies, in order; None where they do not fit the sound. Times are the sound's own."""
        if not self._hear(sound, words):
            return None
        placed = [segment for segment in self._decoder.seg() if not _is_filler(segment.word)]
        if len(placed) != len(words):
            return None
        return [
            PlacedWord(i, segment.start_frame * STEP, (segment.end_frame + 1) * STEP)
            for i, segment in enumerate(placed)
        ]

    def phones(self, sound: Sound, words: Sequence[str]) -> list[Phone] | None:
        """The phones of the words and the silences between, in order; None where they do not fit the sound."""
        if not self._hear(sound, words):
            return None
        try:
            self._decoder.set_alignment()
            self._listen(sound)
            # Not hyp(): PocketSphinx 5.1 crashes when it is asked for one after this kind of search.
            alignment = self._decoder.get_alignment()
        except RuntimeError:
            return None
        if alignment is None:
            return None
        return [
            Phone(_plain(phone.name), phone.start * STEP, (phone.start + phone.duration) * STEP)
            for word in alignment
            for phone in word
        ]

    def pronunciation(self, word: str) -> tuple[str, ...]:
        """Phones of a word: the dictionary's, else those of its parts ("feed" + "st"), else what its letters say."""
        known = self._decoder.lookup_word(word)
        if known is not None:
            return tuple(known.split())
        stem, _, ending = word.partition("'")
        if stem and ending:
            return (*self.pronunciation(stem), *_ending_sounds(ending))
        return letter_sounds(word) or ("AH",)

    def _hear(self, sound: Sound, words: Sequence[str]) -> bool:
        if sound.duration < LEAST_SOUND or not words:
            return False
        for word in dict.fromkeys(words):
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, " ".join(self.pronunciation(word)), True)
        try:
            self._decoder.set_align_text(" ".join(words))
            self._listen(sound)
        except RuntimeError:
            return False
        return self._decoder.hyp() is not None

    def _listen(self, sound: Sound) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(_sixteen_bit(sound), full_utt=True)
        self._decoder.end_utt()


def _sixteen_bit(sound: Sound) -> bytes:
    peak = float(np.max(np.abs(sound.samples)))
    gain = PEAK / peak if peak > 0 else 1.0
    return (sound.samples * np.float32(gain * 32767)).astype("<i2").tobytes()


def _is_filler(word: str) -> bool:
    return word.startswith(("<", "[", "(", "+"))


def _plain(phone: str) -> str:
    """PocketSphinx also knows +NOISE+, +SPN+ and the like: nobody speaks there."""
    return phone if re.fullmatch("[A-Z]{1,2}", phone) else SILENCE


def _ending_sounds(ending: str) -> tuple[str, ...]:
    known = {"s": ("Z",), "st": ("S", "T"), "d": ("D",), "t": ("T",), "ll": ("AH", "L"), "re": ("ER",), "ve": ("V",)}
    return known.get(ending) or letter_sounds(ending)
