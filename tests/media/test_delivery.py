"""From pictures to a file that an editor can use, and back."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie

from face_detection.pictures import Picture
from plugin_core.frames import ClipFacts, ColourTags
from plugin_core.media import CODECS, Delivery, SegmentWriter, SoundTrack, deliver, find_ffmpeg, open_clip
from plugin_core.media.codecs import MXF_RATES
from plugin_core.timing import FrameRange, Timecode

NTSC_FILM = Fraction(24000, 1001)
RATES = [
    Fraction(rate) for rate in ("12", "15", "24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
]
FILES = {
    "prores": "a.mov",
    "prores4444": "a.mov",
    "dnxhr": "a.mxf",
    "ffv1": "a.mkv",
    "h264": "a.mp4",
    "png": "a.%04d.png",
}
KINDS = [(codec, alpha) for codec in FILES for alpha in (False, True)[: 1 + CODECS[codec].keeps_alpha]]
# Largest and mean difference of a smooth picture after the round trip, in levels of 255. Measured 2026-11-22 with
# FFmpeg 8.1 and doubled; H.264 at crf 16 and DNxHR's 8 bits are the coarse ones.
LOSS = {"prores": (3, 0.4), "prores4444": (2, 0.3), "dnxhr": (6, 1), "ffv1": (0, 0), "h264": (14, 2), "png": (0, 0)}


def smooth(width: int, height: int, bit_depth: int, *, alpha: bool) -> Picture:
    y, x = np.mgrid[0:height, 0:width]
    planes = [x / width, y / height, (x + y) / (width + height)] + ([(x + height - y) / (width + height)] * alpha)
    peak = 65535 if bit_depth == 16 else 255
    return (np.stack(planes, axis=-1) * peak).astype(f"uint{bit_depth}")


def all_pictures(path: Path) -> list[Picture]:
    source = open_clip(path)
    return list(source.frames(FrameRange(0, source.facts.frames)))


def levels(picture: Picture) -> np.ndarray:
    return picture.astype(float) / np.iinfo(picture.dtype).max * 255


@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize(("codec", "alpha"), KINDS)
def test_pictures_come_back_as_well_as_the_codec_allows(
    tmp_path: Path, codec: str, bit_depth: int, alpha: bool
) -> None:
    written = [smooth(320, 160, bit_depth, alpha=alpha) for _ in range(3)]
    written[1] = np.ascontiguousarray(written[1][:, ::-1])
    write_movie(tmp_path / FILES[codec], FakeSource(written), codec, cuts=[1])
    read = all_pictures(tmp_path / FILES[codec])
    assert len(read) == 3
    worst, mean = LOSS[codec]
    for before, after in zip(written, read, strict=True):
        assert after.shape == before.shape
        difference = np.abs(levels(after) - levels(before))
        assert difference.max() <= worst
        assert difference.mean() <= mean
        if CODECS[codec].lossless:
            np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(("codec", "bit_depth"), [("ffv1", 8), ("ffv1", 16), ("png", 8), ("png", 16)])
def test_lossless_codecs_keep_noise_bit_by_bit(tmp_path: Path, codec: str, bit_depth: int) -> None:
    noise = np.random.default_rng(3).integers(0, 2**bit_depth, (5, 48, 63, 4)).astype(f"uint{bit_depth}")
    write_movie(tmp_path / FILES[codec], FakeSource(list(noise)), codec, cuts=[2])
    np.testing.assert_array_equal(np.stack(all_pictures(tmp_path / FILES[codec])), noise)


@pytest.mark.parametrize(("codec", "alpha"), [kind for kind in KINDS if kind[0] != "dnxhr"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (4097, 3), (63, 48), (64, 47)])
def test_odd_sizes_are_kept(tmp_path: Path, codec: str, width: int, height: int, alpha: bool) -> None:
    picture = smooth(width, height, 8, alpha=alpha)
    write_movie(tmp_path / FILES[codec], FakeSource([picture] * 2), codec)
    read = all_pictures(tmp_path / FILES[codec])
    assert [after.shape for after in read] == [picture.shape] * 2
    assert np.abs(levels(read[1]) - levels(picture)).mean() < 8


@pytest.mark.parametrize(("width", "height"), [(257, 121), (4097, 120)])
def test_odd_sizes_are_kept_by_dnxhr(tmp_path: Path, width: int, height: int) -> None:
    picture = smooth(width, height, 8, alpha=False)
    write_movie(tmp_path / "a.mxf", FakeSource([picture]))
    assert np.abs(levels(all_pictures(tmp_path / "a.mxf")[0]) - levels(picture)).max() < 8


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        (name, rate)
        for name in ("a.mov", "a.mp4", "a.mkv", "a.mxf")
        for rate in RATES
        if name != "a.mxf" or rate in MXF_RATES
    ],
)
def test_every_picture_starts_exactly_on_its_frame(tmp_path: Path, name: str, rate: Fraction) -> None:
    source = FakeSource.numbered(25, 256, 120, rate)
    write_movie(tmp_path / name, source, cuts=[1, 2, 9])
    with av.open(str(tmp_path / name)) as container:
        stream = container.streams.video[0]
        times = [packet.pts * stream.time_base for packet in container.demux(stream) if packet.pts is not None]
    slack = Fraction(1, 1999) if name == "a.mkv" else 0  # Matroska keeps whole milliseconds
    assert all(abs(time - frame / rate) <= slack for frame, time in enumerate(times))
    clip = open_clip(tmp_path / name)
    assert (clip.facts.frames, clip.facts.rate, clip.facts.start_time) == (25, rate, 0)
    assert [number_of(picture) for picture in clip.frames(FrameRange(0, 25))] == list(range(25))


def test_a_long_ntsc_clip_does_not_drift(tmp_path: Path) -> None:
    segment = tmp_path / "segment"
    with SegmentWriter(segment, CODECS["h264"], ClipFacts(16, 16, 100, Fraction(30000, 1001))) as writer:
        for _ in range(100):
            writer.write(np.zeros((16, 16, 3), np.uint8))
    whole = ClipFacts(16, 16, 20_000, Fraction(30000, 1001))
    deliver([segment] * 200, tmp_path / "a.mov", Delivery(CODECS["h264"], whole, find_ffmpeg()))
    with av.open(str(tmp_path / "a.mov")) as container:
        stream = container.streams.video[0]
        last = max(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        assert last * stream.time_base == 19_999 / whole.rate
    assert open_clip(tmp_path / "a.mov").facts.frames == 20_000


@pytest.mark.parametrize("name", ["a.mov", "a.mp4", "a.mkv", "a.mxf"])
def test_timecode_shape_and_colour_tags_survive(tmp_path: Path, name: str) -> None:
    start = Timecode.parse("01:00:10:05", Fraction(25))
    tags = ColourTags(primaries=1, transfer=1, matrix=1)
    source = FakeSource(
        [smooth(320, 160, 8, alpha=False)] * 2, start_timecode=start, pixel_aspect=Fraction(4, 3), colour=tags
    )
    write_movie(tmp_path / name, source)
    facts = open_clip(tmp_path / name).facts
    assert facts.start_timecode == start
    assert (facts.colour.primaries, facts.colour.transfer) == (1, 1)
    assert facts.colour.matrix == (0 if name == "a.mkv" else 1)  # FFV1 is written as RGB
    if name != "a.mxf":  # FFmpeg writes the shape into MXF and never reads it
        assert facts.pixel_aspect == Fraction(4, 3)


@pytest.mark.parametrize("codec", ["prores", "prores4444", "dnxhr", "h264"])
@pytest.mark.parametrize(
    "tags", [ColourTags(1, 1, 1), ColourTags(9, 16, 9), ColourTags(6, 6, 6)], ids=["709", "pq", "601"]
)
def test_colour_tags_reach_the_file_and_the_colours_stay(tmp_path: Path, codec: str, tags: ColourTags) -> None:
    picture = np.full((160, 320, 3), (30, 60, 200), np.uint8)
    write_movie(tmp_path / "a.mov", FakeSource([picture], colour=tags), codec)
    source = open_clip(tmp_path / "a.mov")
    seen = source.facts.colour
    assert seen.primaries == tags.primaries
    assert seen.transfer == (1 if tags.transfer == 6 and "prores" in codec else tags.transfer)  # one curve, two numbers
    assert seen.matrix == (1 if codec == "dnxhr" else tags.matrix)  # DNxHR is converted to BT.709's
    assert np.abs(levels(next(iter(source.frames(FrameRange(0, 1))))) - picture).max() <= 3


def test_drop_frame_timecode_survives(tmp_path: Path) -> None:
    start = Timecode.parse("00:59:59;28", Fraction(30000, 1001))
    source = FakeSource([numbered_picture(0)] * 3, Fraction(30000, 1001), start_timecode=start)
    write_movie(tmp_path / "a.mov", source)
    assert open_clip(tmp_path / "a.mov").facts.start_timecode == start


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    call_ffmpeg("-f", "lavfi", "-i", "sine=duration=2", str(tmp_path / "tone.wav"))
    for name in ("a.mov", "a.mp4", "a.mkv", "a.mxf"):
        digests = set()
        for attempt in ("one", "two"):
            (tmp_path / attempt).mkdir(exist_ok=True)
            source = FakeSource.numbered(6, 256, 120)
            write_movie(tmp_path / attempt / name, source, cuts=[3], sound=SoundTrack(tmp_path / "tone.wav"))
            digests.add(hashlib.sha256((tmp_path / attempt / name).read_bytes()).hexdigest())
        assert len(digests) == 1, name
