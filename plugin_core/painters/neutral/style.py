"""How a face is drawn: the colours and the line width that a new mouth must have to belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture

from ..composite import full_scale, window_of
from ..skin import BareSkin, Colours, bare_skin, dominant_colour
from .kind import DRAWN_FROM, steepness

Bgr: TypeAlias = tuple[float, float, float]
"""One colour, 0 to 1."""

LUMA = np.array([0.114, 0.587, 0.299], np.float32)
FACE_SIDE = 192  # px: faces are measured at one size, so that numbers mean the same in SD and 4K
LINE_CONTRAST = 0.18  # how much darker than the skin a line must be to be one
THIN_PX = 9  # at `FACE_SIDE`: a dark stroke that is wider is a pupil or hair
LINE_LEAST, LINE_MOST = 0.02, 0.09  # of the mouth's width
LIP_SHARE = 0.22  # of the old mouth that must be lip-coloured for lips to be drawn
GREY_BELOW = 0.05  # spread of the skin's channels below which the picture is black and white

WINE: Bgr = (0.13, 0.08, 0.30)  # the inside of a mouth
ROSE: Bgr = (0.42, 0.40, 0.83)  # a tongue
DARKEST_LINE = 0.35  # of the skin, where a face has no line at all


@dataclass(frozen=True, slots=True)
class SourceStyle:
    """What a mouth of this face is drawn with. Colours are BGR, 0 to 1.

    Attributes:
        skin: dominant colour round the mouth.
        line: of outlines.
        line_width: over the mouth's width.
        lip: of the lips; None for drawings whose mouth is a line.
        inner, teeth, tongue: of what an open mouth shows.
        person: photographed (or painted like it) rather than drawn: soft edges, no outline.
    """

    skin: Bgr
    line: Bgr
    line_width: float
    lip: Bgr | None
    inner: Bgr
    teeth: Bgr
    tongue: Bgr
    person: bool


def estimate_style(frames: Iterable[tuple[Picture, Face]]) -> SourceStyle:
    """The style of a face from a few of its frames (five, spread over the clip, are plenty).

    Each number is the median over the frames. Without any usable frame a plain dark line on fair skin comes back.
    """
    sights = [sight for picture, face in frames if (sight := _look(picture, face)) is not None]
    if not sights:
        return _style(np.array([0.70, 0.80, 0.95]), np.array([0.1, 0.1, 0.15]), 0.04, None, person=False)
    lips = [sight.lip for sight in sights if sight.lip is not None]
    return _style(
        np.median([sight.skin for sight in sights], axis=0),
        np.median([sight.line for sight in sights], axis=0),
        float(np.median([sight.line_width for sight in sights])),
        np.median(lips, axis=0) if 2 * len(lips) >= len(sights) else None,
        person=float(np.median([sight.steepness for sight in sights])) < DRAWN_FROM,
    )


def _style(
    skin: NDArray[np.floating],
    line: NDArray[np.floating],
    line_width: float,
    lip: NDArray[np.floating] | None,
    *,
    person: bool,
) -> SourceStyle:
    grey = float(np.ptp(skin)) < GREY_BELOW
    light = float(skin @ LUMA)
    # The inside is the line's own darkness warmed up; the tongue takes some of the skin's light.
    inner = _mixed(line, np.array(WINE), 0.6)
    tongue = _mixed(np.array(ROSE) * (0.55 + 0.45 * light), skin, 0.1)
    teeth = np.full(3, 0.62 + 0.34 * light) * (0.985, 1.0, 1.0)
    if person and lip is None:
        lip = _mixed(skin * (0.72, 0.68, 0.86), skin, 0.2)
    return SourceStyle(
        _bgr(skin, grey),
        _bgr(line, grey),
        float(np.clip(line_width, LINE_LEAST, LINE_MOST)),
        None if lip is None else _bgr(lip, grey),
        _bgr(inner, grey),
        _bgr(teeth, grey),
        _bgr(tongue, grey),
        person,
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    skin: NDArray[np.float32]
    line: NDArray[np.float32]
    line_width: float
    lip: NDArray[np.float32] | None
    steepness: float


def _look(picture: Picture, face: Face) -> _Sight | None:
    skin = bare_skin(picture, face.mouth)
    window = window_of(face.box, picture)
    steep = steepness(picture, face)
    if skin is None or window is None or steep is None:
        return None
    region = picture[window.slices][..., :3].astype(np.float32) / np.float32(full_scale(picture))
    factor = FACE_SIDE / max(window.shape)
    size = (max(4, round(window.width * factor)), max(4, round(window.height * factor)))
    small = np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR))
    line, width_px = _line(small.astype(np.float32), skin.tone)
    source = picture[skin.window.slices][..., :3].astype(np.float32) / np.float32(full_scale(picture))
    line_width = width_px / factor / max(face.mouth.width, 1e-6)
    return _Sight(skin.tone, line, line_width, _lip(source, skin, line), steep)


def _line(face: Colours, skin: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Colour and width of the thin dark strokes in a face; width in the face picture's pixels."""
    luma = face @ LUMA
    dark = luma < float(skin @ LUMA) - LINE_CONTRAST
    if np.count_nonzero(dark) < 4:
        return skin * np.float32(DARKEST_LINE), 0.0
    wide = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((THIN_PX, THIN_PX), np.uint8)) > 0
    thin = dark & ~wide
    strokes = thin if np.count_nonzero(thin) >= 8 else dark
    core = strokes & (luma <= np.quantile(luma[strokes], 0.3))
    ridge = _ridge_depths(strokes)
    return dominant_colour(face[core]), 2 * float(np.median(ridge)) - 1 if len(ridge) else 0.0


def _ridge_depths(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance to the edge along the middle of each stroke."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    peaks = mask & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 1e-3)
    return np.asarray(depth[peaks], np.float32)


def _lip(source: Colours, skin: BareSkin, line: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The colour of the lips, if a good part of the old mouth is redder than the skin and lighter than the line."""
    old = source[skin.mask > 0.5]
    if len(old) < 8:
        return None
    luma = old @ LUMA
    redness = (old[:, 2] - old[:, 1]) / np.maximum(old.max(axis=1), 1e-3)
    skin_redness = float((skin.tone[2] - skin.tone[1]) / max(float(skin.tone.max()), 1e-3))
    between = (luma > float(line @ LUMA) + 0.06) & (luma < float(skin.tone @ LUMA) - 0.02)
    lips = between & (redness > skin_redness + 0.04)
    return dominant_colour(old[lips]) if lips.mean() >= LIP_SHARE else None


def _mixed(one: NDArray[np.floating], other: NDArray[np.floating], share: float) -> NDArray[np.floating]:
    return np.asarray(one * (1 - share) + other * share)


def _bgr(colour: NDArray[np.floating], grey: bool) -> Bgr:
    values = np.full(3, float(colour @ LUMA)) if grey else colour
    blue, green, red = (float(np.clip(value, 0, 1)) for value in values)
    return blue, green, red
