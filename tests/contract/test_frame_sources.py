"""What every `FrameSource` promises, held against each kind of media and the fake."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin_core.errors import RangeError
from plugin_core.frames import FrameSource
from plugin_core.job import Retime
from plugin_core.media import RetimedSource, open_clip, write_picture
from plugin_core.media.scaling import scaled
from plugin_core.timing import FrameRange

FRAMES = 37
WIDTH, HEIGHT = 320, 128
PALETTE = "split[a][b];[a]palettegen[p];[b][p]paletteuse"


def _movie(folder: Path, codec: str, name: str) -> FrameSource:
    write_movie(folder / name, FakeSource.numbered(FRAMES, WIDTH, HEIGHT), codec)
    return open_clip(folder / name)


def _with_ffmpeg(folder: Path, name: str, *arguments: str) -> FrameSource:
    """A movie that our own writer would not make: B-frames, long groups of pictures, GIF."""
    _movie(folder, "ffv1", "plain.mkv")
    call_ffmpeg("-i", str(folder / "plain.mkv"), *arguments, str(folder / name))
    return open_clip(folder / name)


def _sequence(folder: Path) -> FrameSource:
    for number in range(FRAMES):
        write_picture(folder / f"shot.{1001 + number}.png", numbered_picture(number, WIDTH, HEIGHT))
    return open_clip(folder / "shot.####.png", Fraction(25))


def _still(folder: Path) -> FrameSource:
    write_picture(folder / "still.png", numbered_picture(7, WIDTH, HEIGHT))
    return open_clip(folder / "still.png", Fraction(25), hold_frames=FRAMES)


def _twice_as_fast(_folder: Path) -> FrameSource:
    """Over a clip of 74 frames that carry each number twice."""
    clip = FakeSource([numbered_picture(number // 2, WIDTH, HEIGHT) for number in range(2 * FRAMES)], Fraction(24))
    return RetimedSource(clip, Retime(Fraction(0), Fraction(2), FRAMES, Fraction(25)))


def _backward(folder: Path) -> FrameSource:
    """Over a movie whose numbers fall."""
    falling = [numbered_picture(number, WIDTH, HEIGHT) for number in reversed(range(FRAMES))]
    write_movie(folder / "falling.mkv", FakeSource(falling), "ffv1")
    return RetimedSource(
        open_clip(folder / "falling.mkv"), Retime(Fraction(FRAMES - 1), Fraction(-1), FRAMES, Fraction(25))
    )


def _frozen(folder: Path) -> FrameSource:
    return RetimedSource(_movie(folder, "ffv1", "long.mkv"), Retime(Fraction(7), Fraction(0), FRAMES, Fraction(25)))


MAKERS: dict[str, Callable[[Path], FrameSource]] = {
    "fake": lambda folder: FakeSource.numbered(FRAMES, WIDTH, HEIGHT),
    "prores mov": lambda folder: _movie(folder, "prores", "clip.mov"),
    "dnxhr mxf": lambda folder: _movie(folder, "dnxhr", "clip.mxf"),
    "ffv1 mkv": lambda folder: _movie(folder, "ffv1", "clip.mkv"),
    "h264 mp4 with B-frames": lambda folder: _with_ffmpeg(
        folder, "b.mp4", "-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p"
    ),
    "h264 open groups": lambda folder: _with_ffmpeg(
        folder, "o.mkv", "-c:v", "libx264", "-x264-params", "open-gop=1:keyint=8:bframes=3", "-pix_fmt", "yuv420p"
    ),
    "hevc mp4": lambda folder: _with_ffmpeg(
        folder, "h.mp4", "-c:v", "libx265", "-x265-params", "keyint=9:log-level=none", "-pix_fmt", "yuv420p"
    ),
    "mpeg2 ts": lambda folder: _with_ffmpeg(folder, "m.ts", "-c:v", "mpeg2video", "-bf", "2", "-g", "10", "-q:v", "2"),
    "mjpeg avi": lambda folder: _with_ffmpeg(folder, "m.avi", "-c:v", "mjpeg", "-q:v", "2"),
    "bare h264": lambda folder: _with_ffmpeg(folder, "bare.h264", "-c:v", "libx264", "-pix_fmt", "yuv420p"),
    "gif": lambda folder: _with_ffmpeg(folder, "a.gif", "-filter_complex", PALETTE),
    "still": _still,
    "image sequence": _sequence,
    "retimed, twice as fast": _twice_as_fast,
    "retimed, backward": _backward,
    "retimed, frozen": _frozen,
}  # fmt: skip


@pytest.fixture(scope="module", params=MAKERS)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FrameSource:
    return MAKERS[request.param](tmp_path_factory.mktemp("source"))


def test_the_facts_tell_size_length_and_rate(source: FrameSource) -> None:
    facts = source.facts
    assert (facts.width, facts.height, facts.frames, facts.rate) == (WIDTH, HEIGHT, FRAMES, 25)
    assert not facts.variable_rate
    assert not facts.has_alpha


def test_each_frame_is_the_picture_of_its_number(source: FrameSource) -> None:
    numbers = [number_of(picture) for picture in source.frames(FrameRange(0, FRAMES))]
    assert numbers in (list(range(FRAMES)), [7] * FRAMES)


def test_pictures_have_the_shape_and_depth_of_the_facts(source: FrameSource) -> None:
    picture = next(iter(source.frames(FrameRange(3, 4))))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.dtype(f"uint{source.facts.bit_depth}")
    assert picture.flags["C_CONTIGUOUS"]
    assert picture.flags["WRITEABLE"]


@pytest.mark.parametrize("size", [(160, 64), (100, 90)], ids=["half", "another shape"])
def test_small_pictures_are_those_of_the_same_frames(source: FrameSource, size: tuple[int, int]) -> None:
    whole, small = source.frames(FrameRange(4, 12)), source.frames(FrameRange(4, 12), size)
    for picture, shown in zip(whole, small, strict=True):
        assert (shown.shape, shown.dtype) == ((size[1], size[0], 3), np.uint8)
        assert number_of(shown) == number_of(picture)
        # Swscale's area and OpenCV's differ at edges; anywhere else a matrix or range that is not the same would show.
        assert np.median(np.abs(shown.astype(int) - scaled(picture, size))) <= 1
        shown[:] = 0  # the taker may paint on it


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, FRAMES - 1), length=st.integers(1, FRAMES))
def test_a_span_equals_the_slice_of_all(source: FrameSource, start: int, length: int) -> None:
    stop = min(FRAMES, start + length)
    whole = list(source.frames(FrameRange(0, FRAMES)))[start:stop]
    span = list(source.frames(FrameRange(start, stop)))
    assert len(span) == len(whole)
    for left, right in zip(span, whole, strict=True):
        np.testing.assert_array_equal(left, right)


def test_two_readers_do_not_disturb_each_other(source: FrameSource) -> None:
    late, early = source.frames(FrameRange(20, 25)), source.frames(FrameRange(2, 7))
    pairs = [(number_of(one), number_of(other)) for one, other in zip(late, early, strict=True)]
    assert pairs in ([(20 + step, 2 + step) for step in range(5)], [(7, 7)] * 5)


def test_painting_on_a_picture_leaves_the_next_one_alone(source: FrameSource) -> None:
    first, second = source.frames(FrameRange(5, 7))
    first[:] = 0
    assert number_of(second) in (6, 7)
    again = next(iter(source.frames(FrameRange(5, 6))))
    assert number_of(again) in (5, 7)


@pytest.mark.parametrize("span", [FrameRange(-1, 2), FrameRange(0, FRAMES + 1), FrameRange(FRAMES, FRAMES + 1)])
def test_a_span_beyond_the_clip_is_refused_before_any_picture(source: FrameSource, span: FrameRange) -> None:
    with pytest.raises(RangeError, match=f"0 to {FRAMES}"):
        source.frames(span)
