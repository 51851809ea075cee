"""How well a painter suits a face, measured on the footage itself before anything is rendered.

Where the clip talks, a drawn mouth is erased, painted anew for what was heard at that moment, and compared with the
mouth that stood there. Where it is silent, only the seam tells: how much sharper the paint's edge is than the face was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Picture

from .composite import apply_paint, full_mask, full_scale, paint_window, to_depth, window_of
from .painter import MouthPaint, Painter, PaintRequest
from .skin import bare_skin

Patch: TypeAlias = NDArray[np.float32]
"""(32, 48, 3): a mouth's region, turned upright; BGR, 0 to 1."""

PATCH_WIDTH, PATCH_HEIGHT = 48, 32
PATCH_ROOM = 1.15  # of the mouth's region
FAINT = 0.1  # share of paint below which a pixel does not count for its width
LEAST_ERROR = 1e-5  # mean square: 50 dB, more than any codec keeps
RIM_TO = 0.5  # share of paint up to which a pixel belongs to the rim
LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # ITU-R BT.601, BGR
SEAM_CAP = 48.0  # levels of 255: from there on an edge is an edge
LEAST_FRAMES = 4  # with own mouths; fewer make no mean


@dataclass(frozen=True, slots=True)
class Fit:
    """What a trial measured.

    Attributes:
        frames: how many were tried.
        placed: share of them in which a mouth was laid, 0 to 1.
        seam: how much steeper the edge of the paint is than the same place was before, in levels of 255 a pixel.
        size: width of the paint over the face's.
        likeness: of the painted mouths to the true ones, PSNR in dB; None where the true ones are not known.
        over_mean: how much likelier than the mean of the other frames' mouths, dB.
        over_closed: how much likelier than the most closed mouth, dB.
        motion: how much the painted mouths differ among themselves, over how much the true ones do; 0 never moves.
    """

    frames: int
    placed: float
    seam: float
    size: float
    likeness: float | None = None
    over_mean: float | None = None
    over_closed: float | None = None
    motion: float | None = None

    def to_json(self) -> dict[str, float | int | None]:
        """A plain JSON object, rounded to what was measured."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}

    def text(self) -> str:
        """The figures for a person."""
        seam = f"seam {self.seam:.1f}"
        if self.likeness is None or self.over_mean is None:
            return seam
        return f"{self.likeness:.1f} dB like its own mouths ({self.over_mean:+.1f} against a still one), {seam}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One frame to try painters on.

    Attributes:
        request: the frame as it is; its moment is one at which the mouth is as good as closed.
        own_moment: index into the shapes heard in the clip's own dialogue; None where the true mouth says nothing.
    """

    request: PaintRequest
    own_moment: int | None = None


def try_painters(painters: Sequence[Painter], trials: Iterable[Trial], opening: NDArray[np.float32]) -> list[Fit]:
    """Measure painters on the same frames.

    Args:
        painters: all made for the shapes that the trials' moments count in.
        trials: read once, one picture in memory at a time.
        opening: (moments,) heard lip opening; tells which true mouth is the most closed.
    """
    sheets = [_Sheet() for _ in painters]
    truths: list[Patch] = []
    moments: list[int] = []
    for trial in trials:
        own = _own_mouth(trial)
        if own is not None and trial.own_moment is not None:
            truths.append(mouth_patch(trial.request.picture, trial.request.face.mouth))
            moments.append(trial.own_moment)
        for painter, sheet in zip(painters, sheets, strict=True):
            sheet.look(painter, trial.request, own)
    closed = int(np.argmin(opening[moments])) if moments else 0
    return [sheet.fit(truths, closed) for sheet in sheets]


def _own_mouth(trial: Trial) -> PaintRequest | None:
    """The same frame with its mouth erased, to be painted as it was."""
    if trial.own_moment is None:
        return None
    picture = without_mouth(trial.request.picture, trial.request.face.mouth)
    return replace(trial.request, picture=picture, voice_frame=trial.own_moment)


def without_mouth(picture: Picture, mouth: Mouth) -> Picture:
    """The frame with its mouth filled in from the skin; a new picture."""
    erased = picture.copy()
    skin = bare_skin(picture, mouth)
    if skin is not None:
        region = erased[skin.window.slices][..., :3]
        levels = region.astype(np.float32)
        filled = levels + (skin.colours * full_scale(picture) - levels) * skin.mask[..., None]
        region[...] = to_depth(filled, picture)
    return erased


