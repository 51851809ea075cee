"""How open a painted mouth is, read off its pixels by drawing the same mouth at known openings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..studio.close_up import CloseUp

OPENINGS = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0], np.float32)
OPEN_FROM = 0.2  # true opening from which a mouth that is read as shut is falsely shut
# Read opening under which lips count as touching: half way to a mouth that counts as open. At 0.05 closed lips whose
# line is drawn a little thicker than the studio's were read as open.
SHUT_BELOW = OPEN_FROM / 2
# Openings between which the studio's own drawings begin to show an inside.
BETWEEN = np.linspace(SHUT_BELOW, OPEN_FROM, 11, dtype=np.float32)
SHOWS_FROM_PX = 1.0  # of an inside, between the lines
_VISIBLE = 10  # levels by which a pixel must differ from the bare face to belong to the mouth

Rows = NDArray[np.float32]
"""(frames, 7) mouth shapes, the last column telling whether the lips touch."""
Pictures = NDArray[np.uint8]
"""(frames, side, side, 3) BGR."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A character who should say one thing and is filmed saying another.

    Attributes:
        face: draws her with any mouth.
        aspect: width over height of her mouth's region.
        asked: the true mouths of the new voice.
        heard: what the hearing network makes of its sound.
        bilabial: (frames,) bool, a p, b or m.
        wanted: asked, as drawn.
        filmed: what the clip shows, saying something else.
    """

    face: CloseUp
    aspect: float
    asked: Rows
    heard: Rows
    bilabial: NDArray[np.bool_]
    wanted: Pictures
    filmed: Pictures

    @property
    def region(self) -> NDArray[np.bool_]:
        """(side, side) the pixels that any of the wanted mouths covers."""
        bare = self.face.mouthless.astype(np.int16)
        changed = np.abs(self.wanted.astype(np.int16) - bare).max(axis=(0, 3)) > _VISIBLE
        return np.asarray(changed, dtype=np.bool_)

    def nothing_shows_below(self) -> NDArray[np.float32]:
        """(frames,) the read opening under which the drawing of that mouth shows no inside, one of `BETWEEN`."""
        shown = [[self.face.inside_px(self._opened(frame, v)) for v in BETWEEN] for frame in range(len(self.asked))]
        meet = (np.array(shown)[:, 1:] < SHOWS_FROM_PX).sum(axis=1)
        return np.asarray(BETWEEN[meet])

    def candidates(self, frame: int) -> Pictures:
        """The frame's true mouth at each of `OPENINGS`, all else the same."""
        return np.stack([self.face.picture(self._opened(frame, value)) for value in OPENINGS])

    def _opened(self, frame: int, opening: np.float32) -> NDArray[np.float32]:
        shape = self.asked[frame, :6].copy()
        shape[0] = opening
        return shape


def read_openings(trial: Trial, painted: list[Pictures]) -> NDArray[np.float64]:
    """The opening of each painted mouth: the nearest of the candidates, and the way towards its better neighbour.

    Args:
        trial: whose `candidates` are the scale.
        painted: versions of the clip, each like `trial.wanted`.
    Returns:
        (versions, frames), 0 to 1.
    """
    read = np.empty((len(painted), len(trial.asked)))
    for frame in range(len(trial.asked)):
        scale = trial.candidates(frame)
        spread = np.ptp(scale.astype(np.int16), axis=0).max(axis=2) > _VISIBLE
        marks = scale[:, spread].reshape(len(OPENINGS), -1).astype(np.float64)
        for version, pictures in enumerate(painted):
            read[version, frame] = _read(pictures[frame][spread].reshape(-1).astype(np.float64), marks)
    return read


def _read(pixels: NDArray[np.float64], marks: NDArray[np.float64]) -> float:
    away = ((marks - pixels) ** 2).mean(axis=1)
    best = int(away.argmin())
    beside = [n for n in (best - 1, best + 1) if 0 <= n < len(marks)]
    other = min(beside, key=lambda n: float(away[n]))
    way = marks[other] - marks[best]
    share = float(np.clip((pixels - marks[best]) @ way / max(float(way @ way), 1e-9), 0, 1))
    return float(OPENINGS[best] + share * (OPENINGS[other] - OPENINGS[best]))


def psnr(painted: Pictures, wanted: Pictures, region: NDArray[np.bool_]) -> float:
    """Peak signal to noise ratio in decibels over the region of all frames."""
    error = (painted[:, region].astype(np.float64) - wanted[:, region]) ** 2
    return float(10 * np.log10(255**2 / max(float(error.mean()), 1e-6)))


def shut_shares(
    read: NDArray[np.float64], below: NDArray[np.floating] | float, asked: Rows, bilabial: NDArray[np.bool_]
) -> tuple[float, float]:
    """Shares of p, b, m read as shut and of open mouths read as shut; NaN where there are none.

    Args:
        read: (frames,) from `read_openings`.
        below: (frames,) from `Trial.nothing_shows_below`, or one number for all.
        asked: (frames,) the true opening.
        bilabial: (frames,) a p, b or m.
    """
    shut = read < below
    among = (bilabial, asked >= OPEN_FROM)
    return tuple(float(shut[frames].mean()) if frames.any() else float("nan") for frames in among)  # type: ignore[return-value]  # two of them


def picture_of(numbers: NDArray[np.float32]) -> Pictures:
    """(n, 3, h, w) in 0..1 -> pictures."""
    return np.asarray(np.clip(numbers.transpose(0, 2, 3, 1) * 255 + 0.5, 0, 255), dtype=np.uint8)
