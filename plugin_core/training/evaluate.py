"""Every figure of the embedded models and of what is built on them, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing

from . import expert, finder, hearing, painter
from .evaluate_chart import evaluate_chart
from .evaluate_choosing import evaluate_choosing
from .evaluate_drive import evaluate_drive
from .evaluate_gate import evaluate_gate
from .evaluate_naming import evaluate_naming
from .evaluate_own import evaluate_cherry, evaluate_studio
from .figures import Figure
from .studio.motion import Motion

STUDIO_CLIPS = 6
STUDIO_SEED = 5


def evaluate(part: str, real: Path | None, painter_state: Path | None = None) -> Iterator[Figure]:
    """The figures of one part, as they are measured.

    Args:
        part: "hearing", "finder", "painter", "expert", "own", "gate", "names", "chart" or "choosing".
        real: folder of the real clips and speech; without it only what the studio makes is measured.
        painter_state: an unfinished painter to measure in place of the embedded one.
    """
    yield from _PARTS[part](real, painter_state)


def _hearing(real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from hearing.evaluate(speech_folder=None if real is None else real / "speech")


def _finder(real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from finder.evaluate(real_folder=real)
    yield from finder.by_sound_figures(NetworkEar(Hearing.load()), real)


def _painter(_real: Path | None, state: Path | None) -> Iterator[Figure]:
    yield from painter.evaluate(state)


def _expert(_real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from expert.evaluate()


def _own(real: Path | None, _state: Path | None) -> Iterator[Figure]:
    ear = NetworkEar(Hearing.load())
    for motion in MOTIONS:
        for finite in (False, True):
            yield from evaluate_studio(STUDIO_CLIPS, STUDIO_SEED, ear, finite=finite, motion=motion)
    if real is not None:
        yield from evaluate_cherry(real / "anim/cherry_welcome.mp4", ear)
        yield from evaluate_drive(real / "anim/cherry_welcome.mp4", real / "speech/jfk_en_PD.flac", ear)


def _gate(_real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from evaluate_gate(NetworkEar(Hearing.load()))


def _names(_real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from evaluate_naming(NetworkEar(Hearing.load()))


def _chart(real: Path | None, _state: Path | None) -> Iterator[Figure]:
    if real is not None:
        labelled = real / "speech/arctic_a0009.wav", real / "speech/arctic_a0009_phone.lab"
        yield from evaluate_chart(real / "anim/sita", *labelled, NetworkEar(Hearing.load()))


def _choosing(_real: Path | None, _state: Path | None) -> Iterator[Figure]:
    yield from evaluate_choosing()


MOTIONS: tuple[Motion, ...] = ("moving", "turning")
_PARTS = {
    "hearing": _hearing,
    "finder": _finder,
    "painter": _painter,
    "expert": _expert,
    "own": _own,
    "gate": _gate,
    "names": _names,
    "chart": _chart,
    "choosing": _choosing,
}