def mouth_patch(picture: Picture, mouth: Mouth) -> Patch:
    """A mouth's region at one size and upright, whatever its place, size and turn."""
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    scale = np.diag([mouth.width * PATCH_ROOM / PATCH_WIDTH, mouth.height * PATCH_ROOM / PATCH_HEIGHT])
    matrix = np.empty((2, 3))
    matrix[:, :2] = turn @ scale
    # Pixel i of the patch has its middle at i + 0.5; cv2 counts from there.
    half = np.array([PATCH_WIDTH / 2 - 0.5, PATCH_HEIGHT / 2 - 0.5])
    matrix[:, 2] = np.array([mouth.x - 0.5, mouth.y - 0.5]) - matrix[:, :2] @ half
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    size = (PATCH_WIDTH, PATCH_HEIGHT)
    colours = picture[..., :3]
    patch = cv2.warpAffine(colours, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch.astype(np.float32) / np.float32(full_scale(picture)))


def seam_of(picture: Picture, paint: MouthPaint) -> float | None:
    """How much steeper the rim of a paint is than the same place was, levels of 255 a pixel; None if it has no rim."""
    place = paint_window(paint)
    around = Box(place.left, place.top, place.left + place.width, place.top + place.height)
    window = window_of(around, picture, margin_px=2)
    assert window is not None, "a paint lies in its picture"
    mask = full_mask(paint, *picture.shape[:2])[window.slices]
    touched = (mask > 0).astype(np.uint8)
    rim = (cv2.dilate(touched, np.ones((3, 3), np.uint8)) > 0) & (mask < RIM_TO)
    if not rim.any() or not touched.any():
        return None
    after = apply_paint(picture, paint)[window.slices]
    jump = np.clip(_steepness(after) - _steepness(picture[window.slices]), 0, SEAM_CAP)
    return float(jump[rim].mean())


def _steepness(picture: Picture) -> NDArray[np.float32]:
    """(h, w): length of the luma's gradient, levels of 255 a pixel."""
    luma = picture[..., :3].astype(np.float32) @ LUMA * np.float32(255 / full_scale(picture))
    across, down = np.gradient(np.pad(luma, 1, mode="edge"))
    return np.asarray(np.hypot(across, down)[1:-1, 1:-1], np.float32)


class _Sheet:
    """What one painter did on all trials."""

    def __init__(self) -> None:
        self._tried = 0
        self._placed = 0
        self._seams: list[float] = []
        self._sizes: list[float] = []
        self._mouths: list[Patch] = []

    def look(self, painter: Painter, request: PaintRequest, own: PaintRequest | None) -> None:
        """Let it paint the frame as it is, and the same without its mouth."""
        self._tried += 1
        (paint,) = painter.paint([request])
        if paint is not None:
            self._placed += 1
            seam = seam_of(request.picture, paint)
            self._seams += [] if seam is None else [seam]
            painted_columns = int(np.count_nonzero((paint.mask > FAINT).any(axis=0)))
            self._sizes.append(painted_columns / max(request.face.box.width, 1.0))
        if own is not None:
            (paint,) = painter.paint([own])
            result = own.picture if paint is None else apply_paint(own.picture, paint)
            self._mouths.append(mouth_patch(result, own.face.mouth))

    def fit(self, truths: Sequence[Patch], closed: int) -> Fit:
        """The figures.

        Args:
            truths: the true mouths of the trials that have one.
            closed: which of them is the most closed; it is not counted.
        """
        placed = self._placed / max(1, self._tried)
        seam = float(np.mean(self._seams)) if self._seams else 0.0
        size = float(np.median(self._sizes)) if self._sizes else 0.0
        if len(truths) < LEAST_FRAMES:
            return Fit(self._tried, placed, seam, size)
        likeness, over_mean, over_closed = likeness_of(self._mouths, truths, closed)
        motion = _spread(self._mouths) / max(_spread(truths), LEAST_ERROR)
        return Fit(self._tried, placed, seam, size, likeness, over_mean, over_closed, motion)


def likeness_of(mouths: Sequence[Patch], truths: Sequence[Patch], closed: int) -> tuple[float, float, float]:
    """How like the true mouths some painted ones are, in dB, and how much more so than two mouths that never move.

    Args:
        mouths: painted.
        truths: the true ones, in the same order; at least two.
        closed: index of the most closed true one; it is not counted.
    """
    counted = [index for index in range(len(truths)) if index != closed]
    total = np.sum(truths, axis=0)
    means = [(total - truths[index]) / (len(truths) - 1) for index in counted]
    own = _psnr([mouths[index] for index in counted], [truths[index] for index in counted])
    mean = _psnr(means, [truths[index] for index in counted])
    shut = _psnr([truths[closed]] * len(counted), [truths[index] for index in counted])
    return own, own - mean, own - shut


def _spread(mouths: Sequence[Patch]) -> float:
    """Standard deviation of the mouths' pixels over the frames."""
    return float(np.sqrt(np.mean(np.var(np.stack(mouths), axis=0))))


def _psnr(some: Sequence[Patch], others: Sequence[Patch]) -> float:
    """Of all pairs together, so that a single mouth that was met exactly does not outweigh all others."""
    errors = [float(np.mean((one - other) ** 2)) for one, other in zip(some, others, strict=True)]
    return -10 * math.log10(max(float(np.mean(errors)), LEAST_ERROR))
