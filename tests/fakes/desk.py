"""A user's desk: material, and an empty folder for results."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from fakes.drawn_faces import drawn_face
from fakes.frames import FakeSource

FACE_BOX = "60,50,120,150"  # of `drawn_face` at 240 pixels


@dataclass(frozen=True)
class Desk:
    """A folder with material, and an empty one for results."""

    clip: Path
    voice: Path
    results: Path

    def left_behind(self) -> list[str]:
        """Everything in the results folder, hidden files too."""
        return sorted(path.name for path in self.results.iterdir())

    def words(self, output: str = "out.mkv", **changed: str) -> list[str]:
        """A render of the clip; `changed` replaces flags or adds some."""
        flags = {
            "face": str(self.clip), "audio": str(self.voice), "output": str(self.results / output),
            "face_box": FACE_BOX, "painter": "neutral", **changed,
        }  # fmt: skip
        return ["render", *(word for name, value in flags.items() for word in ("--" + name.replace("_", "-"), value))]


def talking_head(frames: int, rate: Fraction = Fraction(25)) -> FakeSource:
    """A head whose mouth opens and closes twice a second, before a ground that changes on every frame."""
    drawings = {step: drawn_face(step / 6).picture for step in range(7)}
    pictures = []
    for frame in range(frames):
        picture = drawings[round(3 - 3 * np.cos(frame / 12.5 * 2 * np.pi))].copy()
        picture[:8, :] = (frame * 7) % 256
        pictures.append(picture)
    return FakeSource(pictures, rate)
