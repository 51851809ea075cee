"""The figures of the embedded painter: on families and voices that it never saw, with controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.speech.hearing import Hearing
from plugin_core.wav2lip.checkpoint import load_look_reader
from plugin_core.wav2lip.drawn import DrawnGenerator
from plugin_core.wav2lip.look_reader import LookReader
from weights.manifest import EMBEDDED

from ..figures import Figure, correlation
from ..studio.character import HEAD_FAMILIES, HELD_OUT_HEADS, HELD_OUT_MOUTHS, MOUTH_FAMILIES
from .measure import OPEN_FROM, SHUT_BELOW, Pictures, Rows, Trial, psnr, read_openings, shut_shares
from .trainer import averaged_network
from .trials import draw_trials, paint_trial

TRIALS = 12
SEED = 4_711
LEAST_TRUE, LEAST_SOUND = 0.80, 0.60
LEAST_OVER_COPY, LEAST_OVER_MEAN = 3.0, 1.0
LEAST_BILABIAL, MOST_FALSELY_SHUT = 0.75, 0.10
NOTHING_SHOWS = "no inside shown"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One version of the clips: per trial its correlation and its decibels; over all frames what was read."""

    r: list[float]
    decibels: list[float]
    read: NDArray[np.float64]


def evaluate(state: Path | None = None, trials: int = TRIALS) -> Iterator[Figure]:
    """All figures, families left out first.

    Args:
        state: an unfinished training's `painter.pt`, of any design; the embedded painter if None.
        trials: characters of each cast.
    Raises:
        EngineError: espeak-ng or flite is missing.
        WeightsError: the file can't be used.
    """
    network = load_look_reader(EMBEDDED / "painter.safetensors") if state is None else averaged_network(state)
    hearing = Hearing.load()
    families = {
        "families left out": (HELD_OUT_HEADS, HELD_OUT_MOUTHS),
        "trained families, new characters": (HEAD_FAMILIES, MOUTH_FAMILIES),
    }
    for words, (heads, mouths) in families.items():
        drawn = list(draw_trials(trials, SEED, hearing, heads=heads, mouths=mouths))
        yield from _figures(words, drawn, network)


def versions(network: DrawnGenerator | LookReader, trial: Trial) -> dict[str, Pictures]:
    """The clip painted from the truth, from the sound and from wrong sounds, and what needs no network."""
    silence = np.zeros_like(trial.heard)
    silence[:, 1], silence[:, 6] = 0.45, 1.0
    rows: dict[str, Rows] = {
        "true shapes": trial.asked,
        "sound": trial.heard,
        "shuffled sound": np.roll(trial.heard, len(trial.heard) // 2, axis=0),
        "zero sound": silence,
    }
    painted = paint_trial(network, trial, rows)
    mean = np.broadcast_to(trial.wanted.mean(axis=0).astype(np.uint8), trial.wanted.shape)
    return {**painted, "copied reference": trial.filmed, "mean mouth": mean, "the drawing itself": trial.wanted}


def _figures(words: str, trials: Sequence[Trial], network: DrawnGenerator | LookReader) -> Iterator[Figure]:
    judged = _judge(trials, network)
    n = sum(len(trial.asked) for trial in trials)
    opening = {name: float(np.mean(one.r)) for name, one in judged.items()}
    others = ("shuffled sound", "zero sound", "copied reference", "mean mouth", "the drawing itself")
    controls = {name: opening[name] for name in others}
    yield Figure(
        f"painter, {words}, true shapes: opening, r", opening["true shapes"], n, controls=controls, least=LEAST_TRUE
    )
    yield Figure(f"painter, {words}, sound: opening, r", opening["sound"], n, controls=controls, least=LEAST_SOUND)
    decibels = {name: float(np.mean(one.decibels)) for name, one in judged.items()}
    for name in ("true shapes", "sound"):
        for other, least in (("copied reference", LEAST_OVER_COPY), ("mean mouth", LEAST_OVER_MEAN)):
            yield Figure(
                f"painter, {words}, {name}: mouth region in dB over {other}",
                decibels[name] - decibels[other],
                n,
                controls={
                    f"{name}, dB": decibels[name],
                    "shuffled sound": decibels["shuffled sound"] - decibels[other],
                },
                least=least,
            )
    yield from _shut_figures(words, trials, judged)


def _shut_figures(words: str, trials: Sequence[Trial], judged: dict[str, _Judged]) -> Iterator[Figure]:
    asked = np.concatenate([trial.asked[:, 0] for trial in trials])
    bilabial = np.concatenate([trial.bilabial for trial in trials])
    shares = {name: shut_shares(one.read, SHUT_BELOW, asked, bilabial) for name, one in judged.items()}
    below = np.concatenate([trial.nothing_shows_below() for trial in trials])
    to_the_eye = {name: shut_shares(one.read, below, asked, bilabial) for name, one in judged.items()}
    others = ("shuffled sound", "copied reference", "mean mouth", "the drawing itself")
    for name in ("true shapes", "sound"):
        yield Figure(
            f"painter, {words}, {name}: p, b, m closed",
            shares[name][0],
            int(bilabial.sum()),
            controls={**{other: shares[other][0] for other in others}, NOTHING_SHOWS: to_the_eye[name][0]},
            least=LEAST_BILABIAL,
        )
        yield Figure(
            f"painter, {words}, {name}: falsely closed",
            shares[name][1],
            int((asked >= OPEN_FROM).sum()),
            controls={**{other: shares[other][1] for other in others}, NOTHING_SHOWS: to_the_eye[name][1]},
            most=MOST_FALSELY_SHUT,
        )


def _judge(trials: Sequence[Trial], network: DrawnGenerator | LookReader) -> dict[str, _Judged]:
    judged: dict[str, _Judged] = {}
    for trial in trials:
        painted = versions(network, trial)
        read = read_openings(trial, list(painted.values()))
        region, truth = trial.region, trial.asked[:, 0].astype(np.float64)
        for row, (name, pictures) in zip(read, painted.items(), strict=True):
            one = judged.setdefault(name, _Judged([], [], np.empty(0)))
            one.r.append(correlation(row, truth))
            one.decibels.append(psnr(pictures, trial.wanted, region))
            judged[name] = _Judged(one.r, one.decibels, np.concatenate([one.read, row]))
    return judged
