"""Movies as cameras, editors and the web make them, and files that are no movies."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie

from plugin_core.errors import MediaError
from plugin_core.media import SoundTrack, open_clip, read_picture, write_picture
from plugin_core.timing import FrameRange

FRAMES = 30


def numbers(path: Path, rate: Fraction | None = None) -> list[int]:
    source = open_clip(path, rate)
    return [number_of(picture) for picture in source.frames(FrameRange(0, source.facts.frames))]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movies") / "plain.mkv"
    write_movie(path, FakeSource.numbered(FRAMES, 320, 128))
    return path


def test_a_start_that_is_not_zero_is_subtracted_and_kept_in_the_facts(plain: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.ts"
    call_ffmpeg("-i", str(plain), "-c:v", "mpeg2video", "-q:v", "2", "-output_ts_offset", "7", str(late))
    source = open_clip(late)
    assert source.facts.start_time >= 7
    assert numbers(late) == list(range(FRAMES))


def test_an_edit_list_cuts_the_pictures_that_it_hides(plain: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mov", tmp_path / "cut.mov"
    call_ffmpeg("-i", str(plain), "-c:v", "libx264", "-g", "10", "-bf", "2", "-pix_fmt", "yuv420p", str(whole))
    # A copy from the middle of a group of pictures keeps what leads to it, and hides that by an edit list.
    call_ffmpeg("-ss", "0.6", "-i", str(whole), "-c", "copy", str(cut))
    read = numbers(cut)
    assert read == list(range(read[0], FRAMES))
    assert read[0] in (14, 15, 16)
    whole_cut = open_clip(cut)
    for start in range(0, len(read), 4):
        assert number_of(next(iter(whole_cut.frames(FrameRange(start, start + 1))))) == read[start]


def test_a_variable_rate_is_conformed_and_held_drawings_stay(tmp_path: Path) -> None:
    lengths = [1, 1, 1, 4, 1, 1, 7, 1, 1, 1, 2, 1]  # frames at 25 that each picture is held
    listing = []
    for number, length in enumerate(lengths):
        write_picture(tmp_path / f"{number}.png", numbered_picture(number, 320, 128))
        listing += [f"file {number}.png", f"duration {length / 25}"]
    (tmp_path / "list.txt").write_text("\n".join([*listing, f"file {len(lengths) - 1}.png"]))
    call_ffmpeg(
        *("-f", "concat", "-i", str(tmp_path / "list.txt"), "-fps_mode", "vfr", "-enc_time_base", "1/25"),
        *("-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p", str(tmp_path / "vfr.mp4")),
    )
    source = open_clip(tmp_path / "vfr.mp4")
    assert source.facts.variable_rate
    assert source.facts.rate == 25
    expected = list(itertools.chain.from_iterable([number] * length for number, length in enumerate(lengths)))
    assert numbers(tmp_path / "vfr.mp4")[: len(expected)] == expected


@pytest.mark.parametrize(("rate", "frames"), [(Fraction(50), 60), (Fraction(25, 2), 15), (Fraction(24), 29)])
def test_a_wanted_rate_keeps_the_length_in_seconds(plain: Path, rate: Fraction, frames: int) -> None:
    source = open_clip(plain, rate)
    assert (source.facts.rate, source.facts.frames) == (rate, frames)
    read = numbers(plain, rate)
    assert all(abs(number - frame / rate * 25) <= 1 for frame, number in enumerate(read))


@pytest.mark.parametrize(("angle", "turns"), [(90, 1), (180, 2), (270, 3)])
def test_a_rotation_flag_turns_the_picture_upright(tmp_path: Path, angle: int, turns: int) -> None:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:16, :16] = (0, 0, 255)  # one red corner tells every turn and mirror apart
    write_movie(tmp_path / "flat.mov", FakeSource([picture] * 2), "h264")
    call_ffmpeg(
        *("-display_rotation", str(angle), "-i", str(tmp_path / "flat.mov"), "-c", "copy", str(tmp_path / "r.mov"))
    )
    source = open_clip(tmp_path / "r.mov")
    turned = next(iter(source.frames(FrameRange(0, 1))))
    expected = np.rot90(picture, turns)
    assert turned.shape == expected.shape == (source.facts.height, source.facts.width, 3)
    assert np.abs(turned.astype(int) - expected).mean() < 4


def test_a_mirroring_flag_is_obeyed(tmp_path: Path) -> None:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:16, :16] = (0, 0, 255)
    write_movie(tmp_path / "flat.mov", FakeSource([picture] * 2), "h264")
    call_ffmpeg(
        *("-display_rotation", "90", "-display_hflip", "-i", str(tmp_path / "flat.mov"), "-c", "copy"),
        str(tmp_path / "m.mov"),
    )
    call_ffmpeg("-i", str(tmp_path / "m.mov"), "-frames:v", "1", str(tmp_path / "as_ffmpeg_shows_it.png"))
    shown = read_picture(tmp_path / "as_ffmpeg_shows_it.png")
    turned = next(iter(open_clip(tmp_path / "m.mov").frames(FrameRange(0, 1))))
    assert turned.shape == shown.shape
    assert np.abs(turned.astype(int) - shown).mean() < 4


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt2020nc"])
@pytest.mark.parametrize("spread", ["tv", "pc"])
def test_colours_come_back_whatever_matrix_and_range_the_file_has(tmp_path: Path, matrix: str, spread: str) -> None:
    colours = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (60, 120, 200)], np.uint8)
    bars = np.repeat(np.repeat(colours[None], 48, axis=0), 32, axis=1)
    write_picture(tmp_path / "bars.png", bars)
    scale = f"scale=out_color_matrix={matrix}:out_range={spread}:flags=accurate_rnd+full_chroma_int"
    tags = f"setparams=colorspace={matrix}:range={spread}"
    call_ffmpeg(
        *("-i", str(tmp_path / "bars.png"), "-vf", f"{scale},format=yuv444p,{tags}", "-c:v", "libx264", "-qp", "1"),
        *("-color_range", spread, "-colorspace", matrix, str(tmp_path / "bars.mp4")),
    )
    source = open_clip(tmp_path / "bars.mp4")
    read = next(iter(source.frames(FrameRange(0, 1))))
    assert source.facts.colour.full_range == (spread == "pc")
    assert np.abs(read[24, 16::32].astype(int) - colours).max() <= 3


@pytest.mark.parametrize(("height", "matrix"), [(480, "smpte170m"), (1080, "bt709")])
def test_untagged_colours_are_guessed_by_the_size(tmp_path: Path, height: int, matrix: str) -> None:
    write_picture(tmp_path / "red.png", np.full((height, 64, 3), (30, 40, 220), np.uint8))
    call_ffmpeg(
        *("-i", str(tmp_path / "red.png"), "-vf", f"scale=out_color_matrix={matrix},format=yuv420p"),
        *("-c:v", "rawvideo", "-colorspace", "unknown", str(tmp_path / "red.nut")),
    )
    source = open_clip(tmp_path / "red.nut")
    read = next(iter(source.frames(FrameRange(0, 1))))
    assert np.abs(read[height // 2, 32].astype(int) - (30, 40, 220)).max() <= 3


def test_ten_bits_come_as_sixteen_over_the_full_range(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, 512).astype(np.uint16)
    ramp = np.ascontiguousarray(np.broadcast_to(grey[None, :, None], (128, 512, 3)))
    write_movie(tmp_path / "ramp.mov", FakeSource([ramp]), "prores4444")
    source = open_clip(tmp_path / "ramp.mov")
    assert source.facts.bit_depth == 16
    read = next(iter(source.frames(FrameRange(0, 1))))
    assert read[0, 0].max() < 200
    assert read[0, -1].min() > 65300
    assert np.abs(read.astype(int) - ramp).max() < 65535 / 256 / 2


def test_a_transparent_gif_has_alpha_and_an_opaque_one_has_not(plain: Path, tmp_path: Path) -> None:
    call_ffmpeg("-i", str(plain), "-frames:v", "3", str(tmp_path / "opaque.gif"))
    hole = np.full((32, 32, 4), 255, np.uint8)
    hole[8:24, 8:24, 3] = 0
    for number in range(3):
        write_picture(tmp_path / f"hole{number}.png", hole)
    palette = "split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse=alpha_threshold=128"
    call_ffmpeg("-i", str(tmp_path / "hole%d.png"), "-filter_complex", palette, str(tmp_path / "hole.gif"))
    assert not open_clip(tmp_path / "opaque.gif").facts.has_alpha
    source = open_clip(tmp_path / "hole.gif")
    assert source.facts.has_alpha
    assert next(iter(source.frames(FrameRange(1, 2))))[16, 16, 3] == 0


def test_cover_art_is_not_taken_for_the_clip(plain: Path, tmp_path: Path) -> None:
    write_picture(tmp_path / "cover.png", numbered_picture(999, 64, 64))
    call_ffmpeg(
        *("-i", str(tmp_path / "cover.png"), "-i", str(plain), "-map", "0", "-map", "1", "-c:v:0", "mjpeg"),
        *("-c:v:1", "libx264", "-pix_fmt", "yuv420p", "-disposition:v:0", "attached_pic", str(tmp_path / "art.mp4")),
    )
    assert numbers(tmp_path / "art.mp4") == list(range(FRAMES))


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


@pytest.mark.shared
def test_the_real_clips_give_exactly_their_pictures(shared: Path) -> None:
    # Counted with `ffmpeg -i CLIP -map 0:v -f framecrc -`, and for the variable one by its length: 6.0671 s at 30.
    expected = {
        "human/carphone_176x144.mp4": (176, 144, 120, Fraction(30000, 1001)),
        "human/hevc_portrait_1080p.mp4": (1080, 1920, 250, Fraction(25)),
        "human/two_faces.gif": (480, 270, 56, Fraction(12)),
        "human/vfr_face.mp4": (700, 700, 183, Fraction(30)),
        "human/woman_outdoors.mp4": (480, 908, 297, Fraction(30)),
        "anim/cherry_welcome.mp4": (256, 256, 513, Fraction(30)),
        "anim/popeye_p1.mkv": (1440, 1074, 1440, Fraction(24)),
    }
    for name, known in expected.items():
        facts = open_clip(shared / name).facts
        assert (facts.width, facts.height, facts.frames, facts.rate) == known, name


@pytest.mark.shared
@pytest.mark.parametrize("name", ["human/vfr_face.mp4", "human/two_faces.gif", "anim/cherry_welcome.mp4"])
def test_spans_of_real_clips_equal_slices_of_the_whole(shared: Path, name: str) -> None:
    source = open_clip(shared / name)
    frames = min(source.facts.frames, 190)
    whole = [picture.tobytes() for picture in source.frames(FrameRange(0, frames))]
    assert len(whole) == frames
    for start in range(0, frames - 5, 17):
        span = [picture.tobytes() for picture in source.frames(FrameRange(start, start + 5))]
        assert span == whole[start : start + 5], start


@pytest.mark.shared
def test_a_clips_own_sound_is_seen(shared: Path, tmp_path: Path) -> None:
    assert open_clip(shared / "human/vfr_face.mp4").facts.has_sound
    assert not open_clip(shared / "human/carphone_176x144.mp4").facts.has_sound
    voice = SoundTrack(shared / "speech/arctic_a0009.wav")
    write_movie(tmp_path / "spoken.mov", FakeSource.numbered(4), sound=voice)
    assert open_clip(tmp_path / "spoken.mov").facts.has_sound
