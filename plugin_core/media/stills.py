"""Single pictures: read, written, and held as a clip."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Picture

from ..containers import check_readable
from ..errors import MediaError, OutputError
from ..frames import ClipFacts, ColourTags, Size
from ..timing import FrameRange
from .clock import STILL_RATE
from .colour import SRGB
from .outputs import told_as_output_error
from .scaling import scaled

PICTURE_SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pnm", ".jp2", ".dpx", ".tga", ".exr")
)
SCREEN_COLOUR = ColourTags(primaries=1, transfer=SRGB, matrix=0, full_range=True)


def read_picture(path: Path) -> Picture:
    """A picture file, upright, as BGR or, where the file has alpha, BGRA.

    Returns:
        (height, width, 3 or 4), uint8, or uint16 where the file has more than 8 bits.
    Raises:
        MediaError: missing, damaged, no picture, or with floating-point values.
    """
    check_readable(path)
    if path.suffix.lower() == ".exr":
        raise MediaError(path, "EXR holds linear light, which has no place here: convert it to 16-bit PNG or TIFF")
    coded = np.fromfile(path, np.uint8)  # cv2.imread can't open every name on Windows
    # JPEG is turned as its camera note says; the unchanged mode, which alone keeps alpha and 16 bits, ignores it.
    turned = path.suffix.lower() in (".jpg", ".jpeg")
    try:
        decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR if turned else cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise MediaError(path, "can't be decoded as a picture: copy or export it again") from error
    if decoded is None:
        decoded = _read_dpx(coded) if path.suffix.lower() == ".dpx" else None
    if decoded is None:
        raise MediaError(path, "is no picture, damaged, or of an unknown kind: copy or export it again")
    return _as_picture(path, np.asarray(decoded))


def _as_picture(path: Path, decoded: NDArray[np.generic]) -> Picture:
    if decoded.dtype not in (np.uint8, np.uint16):
        raise MediaError(path, f"has {decoded.dtype} values: convert it to 8 or 16 bits")
    whole = decoded.astype(decoded.dtype, copy=False)
    if whole.ndim == 2:
        whole = np.repeat(whole[..., None], 3, axis=2)
    return np.ascontiguousarray(whole)


def _read_dpx(coded: NDArray[np.uint8]) -> Picture | None:
    try:
        decoder = av.CodecContext.create("dpx", "r")
        frames = decoder.decode(av.Packet(coded.tobytes()))
        return np.ascontiguousarray(frames[0].reformat(format="bgr48le").to_ndarray()) if frames else None
    except av.error.FFmpegError:
        return None


def write_picture(path: Path, picture: Picture) -> None:
    """Write a picture; the suffix tells the kind (.png and .tif keep 16 bits and alpha exactly).

    Args:
        path: its folder must exist.
        picture: (height, width, 3 or 4) BGR or BGRA, uint8 or uint16.
    Raises:
        OutputError: the folder is missing or full, or the kind can't hold such a picture.
    """
    coded = encode_picture(path, picture)
    with told_as_output_error(path):
        path.write_bytes(coded)


def encode_picture(path: Path, picture: Picture) -> bytes:
    """What a picture file of that name holds. Arguments and errors are those of `write_picture`; nothing is written."""
    plain = path.suffix.lower() in (".jpg", ".jpeg", ".bmp", ".ppm")  # OpenCV would drop alpha or depth in silence
    if plain and (picture.shape[2] == 4 or picture.dtype == np.uint16):
        raise OutputError(path, f"a {path.suffix} file keeps neither alpha nor 16 bits: write .png")
    try:
        done, coded = cv2.imencode(path.suffix, picture)
    except cv2.error as error:
        raise OutputError(path, f"a {path.suffix or 'nameless'} file can't hold this picture: write .png") from error
    if not done:
        raise OutputError(path, "the picture can't be encoded: write .png")
    return coded.tobytes()


class StillSource:
    """One picture, held.

    Args:
        path: the picture file.
        rate: frames per second; `None` is 24.
        hold_frames: how long the clip is; `None` is one frame.
    Raises:
        MediaError: see `read_picture`.
    """

    def __init__(self, path: Path, rate: Fraction | None = None, hold_frames: int | None = None) -> None:
        self._picture = read_picture(path)
        self._facts = picture_facts(self._picture, 1 if hold_frames is None else hold_frames, rate)

    @property
    def facts(self) -> ClipFacts:
        """Known from the start."""
        return self._facts

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """See `FrameSource.frames`."""
        span.within(self._facts.frames)
        shown = self._picture if size is None else scaled(self._picture, size)
        return (shown.copy() for _ in span)


def picture_facts(picture: Picture, frames: int, rate: Fraction | None) -> ClipFacts:
    """The facts of a clip made of pictures like this one."""
    height, width, channels = picture.shape
    return ClipFacts(
        width=width,
        height=height,
        frames=frames,
        rate=rate or STILL_RATE,
        bit_depth=16 if picture.dtype == np.uint16 else 8,
        has_alpha=channels == 4,
        colour=SCREEN_COLOUR,
    )
