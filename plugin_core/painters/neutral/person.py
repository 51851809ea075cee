"""A photographed mouth made to speak with as little harm as can be: its own lips are moved, nothing is drawn over them.

The lower lip and chin are shifted down or up, the upper lip a little against them, so that the gap between the lips
becomes what the voice asks for. Only where a shut mouth has to open is there something to add: the dark inside, teeth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth
from face_detection.pictures import Picture

from ..composite import Mask, Window, full_scale, to_depth, turned_coordinates, window_of
from ..painter import MouthPaint
from ..skin import Colours
from .place import settled
from .style import LUMA, SourceStyle

REACH_ALONG, REACH_UP, REACH_DOWN = 0.80, 0.75, 1.05  # of the mouth's width: how far skin moves with the lips
REACH_SPREAD = 0.66  # the same for lips that purse or spread: cheeks stay, and so does what is behind them
WIDEST_GAP = 0.40  # of the mouth's width, at opening 1
UPPER_SHARE = 0.2  # of a change of the gap that the upper lip takes
LIPS_END = 0.42  # of the mouth's width: where the corners are, from the middle
STRETCH_LIMIT = 0.55  # of the reach below: a larger shift would fold the skin
ROWS, COLUMNS = 64, 25  # fineness at which a mouth is measured
LOOK_UP, LOOK_DOWN = 0.24, 0.33  # of the mouth's width: where lips are looked for
DARK_SHARE = 0.5  # inside a mouth it is darker than this part of the skin's light
LIP_SHARE = 0.72  # of the reddest row's redness: a lip
LIP_CONTRAST = 0.06  # below it lips are not redder than their skin, and only darkness tells
SHUT_GAP = 0.03  # of the mouth's width: a measured gap below it is the shadow line of shut lips
# The inside of a mouth lies in shadow. By eye, on four clips of people.
HOLLOW_LIGHT = (0.45, 1.0)  # of the inner colour: behind the upper teeth, and low in the middle
TONGUE_LIGHT, TONGUE_FROM = 0.55, 0.14  # of the tongue's colour; gap over the mouth's width from which it is seen
TEETH_LIGHT = 0.72
TEETH_OF_GAP, TEETH_OF_WIDTH = 0.4, 0.1  # how far the upper row reaches down, at the most
TEETH_OF_VOWELS = 0.7  # a wide open mouth shows its upper teeth whatever it says


@dataclass(frozen=True, slots=True)
class Lips:
    """Where the lips part in a frame, in the mouth's own frame.

    Attributes:
        line: middle between the lips in the middle of the mouth, in pixels from its centre towards the chin.
        gap: between the lips there, in pixels.
        slope, bend: the line's run to the corners: `x` pixels along the mouth it lies `slope * x + bend * x**2`
            lower.
    """

    line: float
    gap: float
    slope: float = 0.0
    bend: float = 0.0


def move_mouth(values: NDArray[np.floating], picture: Picture, mouth: Mouth, style: SourceStyle) -> MouthPaint | None:
    """The frame's own mouth with the lips where the voice wants them; None if it lies off the picture.

    Args:
        values: (6,), columns as in `SHAPE_NAMES`, 0 to 1.
        picture: the frame.
        mouth: where its mouth is, as detected.
        style: colours of the inside and the teeth.
    """
    mouth = settled(picture, mouth)
    reach = Mouth(mouth.x, mouth.y, mouth.width * REACH_ALONG * 2, mouth.width * REACH_DOWN * 2, mouth.angle)
    window = window_of(reach.box, picture)
    if window is None or mouth.width < 4:
        return None
    shape = dict(zip(("open", "width", "round", "teeth", "tongue", "press"), map(float, values), strict=True))
    colours = picture[window.slices][..., :3].astype(np.float32) / np.float32(full_scale(picture))
    lips = find_lips(colours, mouth, window)
    field = _Field.between(lips, shape, mouth, window)
    moved = _moved(colours, field, mouth)
    moved = _inside(moved, field, shape, mouth, style)
    mask = _edge(field, mouth)
    if not mask.any():
        return None
    return MouthPaint(window.left, window.top, to_depth(moved * full_scale(picture), picture), mask)


def find_lips(colours: Colours, mouth: Mouth, window: Window) -> Lips:
    """Measure where the lips part and how wide, in the middle third of the mouth.

    Args:
        colours: (h, w, 3), the frame's part under `window`.
        mouth: region in the frame's pixels.
        window: which part.
    """
    step = mouth.width / ROWS
    rows = (np.arange(ROWS) - ROWS / 2 + 0.5) * step
    columns = np.linspace(-LIPS_END, LIPS_END, COLUMNS) * mouth.width
    patch = _unturned(colours, mouth, window, (rows, columns))
    profile = patch[:, np.abs(columns) < mouth.width / 8].mean(axis=1)
    luma = _f32(np.asarray(cv2.GaussianBlur(patch @ LUMA, (1, 5), 0)))
    middle = luma[:, np.abs(columns) < mouth.width / 8].mean(axis=1)
    # A mouth sits near its region's middle: dark nostrils and the shadow under the lower lip are held off.
    likely = middle + 0.9 * np.abs(rows / mouth.width) ** 1.5
    line = float(rows[int(likely.argmin())])
    near = (rows > -LOOK_UP * mouth.width) & (rows < LOOK_DOWN * mouth.width)
    run = _gap(profile, middle, near)
    gap = 0.0 if run is None else (run[1] - run[0]) * step
    if run is not None and gap >= SHUT_GAP * mouth.width:
        line = float(rows[run[0]] + rows[run[1] - 1]) / 2
    else:
        gap = 0.0
    return Lips(line, gap, *_run_of_line(luma, rows, columns, line))


def _unturned(
    colours: Colours, mouth: Mouth, window: Window, grid: tuple[NDArray[np.floating], NDArray[np.floating]]
) -> Colours:
    """The colours at rows and columns of the mouth's own frame: (rows, columns, 3)."""
    across, down = np.meshgrid(grid[1], grid[0])
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    x = mouth.x + across * cosine - down * sine - window.left - 0.5
    y = mouth.y + across * sine + down * cosine - window.top - 0.5
    patch = cv2.remap(colours, _f32(x), _f32(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.float32)


def _run_of_line(
    luma: NDArray[np.float32], rows: NDArray[np.floating], columns: NDArray[np.floating], line: float
) -> tuple[float, float]:
    """Slope and bend of the dark line between the lips, from its darkest row in each column; (0, 0) if it has none."""
    half = float(columns[-1])
    off = np.abs(rows[:, None] - line) / half
    dark = (luma + 0.6 * off**1.5).argmin(axis=0)
    places = rows[dark] - line
    trusted = np.abs(places) < 0.35 * half
    if np.count_nonzero(trusted) < COLUMNS // 2:
        return 0.0, 0.0
    along, drop = columns[trusted] / half, places[trusted]
    basis = np.stack([along, along**2], axis=1)
    # A little weight towards a straight line, so that a few wrong columns don't bend it.
    slope, bend = np.linalg.solve(basis.T @ basis + 0.5 * np.eye(2), basis.T @ drop)
    return float(slope / half), float(bend / half**2)


def _gap(profile: NDArray[np.float32], luma: NDArray[np.float32], near: NDArray[np.bool_]) -> tuple[int, int] | None:
    """The longest run of rows between the lips that is neither lip nor skin: first row, row after the last."""
    redness = (profile[:, 2] - profile[:, 1]) / np.maximum(profile.max(axis=1), 1e-3)
    reddest = float(np.quantile(redness[near], 0.95))
    dark = luma < DARK_SHARE * float(np.quantile(luma, 0.8))
    lips = near & (redness > LIP_SHARE * reddest)
    if reddest - float(np.median(redness)) < LIP_CONTRAST or not lips.any():
        return _longest(near & dark)
    first, last = int(lips.argmax()), len(lips) - int(lips[::-1].argmax())
    between = np.zeros_like(near)
    between[first:last] = True
    return _longest(between & ~lips)


def _longest(rows: NDArray[np.bool_]) -> tuple[int, int] | None:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    if not len(edges):
        return None
    starts, stops = edges[::2], edges[1::2]
    best = int((stops - starts).argmax())
    return int(starts[best]), int(stops[best])


@dataclass(frozen=True, slots=True)
class _Field:
    """Where each pixel of the window takes its colour from, in the mouth's own frame; arrays (h, w) in pixels."""

    across: NDArray[np.float32]
    down: NDArray[np.float32]
    from_across: NDArray[np.float32]
    from_down: NDArray[np.float32]
    upper: NDArray[np.float32]  # lower edge of the upper lip, after
    lower: NDArray[np.float32]  # upper edge of the lower lip, after
    seen: NDArray[np.float32]  # down to here the inside was seen before

    @classmethod
    def between(cls, lips: Lips, shape: dict[str, float], mouth: Mouth, window: Window) -> _Field:
        """From the lips as they are to the shape that is asked."""
        across, down = turned_coordinates(mouth, window)
        spread = 1 + 0.25 * (shape["width"] - 0.45) - 0.22 * max(0.0, shape["round"] - 0.1)
        calm = _falling(np.hypot(across, down) / (mouth.width * REACH_SPREAD))
        from_across = across / (1 + (spread - 1) * calm)
        along = np.clip(from_across / (mouth.width * LIPS_END), -1, 1)
        arch = 1 - along**2
        most = STRETCH_LIMIT * REACH_DOWN * mouth.width
        change = float(np.clip(shape["open"] * WIDEST_GAP * mouth.width - lips.gap, -lips.gap, most))
        inner = np.clip(from_across, -LIPS_END * mouth.width, LIPS_END * mouth.width)
        line = lips.line + lips.slope * inner + lips.bend * inner**2
        upper_was, lower_was = line - lips.gap / 2 * arch, line + lips.gap / 2 * arch
        upper = upper_was - UPPER_SHARE * change * arch
        lower = lower_was + (1 - UPPER_SHARE) * change * arch
        below = _unshifted(down, lower, lower_was, REACH_DOWN * mouth.width)
        above = -_unshifted(-down, -upper, -upper_was, REACH_UP * mouth.width)
        if change > 0:  # upper teeth keep to the upper lip; what is new opens under them
            within = np.minimum(upper_was + down - upper, lower_was)
        else:
            share = np.clip((down - upper) / np.maximum(lower - upper, 1e-3), 0, 1)
            within = upper_was + share * (lower_was - upper_was)
        from_down = np.where(down > lower, below, np.where(down < upper, above, within))
        seen = _f32(np.minimum(upper + lips.gap * arch, lower))
        return cls(across, down, _f32(from_across), _f32(from_down), _f32(upper), _f32(lower), seen)


def _unshifted(
    down: NDArray[np.floating], edge: NDArray[np.floating], edge_was: NDArray[np.floating], reach: float
) -> NDArray[np.floating]:
    """Where a row beyond a lip's edge came from: next to the lip the whole shift, none at `reach` from the middle."""
    share = np.clip((down - edge) / np.maximum(reach - edge, 1e-3), 0, 1)
    return _f32(down - (edge - edge_was) * (1 - share) ** 2 * (1 + 2 * share))


def _moved(colours: Colours, field: _Field, mouth: Mouth) -> Colours:
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    across, down = field.from_across - field.across, field.from_down - field.down
    rows, columns = np.mgrid[0 : colours.shape[0], 0 : colours.shape[1]].astype(np.float32)
    x, y = columns + across * cosine - down * sine, rows + across * sine + down * cosine
    moved = cv2.remap(colours, _f32(x), _f32(y), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(moved, 0, 1), np.float32)


def _inside(moved: Colours, field: _Field, shape: dict[str, float], mouth: Mouth, style: SourceStyle) -> Colours:
    """The hollow of the mouth with teeth and tongue, where a mouth opens that was shut."""
    soft = max(0.8, 0.03 * mouth.width)
    height = field.lower - field.seen
    within = np.clip((field.down - field.seen) / soft, 0, 1) * np.clip((field.lower - field.down) / soft, 0, 1)
    share = np.clip(height / (2 * soft) - 0.5, 0, 1) * within
    fill = _hollow(field, shape, mouth, style, soft)
    return np.asarray(moved + (fill - moved) * share[..., None], np.float32)


def _hollow(field: _Field, shape: dict[str, float], mouth: Mouth, style: SourceStyle, soft: float) -> Colours:
    """What is seen between the lips: the dark, lighter towards the tongue below; upper teeth in the lip's shadow."""
    open_px = np.maximum(field.lower - field.upper, 1e-3)
    drop = np.clip((field.down - field.upper) / open_px, 0, 1)
    off = np.clip(np.abs(field.across) / (mouth.width * LIPS_END), 0, 1)
    dark, tongue, pale = (np.array(colour, np.float32) for colour in (style.inner, style.tongue, style.teeth))
    # The further in and the nearer to the corners, the darker; the tongue lies low and catches some light.
    light = HOLLOW_LIGHT[0] + (HOLLOW_LIGHT[1] - HOLLOW_LIGHT[0]) * drop * (1 - off**2)
    raised = (0.35 + 0.65 * shape["tongue"]) * _smooth((drop - 0.45) / 0.5) * _smooth((0.75 - off) / 0.5)
    wide = np.clip(open_px / (TONGUE_FROM * mouth.width) - 1, 0, 1)
    colours = dark * light[..., None] + (tongue * TONGUE_LIGHT - dark * light[..., None]) * (raised * wide)[..., None]
    row = np.minimum(TEETH_OF_GAP * open_px, TEETH_OF_WIDTH * mouth.width * (1 - 0.5 * off**2))
    teeth = _smooth((field.upper + row - field.down) / (2 * soft) + 0.5) * _smooth((0.9 - off) / 0.45)
    shadow = TEETH_LIGHT * (0.72 + 0.28 * _smooth((field.down - field.upper) / np.maximum(row, 1e-3)))
    seen = min(1.0, max(1.2 * shape["teeth"], TEETH_OF_VOWELS * shape["open"]))
    return np.asarray(colours + (pale * shadow[..., None] - colours) * (teeth * seen)[..., None], np.float32)


def _smooth(ramp: NDArray[np.floating]) -> NDArray[np.float32]:
    held = np.clip(ramp, 0, 1)
    return _f32(held * held * (3 - 2 * held))


def _edge(field: _Field, mouth: Mouth) -> Mask:
    """1 where skin moves, softly 0 at the end of its reach."""
    reach = np.where(field.down > 0, REACH_DOWN, REACH_UP) * mouth.width
    radius = np.hypot(field.across / (REACH_ALONG * mouth.width), field.down / reach)
    return _falling(radius)


def _falling(radius: NDArray[np.floating]) -> Mask:
    ramp = np.clip((1 - radius) / 0.35, 0, 1)
    return _f32(ramp * ramp * (3 - 2 * ramp))


def _f32(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
