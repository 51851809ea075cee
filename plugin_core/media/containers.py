"""Opening movie files: local files of known kinds only, and every failure told in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.container

from ..errors import MediaError

# What FFmpeg may take a file for. Left out on purpose: playlists and lists (hls, dash, concat, sdp ...), which would
# make it open other files and addresses, devices, and raw sound that any text can be mistaken for.
MOVIE_FORMATS = (
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "mxf", "avi", "gif", "apng", "mpeg", "mpegts",
    "mpegvideo", "h264", "hevc", "m4v", "obu", "av1", "ivf", "flv", "asf", "ogg", "nut", "dv", "gxf", "dnxhd", "y4m",
    "yuv4mpegpipe", "swf", "flic", "wav", "w64", "aiff", "flac", "mp3", "aac", "caf", "ac3", "eac3", "amr",
)  # fmt: skip


@contextmanager
def open_movie(path: Path) -> Iterator[av.container.InputContainer]:
    """The file, opened by FFmpeg as one of `MOVIE_FORMATS`, without any way to other files or the network.

    Raises:
        MediaError: missing, a folder, empty, of no known kind, or damaged, also when that shows while reading.
    """
    check_readable(path)
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(MOVIE_FORMATS)}
    try:
        container = av.open(f"file:{path.absolute()}", "r", container_options=options, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError(path, _why_not(path)) from error
    with container:
        yield container


def check_readable(path: Path) -> None:
    """Fail where `path` is no file with something in it.

    Raises:
        MediaError: missing, a folder, empty, or closed to us.
    """
    if path.is_dir():
        raise MediaError(path, "is a folder: give a movie file, a picture, or a pattern such as shot.%04d.png")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise MediaError(path, "no such file: check the path") from error
    except OSError as error:
        raise MediaError(path, f"can't be read ({error.strerror}): check its permissions") from error
    if empty:
        raise MediaError(path, "is empty (0 bytes): copy or export it again")


def _why_not(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    if start.lstrip().startswith((b"#EXTM3U", b"ffconcat", b"v=0", b"[playlist]")) or b"<MPD" in start:
        return "is a playlist, which only names other files: give the movie itself"
    if b"\0" not in start and b"ftyp" not in start:
        return "is a text file, no movie: give a movie or picture file"
    return "can't be opened as a movie: it is cut off, damaged, or of an unknown kind; copy or export it again"
