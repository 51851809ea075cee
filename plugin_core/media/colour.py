"""Between FFmpeg's frames and our pictures, by the right matrix, range and depth.

Numbers follow ITU-T H.273: matrix 1 is BT.709, 5 and 6 BT.601, 9 BT.2020, 0 RGB, 2 unspecified.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from face_detection.pictures import Picture

from ..frames import ClipFacts, ColourTags, Size
from .codecs import Encoding

UNSPECIFIED = 2
SRGB = 13  # transfer of pictures from a computer
_SWSCALE_MATRIX = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
# Without these, swscale takes shortcuts that cost up to 3 of 255 levels in each conversion.
_EXACT = (
    Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
)


def guess_matrix(width: int, height: int) -> int:
    """The matrix of an untagged picture, as players guess it: BT.709 from HD upwards, else BT.601."""
    return 1 if width >= 1280 or height > 576 else 6


def read_tags(frame: av.VideoFrame) -> ColourTags:
    """The frame's own colour tags; JPEG-flavoured formats are full range whatever they say."""
    full = int(frame.color_range) == ColorRange.JPEG or frame.format.name.startswith("yuvj") or frame.format.is_rgb
    return ColourTags(int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace), full)


def picture_format(facts: ClipFacts) -> str:
    """FFmpeg's name for pictures of the depth and channels of `facts`."""
    if facts.bit_depth == 16:
        return "bgra64le" if facts.has_alpha else "bgr48le"
    return "bgra" if facts.has_alpha else "bgr24"


def to_picture(frame: av.VideoFrame, facts: ClipFacts) -> Picture:
    """The frame as BGR or BGRA of the depth of `facts`, not yet turned upright.

    Returns:
        (height, width, 3 or 4), uint8 or uint16 over the full range; 10- and 12-bit values are widened.
    """
    matrix, range_ = _numbers_of(frame, facts)
    converted = frame.reformat(
        format=picture_format(facts),
        src_colorspace=matrix,
        src_color_range=range_,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACT | Interpolation.BICUBIC,
    )
    return np.ascontiguousarray(converted.to_ndarray())


def to_small_picture(frame: av.VideoFrame, facts: ClipFacts, size: Size, reformatter: VideoReformatter) -> Picture:
    """The frame as 8-bit BGR of another size, not yet turned upright; its alpha is not looked at.

    Scaling and conversion are one step here, which takes a quarter of the time of one after the other.

    Args:
        frame: of a clip.
        facts: of the clip.
        size: width and height wanted, before the picture is turned upright.
        reformatter: kept from frame to frame, for its tables.
    """
    matrix, range_ = _numbers_of(frame, facts)
    converted = reformatter.reformat(
        frame,
        *size,
        format="bgr24",
        src_colorspace=matrix,
        src_color_range=range_,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACT | Interpolation.AREA,
    )
    return np.ascontiguousarray(converted.to_ndarray())


def _numbers_of(frame: av.VideoFrame, facts: ClipFacts) -> tuple[int | None, ColorRange]:
    """Swscale's matrix and range of a clip's frame; RGB has no matrix."""
    if frame.format.is_rgb:
        return None, ColorRange.JPEG
    matrix = facts.colour.matrix if facts.colour.matrix in _SWSCALE_MATRIX else guess_matrix(frame.width, frame.height)
    return _SWSCALE_MATRIX[matrix], ColorRange.JPEG if facts.colour.full_range else ColorRange.MPEG


def to_frame(picture: Picture, pixel_format: str, tags: ColourTags) -> av.VideoFrame:
    """The picture in an encoder's pixel format, carrying `tags`.

    Args:
        picture: (height, width, 3 or 4) BGR or BGRA, uint8 or uint16.
        pixel_format: FFmpeg's name.
        tags: from `output_tags`; the matrix and range that the numbers are made with.
    """
    rgb = tags.matrix == 0
    deep = av.VideoFormat(pixel_format).components[0].bits > 8
    if deep and picture.dtype == np.uint8:
        picture = picture.astype(np.uint16) * 257  # swscale would take 255 for 255/256 and write white too dark
    facts = ClipFacts(1, 1, 1, Fraction(1), 16 if picture.dtype == np.uint16 else 8, picture.shape[2] == 4)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=picture_format(facts))
    wanted = frame.reformat(
        format=pixel_format,
        dst_colorspace=None if rgb else _SWSCALE_MATRIX[tags.matrix],
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.JPEG if tags.full_range else ColorRange.MPEG,
        interpolation=_EXACT | Interpolation.BICUBIC,
    )
    # prores_ks keeps primaries and transfer only from the frames, the others only from their context.
    wanted.color_primaries, wanted.color_trc = tags.primaries, tags.transfer
    wanted.colorspace = tags.matrix
    wanted.color_range = ColorRange.JPEG if tags.full_range else ColorRange.MPEG
    return wanted


def output_tags(facts: ClipFacts, encoding: Encoding) -> ColourTags:
    """The tags to write a clip with: the source's own, and where it has none what players would have guessed.

    RGB codecs keep the numbers as they are. The others get limited range, as editing programs expect, and a matrix
    that fits the primaries and that the codec has a number for.
    """
    source = facts.colour
    if encoding.rgb:
        return replace(source, matrix=0, full_range=True)
    matrix = _fitting_matrix(facts)
    primaries = matrix if source.primaries == UNSPECIFIED else source.primaries
    usual = 1 if matrix == 1 else 6  # BT.601 and BT.709 share the curve; its number differs
    transfer = usual if source.transfer in (UNSPECIFIED, SRGB) else source.transfer
    if encoding.transfers and transfer not in encoding.transfers:
        transfer = 1
    if encoding.matrices and matrix not in encoding.matrices:
        matrix = 1
    return ColourTags(primaries, transfer, matrix, full_range=False)


def _fitting_matrix(facts: ClipFacts) -> int:
    source = facts.colour
    if source.matrix in _SWSCALE_MATRIX:
        return {5: 6, 10: 9}.get(source.matrix, source.matrix)  # the same numbers under another name
    if source.primaries in (1, 9):
        return source.primaries
    return guess_matrix(facts.width, facts.height)
