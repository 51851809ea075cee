"""What the expert learns from: drawn faces speaking, cut out as a render cuts them, and the mel of their voices."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.pictures import Bgr8
from plugin_core.audio import MEL_RATE, WINDOW
from plugin_core.wav2lip.crop import FaceCrop, cut
from plugin_core.wav2lip.networks import FACE_SIZE

from ..hearing.corpus import Talk
from ..studio import FULL_CHART, HEAD_FAMILIES, MOUTH_FAMILIES, SIX_CHART, Action, Character, draw_character
from ..studio.backdrop import draw_backdrop
from ..studio.canvas import Affine, placement
from ..studio.close_up import CloseUp
from ..studio.finish import draw_finish, finished
from ..studio.motion import Shapes, drawn_shapes
from ..studio.truth import true_face

log = logging.getLogger(__name__)

RATE = 25  # pictures per second that the expert knows: five of them last as long as one mel window
STEPS_A_FRAME = float(MEL_RATE) / RATE  # 3.2
HALF = FACE_SIZE // 2
FRAMES = 60  # of a training clip
CLIPS_A_SHARD = 100
_ROOM = 1.25  # the picture round the face box, in boxes

Mouths = NDArray[np.uint8]
"""(frames, 48, 96, 3): lower halves of face crops, BGR."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Families to draw from."""

    heads: tuple[str, ...] = HEAD_FAMILIES
    mouths: tuple[str, ...] = MOUTH_FAMILIES


@dataclass(frozen=True, slots=True)
class SpokenClip:
    """A drawn character who says something.

    Attributes:
        mouths: (frames, 48, 96, 3) uint8.
        shapes: (frames, 6) float32, the mouth shapes that were drawn.
        mel: (80, steps) float32; frame i begins at step 3.2 i.
        speaking: (frames,) bool.
        shift: what level the voice needs (`speech.hearing.shift_of`).
    """

    mouths: Mouths
    shapes: Shapes
    mel: NDArray[np.float32]
    speaking: NDArray[np.bool_]
    shift: float


def steps_under(frames: int) -> int:
    """Mel steps that all windows of so many frames need."""
    return math.floor((frames - 5) * STEPS_A_FRAME) + WINDOW


def make_clip(rng: np.random.Generator, talk: Talk, frames: int = FRAMES, cast: Cast = Cast()) -> SpokenClip:
    """A character by chance says a piece of the talk.

    Args:
        rng: decides who, how, and which piece.
        talk: at least `steps_under(frames)` mel steps.
        frames: at 25 a second.
        cast: families of heads and mouths.
    """
    steps = steps_under(frames)
    first = int(rng.integers(0, talk.mel.shape[1] - steps + 1))
    frame_steps = first + (np.arange(frames) + 0.5) * STEPS_A_FRAME
    drawn = as_drawn(rng, shapes_at(talk, frame_steps))
    speaking = talk.speaking[np.minimum(frame_steps.astype(np.int64), len(talk) - 1)]
    mouths = _film(rng, draw_character(rng, heads=cast.heads, mouths=cast.mouths), drawn)
    return SpokenClip(mouths, drawn, talk.mel[:, first : first + steps], speaking, talk.shift)


