"""A mouth chart: the drawings of a folder, each known by the sound that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.pictures import Picture

from ...errors import ChartError
from ...speech.visemes import Viseme
from ..composite import Window, feather, full_scale, window_of
from .drawings import (
    SEEN_FROM,
    SUFFIXES,
    Drawing,
    Layer,
    as_layer,
    bounds,
    differing,
    opening_px,
    openness_of,
    read_drawing,
    skin_behind,
)
from .manifest import MANIFEST, Manifest, MouthEntry, read_manifest
from .names import visemes_of

WHOLE_PICTURE_FROM = 8.0  # drawn area over the differing area; soft-edged mouth patches have 3, a head and more 30
SEAM_PX = 3  # whole pictures: how far beyond the differing pixels the cut goes, its soft rim included
SEAM_SOFT_PX = 1.5


@dataclass(frozen=True, slots=True)
class Chart:
    """Mouth drawings.

    Attributes:
        path: the folder, or its chart.toml.
        drawings: what is there; missing mouths are stood in for by `choose_drawings`.
        openness: how far each drawing is open, measured: 0 closed, 1 the widest.
        span: width of the moving part on the canvas, in pixels: it is laid as wide as the face's mouth.
        scene: whole pictures only: one of them, (h, w, 4) with straight alpha, to find the character's place in a
            frame; None for sprites.
        moving: (h, w): where the drawings on a common canvas differ; None where each has its own canvas.
        width: times the face's mouth.
        erase: whether the frame's own mouth is filled in under a sprite.
        backed: whether skin is drawn round the mouths, which must meet the frame's skin.
    """

    path: Path
    drawings: Mapping[Viseme, Drawing]
    openness: Mapping[Viseme, float]
    span: float
    scene: Picture | None = None
    moving: NDArray[np.bool_] | None = None
    width: float = 1.0
    erase: bool = True
    backed: bool = False

    @classmethod
    def load(cls, path: Path) -> Chart:
        """Read a folder of drawings, or the chart.toml in it.

        Raises:
            ChartError: no folder, no drawings, none whose name says a mouth, a file that is no picture, pictures that
                are all the same.
        """
        folder, manifest = _open(Path(path))
        entries = manifest.mouths or _entries_by_name(folder, manifest)
        pictures = {viseme: _flipped(read_drawing(folder / entry.file), entry) for viseme, entry in entries.items()}
        for viseme, picture in pictures.items():
            if not picture[..., 3].any():
                raise ChartError(folder / entries[viseme].file, "is wholly transparent: draw a mouth or leave it out")
        return _built(folder, manifest, entries, pictures)


def _open(path: Path) -> tuple[Path, Manifest]:
    folder = path if path.is_dir() else path.parent
    if path.is_dir() and not (path / MANIFEST).is_file():
        return folder, Manifest()
    manifest = path / MANIFEST if path.is_dir() else path
    if not manifest.is_file():
        raise ChartError(path, "is not there: give a folder of mouth drawings, or its chart.toml")
    return folder, read_manifest(manifest)


def _entries_by_name(folder: Path, manifest: Manifest) -> dict[Viseme, MouthEntry]:
    files = {file.stem: file.name for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES}
    if not files:
        raise ChartError(folder, f"holds no drawings: put PNG files named {' '.join(Viseme)} there")
    named = visemes_of(list(files))
    if not named:
        raise ChartError(
            folder,
            f"none of its {len(files)} drawings is named after a mouth ({', '.join(list(files.values())[:3])} ...): "
            f'rename them to rest, MBP, L ... or write a {MANIFEST} with a line AA = "{next(iter(files.values()))}"',
        )
    return {viseme: manifest.entry_of(files[stem]) for viseme, stem in named.items()}


def _flipped(picture: Picture, entry: MouthEntry) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1]) if entry.flip else picture


def _built(
    folder: Path, manifest: Manifest, entries: Mapping[Viseme, MouthEntry], pictures: Mapping[Viseme, Picture]
) -> Chart:
    if len({picture.shape[:2] for picture in pictures.values()}) > 1:
        return _own_canvases(folder, manifest, entries, pictures)
    moving = differing(list(pictures.values()))
    box = bounds(moving)
    if box is None:
        raise ChartError(folder, "its drawings are all the same picture")
    whole = _is_whole(manifest, pictures, moving)
    part = _part(pictures, box, whole)
    layers = {viseme: as_layer(picture[part.slices]) for viseme, picture in pictures.items()}
    inner = moving[part.slices]
    skin = skin_behind(next(iter(layers.values())), inner)
    openness = openness_of({viseme: opening_px(layer, skin, inner) for viseme, layer in layers.items()})
    cut = _soft_cut(inner) if whole else np.ones(inner.shape, np.float32)
    canvas = moving.shape[1]
    drawings = {
        viseme: _drawing(layer * cut[..., None], part, _anchor(entries[viseme], box, canvas), entries[viseme].width)
        for viseme, layer in layers.items()
    }
    backed = whole or skin is not None
    erase = not backed if manifest.erase is None else manifest.erase and not whole
    scene = _resting(pictures) if whole else None
    return Chart(folder, drawings, openness, box.width, scene, moving, manifest.width, erase, backed)


def _part(pictures: Mapping[Viseme, Picture], box: Box, whole: bool) -> Window:
    """The part of the canvas that is kept: all that is drawn, or the mouth's neighbourhood of a whole picture."""
    first = next(iter(pictures.values()))
    if not whole:
        box = bounds(np.any([picture[..., 3] > 0 for picture in pictures.values()], axis=0)) or box
    return window_of(box, first, 4 * SEAM_PX if whole else 0) or Window(0, 0, first.shape[1], first.shape[0])


