from __future__ import annotations

import os
import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.voices import chirp, clicks, encode, movie_with_sound, silence, tone, write_pcm
from numpy.typing import NDArray

from plugin_core.audio import SAMPLE_RATE, read_clip_sound, read_sound
from plugin_core.errors import SoundError

CLICKS = (0.25, 1.0, 1.75)
MILLISECOND = SAMPLE_RATE // 1000


def loudest(samples: NDArray[np.float32], near: float, within: float = 0.05) -> int:
    start = max(0, round((near - within) * SAMPLE_RATE))
    return start + int(np.argmax(np.abs(samples[start : round((near + within) * SAMPLE_RATE)])))


def assert_clicks_at(samples: NDArray[np.float32], times: tuple[float, ...], tolerance_ms: float = 1.0) -> None:
    """A click is 1 ms long: its peak lies within that, plus what the format's own timestamps leave open."""
    for time in times:
        off_ms = (loudest(samples, time) - time * SAMPLE_RATE) / MILLISECOND
        assert -tolerance_ms <= off_ms <= 1 + tolerance_ms, f"click of {time} s is {off_ms:.2f} ms late"


@pytest.fixture
def clicking(tmp_path: Path) -> Path:
    return write_pcm(tmp_path / "clicks.wav", clicks(2.0, CLICKS, 48_000), 48_000)


def test_sixteen_kilohertz_mono_comes_back_sample_for_sample(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "chirp.wav", chirp())
    sound = read_sound(path)
    assert sound.rate == SAMPLE_RATE
    np.testing.assert_array_equal(sound.samples, chirp())


@pytest.mark.parametrize(
    ("arguments", "step"),
    [(["-c:a", "pcm_u8"], 1 / 128), (["-c:a", "pcm_s16le"], 1 / 32768), (["-c:a", "pcm_s24le"], 1 / 2**23)],
    ids=["8 bit", "16 bit", "24 bit"],
)
def test_whole_number_formats_differ_by_less_than_their_step(tmp_path: Path, arguments: list[str], step: float) -> None:
    source = write_pcm(tmp_path / "float.wav", chirp())
    sound = read_sound(encode(source, tmp_path / "out.wav", *arguments))
    assert np.max(np.abs(sound.samples - chirp())) <= step


@pytest.mark.parametrize("kind", [np.int32, np.float64], ids=["32 bit", "double"])
def test_wide_formats_are_scaled_to_one(tmp_path: Path, kind: type) -> None:
    scale = 2**31 - 1 if kind is np.int32 else 1
    path = write_pcm(tmp_path / "wide.wav", (chirp().astype(np.float64) * scale).astype(kind))
    np.testing.assert_allclose(read_sound(path).samples, chirp(), atol=1e-6)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 96_000])
def test_resampling_keeps_a_tone_in_its_place(tmp_path: Path, rate: int) -> None:
    path = write_pcm(tmp_path / "tone.wav", tone(1.0, rate=rate), rate)
    sound = read_sound(path)
    assert abs(len(sound) - SAMPLE_RATE) <= 1
    inside = slice(800, 15_200)  # the filter rings at the cut edges
    np.testing.assert_allclose(sound.samples[inside], tone(1.0)[inside], atol=2e-3)


@pytest.mark.parametrize(
    ("name", "arguments", "tolerance_ms"),
    [
        ("a.m4a", ["-c:a", "aac", "-b:a", "128k"], 1.0),
        ("a.mp4", ["-c:a", "aac", "-b:a", "128k"], 1.0),
        ("a.mkv", ["-c:a", "aac", "-b:a", "128k"], 1.5),  # timestamps of whole milliseconds
        ("a.mp3", ["-b:a", "192k"], 1.0),
        ("a.ogg", ["-c:a", "libvorbis"], 1.0),
        ("a.opus", ["-c:a", "libopus"], 1.0),
        ("a.flac", [], 1.0),
        ("a.mov", ["-c:a", "pcm_s24le"], 1.0),
    ],
)
def test_the_codec_s_run_in_is_cut_off(
    clicking: Path, tmp_path: Path, name: str, arguments: list[str], tolerance_ms: float
) -> None:
    sound = read_sound(encode(clicking, tmp_path / name, *arguments))
    assert_clicks_at(sound.samples, CLICKS, tolerance_ms)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.m4a", "a.mkv", "a.mp3", "a.opus"])
