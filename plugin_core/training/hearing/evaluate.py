"""How well the hearing network hears: on voices that were left out, synthesized and human, with controls."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...audio import MEL_BANDS, SILENT_MEL, WINDOW, MelWindows, Sound, hearing_lead, mel_spectrogram
from ...speech.align import align_phones
from ...speech.hearing import Hearing
from ...speech.shapes_from_phones import shapes_from_phones
from ...speech.text import read_dialogue
from ...speech.visemes import MouthShapes, Viseme
from ..figures import Figure, correlation
from ..phone_labels import ARCTIC_A0009
from ..voices import Manner, Speaker, Speech, Studio, mouth_shapes
from ..voices.cast import FLITE_HELD_OUT, HELD_OUT_VARIANTS
from .readings import Reading, aligned_reading, as_speech, labelled_reading, prototype_opening

RATE = Fraction(25)
HEARD_CLOSED = 0.5
TALK_S = 10.0
SEED = 90_210

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clip:
    """A voice with its true mouths at `RATE`, and the opening that it is compared with."""

    sound: Sound
    truth: MouthShapes
    opening: Numbers


@dataclass(frozen=True, slots=True)
class Least:
    """What is demanded of a set of voices; None where nothing is."""

    opening: float | None = None
    silence: float | None = None
    bilabial: float | None = None


SYNTHESIZED_LEAST = Least(0.85, 0.97, 0.80)
PEOPLE_LEAST = Least(opening=0.72)
LABELLED_LEAST = Least(silence=0.95, bilabial=0.75)
WITH_TEXT_LEAST = 0.80


def evaluate(weights: Path | None = None, speech_folder: Path | None = None) -> list[Figure]:
    """All figures.

    Args:
        weights: of the network; the embedded ones if None.
        speech_folder: recordings of people (`human_readings`); without it only synthesized voices are measured.
    Raises:
        EngineError: espeak-ng or flite is missing.
        WeightsError: the file can't be used.
    """
    hearing = Hearing.load(weights)
    figures: list[Figure] = []
    for name, clips in synthesized_sets().items():
        figures += measure(hearing, clips, name, SYNTHESIZED_LEAST)
    figures += [silence_figure(hearing), speed_figure(hearing)]
    if speech_folder is not None:
        readings = list(human_readings(speech_folder))
        for reading in readings:
            figures += human_figures(hearing, reading)
        if readings:
            books = [by_the_book(reading) for reading in readings]
            figures += measure(hearing, books, "people left out, together", PEOPLE_LEAST)
        figures += with_text_figures(readings)
    return figures


def synthesized_sets() -> dict[str, list[Clip]]:
    """Voices that training never heard: espeak-ng variants, flite's slt, and languages."""
    studio = Studio()
    rng = np.random.default_rng(SEED)
    manner = Manner()
    sets = {
        "espeak-ng variants left out": [
            Speaker("espeak", f"en-us+{v}", "en", manner, 1.0, True) for v in HELD_OUT_VARIANTS
        ],
        "flite slt left out": [Speaker("flite", FLITE_HELD_OUT, "en", manner, 1.0, True)] * 6,
        "Swedish and Finnish left out": [
            Speaker("espeak", f"{language}+{variant}", language, manner, 1.0, True)
            for language in ("sv", "fi")
            for variant in HELD_OUT_VARIANTS[:4]
        ],
    }
    return {
        name: [as_clip(studio.talk(rng, speaker, TALK_S)) for speaker in speakers] for name, speakers in sets.items()
    }


def as_clip(speech: Speech) -> Clip:
    """A synthesized voice with its own true opening."""
    frames = int(speech.seconds * RATE)
    truth = mouth_shapes(speech, frames, RATE)
    return Clip(Sound(speech.samples), truth, truth.opening.astype(np.float64))


def hear_clip(hearing: Hearing, sound: Sound, frames: int) -> MouthShapes:
    """What the network hears, frame by frame at `RATE`."""
    windows = MelWindows(mel_spectrogram(sound), frames, RATE, lead_steps=hearing_lead(RATE))
    return hearing.hear(windows).shapes


def measure(hearing: Hearing, clips: Sequence[Clip], name: str, least: Least = Least()) -> list[Figure]:
    """Opening (correlation and slope), closed lips in pauses and for p, b, m, and false closures, over all clips."""
    heard = [hear_clip(hearing, clip.sound, len(clip.truth)) for clip in clips]
    opening = np.concatenate([shapes.opening for shapes in heard]).astype(np.float64)
    closed = np.concatenate([shapes.closed for shapes in heard]) > HEARD_CLOSED
    truth = np.concatenate([clip.opening for clip in clips])
    marks = [_marks(clip.truth) for clip in clips]
    resting, bilabial, apart = (np.concatenate(column) for column in zip(*marks, strict=True))
    n = len(truth)
    chance = {"share of all frames": float(closed.mean())}
    return [
        Figure(
            f"{name}: correlation of opening",
            correlation(opening, truth),
            n,
            controls=_controls(hearing, opening, truth),
            least=least.opening,
        ),
        Figure(f"{name}: amplitude, heard over true spread", float(opening.std() / truth.std()), n),
        Figure(
            f"{name}: silence closed",
            _share(closed, resting),
            int(resting.sum()),
            controls=chance,
            least=least.silence,
        ),
        Figure(
            f"{name}: p, b, m closed",
            _share(closed, bilabial),
            int(bilabial.sum()),
            controls=chance,
            least=least.bilabial,
        ),
        Figure(f"{name}: open sounds heard as closed", _share(closed, apart), int(apart.sum()), controls=chance),
    ]