def _own_canvases(
    folder: Path, manifest: Manifest, entries: Mapping[Viseme, MouthEntry], pictures: Mapping[Viseme, Picture]
) -> Chart:
    if manifest.kind == "pictures":
        raise ChartError(folder, "its pictures are of different sizes: whole pictures must be of one size")
    drawings, heights, span = {}, {}, 0.0
    for viseme, picture in pictures.items():
        layer, part = as_layer(picture), Window(0, 0, picture.shape[1], picture.shape[0])
        seen = layer[..., 3] > 0
        box = bounds(seen) or Box(0, 0, part.width, part.height)
        span = max(span, box.width)
        heights[viseme] = opening_px(layer, None, seen)
        entry = entries[viseme]
        drawings[viseme] = _drawing(layer, part, _anchor(entry, box, part.width), entry.width)
    openness = openness_of(heights)
    return Chart(folder, drawings, openness, span, width=manifest.width, erase=manifest.erase is not False)


def _anchor(entry: MouthEntry, box: Box, canvas_width: int) -> tuple[float, float]:
    if entry.anchor is None:
        return box.centre
    return (canvas_width - entry.anchor[0] if entry.flip else entry.anchor[0]), entry.anchor[1]


def _drawing(layer: Layer, part: Window, anchor: tuple[float, float], width: float) -> Drawing:
    """The layer cut down to what is drawn; `part` is its place on the canvas."""
    box = bounds(layer[..., 3] > 0) or Box(0, 0, 1, 1)
    left, top = int(box.left), int(box.top)
    cut = layer[top : int(box.bottom), left : int(box.right)].copy()
    return Drawing(cut, part.left + left, part.top + top, anchor, width)


def _is_whole(manifest: Manifest, pictures: Mapping[Viseme, Picture], moving: NDArray[np.bool_]) -> bool:
    if manifest.kind is not None:
        return manifest.kind == "pictures"
    first = next(iter(pictures.values()))
    drawn = np.count_nonzero(first[..., 3] > SEEN_FROM * full_scale(first))
    return len(pictures) > 1 and bool(drawn > WHOLE_PICTURE_FROM * np.count_nonzero(moving))


def _soft_cut(moving: NDArray[np.bool_]) -> NDArray[np.float32]:
    side = 2 * SEAM_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # Holes between the mouths' outlines would let the frame's own mouth through.
    closed = cv2.morphologyEx(np.pad(moving.astype(np.uint8), side), cv2.MORPH_CLOSE, kernel)[side:-side, side:-side]
    return feather(cv2.dilate(closed, kernel).astype(np.float32), SEAM_SOFT_PX)


def _resting(pictures: Mapping[Viseme, Picture]) -> Picture:
    return next(pictures[viseme] for viseme in Viseme if viseme in pictures)
