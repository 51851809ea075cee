"""Wave files that are still being written. Standard library only, no other file of the package: see `bake_script`."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from pathlib import Path

LONGEST_PAUSE = 30  # seconds in which a file must grow


def await_samples(path: Path, samples: int, told: Callable[[int], None]) -> None:
    """Wait until the file is whole: Blender 5.2 may mix in the background (Debian's does, the wheel does not).

    Args:
        path: of a file that need not exist yet.
        samples: of each channel, at least.
        told: its size in bytes, whenever it has grown.
    Raises:
        RuntimeError: it grows no more.
    """
    size, since = -1, time.monotonic()
    while samples_in(path) < samples:
        now = path.stat().st_size if path.exists() else 0
        if now != size:
            size, since = now, time.monotonic()
            told(size)
        if time.monotonic() - since > LONGEST_PAUSE:
            raise RuntimeError(f"Blender mixed no more than {size} bytes of sound")
        time.sleep(0.02)


def samples_in(path: Path) -> int:
    """Of each channel of a wave file that is written down to its header's numbers; 0 while it is not."""
    try:
        with wave.open(str(path), "rb") as sound:
            count = sound.getnframes()
            whole = path.stat().st_size >= count * sound.getnchannels() * sound.getsampwidth()
            return count if whole else 0
    except (OSError, EOFError, wave.Error):
        return 0
