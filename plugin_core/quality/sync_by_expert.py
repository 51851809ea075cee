"""Does the result's mouth belong to the voice, and by how many frames is it off? As the lip-sync expert sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture

from ..audio import MelWindows, Sound, mel_spectrogram
from ..speech.hearing import shift_of, shifted
from ..wav2lip.crop import FaceCrop, cut
from ..wav2lip.networks import FACE_SIZE, SYNC_FRAMES
from .expert import BATCH, SyncExpert, Vectors

EXPERT_RATE = 25  # pictures a second that the expert was trained with
LARGEST_SHIFT = Fraction(15, 25)  # seconds to either side: 15 frames of 25
MOST_WINDOWS = 2000  # of a clip; longer ones are sampled evenly
FEWEST_WINDOWS = 25  # a second: below this nothing is said
HALF = FACE_SIZE // 2
_CHUNK = 256  # windows compared at once


@dataclass(frozen=True, slots=True)
class ExpertFigure:
    """How well mouths and voice agree.

    Attributes:
        confidence: largest mean product over all shifts, less the median over them (as the LSE-C score is formed, but
            of products 0..1 instead of distances); a still mouth has 0.
        offset_frames: the shift of that largest one, in frames of the clip; positive: the mouth comes after the voice.
        agreement: mean product as the clip is, 0..1.
        windows: runs of five pictures that were compared.
    """

    confidence: float
    offset_frames: int
    agreement: float
    windows: int


@dataclass(frozen=True, slots=True)
class SeenWindows:
    """What the expert saw.

    Attributes:
        frames: (n,) the frame that each window begins with.
        vectors: (n, d).
    """

    frames: NDArray[np.int64]
    vectors: Vectors

    @classmethod
    def joined(cls, parts: Iterable[SeenWindows]) -> SeenWindows:
        """One after the other; parts without windows count for nothing."""
        full = [part for part in parts if len(part.frames)]
        if not full:
            return cls(np.zeros(0, np.int64), np.zeros((0, 1), np.float32))
        return cls(np.concatenate([p.frames for p in full]), np.concatenate([p.vectors for p in full]))


class MouthWatch:
    """Looks at the faces of a run of frames in order, and keeps a vector for each window: memory stays flat.

    A window is five pictures 1/25 s apart, whatever the clip's rate: at 50 frames a second every other one, at 12
    each one twice.
    """

    def __init__(self, expert: SyncExpert, rate: Fraction, frames: int) -> None:
        """Make ready.

        Args:
            expert: looks at mouths.
            rate: frames per second of the clip.
            frames: of the whole clip; decides how many are skipped.
        """
        self._expert = expert
        self._step = -(-frames // MOST_WINDOWS)
        self._reach = [int(rate * n / EXPERT_RATE + Fraction(1, 2)) for n in range(SYNC_FRAMES)]
        self._kept: deque[tuple[int, NDArray[np.uint8] | None]] = deque(maxlen=self._reach[-1] + 1)
        self._waiting: list[tuple[int, NDArray[np.uint8]]] = []
        self._done: list[SeenWindows] = []

    def look(self, frame: int, picture: Picture, face: Face | None) -> None:
        """The next frame; after a gap a new run begins. Args: face: in that frame, or None where there is none."""
        if self._kept and self._kept[-1][0] != frame - 1:
            self._kept.clear()
        first = frame - self._reach[-1]
        self._kept.append((frame, None if face is None or not self._wanted(frame) else lower_half(picture, face)))
        if len(self._kept) == self._kept.maxlen and first % self._step == 0:
            self._take(first)

    def seen(self) -> SeenWindows:
        """Everything since the last time this was asked; the next frame begins a new run."""
        self._see()
        seen = SeenWindows.joined(self._done)
        self._done = []
        self._kept.clear()
        return seen

    def _wanted(self, frame: int) -> bool:
        return any((frame - reach) % self._step == 0 for reach in self._reach)

    def _take(self, first: int) -> None:
        halves = [self._kept[reach][1] for reach in self._reach]
        whole = [half for half in halves if half is not None]
        if len(whole) == SYNC_FRAMES:
            self._waiting.append((first, np.stack(whole)))
        if len(self._waiting) == BATCH:
            self._see()

    def _see(self) -> None:
        if self._waiting:
            frames = np.array([first for first, _ in self._waiting], np.int64)
            self._done.append(SeenWindows(frames, self._expert.see(np.stack([half for _, half in self._waiting]))))
        self._waiting = []


def lower_half(picture: Picture, face: Face) -> NDArray[np.uint8] | None:
    """(48, 96, 3): the lower half of the face as the networks see it; None where the box has no inside."""
    crop = FaceCrop.of(face)
    if crop.inside_out():
        return None
    return np.asarray(np.rint(cut(picture, crop)[HALF:] * 255), dtype=np.uint8)


def compare_with_voice(
    expert: SyncExpert, seen: SeenWindows, voice: Sound, frames: int, rate: Fraction
) -> ExpertFigure | None:
    """The figure of a clip.

    Args:
        expert: hears the voice.
        seen: from `MouthWatch`.
        voice: 16 kHz, from frame 0 on.
        frames: of the clip.
        rate: frames per second.
    Returns:
        None where fewer than `FEWEST_WINDOWS` were seen.
    """
    if len(seen.frames) < FEWEST_WINDOWS or not len(voice):
        return None
    furthest = max(1, int(LARGEST_SHIFT * rate))
    mel = mel_spectrogram(voice)
    windows = MelWindows(mel, frames, rate)
    agreement = _agreement(expert, seen, windows, furthest, shift_of(mel.mean(0)))
    best = int(agreement.argmax())
    return ExpertFigure(
        confidence=float(agreement[best] - np.median(agreement)),
        offset_frames=furthest - best,
        agreement=float(agreement[furthest]),
        windows=len(seen.frames),
    )


def _agreement(
    expert: SyncExpert, seen: SeenWindows, windows: MelWindows, furthest: int, level: float
) -> NDArray[np.float64]:
    """(2 furthest + 1,) mean product where mouths meet the sound that comes -furthest to +furthest frames later."""
    total = np.zeros(2 * furthest + 1)
    counts = np.zeros(2 * furthest + 1)
    for start in range(0, len(seen.frames), _CHUNK):
        at, vectors = seen.frames[start : start + _CHUNK], seen.vectors[start : start + _CHUNK]
        first, stop = max(0, int(at[0]) - furthest), min(len(windows), int(at[-1]) + furthest + 1)
        wanted = np.unique((at[:, None] + np.arange(-furthest, furthest + 1)).clip(first, stop - 1))
        heard = _heard(expert, windows, wanted, level)
        for index, shift in enumerate(range(-furthest, furthest + 1)):
            inside = (at + shift >= 0) & (at + shift < len(windows))
            products = (vectors[inside] * heard[np.searchsorted(wanted, at[inside] + shift)]).sum(axis=1)
            total[index] += products.sum()
            counts[index] += inside.sum()
    return np.asarray(total / np.maximum(counts, 1))


def _heard(expert: SyncExpert, windows: MelWindows, frames: Sequence[int] | NDArray[np.int64], level: float) -> Vectors:
    parts = [
        expert.hear(np.stack([shifted(windows[int(frame)], level) for frame in frames[first : first + _CHUNK]]))
        for first in range(0, len(frames), _CHUNK)
    ]
    return np.concatenate(parts)
