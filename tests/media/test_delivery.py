"""From pictures to a file that an editor can use, and back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie

from face_detection.pictures import Picture
from plugin_core.errors import EngineError, OutputError, SoundError
from plugin_core.frames import ClipFacts, ColourTags
from plugin_core.media import CODECS, Delivery, SegmentWriter, SoundTrack, deliver, find_ffmpeg, open_clip
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


@pytest.mark.parametrize("codec", FILES)
@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
def test_pictures_come_back_as_well_as_the_codec_allows(
    tmp_path: Path, codec: str, bit_depth: int, alpha: bool
) -> None:
    if alpha and not CODECS[codec].keeps_alpha:
        pytest.skip("no alpha in this codec; test_codec_choice holds that it is refused")
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


@pytest.mark.parametrize("codec", ["prores", "prores4444", "ffv1", "h264", "png"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (4097, 3), (63, 48), (64, 47)])
@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
def test_odd_sizes_are_kept(tmp_path: Path, codec: str, width: int, height: int, alpha: bool) -> None:
    if alpha and not CODECS[codec].keeps_alpha:
        pytest.skip("no alpha in this codec")
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


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("name", ["a.mov", "a.mp4", "a.mkv", "a.mxf"])
def test_every_picture_starts_exactly_on_its_frame(tmp_path: Path, rate: Fraction, name: str) -> None:
    if name == "a.mxf" and rate < 20:
        pytest.skip("MXF has no such rate; test_codec_choice holds that it is refused")
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


def test_an_hour_of_ntsc_does_not_drift(tmp_path: Path) -> None:
    frames = 3600 * 30
    segment = tmp_path / "segment"
    facts = ClipFacts(16, 16, 1, Fraction(30000, 1001))
    with SegmentWriter(segment, CODECS["h264"], facts) as writer:
        writer.write(np.zeros((16, 16, 3), np.uint8))
    whole = ClipFacts(16, 16, 1000, facts.rate)
    deliver([segment] * 1000, tmp_path / "a.mov", Delivery(CODECS["h264"], whole, find_ffmpeg()))
    with av.open(str(tmp_path / "a.mov")) as container:
        stream = container.streams.video[0]
        last = max(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        assert last * stream.time_base == 999 / facts.rate
        assert (frames * 1001) % stream.time_base.denominator == 0 or stream.time_base == Fraction(1, 30000)


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


def _sound(path: Path, *resampling: str) -> np.ndarray:
    """(samples,) of the first channel at 48 kHz, from the moment of the first picture on, as a player gives them."""
    call_ffmpeg("-i", str(path), "-map", "0:a", "-c:a", "pcm_f32le", *resampling, str(path) + ".check.wav")
    with av.open(str(path) + ".check.wav") as container:
        assert container.streams.audio[0].rate == 48_000
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Muffled noise, 2 s long, 44.1 kHz: it fits itself at one place only."""
    path = tmp_path_factory.mktemp("sound") / "noise.wav"
    call_ffmpeg(
        *("-f", "lavfi", "-i", "anoisesrc=d=2:r=44100:seed=3,lowpass=f=4000,volume=4", "-c:a", "pcm_s24le", str(path))
    )
    return path


def _lag(sound: np.ndarray, original: np.ndarray, start: Fraction) -> int:
    """By how many samples `sound` comes later than `original` from `start` seconds on; it must be the same sound."""
    wanted = np.zeros(len(sound))
    places = np.arange(len(sound)) + round(start * 48_000)
    there = (places >= 0) & (places < len(original))
    wanted[there] = original[places[there]]
    size = 2 * len(sound)
    fits = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
    best = int(fits.argmax())
    assert fits[best] > 0.95 * np.sqrt((sound**2).sum() * (wanted**2).sum())
    return best if best < len(sound) else best - size


@pytest.mark.parametrize("rate", [NTSC_FILM, Fraction(25), Fraction(12)], ids=str)
@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3), Fraction(-1, 4), Fraction(17, 10)], ids=str)
def test_sound_lies_where_it_should_and_is_as_long_as_the_pictures(
    tmp_path: Path, noise: Path, rate: Fraction, start: Fraction
) -> None:
    source = FakeSource.numbered(20, 64, 48, rate)
    write_movie(tmp_path / "a.mov", source, cuts=[7], sound=SoundTrack(noise, start=start))
    sound = _sound(tmp_path / "a.mov")
    assert len(sound) == int(20 / rate * 48_000 + Fraction(1, 2))
    assert abs(_lag(sound, _sound(noise, "-ar", "48000"), start)) <= 1


