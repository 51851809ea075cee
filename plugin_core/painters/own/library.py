"""The library: every mouth that the footage shows, with the sound it was drawn for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face

from ...frames import FrameSource
from ...speech.visemes import MouthShapes
from ...timing import FrameRange
from ..composite import Window
from .area import MouthArea
from .cuts import Cut
from .drawings import Drawings, Looks
from .gate import Verdict
from .pose import PoseFinder
from .same_voice import OwnSound
from .sound import Heard, Statistics
from .store import CutStore


@dataclass(frozen=True, slots=True)
class LibraryClip:
    """Footage of the character, talking.

    Attributes:
        source: the pictures.
        span: which of them.
        faces: one for each frame of `span`; None where the character is not in sight.
        shapes: what is heard in the clip's own sound, one for each frame of `span`; None for a clip that only has to be
            covered (the clip to be painted, if it has no voice): its mouths widen the mask and are never chosen.
    """

    source: FrameSource
    span: FrameRange
    faces: Sequence[Face | None]
    shapes: MouthShapes | None


@dataclass(frozen=True, slots=True)
class MouthLibrary:
    """Mouths to choose from; row i of every array is library frame i.

    Attributes:
        finder: recognises the head and tells its pose.
        region: the part of the canonical picture that holds the mouth.
        area: what a new mouth replaces.
        looks: (n, LOOK_HEIGHT, LOOK_WIDTH, 3) small pictures in the canonical pose.
        cuts: the mouths at full resolution, with their poses.
        origin: (n, 2) number of the clip, and the frame in it, counted from the clip's first.
        view: (n,) which view of the head each shows; mouths of one view fit no other.
        stand_in: for each view that the finder knows, the one whose mouths serve it: itself, or its likest neighbour.
        heard: (n, features) what was heard with each.
        statistics: of everything heard in the footage.
        sound: how the footage's own voice sounds, to know it again; None where only mouth shapes are known.
        follows: (n,) whether frame i was shown right after frame i - 1.
        opening: (n,) 0 to 1.
        closed: (n,) the lips touch.
        drawings: the finite set, if it is one.
        verdict: whether the mouths may be used at all.
        rate: frames per second of the first clip.
        store: holds the cut-outs; `close` it when the painter is done.
    """

    finder: PoseFinder
    region: Window
    area: MouthArea
    looks: Looks
    cuts: tuple[Cut, ...]
    origin: NDArray[np.intp]
    view: NDArray[np.intp]
    stand_in: tuple[int, ...]
    heard: Heard
    statistics: Statistics
    sound: OwnSound | None
    follows: NDArray[np.bool_]
    opening: NDArray[np.float32]
    closed: NDArray[np.bool_]
    drawings: Drawings | None
    verdict: Verdict
    rate: Fraction
    store: CutStore

    def __len__(self) -> int:
        return len(self.cuts)

    def part(self, rows: NDArray[np.bool_]) -> MouthLibrary:
        """The library as it would be, had only these frames been filmed; the drawings' order stays.

        Args:
            rows: (n,) which frames to keep.
        """
        kept = np.flatnonzero(rows)
        before = np.concatenate([[False], rows[:-1]])
        return replace(
            self,
            looks=self.looks[kept],
            cuts=tuple(self.cuts[i] for i in kept),
            origin=self.origin[kept],
            view=self.view[kept],
            heard=self.heard[kept],
            sound=None if self.sound is None else self.sound.part(kept),
            follows=(self.follows & before)[kept],
            opening=self.opening[kept],
            closed=self.closed[kept],
            drawings=None if self.drawings is None else self.drawings.part(kept, self.looks),
        )

    def close(self) -> None:
        """Give the disk space of the cut-outs back."""
        self.store.close()
