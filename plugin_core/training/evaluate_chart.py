"""How well a chart's drawings follow people's voices whose phones are known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.audio import Sound, read_sound
from plugin_core.painters.chart import Chart, choose_drawings
from plugin_core.painters.chart.choice import nearest_drawing
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.align import align_phones
from plugin_core.speech.english import Phone
from plugin_core.speech.shapes_from_phones import shapes_from_phones
from plugin_core.speech.text import read_dialogue
from plugin_core.speech.visemes import Viseme

from .figures import Figure, correlation
from .hearing.evaluate import human_readings
from .hearing.readings import Reading
from .phone_labels import ARCTIC_A0009, asked_visemes, read_full_context_labels

RATE = Fraction(25)
LEAST_OPENING, LEAST_WITHIN_ONE = 0.45, 0.92  # without text; with it


def evaluate_chart(chart_folder: Path, voice: Path, labels: Path, ear: Ear) -> list[Figure]:
    """A chart driven by one sentence (CMU arctic a0009), without and with its words, and by all people left out.

    Truth is the drawing that the labelled phone at each frame's middle asks for; openings are measured on the
    drawings themselves. The other people's phones come from the aligner, which tells nothing about the aligner: with
    text only the hand-labelled sentence is measured. Control: the same choice, half the sentence too late.

    Args:
        chart_folder: of the chart.
        voice: the sentence; the other recordings of `hearing.evaluate.human_readings` are looked for beside it.
        labels: the sentence's phones, by hand.
        ear: that hears.
    """
    chart = Chart.load(chart_folder)
    sound = read_sound(voice)
    phones = read_full_context_labels(labels)
    alone = _by_ear(chart, sound, phones, ear)
    spoken = shapes_from_phones(
        align_phones(sound, read_dialogue(ARCTIC_A0009)), sound, int(sound.duration * RATE), RATE
    )
    by_words = choose_drawings(spoken, chart.drawings, openness=chart.openness)
    others = [reading for reading in human_readings(voice.parent) if reading.name != voice.stem]
    people = [alone, *(_by_ear(chart, reading.sound, _phones_of(reading), ear) for reading in others)]
    asked, by_ear = ([drawing for each in column for drawing in each] for column in zip(*people, strict=True))
    return [
        *_figures("chart without text", chart, *alone, least=(LEAST_OPENING, None)),
        *_figures("chart without text, people left out together", chart, asked, by_ear, least=(LEAST_OPENING, None)),
        *_figures("chart with text", chart, alone[0], by_words, least=(None, LEAST_WITHIN_ONE)),
    ]


def _by_ear(chart: Chart, sound: Sound, phones: list[Phone], ear: Ear) -> tuple[list[Viseme], list[Viseme]]:
    """The drawings that are asked for, and those that are chosen by the sound alone."""
    frames = int(sound.duration * RATE)
    asked = [nearest_drawing(viseme, chart.drawings, chart.openness) for viseme in asked_visemes(phones, frames, RATE)]
    heard = ear.hear(sound, frames, RATE)
    shown = choose_drawings(heard, chart.drawings, openness=chart.openness, probabilities=heard.viseme_probabilities)
    return asked, shown


def _phones_of(reading: Reading) -> list[Phone]:
    return [Phone(name, start, stop) for name, start, stop in reading.phones]


def _figures(
    name: str,
    chart: Chart,
    asked: Sequence[Viseme],
    shown: Sequence[Viseme],
    least: tuple[float | None, float | None],
) -> list[Figure]:
    half = len(shown) // 2
    late = [*shown[half:], *shown[:half]]
    return [
        Figure(
            f"{name}: opening of the drawing against the asked one's, r",
            correlation(_openings(chart, asked), _openings(chart, shown)),
            len(asked),
            controls={"half a sentence late": correlation(_openings(chart, asked), _openings(chart, late))},
            least=least[0],
        ),
        Figure(
            f"{name}: the asked drawing stands within one frame",
            share_within_one(asked, shown),
            len(asked),
            controls={"half a sentence late": share_within_one(asked, late)},
            least=least[1],
        ),
    ]


def _openings(chart: Chart, drawings: Sequence[Viseme]) -> NDArray[np.float64]:
    return np.array([chart.openness[drawing] for drawing in drawings])


def share_within_one(asked: Sequence[Viseme], shown: Sequence[Viseme]) -> float:
    """Share of the frames whose asked drawing is shown in that frame or in one beside it."""
    return float(np.mean([viseme in shown[max(0, i - 1) : i + 2] for i, viseme in enumerate(asked)]))
