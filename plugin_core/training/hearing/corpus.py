"""What the hearing network learns from: mel spectrograms of synthesized talk with the true mouth at every step."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...audio import MEL_RATE, Sound, mel_spectrogram
from ...speech.hearing import shift_of
from ...speech.visemes import Viseme
from ..voices import Speech, Studio, cast_diphone_speaker, cast_speaker, track
from ..voices.distort import distort

log = logging.getLogger(__name__)

TALK_S = 8.0  # seconds of one talk
TALKS_A_SHARD = 60
FIRST_DIPHONE_SHARD = 500  # number of the first file of Festival's voices; the readings' begin at 900
_VISEMES = {viseme: index for index, viseme in enumerate(Viseme)}


@dataclass(frozen=True, slots=True)
class Talk:
    """One voice talking for a while.

    Attributes:
        mel: (80, steps) float32.
        values: (steps, 6) float32, the true mouth half a step after each mel step.
        closed: (steps,) float32, 0..1.
        viseme: (steps,) int64, index into `tuple(Viseme)`.
        speaking: (steps,) bool.
        shift: what level the voice needs (`speech.hearing.shift_of`).
    """

    mel: NDArray[np.float32]
    values: NDArray[np.float32]
    closed: NDArray[np.float32]
    viseme: NDArray[np.int64]
    speaking: NDArray[np.bool_]
    shift: float

    def __len__(self) -> int:
        return len(self.closed)


def as_talk(speech: Speech, samples: NDArray[np.float32] | None = None) -> Talk:
    """The mel of a voice with its true mouths; `samples` is its recording, if that is not the speech itself."""
    mel = mel_spectrogram(Sound(speech.samples if samples is None else samples))
    seconds = (np.arange(mel.shape[1]) + 0.5) / float(MEL_RATE)
    shapes = track(speech.phones, float(speech.seconds)).at(seconds)
    visemes = shapes.visemes or ()
    return Talk(
        mel=mel,
        values=shapes.values,
        closed=shapes.closed,
        viseme=np.array([_VISEMES[viseme] for viseme in visemes], np.int64),
        speaking=shapes.speaking,
        shift=shift_of(mel.mean(0)),
    )


def make_talks(seed: int, count: int, *, held_out: bool = False) -> Iterator[Talk]:
    """`count` talks of `TALK_S` seconds, each by another speaker; distorted as recordings are, unless held out."""
    studio = Studio()
    for index in range(count):
        rng = np.random.default_rng((seed, index, int(held_out)))
        speech = studio.talk(rng, cast_speaker(rng, held_out=held_out), TALK_S)
        yield as_talk(speech, None if held_out else distort(rng, speech.samples))


def build_corpus(folder: Path, shards: int, *, seed: int = 0) -> None:
    """Write talks to `folder` until it holds `shards` files of `TALKS_A_SHARD`; those that are there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(shards):
        path = folder / f"talks_{number:03d}.npz"
        if not path.exists():
            write_shard(path, list(make_talks(seed * 10_000 + number, TALKS_A_SHARD)))
            log.info("wrote %s", path.name)


def build_diphone_shards(folder: Path, shards: int, *, seed: int = 0) -> None:
    """Add `shards` files of talks by Festival's voices; without them a warning says what is missing."""
    for number in range(shards):
        path = folder / f"talks_{FIRST_DIPHONE_SHARD + number}.npz"
        if path.exists():
            continue
        talks = list(_diphone_talks(seed * 10_000 + FIRST_DIPHONE_SHARD + number, TALKS_A_SHARD))
        if not talks:
            log.warning("festival's voices are missing: trained without them (apt-get install festvox-kallpc16k)")
            return
        write_shard(path, talks)
        log.info("wrote %s", path.name)


def _diphone_talks(seed: int, count: int) -> Iterator[Talk]:
    studio = Studio()
    for index in range(count):
        rng = np.random.default_rng((seed, index))
        speaker = cast_diphone_speaker(rng)
        if speaker is not None:
            speech = studio.talk(rng, speaker, TALK_S)
            yield as_talk(speech, distort(rng, speech.samples))


def write_shard(path: Path, talks: list[Talk]) -> None:
    """Keep talks of equal length in a file that `read_shard` reads."""
    partial = path.with_suffix(".part.npz")
    np.savez(
        partial,
        mel=np.stack([talk.mel for talk in talks]).astype(np.float16),
        values=np.stack([talk.values for talk in talks]).astype(np.float16),
        closed=np.stack([talk.closed for talk in talks]).astype(np.float16),
        viseme=np.stack([talk.viseme for talk in talks]).astype(np.int8),
        speaking=np.stack([talk.speaking for talk in talks]),
        shift=np.array([talk.shift for talk in talks], np.float32),
    )
    partial.replace(path)


def read_shard(path: Path) -> list[Talk]:
    """The talks of one file that `build_corpus` wrote."""
    with np.load(path, allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    return [
        Talk(
            columns["mel"][i].astype(np.float32),
            columns["values"][i].astype(np.float32),
            columns["closed"][i].astype(np.float32),
            columns["viseme"][i].astype(np.int64),
            columns["speaking"][i],
            float(columns["shift"][i]),
        )
        for i in range(len(columns["shift"]))
    ]
