"""Lets a second, headless Blender render a strip and mix sound, frame by frame and sample by sample as this one would.

`save_copy` and `blender_command` belong on the main thread; `bake` takes long and belongs on any other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .core import FrameRange
from .facts import Footage, SceneFacts, StripFacts

Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Errand:
    """What to bake.

    Attributes:
        scene: that the strips lie in.
        picture: the strip to render over its range; None renders none.
        sounds: the strips to mix; none mixes nothing.
        range: of the timeline that the sound covers; with a picture its range.
        folder: absolute, exists; takes `picture.mkv` and `voice.wav`, and is the baking Blender's own home.
        alpha: whether the strip's media is transparent somewhere, so that the bake must be.
    """

    scene: SceneFacts
    picture: StripFacts | None
    sounds: tuple[StripFacts, ...]
    range: FrameRange
    folder: str
    alpha: bool = False


@dataclass(frozen=True, slots=True)
class Baked:
    """What came of it.

    Attributes:
        clip: the rendered strip, losslessly, exactly as long as the strip, at the scene's rate; None where none was asked.
        voice: path of a 48 kHz wave file of exactly the range's length; None where no sound was asked.
    """

    clip: Footage | None
    voice: str | None


def save_copy(folder: Path | str) -> Path:
    """This .blend as it is now, unsaved changes too, as a copy in `folder`. Main thread only.

    Raises:
        HostError: the folder can't be written.
    """
    raise NotImplementedError


def blender_command() -> list[str]:
    """The program and flags that start a second Blender like this one, up to its Python script. Main thread only.

    Raises:
        HostError: this is the bpy module, which has no program, and no Python for it is known.
    """
    raise NotImplementedError


def bake(
    command: Sequence[str], blend: Path | str, errand: Errand, cancelled: threading.Event, watch: Watch | None = None
) -> Baked:
    """Bake, and wait for it. Any thread.

    Args:
        command: of `blender_command`.
        blend: of `save_copy`.
        errand: what to bake.
        cancelled: once set, the child is killed within a tenth of a second.
        watch: told (done, total) frames.
    Raises:
        Cancelled: it was cancelled.
        EngineError: the child failed; carries its last meaningful line.
    """
    raise NotImplementedError
