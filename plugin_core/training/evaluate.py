"""Every figure of the embedded models and of what is built on them, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing

from . import finder, hearing
from .evaluate_chart import evaluate_chart
from .evaluate_drive import evaluate_drive
from .evaluate_own import evaluate_cherry, evaluate_studio
from .figures import Figure

PARTS = ("hearing", "finder", "own", "chart")
STUDIO_CLIPS = 6
STUDIO_SEED = 5


def evaluate(part: str, real: Path | None) -> Iterator[Figure]:
    """The figures of one part, as they are measured.

    Args:
        part: one of `PARTS`.
        real: folder of the real clips and speech; without it only what the studio makes is measured.
    """
    speech = None if real is None else real / "speech"
    if part == "hearing":
        yield from hearing.evaluate(speech_folder=speech)
    elif part == "finder":
        yield from finder.evaluate(real_folder=real)
    elif part == "own":
        ear = NetworkEar(Hearing.load())
        for finite in (False, True):
            yield from evaluate_studio(STUDIO_CLIPS, STUDIO_SEED, ear, finite=finite)
        if real is not None:
            yield from evaluate_cherry(real / "anim/cherry_welcome.mp4", ear)
            yield from evaluate_drive(real / "anim/cherry_welcome.mp4", real / "speech/jfk_en_PD.flac", ear)
    elif real is not None and speech is not None:
        labelled = speech / "arctic_a0009.wav", speech / "arctic_a0009_phone.lab"
        yield from evaluate_chart(real / "anim/sita", *labelled, NetworkEar(Hearing.load()))