@pytest.mark.parametrize("name", ["a.mov", "a.mkv", "a.mp4", "a.mxf"])
@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "m4a", "flac"])
def test_every_container_carries_every_sound_in_place(tmp_path: Path, noise: Path, name: str, kind: str) -> None:
    call_ffmpeg("-i", str(noise), "-b:a", "128k", str(tmp_path / f"voice.{kind}"))
    track = SoundTrack(tmp_path / f"voice.{kind}", start=Fraction(1, 2))
    write_movie(tmp_path / name, FakeSource.numbered(25, 256, 120), sound=track)
    sound = _sound(tmp_path / name)
    assert len(sound) == 48_000
    assert abs(_lag(sound, _sound(noise, "-ar", "48000"), Fraction(1, 2))) <= 1


def test_sound_deep_in_a_long_file_is_found_exactly(tmp_path: Path, noise: Path) -> None:
    for name, coding in (("long.mp3", "libmp3lame"), ("long.m4a", "aac"), ("long.flac", "flac")):
        delayed = "adelay=60s:all=1,apad=pad_dur=5"
        call_ffmpeg("-i", str(noise), "-af", delayed, "-c:a", coding, "-b:a", "256k", str(tmp_path / name))
        start = Fraction(601, 10)
        write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=SoundTrack(tmp_path / name, start=start))
        assert abs(_lag(_sound(tmp_path / "a.mov"), _sound(noise, "-ar", "48000"), start - 60)) <= 1, name


@pytest.mark.parametrize("name", ["late.mov", "late.mkv", "late.ts"])
def test_a_clips_own_sound_that_starts_late_stays_late(tmp_path: Path, noise: Path, name: str) -> None:
    write_movie(tmp_path / "mute.mov", FakeSource.numbered(50, 320, 128))
    video = ("-c:v", "mpeg2video", "-q:v", "2") if name == "late.ts" else ("-c:v", "copy")
    call_ffmpeg(
        *("-i", str(tmp_path / "mute.mov"), "-itsoffset", "0.5", "-i", str(noise), "-map", "0:v", "-map", "1", *video),
        *("-c:a", "aac", "-b:a", "256k", "-output_ts_offset", "4", str(tmp_path / name)),
    )
    source = open_clip(tmp_path / name)
    own = SoundTrack(tmp_path / name, start=source.facts.start_time + 5 / source.facts.rate)
    write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=own)
    assert abs(_lag(_sound(tmp_path / "a.mov"), _sound(noise, "-ar", "48000"), Fraction(-3, 10))) <= (
        48 if name == "late.mkv" else 1
    )


def test_sixteen_bit_sound_at_48_khz_is_kept_to_the_bit(tmp_path: Path) -> None:
    call_ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=1:r=48000:seed=1", "-c:a", "pcm_s16le", str(tmp_path / "n.wav"))
    write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=SoundTrack(tmp_path / "n.wav"))
    np.testing.assert_array_equal(_sound(tmp_path / "a.mov"), _sound(tmp_path / "n.wav"))


def test_a_sound_stream_that_is_not_there_is_told(tmp_path: Path, noise: Path) -> None:
    with pytest.raises(SoundError, match="number 3"):
        write_movie(tmp_path / "a.mov", FakeSource.numbered(3), sound=SoundTrack(noise, stream=3))
    assert not (tmp_path / "a.mov").exists()


def test_a_png_sequence_gets_its_sound_beside_it_and_replaces_an_older_one(tmp_path: Path, noise: Path) -> None:
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(9))
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(5), cuts=[2], sound=SoundTrack(noise))
    assert sorted(file.name for file in tmp_path.glob("shot.*g")) == [f"shot.{n:04d}.png" for n in range(1, 6)]
    assert len(_sound(tmp_path / "shot.wav")) == 9600
    assert [number_of(picture) for picture in all_pictures(tmp_path / "shot.%04d.png")] == list(range(5))


