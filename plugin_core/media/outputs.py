"""Where results go: looked at before the work, written under a hidden name, told clearly when the disk says no."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from ..errors import OutputError
from .codecs import Codec
from .patterns import Pattern

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_CLOSED = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR))


def check_output(output: Path, codec: Codec, inputs: Iterable[Path] = ()) -> None:
    """Fail before the work where the result could not be written.

    Args:
        output: the file, or for PNG sequences the pattern.
        codec: from `choose_codec`.
        inputs: clips, voices, charts ... that must not be overwritten.
    Raises:
        OutputError: the folder is missing or closed, the output is a folder, or it or the sound that lies beside a
            PNG sequence is one of the inputs.
    """
    folder = output.parent
    if not folder.is_dir():
        raise OutputError(output, f"there is no folder {folder}: make it first")
    if output.is_dir():
        raise OutputError(output, "is a folder: give the name of a file in it")
    pattern = Pattern.parse(output) if codec.name == "png" else None
    for given in inputs:
        if pattern is None:
            same = _is_same(output, given)
        else:
            same = _is_part(pattern, given) or _is_same(sequence_sound(output), given)
        if same:
            raise OutputError(output, f"would overwrite {given}: give another name")
    try_to_write(output)


def existing_outputs(output: Path, codec: Codec) -> list[Path]:
    """Every file that a delivery to `output` would replace: the file, or all pictures of the pattern and its sound."""
    pattern = Pattern.parse(output) if codec.name == "png" else None
    files = [output] if pattern is None else [*pattern.existing().values(), sequence_sound(output)]
    return [file for file in files if file.exists()]


def sequence_sound(output: Path) -> Path:
    """The sound file that accompanies a sequence: `shot.wav` for `shot.%04d.png`."""
    pattern = Pattern.parse(output)
    name = pattern.before.rstrip("._- ") if pattern else ""
    return output.with_name(f"{name or 'sound'}.wav")


def _is_same(output: Path, given: Path) -> bool:
    if output.exists() and given.exists():
        return output.samefile(given)
    return output.absolute() == given.absolute()


def _is_part(pattern: Pattern, given: Path) -> bool:
    if given.is_dir():
        return given.samefile(pattern.folder) and bool(pattern.existing())
    other = Pattern.parse(given)
    if other is not None and not given.exists():
        return other.folder.absolute() == pattern.folder.absolute() and other.path(0).name == pattern.path(0).name
    return any(_is_same(file, given) for file in pattern.existing().values())


def try_to_write(output: Path) -> None:
    """Leave a file beside the output for a moment.

    Raises:
        OutputError: the folder is closed, or its disk full.
    """
    # Only trying tells: access rights, read-only disks and network shares each have their own way to refuse.
    probe = hidden_beside(output, "probe")
    try:
        probe.write_bytes(b"\0")
    except OSError as error:
        raise OutputError(output, disk_trouble(output, error)) from error
    finally:
        probe.unlink(missing_ok=True)


def hidden_beside(path: Path, purpose: str) -> Path:
    """A hidden name in the same folder, always the same, so that a later run replaces what a killed one left."""
    return path.with_name(f".{path.name.replace('%', '_')}.lipflap-{purpose}")


def disk_trouble(path: Path, error: OSError | av.error.FFmpegError) -> str:
    """The reason of a failed write, for `OutputError`; a full disk is named with what is free."""
    folder = path if path.is_dir() else path.parent
    if error.errno in _CLOSED:
        return f"can't be written ({error.strerror}): check the folder's permissions"
    if error.errno not in _FULL:
        return f"can't be written, the encoder or the disk refused: {error.strerror or error}"
    try:
        free = shutil.disk_usage(folder).free / 1e6
    except OSError:
        return f"the disk of {folder} is full: make room or choose another folder"
    return f"the disk of {folder} is full ({free:.0f} MB free): make room or choose another folder"


@contextmanager
def told_as_output_error(path: Path) -> Iterator[None]:
    """Failures of the disk or the encoder inside become `OutputError` about `path`."""
    try:
        yield
    except (av.error.FFmpegError, OSError) as error:
        raise OutputError(path, disk_trouble(path, error)) from error


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[Path]:
    """A hidden name to write to; it becomes `path` in one step at the end, or is removed by an error.

    Raises:
        OutputError: the disk refused.
    """
    part = hidden_beside(path, "part")
    remove(part)
    try:
        yield part
        with told_as_output_error(path):
            part.replace(path)
    except BaseException:
        remove(part)
        raise


def remove(path: Path) -> None:
    """Remove a file or a folder with all in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
