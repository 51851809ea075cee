"""Cut-out mouths on disk: full resolution, in whatever depth the clip has, outside of memory."""

from __future__ import annotations

import contextlib
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from face_detection.pictures import Picture

from ...errors import OutputError


@dataclass(frozen=True, slots=True)
class _Slot:
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.unsignedinteger]


class CutStore:
    """Keeps pictures in a file without a name, which vanishes with the process, however that ends."""

    def __init__(self) -> None:
        """Open the file, in the folder for temporary files.

        Raises:
            OutputError: there is no such folder that can be written to.
        """
        try:
            self._file = tempfile.TemporaryFile(prefix="lipflap-")  # noqa: SIM115 - lives as long as the store
        except OSError as error:
            raise _no_room(error) from error
        self._slots: list[_Slot] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def size_bytes(self) -> int:
        """Room taken on disk."""
        return self._end

    def add(self, pixels: Picture) -> int:
        """Keep a copy; the number it gets is what `get` asks for.

        Raises:
            OutputError: the disk is full.
        """
        try:
            self._file.seek(self._end)
            self._file.write(np.ascontiguousarray(pixels).tobytes())
            self._file.flush()  # what stays in the buffer would fail later, far from here
        except OSError as error:
            raise _no_room(error) from error
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
        # After a failed `add` closing tries to write once more what nobody wants any more.
        with contextlib.suppress(OSError):
            self._file.close()


def _no_room(error: OSError) -> OutputError:
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError:
        folder = "TMPDIR"
    reason = f"cut-out mouths can't be kept there ({error.strerror}): make room, or let TMPDIR name a folder with room"
    return OutputError(Path(folder), reason)