def shapes_at(talk: Talk, steps: NDArray[np.floating]) -> Shapes:
    """The true mouths at these mel steps; the talk knows them half a step after each."""
    places = np.arange(len(talk)) + 0.5
    columns = [np.interp(steps, places, talk.values[:, column]) for column in range(talk.values.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


def as_drawn(rng: np.random.Generator, shapes: Shapes) -> Shapes:
    """On ones, twos or threes, and half of the time from a chart."""
    hold = int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
    chart = (FULL_CHART, SIX_CHART, (), ())[rng.integers(4)]
    phase = int(rng.integers(hold))
    before = np.repeat(shapes[:1], phase, axis=0)
    return drawn_shapes(np.concatenate([before, shapes]), Action(hold=hold, chart=chart))[phase:]


def _film(rng: np.random.Generator, character: Character, shapes: Shapes) -> Mouths:
    """The lower halves of the face in every frame, as camera, delivery, finder and crop leave them."""
    scale = float(rng.uniform(28, 85) if rng.uniform() < 0.7 else rng.uniform(16, 40)) / character.head.width
    matrix, size = _framing(character, scale, float(rng.uniform(-0.06, 0.06)))
    close_up = CloseUp(character, matrix, size, draw_backdrop(size, rng))
    face = true_face(character, shapes[0], matrix).face
    finish = draw_finish(rng)
    drawn: dict[bytes, Bgr8] = {}
    halves = np.empty((len(shapes), HALF, FACE_SIZE, 3), np.uint8)
    for index, (shape, crop) in enumerate(zip(shapes, _crops(rng, face, len(shapes)), strict=True)):
        key = shape.tobytes()
        if key not in drawn:
            drawn[key] = close_up.picture(shape)
        halves[index] = lower_half(finished(drawn[key], finish, rng), crop)
    return halves


def lower_half(picture: Bgr8, crop: FaceCrop) -> Mouths:
    """(48, 96, 3) uint8: what the expert sees of one face."""
    return np.asarray(np.rint(cut(picture, crop)[HALF:] * 255), dtype=np.uint8)


def _framing(character: Character, scale: float, angle: float) -> tuple[Affine, tuple[int, int]]:
    """Head units to pixels of a picture that just holds the face, and that picture's size."""
    at_origin = placement(scale, 0.0, 0.0, angle)
    box = true_face(character, np.zeros(6, np.float32), at_origin).box
    size = math.ceil(box.width * _ROOM), math.ceil(box.height * (_ROOM + 0.1))
    x, y = box.centre
    matrix = placement(scale, size[0] / 2 - x, size[1] / 2 - y, angle)
    return matrix, size


def _crops(rng: np.random.Generator, face: Face, frames: int) -> list[FaceCrop]:
    """The crop in every frame: a detector's box is off by something all along, and wobbles while a head moves."""
    box = face.box
    off = rng.normal(0, [0.035, 0.04, 0.05, 0.05])  # shares of the box: x, y, width, height
    time = np.arange(frames)[:, None] / RATE
    reach, speed = rng.gamma(1.5, 0.006, 4), rng.uniform(0.1, 0.8, 4)
    sway = reach * np.sin(2 * np.pi * (speed * time + rng.uniform(0, 1, 4)))
    tremble = rng.normal(0, 1, (frames, 4)) * rng.gamma(1.0, 0.0015)
    found = off + sway + tremble
    return [FaceCrop.of(Face.from_box(_moved(box, row), 1.0, "toon")) for row in found]


def _moved(box: Box, share: NDArray[np.float64]) -> Box:
    x, y = box.centre
    x, y = x + share[0] * box.width, y + share[1] * box.height
    half_width, half_height = box.width * (1 + share[2]) / 2, box.height * (1 + share[3]) / 2
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)


def write_shard(folder: Path, number: int, clips: list[SpokenClip]) -> None:
    """Keep clips of one length in two files, the pictures apart so that they can be mapped from disk."""
    stem = shard_stem(folder, number)
    partial = stem.with_suffix(".part.npy")
    np.save(partial, np.stack([clip.mouths for clip in clips]))
    np.savez(
        stem.with_suffix(".npz"),
        shapes=np.stack([clip.shapes for clip in clips]).astype(np.float16),
        mel=np.stack([clip.mel for clip in clips]).astype(np.float16),
        speaking=np.stack([clip.speaking for clip in clips]),
        shift=np.array([clip.shift for clip in clips], np.float32),
    )
    partial.replace(stem.with_suffix(".npy"))


def read_shard(folder: Path, number: int) -> list[SpokenClip]:
    """The clips of one shard; pictures stay on disk until they are looked at."""
    stem = shard_stem(folder, number)
    mouths = np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    return [
        SpokenClip(
            mouths[index],
            columns["shapes"][index].astype(np.float32),
            columns["mel"][index].astype(np.float32),
            columns["speaking"][index],
            float(shift),
        )
        for index, shift in enumerate(columns["shift"])
    ]


def shard_stem(folder: Path, number: int) -> Path:
    """Path of a shard without its suffix."""
    return folder / f"clips_{number:03d}"


def draw_shards(folder: Path, talks: list[Talk], shards: int, *, seed: int) -> None:
    """Draw clips until the folder holds `shards` files; those that are there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(shards):
        if shard_stem(folder, number).with_suffix(".npy").exists():
            continue
        rng = np.random.default_rng((seed, number))
        picked = rng.permutation(len(talks))[:CLIPS_A_SHARD]
        write_shard(folder, number, [make_clip(rng, talks[index]) for index in picked])
        log.info("drew clips %d", number)
