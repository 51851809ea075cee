"""How well the expert tells true from shifted sound: on heads, mouths and voices that it never met, with controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.audio import MEL_BANDS, SILENT_MEL, WINDOW
from plugin_core.quality.expert import NetworkExpert, SyncExpert, Vectors
from plugin_core.speech.hearing import shifted
from plugin_core.wav2lip.networks import SYNC_FRAMES

from ..figures import Figure
from ..hearing.corpus import make_talks
from ..studio import HELD_OUT_HEADS, HELD_OUT_MOUTHS
from .batches import step_of
from .clips import RATE, Cast, SpokenClip, make_clip

LEAST = 0.90
CLIPS = 24
FRAMES = 198  # of a clip: all that a talk of 8 s holds
_SECOND = RATE - SYNC_FRAMES + 1  # windows that a second of pictures holds
_SEED = 6_000_001
_MOVES = (-3, 0, 3)  # frames by which whole clips are put out of sync
_FURTHEST = 15

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One clip as the expert judged it.

    Attributes:
        products: (n, n): row i is the window of pictures that begins with frame i, column j that of the sound.
        speaking: (n,) somebody speaks during the whole window.
    """

    products: Numbers
    speaking: NDArray[np.bool_]


def evaluate(weights: Path | None = None, *, clips: int = CLIPS) -> Iterator[Figure]:
    """All figures.

    Args:
        weights: the expert's file; the embedded one if None.
        clips: of 8 s, for each of both casts.
    Raises:
        EngineError: espeak-ng or flite is missing.
        WeightsError: the file can't be used.
    """
    expert = NetworkExpert.load(weights)
    left_out = Cast(HELD_OUT_HEADS, HELD_OUT_MOUTHS)
    films = held_out_clips(clips, _SEED, left_out, held_out=True)
    yield from figures(expert, films, "expert, heads, mouths and voices left out", least=LEAST)
    films = held_out_clips(clips, _SEED + 1, Cast(), held_out=False)
    yield from figures(expert, films, "expert, new characters of trained families, trained voices in bad recordings")


def held_out_clips(count: int, seed: int, cast: Cast, *, held_out: bool) -> list[SpokenClip]:
    """Clips for measuring. Args: held_out: voices, sentences and languages that training never hears."""
    talks = make_talks(seed, count, held_out=held_out)
    return [make_clip(np.random.default_rng((seed, index)), talk, FRAMES, cast) for index, talk in enumerate(talks)]


def figures(
    expert: SyncExpert, clips: Sequence[SpokenClip], name: str, *, least: float | None = None
) -> Iterator[Figure]:
    """Of one cast."""
    seen = [see(expert, clip) for clip in clips]
    heard = [hear(expert, clip) for clip in clips]
    judged = [_judged(s, h, clip) for s, h, clip in zip(seen, heard, clips, strict=True)]
    strange = [_judged(s, h, clip) for s, h, clip in zip(seen, heard[1:] + heard[:1], clips, strict=True)]
    silent = [_judged(s, np.repeat(nothing(expert), len(s), axis=0), clip) for s, clip in zip(seen, clips, strict=True)]
    test = f"{name}: true against shifted by 5 or more frames"
    controls = {"another clip's sound": _share(strange, 1), "zero sound": _share(silent, 1)}
    yield _figure(f"{test}, one window of 0.2 s, pauses included", _trials(judged, 1), controls, least)
    yield _figure(f"{test}, one window, speech on both sides", _trials(judged, 1, speech=True), {}, None)
    controls = {"another clip's sound": _share(strange, _SECOND), "zero sound": _share(silent, _SECOND)}
    yield _figure(f"{test}, mean over 1 s", _trials(judged, _SECOND), controls, None)
    yield from _offset_figures(judged, name)


def see(expert: SyncExpert, clip: SpokenClip) -> Vectors:
    """One vector for each window of pictures."""
    count = len(clip.mouths) - SYNC_FRAMES + 1
    return expert.see(np.stack([clip.mouths[frame : frame + SYNC_FRAMES] for frame in range(count)]))


def hear(expert: SyncExpert, clip: SpokenClip) -> Vectors:
    """One vector for each window of the sound, levelled as in a render."""
    mel = shifted(clip.mel, clip.shift)
    starts = (step_of(frame) for frame in range(len(clip.mouths) - SYNC_FRAMES + 1))
    return expert.hear(np.stack([mel[:, start : start + WINDOW] for start in starts]))


def nothing(expert: SyncExpert) -> Vectors:
    """(1, d): digital silence."""
    return expert.hear(np.full((1, MEL_BANDS, WINDOW), SILENT_MEL, np.float32))


def _judged(seen: Vectors, heard: Vectors, clip: SpokenClip) -> Judged:
    whole = np.lib.stride_tricks.sliding_window_view(clip.speaking, SYNC_FRAMES).all(axis=1)
    return Judged((seen @ heard.T).astype(np.float64), np.asarray(whole))


def _trials(judged: Sequence[Judged], windows: int, *, speech: bool = False) -> Numbers:
    """(n,) 1 where the true sound won over one shifted by chance, 0 where it lost, one half where they were equal."""
    rng = np.random.default_rng(_SEED)
    return np.concatenate([_clip_trials(rng, clip, windows, speech=speech) for clip in judged])


def _clip_trials(rng: np.random.Generator, clip: Judged, windows: int, *, speech: bool) -> Numbers:
    usable = np.flatnonzero(clip.speaking) if speech else np.arange(len(clip.speaking))
    usable = usable[usable <= len(clip.speaking) - windows]
    won = []
    for true in usable:
        others = usable[np.abs(usable - true) >= SYNC_FRAMES]
        if len(others):
            false = int(rng.choice(others))
            run = np.arange(windows)
            lead = (clip.products[true + run, true + run] - clip.products[true + run, false + run]).mean()
            won.append(0.5 + 0.5 * np.sign(lead))
    return np.array(won)


def _share(judged: Sequence[Judged], windows: int) -> float:
    return float(_trials(judged, windows).mean())


def _figure(name: str, won: Numbers, controls: dict[str, float], least: float | None) -> Figure:
    value = float(won.mean()) if len(won) else float("nan")
    return Figure(name, value, len(won), "windows", controls, least)


def _offset_figures(judged: Sequence[Judged], name: str) -> Iterator[Figure]:
    """Whole clips put out of sync by a few frames: is that offset found?"""
    errors = np.array([found_offset(clip.products, move) - move for clip in judged for move in _MOVES])
    guess = float(np.mean([np.abs(np.arange(-_FURTHEST, _FURTHEST + 1) - move).__le__(1).mean() for move in _MOVES]))
    right = float((np.abs(errors) <= 1).mean())
    yield Figure(
        f"{name}: offset of an 8 s clip found within 1 frame", right, len(errors), "clips", {"by chance": guess}
    )
    yield Figure(f"{name}: mean error of the offset, in frames", float(np.abs(errors).mean()), len(errors), "clips")


def found_offset(products: Numbers, late: int) -> int:
    """The offset that the products tell where the pictures are shown `late` frames after their sound."""
    count = len(products)
    best, offset = -1.0, 0
    for lag in range(-_FURTHEST, _FURTHEST + 1):
        rows = np.arange(max(0, lag - late), count + min(0, lag - late))
        mean = float(products[rows, rows + late - lag].mean())
        if mean > best:
            best, offset = mean, lag
    return offset
