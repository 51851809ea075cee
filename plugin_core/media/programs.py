"""Finding the ffmpeg program, and running it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from ..errors import EngineError, OptionError, OutputError

VARIABLES = ("LIPFLAP_FFMPEG", "IMAGEIO_FFMPEG_EXE")  # environment variables that may name it, in this order


def find_ffmpeg(explicit: str | None = None) -> Path:
    """The ffmpeg program to use.

    Args:
        explicit: the user's own, a path or a name on PATH; it must exist.
    Returns:
        the first of: `explicit`, the variables LIPFLAP_FFMPEG and IMAGEIO_FFMPEG_EXE, the one that the package
        imageio-ffmpeg brings, the one on PATH.
    Raises:
        OptionError: a program is named that is not there.
        EngineError: none at all.
    """
    if explicit is not None:
        return _named(explicit, "--ffmpeg")
    for variable in VARIABLES:
        if os.environ.get(variable):
            return _named(os.environ[variable], variable)
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        found = shutil.which("ffmpeg")
        if found is None:
            raise EngineError("no ffmpeg program: install imageio-ffmpeg or name yours with --ffmpeg") from error
        return Path(found)


def _named(program: str, where: str) -> Path:
    found = shutil.which(program)
    if found is None:
        raise OptionError("ffmpeg", f"{where} names {program}, which is no program that can be run")
    return Path(found).absolute()


def run_ffmpeg(written: Any, program: Path) -> None:
    """Run what ffmpeg-python has put together (it ships no types); arguments never pass through a shell.

    Raises:
        OutputError: the disk is full.
        EngineError: ffmpeg failed, or can't be run.
    """
    command = [*written.overwrite_output().compile(cmd=str(program)), "-nostdin", "-loglevel", "error"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        if "No space left" in said or "File too large" in said:
            raise OutputError(command[-4], "the disk is full: make room or choose another folder") from error
        raise EngineError(f"ffmpeg failed: {said.splitlines()[-1] if said else 'no reason given'}") from error
    except OSError as error:
        raise EngineError(f"{program} can't be run: {error.strerror}") from error
