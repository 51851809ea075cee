"""A film of one character who speaks, with the truth of every frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Bgr8

from .attitude import attitudes, seen_so
from .backdrop import draw_backdrop
from .canvas import Affine, place, placement
from .character import Character
from .finish import finished
from .motion import Action, Shapes, blinks, drawn_shapes, glances, poses
from .stage import Look, Stage
from .truth import TrueFace, true_face


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """One picture of the film and what is true of it."""

    picture: Bgr8
    truth: TrueFace


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera sees besides the character.

    Attributes:
        size: (width, height) in pixels.
        x, y: the face's middle, as shares of width and height.
        half_face: half the face's width as a share of the picture's height.
        backdrop: picture of that size behind the character; drawn by the character's seed where not given.
    """

    size: tuple[int, int] = (640, 480)
    x: float = 0.5
    y: float = 0.46
    half_face: float = 0.2
    backdrop: Bgr8 | None = None


class StudioFilm:
    """Draws a character speaking: a picture at a time, and the same ones each time it is run through."""

    def __init__(
        self,
        character: Character,
        shapes: Shapes,
        rate: Fraction,
        action: Action | None = None,
        shot: Shot | None = None,
    ) -> None:
        """Make ready; nothing is drawn yet.

        Args:
            character: who speaks.
            shapes: (frames, 6), one row for each frame of the film, columns as in `SHAPE_NAMES`.
            rate: frames per second, for the speed of motion and blinks.
            action: how she moves; still, on ones and without a chart where not given.
            shot: size and setting.
        """
        self.character = character
        self.rate = rate
        self.action = action or Action()
        self.shot = shot or Shot()
        self.shapes = drawn_shapes(shapes, self.action)
        self._poses = poses(len(shapes), rate, self.action)
        self.attitudes = attitudes(self.shapes, rate, self.action)

    def __len__(self) -> int:
        return len(self.shapes)

    def __iter__(self) -> Iterator[FilmFrame]:
        stage = Stage(self.character, self.scene(), self._rest(), still=self.action.motion == "still")
        shut = blinks(len(self), self.rate, self.action)
        looks = glances(len(self), self.rate, self.action)
        rng = np.random.default_rng(self.action.seed + 77)
        for index, shape in enumerate(self.shapes):
            look = Look(float(shut[index]), looks[index], self.attitudes[index])
            picture = stage.shoot(shape, self.matrix(index), look)
            yield FilmFrame(finished(picture, self.action.finish, rng), self.truth(index))

    def truth(self, index: int) -> TrueFace:
        """What is true of one frame, without drawing it."""
        # The face box is that of a shut jaw: detectors mark a face, not the way its chin goes.
        character = seen_so(self.character, self.attitudes[index].view)
        return true_face(character, self.shapes[index], self.matrix(index))

    def truths(self) -> list[TrueFace]:
        """What is true of every frame."""
        return [self.truth(index) for index in range(len(self))]

    def matrix(self, index: int) -> Affine:
        """Where head units lie in the picture of that frame."""
        return self._placed(self._poses[index])

    def scene(self) -> Bgr8:
        """The picture behind the character, without her; a fresh copy."""
        if self.shot.backdrop is not None:
            return self.shot.backdrop.copy()
        return draw_backdrop(self.shot.size, np.random.default_rng(self.character.seed + 5))

    def _rest(self) -> Affine:
        return self._placed(np.array([0.0, 0.0, 0.0, 1.0]))

    def _placed(self, pose: NDArray[np.float64]) -> Affine:
        """Head units to pixels. Args: pose: (dx, dy, angle, zoom), shifts in units."""
        shot = self.shot
        x, y = shot.x * shot.size[0], shot.y * shot.size[1]
        scale = shot.half_face * shot.size[1] / self.character.head.width
        matrix = placement(scale * pose[3], x, y, float(pose[2]))
        # The head turns about the neck, not about the nose.
        neck = np.array([[0.0, self.character.head.bottom * 1.1]])
        matrix[:, 2] += neck[0] * scale + (x, y) - place(neck, matrix)[0] + pose[:2] * scale
        return matrix