def _marks(truth: MouthShapes) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """(frames,) each: at rest in a pause; in a p, b or m; speaking with lips apart."""
    visemes = np.array(truth.visemes or ())
    resting = (visemes == Viseme.REST) & (truth.closed > 0.9)
    bilabial = visemes == Viseme.MBP
    apart = truth.speaking & (truth.closed < 0.2) & ~bilabial
    return resting, bilabial, apart


def _controls(hearing: Hearing, heard: Numbers, truth: Numbers) -> dict[str, float]:
    nothing = np.full((4, MEL_BANDS, WINDOW), SILENT_MEL, np.float32)
    zero = np.resize(hearing.hear(nothing).shapes.opening, len(truth)).astype(np.float64)
    return {
        "shuffled sound": correlation(np.roll(heard, len(heard) // 2), truth),
        "zero sound": correlation(zero, truth),
    }


def _share(flags: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(flags[among].mean()) if among.any() else float("nan")


def silence_figure(hearing: Hearing) -> Figure:
    """Rooms without anybody: digital silence and noise of three levels; the lips must stay closed."""
    rng = np.random.default_rng(SEED)
    noise = rng.standard_normal(4 * 16_000).astype(np.float32)
    heard = [hear_clip(hearing, Sound(noise * np.float32(level)), 100).closed for level in (0.0, 0.001, 0.01, 0.05)]
    closed = np.concatenate(heard) > HEARD_CLOSED
    return Figure("silence and white noise: closed", float(closed.mean()), len(closed))


def speed_figure(hearing: Hearing) -> Figure:
    """Frames heard in a millisecond of processor time, all threads together: at least 1 is demanded."""
    rng = np.random.default_rng(SEED)
    windows = rng.uniform(-4, 0, (500, MEL_BANDS, WINDOW)).astype(np.float32)
    hearing.hear(windows)
    started = time.process_time()
    hearing.hear(windows)
    return Figure("frames heard in 1 ms", len(windows) / (1000 * (time.process_time() - started)), 500, least=1)


def with_text_figures(readings: Sequence[Reading]) -> list[Figure]:
    """Opening where the dialogue's text is given, against the smoothed prototypes of the reference phones.

    Only hand labels are a reference of their own: the other recordings' phones come from the same aligner, so that
    their figure tells only what the passing from shape to shape costs. Nothing is demanded of it.
    """
    figures = []
    for reading in readings:
        by_hand = reading.name == Path(_LABELLED[0]).stem
        clip, phones = by_the_book(reading), align_phones(reading.sound, read_dialogue(_text_of(reading.name)))
        told = shapes_from_phones(phones, reading.sound, len(clip.opening), RATE).opening.astype(np.float64)
        reference = "hand labels" if by_hand else "the same aligner's phones"
        figures.append(
            Figure(
                f"{reading.name} with its text, against {reference}: correlation of opening",
                correlation(told, clip.opening),
                len(told),
                controls={"half a sentence late": correlation(np.roll(told, len(told) // 2), clip.opening)},
                least=WITH_TEXT_LEAST if by_hand else None,
            )
        )
    return figures


def _text_of(name: str) -> str:
    texts = {Path(file).stem: text for file, text in _TEXTS.items()}
    return texts.get(name, ARCTIC_A0009)


# What is said in the recordings that are only measured on: the Rainbow Passage, and an inaugural address.
_TEXTS = {
    "vctk_p286_011.wav": "When a man looks for something beyond his reach, his friends say he is looking for the pot "
    "of gold at the end of the rainbow.",
    "jfk_en_PD.flac": "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for "
    "your country.",
}
_LABELLED = ("arctic_a0009.wav", "arctic_a0009_phone.lab")


def human_readings(folder: Path) -> Iterator[Reading]:
    """The recordings of people in `folder` that nothing was trained on; those that are not there are left out."""
    sound, labels = (folder / name for name in _LABELLED)
    if sound.exists() and labels.exists():
        yield labelled_reading(sound, labels)
    for name, text in _TEXTS.items():
        if (folder / name).exists():
            yield aligned_reading(folder / name, text)


def human_figures(hearing: Hearing, reading: Reading) -> list[Figure]:
    """The figures of `measure`, the opening compared with the house chart's prototypes and with our own tables."""
    least = LABELLED_LEAST if reading.name == Path(_LABELLED[0]).stem else Least()
    by_own_tables = measure(hearing, [as_clip(as_speech(reading))], reading.name, least)
    own = by_own_tables[0]
    return [
        *measure(hearing, [by_the_book(reading)], f"{reading.name}, smoothed prototypes")[:2],
        Figure(f"{reading.name}: correlation of opening by our own tables", own.value, own.n, controls=own.controls),
        *by_own_tables[2:],
    ]


def by_the_book(reading: Reading) -> Clip:
    """A reading whose opening is compared with the house chart's prototypes."""
    clip = as_clip(as_speech(reading))
    middles = (np.arange(len(clip.truth), dtype=np.float64) + 0.5) / float(RATE)
    return Clip(clip.sound, clip.truth, prototype_opening(reading, middles))
