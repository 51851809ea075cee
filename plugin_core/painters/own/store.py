"""Cut-out mouths on disk: full resolution, in whatever depth the clip has, outside of memory."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass

import numpy as np

from face_detection.pictures import Picture


@dataclass(frozen=True, slots=True)
class _Slot:
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.unsignedinteger]


class CutStore:
    """Keeps pictures in a file without a name, which vanishes with the process, however that ends."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="lipflap-")  # noqa: SIM115 - lives as long as the store
        self._slots: list[_Slot] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def size_bytes(self) -> int:
        """Room taken on disk."""
        return self._end

    def add(self, pixels: Picture) -> int:
        """Keep a copy; the number it gets is what `get` asks for."""
        self._file.seek(self._end)
        self._file.write(np.ascontiguousarray(pixels).tobytes())
        self._slots.append(_Slot(self._end, pixels.shape, pixels.dtype))
        self._end += pixels.nbytes
        return len(self._slots) - 1

    def get(self, number: int) -> Picture:
        """What was kept, as it was."""
        slot = self._slots[number]
        self._file.seek(slot.offset)
        raw = self._file.read(math.prod(slot.shape) * slot.dtype.itemsize)
        return np.frombuffer(raw, slot.dtype).reshape(slot.shape)

    def close(self) -> None:
        """Give the disk space back. Idempotent."""
        self._file.close()
