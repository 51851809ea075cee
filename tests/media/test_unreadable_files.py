"""Files that are cut off, damaged, or no movies at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.frames import FakeSource
from fakes.movies import call_ffmpeg, write_movie

from plugin_core.errors import MediaError
from plugin_core.media import open_clip
from plugin_core.timing import FrameRange

FRAMES = 30


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movies") / "plain.mkv"
    write_movie(path, FakeSource.numbered(FRAMES, 320, 128))
    return path


def _cut_file(whole: Path, keep: float, to: Path) -> Path:
    content = whole.read_bytes()
    to.write_bytes(content[: int(len(content) * keep)])
    return to


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("end.mp4", ()),
        ("start.mp4", ("-movflags", "faststart")),
        ("a.mov", ("-movflags", "faststart")),
        ("intra.mov", ("-c:v", "prores_aw", "-movflags", "faststart")),
        ("a.mkv", ()),
        ("a.mxf", ("-c:v", "mpeg2video", "-q:v", "2")),
    ],
)
def test_a_file_that_was_cut_off_is_refused_when_it_is_opened(
    plain: Path, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    coding = () if "-c:v" in options else ("-c:v", "libx264", "-pix_fmt", "yuv420p")
    call_ffmpeg("-stream_loop", "3", "-i", str(plain), *coding, *options, str(tmp_path / name))
    cut = _cut_file(tmp_path / name, 0.6, tmp_path / f"cut_{name}")
    with pytest.raises(MediaError, match="cut off") as caught:
        open_clip(cut)
    assert str(cut) in str(caught.value)


def test_a_file_damaged_in_the_middle_names_the_frame_or_gives_every_frame(plain: Path, tmp_path: Path) -> None:
    content = bytearray(plain.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    (tmp_path / "hole.mkv").write_bytes(content)
    try:
        source = open_clip(tmp_path / "hole.mkv")
        read = list(source.frames(FrameRange(0, source.facts.frames)))
    except MediaError as error:
        assert "hole.mkv" in str(error)  # noqa: PT017 - either end is right; only a crash or a short clip is wrong
    else:
        assert len(read) == source.facts.frames


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.mp4", b"This is my script.\nScene one.\n" * 50, "text file"),
        ("empty.mov", b"", "empty"),
        ("noise.mkv", bytes(range(256)) * 64, "can't be opened"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "playlist"),
        ("list.mp4", b"ffconcat version 1.0\nfile plain.mkv\n", "playlist"),
        ("page.mov", b"<!DOCTYPE html><html><body>404</body></html>", "text file"),
        ("a.mpd", b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>", "playlist"),
        ("a.sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n", "playlist"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "is no picture"),
    ],
)
def test_what_is_no_movie_is_told_so(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError, match=said):
        open_clip(tmp_path / name)


def test_missing_files_folders_and_sound_are_told_apart(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        open_clip(tmp_path / "nothing.mp4")
    with pytest.raises(MediaError, match="folder without numbered pictures"):
        open_clip(tmp_path)
    call_ffmpeg("-f", "lavfi", "-i", "sine=duration=1", str(tmp_path / "tone.wav"))
    with pytest.raises(MediaError, match="sound but no picture"):
        open_clip(tmp_path / "tone.wav")
    with pytest.raises(MediaError, match="no such file"):
        open_clip(Path("http://127.0.0.1:9/clip.mp4"))


def test_names_that_ffmpeg_would_read_as_something_else_are_just_names(plain: Path, tmp_path: Path) -> None:
    for name in ("concat:a|b.mkv", "pipe:0.mkv", "50%.mkv", "Ünï ☃ #1.mkv", "-i.mkv"):
        target = tmp_path / name
        target.write_bytes(plain.read_bytes())
        assert open_clip(target).facts.frames == FRAMES
