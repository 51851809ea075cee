"""What stays behind when something breaks off: nothing new, and everything old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FakeSource, numbered_picture
from fakes.movies import write_movie

from plugin_core.errors import EngineError, OutputError
from plugin_core.media import CODECS, Delivery, SegmentWriter, deliver, find_ffmpeg
from plugin_core.timing import FrameRange


def _left(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("codec", CODECS)
def test_an_error_in_the_middle_of_a_segment_leaves_nothing(tmp_path: Path, codec: str) -> None:
    facts = FakeSource.numbered(2, 256, 120).facts
    with pytest.raises(KeyError), SegmentWriter(tmp_path / "segment", CODECS[codec], facts) as writer:  # noqa: PT012
        writer.write(numbered_picture(0, 256, 120))
        raise KeyError("somebody else's fault")  # the writer must see it come from inside its block
    assert _left(tmp_path) == set()


@pytest.mark.parametrize("codec", CODECS)
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


def test_a_sequence_that_breaks_off_midway_is_taken_back(tmp_path: Path) -> None:
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(6))
    before = {file.name: file.read_bytes() for file in tmp_path.glob("shot.0*.png")}
    source = FakeSource([numbered_picture(500)] * 4)
    with SegmentWriter(tmp_path / "segment", CODECS["png"], source.facts) as writer:
        for picture in source.frames(FrameRange(0, 4)):
            writer.write(picture)
    spoiled = sorted((tmp_path / "segment").iterdir())[2]
    spoiled.unlink()
    spoiled.mkdir()  # neither linked nor copied
    with pytest.raises(OutputError):
        deliver(
            [tmp_path / "segment"], tmp_path / "shot.%04d.png", Delivery(CODECS["png"], source.facts, find_ffmpeg())
        )
    assert {file.name: file.read_bytes() for file in tmp_path.glob("shot.0*.png")} == before
    assert not list(tmp_path.glob(".*"))


def _killed_midway(folder: Path, moment: str) -> dict[str, bytes]:
    """A folder as a delivery leaves it that was killed at `moment`; returns the older sequence that was there."""
    older = {f"shot.{number:04d}.png": b"older %d" % number for number in range(1, 5)}
    aside = folder / f".shot._04d.png.lipflap-{moment}"
    aside.mkdir()
    for number, (name, content) in enumerate(older.items()):
        moved = moment == "before" or number < 2
        (aside / name if moved else folder / name).write_bytes(content)
    if moment == "before":
        for number in (1, 2, 9):
            (folder / f"shot.{number:04d}.png").write_bytes(b"new")
    return older


@pytest.mark.parametrize("moment", ["leaving", "before"])
def test_the_older_sequence_that_a_killed_delivery_put_aside_comes_back(tmp_path: Path, moment: str) -> None:
    older = _killed_midway(tmp_path, moment)
    source = FakeSource.numbered(2)
    with SegmentWriter(tmp_path / "segment", CODECS["png"], source.facts) as writer:
        for picture in source.frames(FrameRange(0, 2)):
            writer.write(picture)
    spoiled = sorted((tmp_path / "segment").iterdir())[1]
    spoiled.unlink()
    spoiled.mkdir()  # neither linked nor copied: this delivery fails too
    with pytest.raises(OutputError):
        deliver(
            [tmp_path / "segment"], tmp_path / "shot.%04d.png", Delivery(CODECS["png"], source.facts, find_ffmpeg())
        )
    assert {file.name: file.read_bytes() for file in tmp_path.glob("shot.*")} == older
    assert not list(tmp_path.glob(".*"))


def test_a_delivery_after_a_killed_one_leaves_its_own_pictures_alone(tmp_path: Path) -> None:
    _killed_midway(tmp_path, "before")
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(3))
    assert sorted(file.name for file in tmp_path.glob("shot.0*")) == [f"shot.{n:04d}.png" for n in (1, 2, 3)]
    assert all(file.read_bytes()[:4] == b"\x89PNG" for file in tmp_path.glob("shot.0*"))
    assert not list(tmp_path.glob(".*lipflap-[blr]*"))


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
@pytest.mark.parametrize("codec", CODECS)
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
