"""Blender with its windows open on a screen that nobody sees, driven by a play from inside.

A "play" is a generator of `tests/hosts/blender/gui/inside/plays.py`. Blender's own timer steps it while Blender runs
as it runs for a person; it yields the seconds to sleep, takes pictures of the window, and returns plain JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from fakes.blenders import PROJECT, RealBlender, blender_at, environment, found_blenders

INSIDE = PROJECT / "tests" / "hosts" / "blender" / "gui" / "inside"
SCREEN = (1600, 1100)
TROUBLE = ("Traceback (most recent call last)", "Error: Python:", "EXCEPTION_ACCESS_VIOLATION", "Segmentation fault")


@dataclass(frozen=True)
class Played:
    """What a play came to.

    Attributes:
        answer: what it returned.
        pictures: folder of the pictures that it took.
        said: everything that Blender wrote to the terminal.
    """

    answer: Any
    pictures: Path
    said: str


@dataclass(frozen=True)
class Screen:
    """A display that Xvfb shows to nobody.

    Attributes:
        display: its name, ":7".
        memory: the file that it keeps its pixels in, in the format of xwd.
    """

    display: str
    memory: Path

    def take(self, picture: Path) -> None:
        """Write what the screen shows as PNG; the file appears whole."""
        held = self.memory.read_bytes()
        header = struct.unpack(">25I", held[:100])
        size, width, height, row, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = np.frombuffer(held, np.uint8, row * height, size + 12 * colours).reshape(height, row)
        part = picture.with_name(f"part-{picture.name}")
        cv2.imwrite(str(part), pixels[:, : 4 * width].reshape(height, width, 4)[..., :3])
        part.replace(picture)


@dataclass(frozen=True)
class Windows:
    """A Blender, the screen it opens on, and the add-on it is given.

    Attributes:
        blender: a program, no wheel.
        screen: where it opens.
        zip_file: of the add-on as a person installs it; None enables the checkout itself.
    """

    blender: RealBlender
    screen: Screen
    zip_file: Path | None = None

    def play(self, name: str, folder: Path, *, longest: float = 120, **arguments: Any) -> Played:
        """Play `name` to its end.

        Args:
            name: of the generator in `plays.py`.
            folder: empty; takes Blender's own settings, the pictures and the answer. What lies in its `config` is
                what the bootstrap noted of the engine.
            longest: seconds; a Blender that takes longer is killed.
            arguments: for the play, plain JSON.

        An exception in the play, a trace on the terminal or a Blender that hangs is an AssertionError.
        """
        pictures = folder / "pictures"
        pictures.mkdir(parents=True)
        errand, answer = folder / "errand.json", folder / "answer.json"
        errand.write_text(json.dumps({**self._stage(folder), "play": name, "arguments": arguments}))
        words = [str(self.blender.program), "--factory-startup", "--app-template", "Video_Editing", "-noaudio"]
        words += ["--window-geometry", "0", "0", *map(str, SCREEN), "--enable-event-simulate"]
        words += ["--python", str(INSIDE / "drive.py"), "--", str(errand)]
        home = {**environment(folder / "blender"), "DISPLAY": self.screen.display}
        with (folder / "said.txt").open("w+") as terminal:
            process = subprocess.Popen(words, env=home, stdout=terminal, stderr=subprocess.STDOUT, cwd=folder)
            self._watch(process, pictures, longest)
        said = (folder / "said.txt").read_text(errors="replace")
        assert answer.exists(), f"{name} came to no end in {longest} s (exit code {process.returncode})\n{said}"
        told = json.loads(answer.read_text())
        assert "error" not in told, f"{told.get('error')}\n{said}"
        trouble = [word for word in TROUBLE if word in said]
        assert not trouble, said
        return Played(told["answer"], pictures, said)

    def _watch(self, process: subprocess.Popen[bytes], pictures: Path, longest: float) -> None:
        """Until it ends or its time is over; meanwhile the pictures are taken that it asks for."""
        last = time.monotonic() + longest
        while process.poll() is None and time.monotonic() < last:
            for wanted in pictures.glob("*.wanted"):
                self.screen.take(wanted.with_suffix(".png"))
                wanted.unlink()
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()
            process.wait()

    def _stage(self, folder: Path) -> dict[str, Any]:
        return {
            "project": str(PROJECT),
            "folder": str(folder),
            "zip": None if self.zip_file is None else str(self.zip_file),
            "engine": sys.executable,
        }


@contextmanager
def hidden_screen() -> Iterator[Screen]:
    """A screen that goes when the context is left."""
    read, write = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    with tempfile.TemporaryDirectory() as folder:
        words = [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            size,
            "-fbdir",
            folder,
            "-nocursor",
            "-nolisten",
            "tcp",
        ]
        server = subprocess.Popen(words, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        try:
            with os.fdopen(read) as told:
                number = told.readline().strip()
            assert number, "Xvfb did not start"
            yield Screen(f":{number}", Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait()


def windowed_blenders() -> list[RealBlender]:
    """Programs of LIPFLAP_BLENDERS, else the system's own `blender`; none where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        return []
    if "LIPFLAP_BLENDERS" in os.environ:
        return [one for one in found_blenders() if not one.wheel]
    own = shutil.which("blender")
    found = blender_at(Path(own)) if own else None
    return [] if found is None else [found]