def test_a_range_far_inside_is_the_same_as_cutting_it_from_the_whole(tmp_path: Path, name: str) -> None:
    times = tuple(0.5 + i for i in range(8))
    source = write_pcm(tmp_path / "source.wav", clicks(8.5, times, 48_000), 48_000)
    path = encode(source, tmp_path / name) if name != "a.wav" else source
    part = read_sound(path, start=Fraction(5), duration=Fraction(2))
    assert len(part) == 2 * SAMPLE_RATE
    assert_clicks_at(part.samples, (0.5, 1.5), 1.5)


def test_a_start_before_the_file_begins_with_silence(clicking: Path) -> None:
    sound = read_sound(clicking, start=Fraction(-1, 2), duration=Fraction(1))
    assert len(sound) == SAMPLE_RATE
    assert not sound.samples[: SAMPLE_RATE // 2].any()
    assert_clicks_at(sound.samples, (0.75,))


def test_a_file_that_ends_early_gives_what_it_has(clicking: Path) -> None:
    assert len(read_sound(clicking, start=Fraction(1), duration=Fraction(5))) == SAMPLE_RATE


def test_one_channel_or_the_mean_of_all(tmp_path: Path) -> None:
    left, right = chirp(0.5), tone(0.5)
    path = write_pcm(tmp_path / "stereo.wav", np.stack((left, right), axis=1))
    np.testing.assert_array_equal(read_sound(path, channel=0).samples, left)
    np.testing.assert_array_equal(read_sound(path, channel=1).samples, right)
    np.testing.assert_allclose(read_sound(path).samples, (left + right) / 2, atol=1e-7)


def test_the_second_stream_is_read_when_asked(tmp_path: Path) -> None:
    one, two = write_pcm(tmp_path / "1.wav", chirp()), write_pcm(tmp_path / "2.wav", tone(1.0))
    path = encode(one, tmp_path / "two.mkv", "-i", str(two), "-map", "0", "-map", "1", "-c:a", "pcm_f32le")
    np.testing.assert_allclose(read_sound(path, stream=1).samples[:15_000], tone(1.0)[:15_000], atol=1e-6)


def test_sound_and_picture_share_the_file_s_clock(clicking: Path, tmp_path: Path) -> None:
    late = movie_with_sound(tmp_path / "late.mkv", clicking, picture_delay=0.2)
    assert_clicks_at(read_sound(late).samples, (0.05, 0.8, 1.55), 1.5)
    assert_clicks_at(read_clip_sound(late, clock_start=Fraction(0)).samples, CLICKS, 1.5)
    moved = read_clip_sound(late, clock_start=Fraction(1, 5), start=Fraction(1, 2))
    assert_clicks_at(moved.samples, (0.3, 1.05), 1.5)


def test_a_gap_in_the_file_is_silence(tmp_path: Path) -> None:
    first = write_pcm(tmp_path / "1.wav", clicks(0.5, (0.25,), 48_000), 48_000)
    path = encode(first, tmp_path / "gap.mkv", "-af", "asetpts='if(gte(T,0.15),PTS+0.6/TB,PTS)'", "-c:a", "pcm_s16le")
    sound = read_sound(path)
    assert abs(len(sound) - 1.1 * SAMPLE_RATE) < 0.03 * SAMPLE_RATE
    assert_clicks_at(sound.samples, (0.85,), 1.5)


def test_samples_that_are_not_numbers_become_silence_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    samples = tone(1.0)
    samples[100:200], samples[300] = np.nan, np.inf
    sound = read_sound(write_pcm(tmp_path / "nan.wav", samples))
    assert np.isfinite(sound.samples).all()
    assert not sound.samples[100:200].any()
    assert sound.samples[300] == 0
    assert "101 samples are not numbers" in caplog.text


def test_a_truncated_wav_gives_what_is_left_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = write_pcm(tmp_path / "whole.wav", tone(2.0))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:64_000])
    sound = read_sound(cut)
    assert 0.9 < float(sound.duration) < 1.0
    assert "breaks off" in caplog.text


def test_a_truncated_mkv_gives_what_is_left(clicking: Path, tmp_path: Path) -> None:
    whole = encode(clicking, tmp_path / "whole.mkv", "-c:a", "aac")
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 0.3 < float(read_sound(cut).duration) < 1.9


