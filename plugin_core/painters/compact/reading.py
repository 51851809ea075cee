"""How somebody draws this mouth, read off a few frames of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from face_detection.face import Face
from face_detection.pictures import Picture

from ...wav2lip.crop import MouthCrop, cut
from ...wav2lip.look_reader import READER_SIZE, LookReader
from ...wav2lip.mouth_drawing import Look, draw_mouths, pixel_grid
from ..composite import Mask, full_scale, to_depth
from ..skin import bare_skin, grown
from .area import MovingMouth, moving_mouth, seen_behind, without_mouth
from .fitting import Frames, fitted, nearest_rows

MARGIN_PX = 4  # beyond the area where the mouth moves, that are compared
ROUND_PX = 2  # round a mouth, that count as covered by it
FAINT = 0.05  # cover from which a drawing is there
_SUPPOSED = (
    0.3,
    0.45,
    0.1,
    0.0,
    0.0,
    0.0,
    0.0,
)  # the mouth that may be anywhere before it was looked for: a little open
FRAMES = 11  # that are looked at; what is read off them is as steady as their middle value

Square = NDArray[np.float32]
"""(96, 96, 3) BGR in 0..1."""


@dataclass(frozen=True, slots=True)
class MouthHand:
    """The look of one character's mouth, in the square round its region.

    Attributes:
        numbers: (15,) as in `mouth_drawing.NUMBERS`.
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
    squares = np.stack([one.square for one in seen])
    moving = moving_mouth(squares)
    faces = torch.stack([_as_tensor(square) for square in squares])
    widest = faces[int(np.argmax([one.covered for one in seen]))]
    with torch.inference_mode():
        aspects = torch.tensor([one.aspect for one in seen], dtype=torch.float32)
        each = network.read(torch.cat((faces, widest.expand_as(faces)), dim=1), aspects)
    read = Look(each.numbers.median(dim=0, keepdim=True).values, each.colours.median(dim=0, keepdim=True).values)
    if moving is None:
        return _hand(fitted(read, _frames(faces, [one.clean for one in seen], None)), None)
    supposed = _covered(read, torch.tensor([_SUPPOSED]))
    moving = seen_behind(moving, squares, supposed.repeat(len(squares), axis=0))
    frames = _frames(faces, [without_mouth(square, moving) for square in squares], moving.area)
    guess = fitted(read, frames, rounds=1)
    moving = seen_behind(moving, squares, supposed | _covered(guess, nearest_rows(guess, frames, frames.weights())))
    return _hand(
        fitted(read, _frames(faces, [without_mouth(square, moving) for square in squares], moving.area)), moving
    )


def _hand(look: Look, moving: MovingMouth | None) -> MouthHand:
    return MouthHand(look.numbers[0].numpy(), look.colours[0].numpy(), moving)


def _frames(faces: torch.Tensor, clean: Sequence[Square], area: Mask | None) -> Frames:
    """What the fit looks at: the part where the mouth moves, or where that is not known all, half as large."""
    bare, points = torch.stack([_as_tensor(one) for one in clean]), pixel_grid(READER_SIZE)
    if area is None:
        return Frames(*(functional.avg_pool2d(part, 2) for part in (faces, bare, points)))
    rows, columns = (np.flatnonzero(area.any(axis=axis)) for axis in (1, 0))
    high, wide = (slice(max(0, some[0] - MARGIN_PX), some[-1] + 1 + MARGIN_PX) for some in (rows, columns))
    return Frames(*(part[..., high, wide] for part in (faces, bare, points)))


def _covered(look: Look, rows: torch.Tensor) -> NDArray[np.bool_]:
    """(n, 96, 96): where mouths of those shapes lie, and close round them."""
    count = len(rows)
    look = Look(look.numbers.expand(count, -1), look.colours.expand(count, -1, -1))
    cover = draw_mouths(look, rows, pixel_grid(READER_SIZE), 2 / READER_SIZE)[:, 3].numpy()
    return np.stack([grown(one > FAINT, ROUND_PX) for one in cover])


@dataclass(frozen=True, slots=True)
class _Sight:
    """One frame.

    Attributes:
        square: round the mouth.
        clean: the same without the mouth, as this frame alone tells.
        covered: how much of its region the mouth covers.
        aspect: width over height of the region.
    """

    square: Square
    clean: Square
    covered: float
    aspect: float


def _sight(picture: Picture, face: Face) -> _Sight | None:
    mouth = face.mouth
    if min(mouth.width, mouth.height) < 1:
        return None
    square = cut(picture, MouthCrop(mouth), READER_SIZE)
    aspect = mouth.width / mouth.height
    skin = bare_skin(picture, mouth)
    if skin is None:
        return _Sight(square, square, 0.0, aspect)
    clean = picture.copy()
    region = clean[skin.window.slices][..., :3]
    filled = region + (skin.colours * full_scale(picture) - region) * skin.mask[..., None]
    clean[skin.window.slices][..., :3] = to_depth(filled, picture)
    covered = float(skin.mask.sum()) / (mouth.width * mouth.height)
    return _Sight(square, cut(clean, MouthCrop(mouth), READER_SIZE), covered, aspect)


def _as_tensor(square: Square) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(square.transpose(2, 0, 1)))
