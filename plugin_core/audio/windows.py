"""One mel window for each video frame, as many as there are frames, at any rational rate."""

from __future__ import annotations

from fractions import Fraction
from typing import overload

import numpy as np
from numpy.typing import NDArray

from .mel import MEL_BANDS, MEL_RATE, SILENT_MEL, Mel

WINDOW = 16  # mel steps that the networks see per video frame = 200 ms
HEARING_LEAD = 5  # steps from a window's start to the middle of its frame, for the hearing network


class MelWindows:
    """The windows of a clip, cut when asked for: a ten-minute voice costs its mel and no more.

    `len(windows)` frames; `windows[i]` is (80, 16), `windows[a:b]` is (b - a, 80, 16), both float32 copies.
    Window i starts at step floor(i * MEL_RATE / rate), computed from i, so that nothing drifts. What lies before or
    after the sound is `SILENT_MEL`, where the reference inference script drops frames and repeats the last window
    (spec: section 6).

    Args:
        mel: (80, steps).
        frames: how many windows there are.
        rate: video frames per second.
        lead_steps: mel steps that a window starts before its frame does. 0 is the alignment of Wav2Lip's inference;
            its training had windows of 25 fps start one frame earlier, which is 3.2; `hearing_lead` is ours.
    """

    def __init__(
        self,
        mel: Mel,
        frames: int,
        rate: Fraction,
        *,
        lead_steps: Fraction | float = 0,
    ) -> None:
        self._mel = mel
        self._frames = frames
        self._step = MEL_RATE / rate
        self._shift = Fraction(lead_steps)

    def __len__(self) -> int:
        return self._frames

    @overload
    def __getitem__(self, frame: int) -> NDArray[np.float32]: ...
    @overload
    def __getitem__(self, frame: slice) -> NDArray[np.float32]: ...
    def __getitem__(self, frame: int | slice) -> NDArray[np.float32]:
        if isinstance(frame, slice):
            wanted = range(*frame.indices(self._frames))
            return np.stack([self._cut(i) for i in wanted]) if wanted else np.empty((0, MEL_BANDS, WINDOW), np.float32)
        if not -self._frames <= frame < self._frames:
            raise IndexError(frame)
        return self._cut(frame % self._frames)

    def start_step(self, frame: int) -> int:
        """The mel step that the window of `frame` starts at; negative where it starts before the sound."""
        return int((frame * self._step - self._shift).__floor__())

    def _cut(self, frame: int) -> NDArray[np.float32]:
        start = self.start_step(frame)
        window = np.full((MEL_BANDS, WINDOW), SILENT_MEL, np.float32)
        first, stop = max(0, start), min(self._mel.shape[1], start + WINDOW)
        if stop > first:
            window[:, first - start : stop - start] = self._mel[:, first:stop]
        return window


def hearing_lead(rate: Fraction) -> Fraction:
    """`lead_steps` of the hearing network: windows start 5 mel steps before the middle of their frame."""
    return HEARING_LEAD - MEL_RATE / (2 * rate)