def _left(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("codec", FILES)
def test_an_error_in_the_middle_of_a_segment_leaves_nothing(tmp_path: Path, codec: str) -> None:
    facts = FakeSource.numbered(2, 256, 120).facts
    with pytest.raises(KeyError), SegmentWriter(tmp_path / "segment", CODECS[codec], facts) as writer:  # noqa: PT012
        writer.write(numbered_picture(0, 256, 120))
        raise KeyError("somebody else's fault")  # the writer must see it come from inside its block
    assert _left(tmp_path) == set()


@pytest.mark.parametrize("codec", FILES)
def test_a_segment_appears_only_when_it_is_whole(tmp_path: Path, codec: str) -> None:
    facts = FakeSource.numbered(2, 256, 120).facts
    with SegmentWriter(tmp_path / "segment", CODECS[codec], facts) as writer:
        writer.write(numbered_picture(0, 256, 120))
        assert not (tmp_path / "segment").exists()
    assert _left(tmp_path) == {"segment"}


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    facts = FakeSource.numbered(2).facts
    with pytest.raises(OutputError, match="agreed"), SegmentWriter(tmp_path / "s", CODECS["ffv1"], facts) as writer:
        writer.write(numbered_picture(0, 32, 32))
    assert _left(tmp_path) == set()
    with pytest.raises(EngineError, match="between"):
        writer.write(numbered_picture(0))


def test_a_segment_without_pictures_is_an_error(tmp_path: Path) -> None:
    facts = FakeSource.numbered(2).facts
    with pytest.raises(EngineError, match="without pictures"), SegmentWriter(tmp_path / "s", CODECS["h264"], facts):
        pass
    assert _left(tmp_path) == set()


@pytest.mark.parametrize("name", ["a.mov", "a.%04d.png"])
def test_a_wrong_number_of_pictures_stops_the_delivery_and_keeps_what_was_there(tmp_path: Path, name: str) -> None:
    old = FakeSource.numbered(3)
    (tmp_path / "out").mkdir()
    write_movie(tmp_path / "out" / name, old)
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir() if file.is_file()}
    codec = CODECS["png" if "png" in name else "prores"]
    segment = next(path for path in (tmp_path / "out").iterdir() if "segment" in path.name)
    announced = FakeSource.numbered(4).facts
    with pytest.raises(EngineError, match="4 were announced"):
        deliver([segment], tmp_path / "out" / name, Delivery(codec, announced, find_ffmpeg()))
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir() if file.is_file()} == before


def test_segments_of_other_settings_are_not_joined(tmp_path: Path) -> None:
    for name, size in (("one", 64), ("two", 128)):
        source = FakeSource.numbered(2, size, 64)
        with SegmentWriter(tmp_path / name, CODECS["h264"], source.facts) as writer:
            for picture in source.frames(FrameRange(0, 2)):
                writer.write(picture)
    facts = FakeSource.numbered(4, 64, 64).facts
    with pytest.raises(EngineError, match="other settings"):
        deliver(
            [tmp_path / "one", tmp_path / "two"], tmp_path / "a.mp4", Delivery(CODECS["h264"], facts, find_ffmpeg())
        )
    assert _left(tmp_path) == {"one", "two"}


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 64 kB, as if the disk were full then."""
    resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _write_noise(path: Path, codec: str, frames: int) -> None:
    noisy = np.random.default_rng(1).integers(0, 256, (120, 256, 3)).astype(np.uint8)
    facts = FakeSource([noisy]).facts
    with SegmentWriter(path, CODECS[codec], facts) as writer:
        for _ in range(frames):
            writer.write(noisy)


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("codec", FILES)
def test_a_full_disk_is_named_and_nothing_stays(tmp_path: Path, codec: str) -> None:
    with pytest.raises(OutputError, match=re.escape(f"the disk of {tmp_path}")):
        _write_noise(tmp_path / "segment", codec, 60)
    assert _left(tmp_path) == set()


def test_a_disk_that_fills_up_during_delivery_leaves_the_segments_and_the_older_file(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    _write_noise(tmp_path / "segment", "ffv1", 2)
    (tmp_path / "a.mkv").write_bytes(b"older")
    noisy = FakeSource([np.zeros((120, 256, 3), np.uint8)] * 2).facts
    request.getfixturevalue("small_disk")
    with pytest.raises(OutputError, match="is full"):
        deliver([tmp_path / "segment"], tmp_path / "a.mkv", Delivery(CODECS["ffv1"], noisy, find_ffmpeg()))
    assert _left(tmp_path) == {"segment", "a.mkv"}
    assert (tmp_path / "a.mkv").read_bytes() == b"older"
