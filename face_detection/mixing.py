"""Between two faces: positions that no detector looked at, and faces known by their mouth alone."""

from __future__ import annotations

import math
from dataclasses import replace

from .boxes import Box
from .face import MOUTH_DROP, MOUTH_WIDTH, Face, Mouth

FACE_HEIGHT = 1.2  # height of a face box over its width, where only the mouth is known


def mix_mouths(one: Mouth, other: Mouth, share: float) -> Mouth:
    """On the way from one to the other (share 0 to 1); the angle takes the shorter way round."""
    turn = math.remainder(other.angle - one.angle, math.tau)
    return Mouth(
        one.x + (other.x - one.x) * share,
        one.y + (other.y - one.y) * share,
        one.width + (other.width - one.width) * share,
        one.height + (other.height - one.height) * share,
        one.angle + turn * share,
    )


def mix_faces(one: Face, other: Face, share: float, confidence: float = 1.0) -> Face:
    """On the way from one to the other.

    Args:
        one: the face at share 0.
        other: the face at share 1.
        share: 0 to 1.
        confidence: factor for the score, which is mixed too: below 1 where the face was not seen.
    """
    nearer = one if share < 0.5 else other
    return replace(
        nearer,
        box=one.box.mixed(other.box, share),
        mouth=mix_mouths(one.mouth, other.mouth, share),
        score=(one.score + (other.score - one.score) * share) * confidence,
        measured=one.measured and other.measured,
    )


def face_around(mouth: Mouth, score: float, detector: str) -> Face:
    """A face whose box is estimated from its mouth: the reverse of `Face.from_box`."""
    width = mouth.width / MOUTH_WIDTH
    height = width * FACE_HEIGHT
    # The face leans with the mouth: its centre lies above the mouth along the turned axis.
    rise = height * (MOUTH_DROP - 0.5)
    x = mouth.x + rise * math.sin(mouth.angle)
    y = mouth.y - rise * math.cos(mouth.angle)
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return Face(box, score, detector, mouth, measured=True)


def scale_face(face: Face, x_factor: float, y_factor: float) -> Face:
    """The same face in a picture that is `x_factor` times as wide and `y_factor` times as high.

    The factors may differ by a rounded pixel; the mouth's angle is kept.
    """
    box, mouth = face.box, face.mouth
    return replace(
        face,
        box=Box(box.left * x_factor, box.top * y_factor, box.right * x_factor, box.bottom * y_factor),
        mouth=Mouth(
            mouth.x * x_factor, mouth.y * y_factor, mouth.width * x_factor, mouth.height * y_factor, mouth.angle
        ),
    )
