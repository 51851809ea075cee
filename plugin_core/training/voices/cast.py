"""Who speaks: voices for training, and the voices, languages and sentences that training never hears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ...audio import SAMPLE_RATE, Samples
from ...speech.visemes import MouthShapes
from .espeak import Espeak, Manner
from .festival import FESTIVAL_VOICES, festival_voices, speak_festival
from .flite import speak_flite
from .speech import Speech, TimedPhone, mouth_shapes
from .texts import HELD_OUT_LANGUAGES, LANGUAGES, pick_text

VARIANTS = (
    "Alex",
    "Alicia",
    "Andrea",
    "Andy",
    "Denis",
    "Diogo",
    "Gene",
    "Gene2",
    "Henrique",
    "Hugo",
    "Jacky",
    "Lee",
    "Marco",
    "Mario",
    "Mike",
    "Nguyen",
    "adam",
    "anika",
    "antonio",
    "aunty",
    "belinda",
    "benjamin",
    "boris",
    "caleb",
    "david",
    "ed",
    "edward",
    "edward2",
    "f1",
    "f2",
    "f3",
    "f4",
    "grandma",
    "grandpa",
    "gustave",
    "iven",
    "iven2",
    "iven3",
    "john",
    "klatt",
    "klatt2",
    "klatt3",
    "klatt5",
    "klatt6",
    "linda",
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "m6",
    "m8",
    "marcelo",
    "max",
    "miguel",
    "norbert",
    "pablo",
    "pedro",
    "quincy",
    "rob",
    "robert",
    "sandro",
    "shelby",
    "steph",
    "steph2",
    "travis",
    "victor",
    "zac",
    "whisperf",
)
HELD_OUT_VARIANTS = ("Annie", "Michael", "Storm", "f5", "klatt4", "m7", "michel", "paul", "steph3")
"""Variants of espeak-ng that training never hears."""

FLITE_TRAINED = ("rms", "awb", "kal16")
FLITE_HELD_OUT = "slt"
"""Never trained on. It is modelled from the speaker of CMU ARCTIC slt, whose reading is among the measured files."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice: a synthesizer, its voice's name, its manner. `size` above 1 is a longer vocal tract (deeper)."""

    synthesizer: str
    voice: str
    language: str
    manner: Manner
    size: float = 1.0
    held_out: bool = False


def cast_speaker(rng: np.random.Generator, *, held_out: bool = False) -> Speaker:
    """Somebody to speak, one time in three by flite (English), else by espeak-ng in any language and variant."""
    manner = Manner(int(rng.integers(120, 230)), int(rng.integers(15, 86)), int(rng.integers(20, 90)))
    if rng.random() < 1 / 3:
        voice = FLITE_HELD_OUT if held_out else str(rng.choice(FLITE_TRAINED))
        return Speaker("flite", voice, "en", manner, float(rng.uniform(0.84, 1.12)), held_out)
    languages = {"en": LANGUAGES["en"], **HELD_OUT_LANGUAGES} if held_out else LANGUAGES
    english = rng.random() < 0.3
    language = "en" if english else str(rng.choice([name for name in languages if name != "en"]))
    variant = str(rng.choice(HELD_OUT_VARIANTS if held_out else VARIANTS))
    voice = f"{rng.choice(languages[language])}+{variant}"
    return Speaker("espeak", voice, language, manner, float(rng.uniform(0.92, 1.08)), held_out)


def cast_diphone_speaker(rng: np.random.Generator) -> Speaker | None:
    """One of Festival's installed voices, English ones twice as often; None where there is none."""
    voices = [voice for voice in festival_voices() for _ in range(1 + (FESTIVAL_VOICES[voice] == "en"))]
    if not voices:
        return None
    voice = str(rng.choice(voices))
    manner = Manner(int(rng.integers(140, 220)))
    return Speaker("festival", voice, FESTIVAL_VOICES[voice], manner, float(rng.uniform(0.84, 1.12)))


