"""How somebody draws this mouth, read off a few frames of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture

from ...wav2lip.crop import MouthCrop, cut
from ...wav2lip.look_reader import READER_SIZE, LookReader
from ...wav2lip.mouth_drawing import Look
from ..skin import bare_skin

FRAMES = 9  # that are looked at; what is read off them is as steady as their middle value

Square = NDArray[np.float32]
"""(96, 96, 3) BGR in 0..1."""


@dataclass(frozen=True, slots=True)
class MouthHand:
    """The look of one character's mouth, in the square round its region.

    Attributes:
        numbers: (14,) as in `mouth_drawing.NUMBERS`.
        colours: (5, 3) BGR in 0..1, as in `mouth_drawing.COLOURS`.
    """

    numbers: NDArray[np.float32]
    colours: NDArray[np.float32]

    def look(self) -> Look:
        """The same for one mouth to draw."""
        return Look(torch.from_numpy(self.numbers)[None], torch.from_numpy(self.colours)[None])


def read_hand(network: LookReader, sights: Iterable[tuple[Picture, Face]]) -> MouthHand | None:
    """What the network reads off those frames, number by number their median; None if no mouth has an inside.

    Args:
        network: in evaluation mode, on the CPU.
        sights: a few pictures with the face in each (`FRAMES` are enough). The widest mouth among them is shown to the
            network beside each of the others.
    """
    squares: list[Square] = []
    aspects: list[float] = []
    widest, second = 0.0, np.zeros((READER_SIZE, READER_SIZE, 3), np.float32)
    for picture, face in sights:
        mouth = face.mouth
        if min(mouth.width, mouth.height) < 1:
            continue
        squares.append(cut(picture, MouthCrop(mouth), READER_SIZE))
        aspects.append(mouth.width / mouth.height)
        covered = _covered(picture, face)
        if covered > widest:
            widest, second = covered, squares[-1]
    if not squares:
        return None
    pictures = np.concatenate((np.stack(squares), np.broadcast_to(second, (len(squares), *second.shape))), axis=3)
    with torch.inference_mode():
        faces = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
        look = network.read(faces, torch.tensor(aspects, dtype=torch.float32))
    numbers, colours = (np.median(part.numpy(), axis=0) for part in (look.numbers, look.colours))
    return MouthHand(numbers.astype(np.float32), colours.astype(np.float32))


def _covered(picture: Picture, face: Face) -> float:
    """How much of the mouth's region the mouth covers at this moment."""
    skin = bare_skin(picture, face.mouth)
    return 0.0 if skin is None else float(skin.mask.sum()) / (face.mouth.width * face.mouth.height)
