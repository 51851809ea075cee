"""How somebody draws this mouth, read off a few frames of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from face_detection.face import Face
from face_detection.pictures import Picture

from ...wav2lip.crop import MouthCrop, cut
from ...wav2lip.look_reader import READER_SIZE, LookReader
from ...wav2lip.mouth_drawing import Look
from ..composite import full_scale, to_depth
from ..skin import bare_skin
from .area import MovingMouth, moving_mouth, without_mouth
from .fitting import SIDE, Frames, fitted

FRAMES = 11  # that are looked at; what is read off them is as steady as their middle value

Square = NDArray[np.float32]
"""(96, 96, 3) BGR in 0..1."""


@dataclass(frozen=True, slots=True)
class MouthHand:
    """The look of one character's mouth, in the square round its region.

    Attributes:
        numbers: (14,) as in `mouth_drawing.NUMBERS`.
        colours: (5, 3) BGR in 0..1, as in `mouth_drawing.COLOURS`.
        moving: where the mouth was seen to move; None where it was not, and each frame has to tell by itself.
    """

    numbers: NDArray[np.float32]
    colours: NDArray[np.float32]
    moving: MovingMouth | None = None

    def look(self) -> Look:
        """The same for one mouth to draw."""
        return Look(torch.from_numpy(self.numbers)[None], torch.from_numpy(self.colours)[None])


def read_hand(network: LookReader, sights: Iterable[tuple[Picture, Face]]) -> MouthHand | None:
    """What the network reads off those frames, their median, fitted to them; None if no mouth has an inside.

    Args:
        network: in evaluation mode, on the CPU.
        sights: a few pictures with the face in each (`FRAMES` are enough). The widest mouth among them is shown to the
            network beside each of the others.
    """
    seen = [one for picture, face in sights if (one := _sight(picture, face)) is not None]
    if not seen:
        return None
    moving = moving_mouth(np.stack([one[0] for one in seen]))
    cleaned = [one[1] if moving is None else without_mouth(one[0], moving) for one in seen]
    squares, bare = (torch.stack([_as_tensor(one) for one in some]) for some in ([one[0] for one in seen], cleaned))
    widest = squares[int(np.argmax([one[2] for one in seen]))]
    with torch.inference_mode():
        faces = torch.cat((squares, widest.expand_as(squares)), dim=1)
        look = network.read(faces, torch.tensor([one[3] for one in seen], dtype=torch.float32))
    middle = Look(look.numbers.median(dim=0, keepdim=True).values, look.colours.median(dim=0, keepdim=True).values)
    small = (functional.interpolate(part, (SIDE, SIDE), mode="area") for part in (squares, bare))
    best = fitted(Look(middle.numbers.clone(), middle.colours.clone()), Frames(*small))
    return MouthHand(best.numbers[0].numpy(), best.colours[0].numpy(), moving)


def _sight(picture: Picture, face: Face) -> tuple[Square, Square, float, float] | None:
    """The square round the mouth, the same without the mouth, how much of its region it covers, and its aspect."""
    mouth = face.mouth
    if min(mouth.width, mouth.height) < 1:
        return None
    square = cut(picture, MouthCrop(mouth), READER_SIZE)
    aspect = mouth.width / mouth.height
    skin = bare_skin(picture, mouth)
    if skin is None:
        return square, square, 0.0, aspect
    clean = picture.copy()
    region = clean[skin.window.slices][..., :3]
    filled = region + (skin.colours * full_scale(picture) - region) * skin.mask[..., None]
    clean[skin.window.slices][..., :3] = to_depth(filled, picture)
    covered = float(skin.mask.sum()) / (mouth.width * mouth.height)
    return square, cut(clean, MouthCrop(mouth), READER_SIZE), covered, aspect


def _as_tensor(square: Square) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(square.transpose(2, 0, 1)))
