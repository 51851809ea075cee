"""One pose of a character, drawn once, to be shown with any number of mouths: what networks are trained on."""

from __future__ import annotations

import numpy as np

from face_detection.pictures import Bgr8

from .canvas import Affine, lay_over
from .character import Character
from .head import draw_back_layer, draw_body_layer, draw_head_layer
from .mouth import Shape, inside_height
from .stage import mouth_layer


class CloseUp:
    """A small picture of a character; everything but the mouth is drawn when it is made."""

    def __init__(
        self, character: Character, matrix: Affine, size: tuple[int, int], backdrop: Bgr8, *, blink: float = 0.0
    ) -> None:
        """Draw all that stays.

        Args:
            character: whose face.
            matrix: head units to pixels of the picture; parts of the character may lie outside.
            size: (width, height) in pixels.
            backdrop: (height, width, 3), what is behind her; it is not painted upon.
            blink: 0 eyes open, 1 shut.
        """
        self._character, self._matrix = character, matrix
        self._face = backdrop.copy()
        if character.hair.back != "none":
            lay_over(self._face, draw_back_layer(character, size, matrix))
        lay_over(self._face, draw_body_layer(character, size, matrix))
        lay_over(self._face, draw_head_layer(character, size, matrix, blink=blink))

    @property
    def matrix(self) -> Affine:
        """Head units to pixels of the picture."""
        return self._matrix

    @property
    def mouthless(self) -> Bgr8:
        """The picture without any mouth; a fresh copy."""
        return self._face.copy()

    def inside_px(self, shape: Shape) -> float:
        """How far teeth, tongue or dark show between the lines of that mouth, in pixels."""
        return inside_height(self._character, shape) * float(np.hypot(self._matrix[0, 0], self._matrix[1, 0]))

    def picture(self, shape: Shape) -> Bgr8:
        """The picture with that mouth, as drawn, before camera and delivery; a fresh copy."""
        picture = self.mouthless
        layer, left, top = mouth_layer(self._character, shape, self._matrix)
        height, width = picture.shape[:2]
        x, y = max(0, -left), max(0, -top)
        part = layer[y : height - top, x : width - left]
        if part.size:
            lay_over(picture, np.ascontiguousarray(part), left + x, top + y)
        return picture