def test_damage_in_the_middle_is_silence_and_later_sound_stays_in_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = write_pcm(tmp_path / "clicks.wav", clicks(4.0, (0.5, 3.5), 48_000) + tone(4.0, 300, 0.1, 48_000), 48_000)
    path = encode(source, tmp_path / "a.m4a", "-c:a", "aac", "-movflags", "faststart")
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 2000] = bytes([0xFF]) * 2000
    path.write_bytes(raw)
    sound = read_sound(path)
    assert_clicks_at(sound.samples, (3.5,), 1.0)
    assert "can't be decoded" in caplog.text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "none.wav", "no such file"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: _written(folder / "empty.wav", b""), "empty"),
        (lambda folder: _written(folder / "words.wav", b"these are words, not sound\n" * 50), "no sound or movie"),
        (lambda folder: write_pcm(folder / "zero.wav", silence(0).astype(np.int16)), "holds no samples"),
        (lambda folder: _written(folder / "list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n"), "sound"),
    ],
    ids=["missing", "folder", "empty", "text", "no samples", "playlist"],
)
def test_what_is_no_sound_is_refused_by_name(tmp_path: Path, make: object, says: str) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    with pytest.raises(SoundError, match=says) as caught:
        read_sound(path)
    assert str(path) in str(caught.value)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_list_of_local_files_is_refused(clicking: Path, tmp_path: Path) -> None:
    listing = _written(tmp_path / "list.ffconcat", b"ffconcat version 1.0\nfile clicks.wav\n")
    with pytest.raises(SoundError, match="list of other files"):
        read_sound(listing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that can't be opened without being noticed")
@pytest.mark.parametrize("name", ["list.wav", "list.txt", "list.ffconcat"])
def test_a_list_is_refused_before_any_file_in_it_is_opened(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "clicks.wav")  # who opens it to read waits for ever
    listing = _written(tmp_path / name, b"ffconcat version 1.0\nfile clicks.wav\n")
    with pytest.raises(SoundError, match="list of other files"):
        read_sound(listing)


@pytest.mark.parametrize("duration", [None, Fraction(120)])
def test_a_long_voice_stands_in_memory_once(tmp_path: Path, duration: Fraction | None) -> None:
    path = write_pcm(tmp_path / "long.wav", np.tile(tone(1.0), 120))
    tracemalloc.start()
    sound = read_sound(path, duration=duration)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sound) == 120 * 16_000
    assert sound.samples.flags.writeable
    assert peak < 1.4 * sound.samples.nbytes


def test_a_movie_without_sound_is_refused(clicking: Path, tmp_path: Path) -> None:
    movie = movie_with_sound(tmp_path / "both.mkv", clicking)
    silent = encode(movie, tmp_path / "silent.mkv", "-an", "-c:v", "copy")
    with pytest.raises(SoundError, match="no sound: choose"):
        read_sound(silent)


def test_streams_channels_and_ranges_that_are_not_there_are_named(clicking: Path) -> None:
    with pytest.raises(SoundError, match="1 audio streams"):
        read_sound(clicking, stream=1)
    with pytest.raises(SoundError, match="1 channels"):
        read_sound(clicking, channel=2)
    with pytest.raises(SoundError, match="between 3 s and 4 s"):
        read_sound(clicking, start=Fraction(3), duration=Fraction(1))
    with pytest.raises(SoundError, match="nothing to hear"):
        read_sound(clicking, duration=Fraction(0))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("speech/jfk_en_PD.flac", 11.0),
        ("speech/sonnet001_en_PD.mp3", 53.27),
        ("speech/jabberwocky_CC0.ogg", 66.92),
        ("speech/mls_es_13697.opus", 14.85),
        ("anim/cherry_welcome.mp4", 17.71),
        ("human/vfr_face.mp4", None),
        ("human/hevc_portrait_1080p.mp4", None),
    ],
)
def test_real_files_are_read_in_full(shared: Path, name: str, seconds: float | None) -> None:
    sound = read_sound(shared / name)
    assert np.isfinite(sound.samples).all()
    assert sound.samples.any()
    if seconds is not None:
        assert abs(float(sound.duration) - seconds) < 0.06
