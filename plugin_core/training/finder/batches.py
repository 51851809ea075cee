"""From scenes to what the finder's loss wants: varied pictures, heat maps and the numbers of each cell."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.toon.network import STRIDE

from .shards import SIDE, Scenes

# Columns of the 13 numbers that are positions in pixels: box centre, both eyes, mouth.
_XS = (0, 4, 6, 8)
_YS = (1, 5, 7, 9)
_LEAST_SIDE = 10.0  # pixels; smaller faces are neither asked for nor forbidden
CROP = 192  # pixels of a scene, near or far, that the network is shown at once in training
CELLS = CROP // STRIDE


def mirrored(picture: NDArray[np.uint8], faces: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Left and right exchanged, eyes included. Args: faces: (k, 13) as `encode` writes them."""
    turned = faces.copy()
    width = picture.shape[1]
    turned[:, _XS] = width - turned[:, _XS]
    turned[:, 4:8] = turned[:, [6, 7, 4, 5]]
    turned[:, 11] = -turned[:, 11]
    return np.ascontiguousarray(picture[:, ::-1]), turned


def zoomed(
    picture: NDArray[np.uint8], faces: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A part of the scene, nearer or farther off, or all of it; what comes in from outside is drawn out or plain.

    Returns:
        (CROP, CROP, 3), and the faces whose mouth lies in it.
    """
    scale = float(np.exp(rng.uniform(-0.5, 0.2)))
    shift = (CROP - scale * SIDE) * rng.uniform(0.0, 1.0, 2)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    border = cv2.BORDER_REPLICATE if rng.uniform() < 0.5 else cv2.BORDER_CONSTANT
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = [int(v) for v in rng.integers(0, 256, 3)]
    moved = cv2.warpAffine(picture, matrix, (CROP, CROP), flags=method, borderMode=border, borderValue=grey)
    changed = faces.copy()
    changed[:, _XS] = faces[:, _XS] * scale + shift[0]
    changed[:, _YS] = faces[:, _YS] * scale + shift[1]
    changed[:, 2:4] += math.log(scale)
    inside = (changed[:, 8:10] > 0).all(axis=1) & (changed[:, 8:10] < CROP).all(axis=1)
    return np.asarray(moved, dtype=np.uint8), changed[inside]


def recoloured(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Other light: contrast, gamma, and now and then exchanged colours."""
    if rng.uniform() < 0.15:
        picture = np.ascontiguousarray(picture[..., rng.permutation(3)])
    elif rng.uniform() < 0.12:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
    levels = np.arange(256) / 255
    curve = levels ** float(np.exp(rng.normal(0, 0.25))) * rng.uniform(0.8, 1.1) + rng.uniform(-0.05, 0.1)
    return np.asarray(cv2.LUT(picture, np.clip(curve * 255, 0, 255).astype(np.uint8)), dtype=np.uint8)


def worn(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """As bad prints and small files are: grain, softness, lost detail, compression; half of the pictures stay clean."""
    kind = rng.uniform()
    if kind < 0.12:
        grain = rng.standard_normal(picture.shape[:2], dtype=np.float32)[..., None] * np.float32(rng.uniform(2, 16))
        return np.clip(picture + grain, 0, 255).astype(np.uint8)
    if kind < 0.24:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.5)), dtype=np.uint8)
    if kind < 0.36:
        size = round(CROP * rng.uniform(0.4, 0.8))
        small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (CROP, CROP), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    if kind < 0.5:
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return picture


def cut_batch(
    scenes: Scenes, numbers: NDArray[np.intp], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Varied scenes with their targets.

    Returns:
        pictures: (n, CROP, CROP, 3) uint8.
        heat: (n, CELLS, CELLS), 1 at faces' middles, falling off around them; -1 where nothing is asked.
        cells: (n, 14, CELLS, CELLS): 13 numbers to learn, and how much the cell counts.
    """
    pictures, heats, cells = [], [], []
    for number in numbers:
        picture, faces = scenes.pictures[number], scenes.faces[number]
        if rng.uniform() < 0.5:
            picture, faces = mirrored(picture, faces)
        picture, faces = zoomed(picture, faces, rng)
        heat, cell = targets(faces)
        pictures.append(worn(recoloured(picture, rng), rng))
        heats.append(heat)
        cells.append(cell)
    return np.stack(pictures), np.stack(heats), np.stack(cells)


def targets(faces: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Heat (CELLS, CELLS) and cells (14, CELLS, CELLS) of one scene; see `cut_batch`."""
    heat = np.zeros((CELLS, CELLS), np.float32)
    cells = np.zeros((14, CELLS, CELLS), np.float32)
    middle = (np.arange(CELLS, dtype=np.float32) + 0.5) * STRIDE
    for face in sorted(faces, key=lambda f: -(f[2] + f[3])):
        width, height = (STRIDE * math.exp(float(v)) for v in face[2:4])
        size = math.sqrt(width * height)
        column, row = (int(np.clip(v // STRIDE, 0, CELLS - 1)) for v in face[:2])
        bump = np.exp(
            -(((middle[None] - middle[column]) / (0.14 * width + 4)) ** 2)
            - ((middle[:, None] - middle[row]) / (0.14 * height + 4)) ** 2
        )
        if size < _LEAST_SIDE:
            heat[bump > 0.2] = -1
            continue
        bump[row, column] = 1.0
        heat = np.maximum(heat, bump)
        near = bump > 0.35
        values = np.broadcast_to(face[:, None, None], (13, CELLS, CELLS)).copy()
        values[_XS, :, :] = (values[_XS, :, :] - middle[None, None]) / size
        values[_YS, :, :] = (values[_YS, :, :] - middle[None, :, None]) / size
        cells[:13, near] = values[:, near]
        cells[13, near] = bump[near]
    return heat, cells
