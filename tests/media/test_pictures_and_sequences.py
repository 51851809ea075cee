"""Single pictures and numbered ones, as artists' programs write them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.frames import number_of, numbered_picture
from fakes.movies import call_ffmpeg
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.errors import MediaError, OptionError, OutputError
from plugin_core.media import open_clip, read_picture, write_picture
from plugin_core.media.patterns import Pattern
from plugin_core.timing import FrameRange


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("channels", [3, 4])
def test_pictures_are_kept_bit_by_bit(tmp_path: Path, suffix: str, bit_depth: int, channels: int) -> None:
    picture = np.random.default_rng(5).integers(0, 2**bit_depth, (7, 9, channels)).astype(f"uint{bit_depth}")
    write_picture(tmp_path / f"Ünï ☃{suffix}", picture)
    np.testing.assert_array_equal(read_picture(tmp_path / f"Ünï ☃{suffix}"), picture)


@pytest.mark.parametrize(
    ("pixel_format", "shape", "depth"),
    [
        ("gray", 3, 8),
        ("gray16be", 3, 16),
        ("ya8", 4, 8),
        ("ya16be", 4, 16),
        ("rgb48be", 3, 16),
        ("rgba64be", 4, 16),
        ("pal8", 4, 8),
        ("monob", 3, 8),
    ],
)
def test_every_kind_of_png_becomes_bgr_or_bgra(tmp_path: Path, pixel_format: str, shape: int, depth: int) -> None:
    write_picture(tmp_path / "in.png", np.full((16, 16, 3), 255, np.uint8))
    call_ffmpeg("-i", str(tmp_path / "in.png"), "-pix_fmt", pixel_format, str(tmp_path / "out.png"))
    picture = read_picture(tmp_path / "out.png")
    assert picture.dtype == np.dtype(f"uint{depth}")
    if pixel_format != "pal8":  # a palette may or may not carry alpha
        assert picture.shape == (16, 16, shape)
    assert picture.min() > np.iinfo(picture.dtype).max * 0.98  # FFmpeg's own conversions lose a little


def test_a_photograph_is_turned_upright(tmp_path: Path) -> None:
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[:8, :8] = 255
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    # An Exif note with one entry, tag 0x0112 = 6: show it turned a quarter clockwise.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    (tmp_path / "turned.jpg").write_bytes(jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:])
    read = read_picture(tmp_path / "turned.jpg")
    assert read.shape == (48, 32, 3)
    assert read[2, -3].min() > 200


def test_a_ten_bit_dpx_is_read(tmp_path: Path) -> None:
    write_picture(tmp_path / "in.png", numbered_picture(321, 160, 32))
    call_ffmpeg("-i", str(tmp_path / "in.png"), "-pix_fmt", "gbrp10be", str(tmp_path / "out.dpx"))
    picture = read_picture(tmp_path / "out.dpx")
    assert picture.dtype == np.uint16
    assert number_of(picture) == 321


def test_pictures_of_light_are_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "beauty.exr").write_bytes(b"\x76\x2f\x31\x01" + bytes(100))
    with pytest.raises(MediaError, match="16-bit PNG"):
        read_picture(tmp_path / "beauty.exr")
    floats = cv2.imencode(".tif", np.ones((4, 4, 3), np.float32))[1]
    (tmp_path / "floats.tif").write_bytes(floats.tobytes())
    with pytest.raises(MediaError, match="float32"):
        read_picture(tmp_path / "floats.tif")


def test_writing_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="permissions"):
        write_picture(tmp_path / "nowhere" / "a.png", np.zeros((2, 2, 3), np.uint8))
    for name, picture in (
        ("a.xyz", np.zeros((2, 2, 3), np.uint8)),
        ("a.jpg", np.zeros((2, 2, 4), np.uint8)),
        ("a.bmp", np.zeros((2, 2, 3), np.uint16)),
    ):
        with pytest.raises(OutputError, match=r"\.png"):
            write_picture(tmp_path / name, picture)
    assert list(tmp_path.iterdir()) == []


def test_a_still_is_one_frame_unless_it_is_held(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", numbered_picture(5))
    assert (open_clip(tmp_path / "a.png").facts.frames, open_clip(tmp_path / "a.png").facts.rate) == (1, 24)
    held = open_clip(tmp_path / "a.png", Fraction(12), hold_frames=1000)
    assert (held.facts.frames, held.facts.rate) == (1000, 12)
    assert number_of(next(iter(held.frames(FrameRange(999, 1000))))) == 5
    with pytest.raises(OptionError, match="0 frames"):
        open_clip(tmp_path / "a.png", hold_frames=0)


def _sequence(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        write_picture(folder / name, numbered_picture(number))


@pytest.mark.parametrize("asked", ["shot.%04d.png", "shot.####.png", "."])
def test_a_sequence_is_found_by_pattern_and_by_folder(tmp_path: Path, asked: str) -> None:
    _sequence(tmp_path, *(f"shot.{number}.png" for number in (1001, 1002, 1003)))
    (tmp_path / "notes 7.txt").write_text("not a picture")
    source = open_clip(tmp_path / asked)
    assert (source.facts.frames, source.facts.rate) == (3, 24)
    assert [number_of(picture) for picture in source.frames(FrameRange(0, 3))] == [0, 1, 2]


def test_numbers_that_outgrow_their_digits_belong_to_the_sequence(tmp_path: Path) -> None:
    _sequence(tmp_path, "f.98.png", "f.99.png", "f.100.png", "f.101.png")
    assert open_clip(tmp_path / "f.%02d.png").facts.frames == 4


def test_missing_pictures_are_named(tmp_path: Path) -> None:
    _sequence(tmp_path, "a.0001.png", "a.0002.png", "a.0005.png")
    with pytest.raises(MediaError, match=r"2 pictures .* missing: 3, 4$"):
        open_clip(tmp_path / "a.%04d.png")


def test_a_folder_with_two_sequences_asks_which(tmp_path: Path) -> None:
    _sequence(tmp_path, "a.01.png", "b.01.png")
    with pytest.raises(MediaError, match="2 sequences"):
        open_clip(tmp_path)


def test_a_pattern_without_pictures_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="how many digits"):
        open_clip(tmp_path / "a.%04d.png")


def test_a_picture_that_lost_its_opaque_alpha_gets_it_back(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.1.png", np.full((4, 4, 4), 9, np.uint8))
    write_picture(tmp_path / "a.2.png", np.full((4, 4, 3), 9, np.uint8))
    source = open_clip(tmp_path / "a.#.png")
    second = next(iter(source.frames(FrameRange(1, 2))))
    assert second.shape == (4, 4, 4)
    assert (second[..., 3] == 255).all()


def test_a_picture_of_another_size_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.1.png", np.zeros((4, 4, 3), np.uint8))
    write_picture(tmp_path / "a.2.png", np.zeros((4, 5, 3), np.uint8))
    with pytest.raises(MediaError, match=r"a\.2\.png.*5x4"):
        list(open_clip(tmp_path / "a.#.png").frames(FrameRange(0, 2)))


@given(
    before=st.sampled_from(["shot.", "", "a b [1]_", "ü-"]),
    digits=st.integers(1, 8),
    number=st.integers(0, 10**9),
    hashes=st.booleans(),
)
def test_a_patterns_names_read_back_as_their_numbers(before: str, digits: int, number: int, hashes: bool) -> None:
    mark = "#" * digits if hashes else f"%0{digits}d"
    pattern = Pattern.parse(Path("/x") / f"{before}{mark}.png")
    assert pattern is not None
    name = pattern.path(number).name
    assert name == f"{before}{number:0{digits}d}.png"


def test_a_plain_name_is_no_pattern() -> None:
    assert Pattern.parse(Path("shot_100%.mov")) is None
    assert Pattern.parse(Path("shot.0001.png")) is None
