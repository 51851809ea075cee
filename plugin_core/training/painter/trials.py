"""Characters and voices that no training saw, ready to be painted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.audio import MelWindows, Sound, hearing_lead, mel_spectrogram
from plugin_core.painters.compact import CompactPainter, read_hand, shape_rows
from plugin_core.painters.compact.reading import FRAMES
from plugin_core.painters.composite import apply_paint
from plugin_core.painters.painter import PaintRequest
from plugin_core.speech.hearing import Hearing
from plugin_core.speech.visemes import Viseme
from plugin_core.wav2lip.drawn import DrawnGenerator, laid_over
from plugin_core.wav2lip.look_reader import LookReader
from plugin_core.wav2lip.mouth_maps import CROP_OVER_MOUTH

from ..studio.casting import draw_character
from ..voices.cast import Studio, studio_speech
from .measure import Pictures, Rows, Trial, picture_of
from .shards import close_up

RATE = Fraction(25)
SECONDS = Fraction(2)
SIDE = 96


def draw_trials(
    count: int, seed: int, hearing: Hearing, *, heads: tuple[str, ...], mouths: tuple[str, ...]
) -> Iterator[Trial]:
    """Trials of `SECONDS` with voices left out of every training. Args: heads, mouths: families to draw from."""
    studio = Studio()
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        character = draw_character(rng, heads=heads, mouths=mouths)
        face, aspect = close_up(character, rng, SIDE, 1.0)
        new, old = (_talk(rng, studio, hearing) for _ in range(2))
        (asked, heard, bilabial), (shown, _, _) = new, old
        wanted, filmed = (np.stack([face.picture(row[:6]) for row in rows]) for rows in (asked, shown))
        yield Trial(face, aspect, asked, heard, bilabial, wanted, filmed)


def paint_trial(
    network: DrawnGenerator | LookReader, trial: Trial, versions: Mapping[str, Rows]
) -> dict[str, Pictures]:
    """The filmed clip with each version's mouths; the network may look at the clip's own."""
    if isinstance(network, LookReader):
        return drawn_over(network, trial, versions)
    return {name: painted_over(network, trial, rows) for name, rows in versions.items()}


def drawn_over(network: LookReader, trial: Trial, versions: Mapping[str, Rows]) -> dict[str, Pictures]:
    """As the product does it, its painter included; the clip is read once."""
    longer = SIDE / CROP_OVER_MOUTH
    wide, high = longer * min(trial.aspect, 1.0), longer * min(1 / trial.aspect, 1.0)
    mouth = Mouth(SIDE / 2, SIDE / 2, wide, high)
    # A face is more than twice as wide as the square round its mouth: all that the picture shows is face.
    face = Face(Box(-SIDE / 2, -SIDE / 2, 1.5 * SIDE, 1.5 * SIDE), 1.0, "hand", mouth, measured=True)
    looked_at = np.linspace(0, len(trial.filmed) - 1, FRAMES).astype(int)
    hand = read_hand(network, [(trial.filmed[frame], face) for frame in looked_at])
    assert hand is not None, "the mouth has an inside"
    requests = [PaintRequest(frame, picture, face) for frame, picture in enumerate(trial.filmed)]
    painted = {}
    for name, rows in versions.items():
        both = zip(trial.filmed, CompactPainter(rows, hand).paint(requests), strict=True)
        painted[name] = np.stack([picture if paint is None else apply_paint(picture, paint) for picture, paint in both])
    return painted


def painted_over(network: DrawnGenerator, trial: Trial, rows: Rows) -> Pictures:
    """As the network paints the square."""
    faces = np.stack([_seen(picture, network.size) for picture in trial.filmed])
    widest = np.broadcast_to(faces[widest_of(trial.filmed, trial.face.mouthless)], faces.shape)
    both = torch.from_numpy(np.concatenate((faces, widest), axis=1))
    with torch.inference_mode():
        paint = network.paint(torch.from_numpy(rows), both, torch.full((len(rows),), trial.aspect))
        if network.size == SIDE:
            return picture_of(laid_over(paint, both).numpy())
        large = torch.nn.functional.interpolate(paint, SIDE, mode="bicubic").clamp(0, 1)
        whole = torch.from_numpy(np.stack([_seen(picture, SIDE) for picture in trial.filmed]))
        return picture_of(laid_over(large, whole).numpy())


def widest_of(filmed: Pictures, bare: NDArray[np.uint8]) -> int:
    """The frame whose mouth covers most of the bare face."""
    changed = np.abs(filmed.astype(np.int16) - bare).max(axis=3) > 24
    return int(changed.sum(axis=(1, 2)).argmax())


def _seen(picture: NDArray[np.uint8], size: int) -> NDArray[np.float32]:
    small = picture if size == SIDE else cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small.transpose(2, 0, 1) / np.float32(255), dtype=np.float32)


def _talk(rng: np.random.Generator, studio: Studio, hearing: Hearing) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """True rows, heard rows, and which frames are p, b or m."""
    speech = studio_speech(rng, SECONDS, RATE, held_out=True, studio=studio)
    frames = len(speech.shapes)
    windows = MelWindows(mel_spectrogram(Sound(speech.samples)), frames, RATE, lead_steps=hearing_lead(RATE))
    heard = hearing.hear(windows).shapes
    bilabial = np.array([viseme == Viseme.MBP for viseme in speech.shapes.visemes or ()], np.bool_)
    return shape_rows(speech.shapes), shape_rows(heard), bilabial
