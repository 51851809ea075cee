"""Movies as cameras, editors and the web make them."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie

from plugin_core.media import SoundTrack, open_clip, read_picture, write_picture
from plugin_core.media.scan import scan_pictures
from plugin_core.timing import FrameRange, Timecode

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


def test_the_index_of_an_intra_movie_tells_the_same_as_its_packets(plain: Path, tmp_path: Path) -> None:
    call_ffmpeg("-i", str(plain), "-c:v", "prores_aw", str(tmp_path / "whole.mov"))
    call_ffmpeg("-ss", "0.21", "-i", str(tmp_path / "whole.mov"), "-t", "0.5", "-c", "copy", str(tmp_path / "cut.mov"))
    for name in ("whole.mov", "cut.mov"):
        with av.open(str(tmp_path / name)) as container:
            stream = container.streams.video[0]
            assert len(stream.index_entries) == stream.frames
            shown = [packet.pts for packet in container.demux(stream) if packet.size and not packet.is_discard]
        with av.open(str(tmp_path / name)) as container:
            scan = scan_pictures(container, tmp_path / name)
            assert scan.stamps.ticks.tolist() == sorted(shown)
        read = numbers(tmp_path / name)
        assert read == list(range(read[0], read[0] + len(read)))
    assert read[0] in (5, 6)  # 0.21 s lies within picture 5


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


def test_painting_on_a_held_picture_does_not_show_in_the_next_frame(plain: Path) -> None:
    source = open_clip(plain, Fraction(50))
    for frame, picture in enumerate(source.frames(FrameRange(0, 20))):
        assert abs(number_of(picture) - frame // 2) <= 1
        picture[:] = 0


@pytest.mark.parametrize(("rate", "frames"), [(Fraction(50), 60), (Fraction(25, 2), 15), (Fraction(24), 29)])
def test_a_wanted_rate_keeps_the_length_in_seconds(plain: Path, rate: Fraction, frames: int) -> None:
    source = open_clip(plain, rate)
    assert (source.facts.rate, source.facts.frames) == (rate, frames)
    read = numbers(plain, rate)
    assert all(abs(number - frame / rate * 25) <= 1 for frame, number in enumerate(read))


def test_a_conformed_clips_timecode_counts_at_the_new_rate(tmp_path: Path) -> None:
    start = Timecode.parse("01:00:10:40", Fraction(50))
    write_movie(tmp_path / "a.mov", FakeSource([numbered_picture(0)] * 4, Fraction(50), start_timecode=start))
    assert str(open_clip(tmp_path / "a.mov").facts.start_timecode) == "01:00:10:40"
    assert str(open_clip(tmp_path / "a.mov", Fraction(25)).facts.start_timecode) == "01:00:10:20"


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
    small = next(iter(source.frames(FrameRange(0, 1), (expected.shape[1] // 2, expected.shape[0] // 2))))
    assert np.abs(small.astype(int) - expected[::2, ::2]).mean() < 4


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


def test_what_is_transparent_lends_a_small_picture_no_colour(tmp_path: Path) -> None:
    picture = np.zeros((64, 96, 4), np.uint8)  # black where nothing is seen, as programs leave it
    picture[:, 41:] = (40, 120, 200, 255)
    write_movie(tmp_path / "cut.mov", FakeSource([picture] * 2), "prores4444")
    small = next(iter(open_clip(tmp_path / "cut.mov").frames(FrameRange(0, 1), (24, 16))))
    assert (small.shape, small.dtype) == ((16, 24, 4), np.uint8)
    assert (small[:, :9, 3] <= 2).all()
    assert (small[:, 12:, 3] >= 253).all()
    edge = small[:, 10]  # three quarters of it are seen
    assert np.abs(edge[:, 3].astype(int) - 191).max() <= 6
    assert np.abs(edge[:, :3].astype(int) - (40, 120, 200)).max() <= 12


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