class Studio:
    """Where speakers speak. Keeps one `Espeak` open."""

    def __init__(self) -> None:
        self._espeak = Espeak()

    def say(self, speaker: Speaker, text: str) -> Speech:
        """`text` in the speaker's voice.

        Raises:
            EngineError: a synthesizer is missing or failed.
        """
        manner = speaker.manner
        if speaker.synthesizer == "espeak":
            return resized(self._espeak.speak(text, speaker.voice, manner), speaker.size)
        if speaker.synthesizer == "festival":
            return resized(speak_festival(text, speaker.voice, stretch=175 / manner.rate), speaker.size)
        pitch_hz = round((200 if speaker.voice == "slt" else 115) * 2 ** ((manner.pitch - 50) / 70))
        speech = speak_flite(text, speaker.voice, stretch=175 / manner.rate, pitch_hz=pitch_hz)
        return resized(speech, speaker.size)

    def talk(self, rng: np.random.Generator, speaker: Speaker, seconds: float) -> Speech:
        """The speaker says one thing after another, with pauses of 0.1 to 0.8 s, cut at exactly `seconds`."""
        wanted = round(seconds * SAMPLE_RATE)
        parts: list[Speech] = [_silence(rng)]
        while sum(len(part.samples) for part in parts) < wanted:
            parts += [self.say(speaker, pick_text(rng, speaker.language, held_out=_english(speaker))), _silence(rng)]
        return _cut(join(parts), wanted)


def _english(speaker: Speaker) -> bool:
    return speaker.held_out and speaker.language == "en"


def _silence(rng: np.random.Generator) -> Speech:
    return Speech(np.zeros(int(rng.integers(1_600, 12_800)), np.float32), ())


def join(parts: list[Speech]) -> Speech:
    """One after the other."""
    phones: list[TimedPhone] = []
    offset = 0
    for part in parts:
        phones += [TimedPhone(p.ipa, p.start + offset, p.stop + offset) for p in part.phones]
        offset += len(part.samples)
    return Speech(np.concatenate([part.samples for part in parts]), tuple(phones))


def _cut(speech: Speech, samples: int) -> Speech:
    kept = (replace(p, stop=min(p.stop, samples)) for p in speech.phones if p.start < samples)
    return Speech(speech.samples[:samples], tuple(kept))


def resized(speech: Speech, size: float) -> Speech:
    """Played slower (`size` above 1) or faster: pitch, formants and tempo move together, as with a bigger body."""
    if abs(size - 1) < 0.005:
        return speech
    count = round(len(speech.samples) * size)
    places = np.arange(count) / size
    samples = np.interp(places, np.arange(len(speech.samples)), speech.samples).astype(np.float32)
    phones = tuple(TimedPhone(p.ipa, round(p.start * size), round(p.stop * size)) for p in speech.phones)
    return Speech(samples, phones)


@dataclass(frozen=True, slots=True)
class StudioSpeech:
    """A voice for a drawn character, with the true mouth of every frame.

    Attributes:
        samples: (n,) float32 in -1..1 at 16 kHz, exactly the asked length.
        phones: every phone with its samples.
        shapes: the true mouths at the asked rate.
        speaker: who speaks.
    """

    samples: Samples
    phones: tuple[TimedPhone, ...]
    shapes: MouthShapes
    speaker: Speaker


def studio_speech(
    rng: np.random.Generator, seconds: Fraction, rate: Fraction, *, held_out: bool = False, studio: Studio | None = None
) -> StudioSpeech:
    """Somebody talks for a while, and the mouth is known.

    Args:
        rng: decides who and what; the same state gives the same sound.
        seconds: how long; the sound has round(seconds * 16000) samples.
        rate: frames per second of `shapes`; there are floor(seconds * rate) frames.
        held_out: a voice, sentence or language that the embedded networks were never trained on.
        studio: to keep synthesizers open over many calls.
    Raises:
        EngineError: espeak-ng or flite is missing.
    """
    speaker = cast_speaker(rng, held_out=held_out)
    speech = (studio or Studio()).talk(rng, speaker, float(seconds))
    frames = int((seconds * rate).__floor__())
    return StudioSpeech(speech.samples, speech.phones, mouth_shapes(speech, frames, rate), speaker)
