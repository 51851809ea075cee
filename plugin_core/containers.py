"""Opening movie and sound files: local files of known kinds only, and every failure told in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.container

from .errors import MediaError

# What FFmpeg may take a file for. Left out on purpose: playlists and lists (hls, dash, concat, sdp ...), which would
# make it open other files and addresses, devices, and raw sound that any text can be mistaken for.
FORMATS = (
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "mxf", "avi", "gif", "apng", "mpeg", "mpegts",
    "mpegvideo", "h264", "hevc", "m4v", "obu", "av1", "ivf", "flv", "asf", "ogg", "nut", "dv", "gxf", "dnxhd", "y4m",
    "yuv4mpegpipe", "swf", "flic", "wav", "w64", "aiff", "flac", "mp3", "aac", "caf", "ac3", "eac3", "amr",
    "au", "wv", "ape", "tta", "dts",
)  # fmt: skip


# For FFmpeg: it compares the kind before it reads any header, so a list of other files never gets to open them.
GUARDS = {"protocol_whitelist": "file", "format_whitelist": ",".join(FORMATS)}


@contextmanager
def open_movie(path: Path, wanted: str = "movie") -> Iterator[av.container.InputContainer]:
    """The file, opened by FFmpeg as one of `FORMATS`, without any way to other files or the network.

    Args:
        path: the file.
        wanted: what it should be, for messages.
    Raises:
        MediaError: missing, a folder, empty, of no known kind, or damaged.
    """
    check_readable(path, wanted)
    try:
        container = av.open(f"file:{path.absolute()}", "r", container_options=GUARDS, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError(path, _why_not(path, wanted)) from error
    with container:
        yield container


def check_readable(path: Path, wanted: str = "movie file, a picture, or a pattern such as shot.%04d.png") -> None:
    """Fail where `path` is no file with something in it.

    Args:
        path: the file.
        wanted: what it should be, for messages.
    Raises:
        MediaError: missing, a folder, empty, or closed to us.
    """
    if path.is_dir():
        raise MediaError(path, f"is a folder: give a {wanted}")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise MediaError(path, "no such file: check the path") from error
    except OSError as error:
        raise MediaError(path, f"can't be read ({error.strerror}): check its permissions") from error
    if empty:
        raise MediaError(path, "is empty (0 bytes): copy or export it again")


def _why_not(path: Path, wanted: str) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    if start.lstrip().startswith((b"#EXTM3U", b"ffconcat", b"v=0", b"[playlist]")) or b"<MPD" in start:
        return f"is a playlist, a list of other files: give the {wanted} itself"
    if b"\0" not in start and b"ftyp" not in start:
        return f"is a text file, no {wanted}: give another file"
    return f"can't be opened as a {wanted}: it is cut off, damaged, or of an unknown kind; copy or export it again"
