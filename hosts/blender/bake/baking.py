"""Lets a second, headless Blender render a strip and mix sound, frame by frame and sample by sample as this one would.

`save_copy` and `blender_command` belong on the main thread; `bake` takes long and belongs on any other.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..core import Cancelled, EngineError, FrameRange, HostError
from ..timeline.facts import Footage, SceneFacts, StripFacts
from ..timeline.mapping import baked_footage

Watch = Callable[[int, int], None]

SCRIPT = Path(__file__).with_name("bake_script.py")
SOUND_RATE = 48_000  # Hz
LONGEST_SILENCE = 600  # seconds without a word of the child: one frame of a heavy 3D scene may take that long
_GLANCE = 0.05  # seconds between looks at whether it was cancelled
_PATIENCE = 2.0  # seconds that the child has for its exit, once its answer is there
_NOISE = ("Blender ", "Fra:", "Saved:", "Time:", "Append frame", "Read blend:", "Info:", "Warning:", "lipflap ")
_LOGGED = re.compile(r"\d+:\d\d\.\d+ +\S+ +\| (?!ERROR|FATAL)")  # how Blender 5 logs what goes well
_OWN_FOLDERS = ("RESOURCES", "CONFIG", "SCRIPTS", "DATAFILES", "EXTENSIONS")


@dataclass(frozen=True, slots=True)
class Errand:
    """What to bake.

    Attributes:
        scene: that the strips lie in.
        picture: the strip to render over its range; None renders none.
        sounds: the strips to mix; none mixes nothing.
        range: of the timeline that the sound covers; with a picture its range.
        folder: absolute, exists; takes `picture.mkv` and `voice.wav`, and is the baking Blender's own home.
    """

    scene: SceneFacts
    picture: StripFacts | None
    sounds: tuple[StripFacts, ...]
    range: FrameRange
    folder: str


@dataclass(frozen=True, slots=True)
class Baked:
    """What came of it.

    Attributes:
        clip: the rendered strip, losslessly, as long as the strip, at the scene's rate, with alpha where it is
            transparent; None where none was asked.
        voice: path of a 48 kHz wave file of exactly the range's length; None where no sound was asked.
    """

    clip: Footage | None
    voice: str | None


def save_copy(folder: Path | str) -> Path:
    """This .blend as it is now, unsaved changes too, as a copy in `folder`. Main thread only.

    Raises:
        HostError: the folder can't be written.
    """
    import bpy  # the rest of this file runs without

    copy = Path(folder) / "edit.blend"
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True, check_existing=False, compress=False)
    except RuntimeError as error:
        raise HostError(f"a copy of the .blend can't be written to {folder}: {error}") from error
    return copy


def blender_command() -> list[str]:
    """The program and flags that start a second Blender like this one, up to its Python script. Main thread only.

    Raises:
        HostError: this is the bpy module, which has no program of its own.
    """
    import bpy  # the rest of this file runs without

    from ..timeline.compat import can_stay_offline

    if not bpy.app.binary_path:
        raise HostError("this is Blender as a Python module, which can't start a second Blender to bake the strip")
    offline = ["--offline-mode"] if can_stay_offline() else []
    return [bpy.app.binary_path, "-b", "--factory-startup", "--disable-autoexec", *offline, "--python"]


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
    folder = Path(errand.folder)
    clip, voice, answer = folder / "picture.mkv", folder / "voice.wav", folder / "bake.answer.json"
    for old in (clip, voice, answer):
        old.unlink(missing_ok=True)
    written = folder / "bake.json"
    written.write_text(json.dumps(_words(errand, Path(blend), answer)), encoding="utf-8")
    child = _Child([*command, str(SCRIPT), "--", str(written)], folder, answer)
    child.wait(cancelled, watch)
    if errand.sounds:
        fit_sound(voice, round(len(errand.range) * SOUND_RATE / errand.scene.rate))
    return Baked(
        None if errand.picture is None else baked_footage(errand.picture, errand.scene, str(clip)),
        str(voice) if errand.sounds else None,
    )


def _words(errand: Errand, blend: Path, answer: Path) -> dict[str, object]:
    span = errand.range if errand.picture is None else errand.picture.range
    return {
        "blend": str(blend),
        "scene": errand.scene.name,
        "picture": "" if errand.picture is None else errand.picture.name,
        "sounds": [sound.name for sound in errand.sounds],
        "range": [span.start, span.stop],
        "clip": str(answer.with_name("picture.mkv")),
        "voice": str(answer.with_name("voice.wav")),
        "answer": str(answer),
    }


def fit_sound(path: Path, samples: int) -> None:
    """Cut a wave file, or fill it up with silence, to exactly that many samples.

    Raises:
        EngineError: it is no wave file, or far too short to be the whole mix.
    """
    try:
        with wave.open(str(path), "rb") as sound:
            kind = sound.getparams()
            heard = sound.readframes(samples)
    except (OSError, EOFError, wave.Error) as error:
        raise EngineError(f"the baking Blender mixed no sound that can be read: {error}") from error
    if kind.nframes < samples - SOUND_RATE // 100:
        raise EngineError(f"the baking Blender mixed {kind.nframes} samples of {samples}: try again")
    wanted = samples * kind.nchannels * kind.sampwidth
    with wave.open(str(path), "wb") as sound:
        sound.setparams(kind)
        sound.writeframes(heard.ljust(wanted, b"\0"))


class _Child:
    """The second Blender, and what it says."""

    def __init__(self, command: list[str], folder: Path, answer: Path) -> None:
        # The user's own start-up scripts, settings and colour configuration must not touch the bake.
        own = {f"BLENDER_USER_{name}": str(folder / "blender") for name in _OWN_FOLDERS}
        left = {name: value for name, value in os.environ.items() if name != "OCIO" and not name.startswith("PYTHON")}
        (folder / "blender").mkdir(exist_ok=True)
        self._answer = answer
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._last = ""
        try:
            self._process = subprocess.Popen(
                command, env={**left, **own}, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0,
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"the baking Blender can't be started with {command[0]}: {error}") from error
        threading.Thread(target=self._listen, args=(self._process.stdout,), name="bake", daemon=True).start()

    def wait(self, cancelled: threading.Event, watch: Watch | None) -> None:
        """Until its answer is there.

        Raises:
            Cancelled, EngineError: see `bake`.
        """
        try:
            self._follow(cancelled, watch)
        finally:
            self._end()
        told: dict[str, str] = json.loads(self._answer.read_text(encoding="utf-8")) if self._answer.exists() else {}
        if "error" in told or not self._answer.exists():
            ended = f"it ended with code {self._process.returncode} and without a word"
            raise EngineError(f"Blender can't bake the strip: {told.get('error') or self._last or ended}")

    def _follow(self, cancelled: threading.Event, watch: Watch | None) -> None:
        heard = time.monotonic()
        while not self._answer.exists():
            if cancelled.is_set():
                raise Cancelled
            try:
                line = self._lines.get(timeout=_GLANCE)
            except queue.Empty:
                if time.monotonic() - heard > LONGEST_SILENCE:
                    raise EngineError(f"the baking Blender fell silent; its last words: {self._last}") from None
                continue
            if line is None:  # the end of its words is the end of it
                return
            heard = time.monotonic()
            self._hear(line, watch)

    def _hear(self, line: str, watch: Watch | None) -> None:
        words = line.split()
        if words[:2] == ["lipflap", "frame"] and watch is not None:
            watch(int(words[2]), int(words[4]))
        elif line.strip() and not line.lstrip().startswith(_NOISE) and not _LOGGED.match(line):
            self._last = line.strip()

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _end(self) -> None:
        if self._answer.exists():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
