"""The same voice again: more than mouth shapes, its very sound tells which of its drawings it was drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ...speech.cepstra import AROUND, BANDS, Cepstra
from ...speech.visemes import MouthShapes
from .sound import Heard, Statistics

# RMS over the cepstrum of the distance between two voices' means, in the library's spreads. Parts of 3.4 s and more of
# eight voices lay .05 to .31 from the rest of the same voice, 63 pairs of other voices .39 to 1.4, and two .29.
SAME_UP_TO = 0.35


@dataclass(frozen=True, slots=True)
class OwnSound:
    """How a library's own voice sounds.

    Attributes:
        rows: (n, features) what sounded with each library frame, normalised.
        everything: of all the footage.
        spoken: the same of the frames in which somebody speaks.
    """

    rows: Heard
    everything: Statistics
    spoken: Statistics

    @classmethod
    def of(
        cls, voices: Sequence[MouthShapes | None], rows: Sequence[tuple[int, int]], rate: Fraction
    ) -> OwnSound | None:
        """Measure the footage's voice; None where it was not heard, or nobody speaks.

        Args:
            voices: what is heard in each clip.
            rows: number of the clip, and the frame in its voice, of each library frame.
            rate: frames per second.
        """
        sounds = {clip: voice.cepstra for clip, voice in enumerate(voices) if voice is not None and len(voice)}
        known = {clip: sound for clip, sound in sounds.items() if sound is not None}
        if len(known) < len(sounds) or not known:
            return None
        speaking = np.concatenate([voice.speaking for voice in voices if voice is not None])
        together = np.concatenate(list(known.values()))
        if not speaking.any():
            return None
        everything, spoken = Statistics.of(together, rate), Statistics.of(together[speaking], rate)
        picked = np.stack([known[clip][frame] for clip, frame in rows])
        return cls(everything.normalise(picked), everything, spoken)

    def part(self, kept: NDArray[np.intp]) -> OwnSound:
        """The same of some library frames."""
        return replace(self, rows=self.rows[kept])

    def again_in(self, voice: MouthShapes) -> Heard | None:
        """(frames, features) the sound of a voice as `rows`; None if it is another voice, or recorded otherwise."""
        if voice.cepstra is None or not voice.speaking.any():
            return None
        away = (voice.cepstra[voice.speaking].mean(axis=0) - self.spoken.mean) / self.spoken.spread
        same = float(np.sqrt((away[_timbre()] ** 2).mean())) <= SAME_UP_TO
        return self.everything.normalise(voice.cepstra) if same else None


def _timbre() -> slice:
    """The columns that tell voices apart: of the frame's middle, without the level."""
    middle = AROUND.index(0) * BANDS
    return slice(middle + 1, middle + BANDS)


def with_sound(heard: Heard, sound: Cepstra) -> Heard:
    """Both in one: mouth shapes as they are heard, and the sound that they are heard in."""
    return np.concatenate([heard, sound], axis=1)
