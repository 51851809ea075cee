from __future__ import annotations

import tracemalloc
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
from fakes.voices import clicks, hum, tone, write_pcm
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin_core.audio import VoiceCut, read_sound, render_voice
from plugin_core.audio.voice import pcm
from plugin_core.errors import OutputError, SoundError


def click_times(path: Path) -> list[float]:
    sound = read_sound(path)
    loud = np.flatnonzero(np.abs(sound.samples) > 0.45)
    starts = loud[np.concatenate(([True], np.diff(loud) > 160))]
    return [float(start) / sound.rate for start in starts]


def facts(path: Path) -> tuple[int, int, int, int]:
    with wave.open(str(path)) as file:
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("frames", [1, 25, 111])
def test_the_voice_is_exactly_as_long_as_its_pictures(tmp_path: Path, rate: int, frames: int) -> None:
    source = write_pcm(tmp_path / "in.wav", hum(2.0, rate=rate), rate)
    duration = frames * Fraction(1001, 24000)
    out = render_voice(source, tmp_path / "out.wav", VoiceCut(duration))
    assert facts(out) == (48_000, 1, 3, round(duration * 48_000))


@pytest.mark.parametrize(
    ("cut", "times"),
    [
        (VoiceCut(Fraction(3)), [0.5, 1.5]),
        (VoiceCut(Fraction(3), offset_ms=100), [0.6, 1.6]),
        (VoiceCut(Fraction(3), offset_ms=-100), [0.4, 1.4]),
        (VoiceCut(Fraction(3), start=Fraction(1)), [0.5]),
        (VoiceCut(Fraction(3), start=Fraction(-1)), [1.5, 2.5]),
        (VoiceCut(Fraction(1)), [0.5]),
    ],
    ids=["as it is", "later", "earlier", "from inside", "from before", "cut"],
)
def test_the_voice_lies_where_it_was_laid(tmp_path: Path, cut: VoiceCut, times: list[float]) -> None:
    source = write_pcm(tmp_path / "in.wav", clicks(2.0, (0.5, 1.5), 48_000), 48_000)
    out = render_voice(source, tmp_path / "out.wav", cut)
    np.testing.assert_allclose(click_times(out), times, atol=0.001)


def test_channels_stay_as_they_are_or_one_is_chosen(tmp_path: Path) -> None:
    both = np.stack((tone(1.0, 440, rate=48_000), tone(1.0, 660, rate=48_000)), axis=1)
    source = write_pcm(tmp_path / "in.wav", both, 48_000)
    out = render_voice(source, tmp_path / "both.wav", VoiceCut(Fraction(1)), bits=16)
    _, samples = scipy.io.wavfile.read(out)
    np.testing.assert_allclose(samples / 32768, both, atol=1 / 32768)
    one = render_voice(source, tmp_path / "one.wav", VoiceCut(Fraction(1), channel=1), bits=16)
    _, samples = scipy.io.wavfile.read(one)
    np.testing.assert_allclose(samples / 32768, both[:, 1], atol=1 / 32768)


def test_stereo_is_resampled_without_mixing(tmp_path: Path) -> None:
    both = np.stack((tone(1.0, 440, rate=44_100), np.zeros(44_100, np.float32)), axis=1)
    source = write_pcm(tmp_path / "in.wav", both, 44_100)
    _, samples = scipy.io.wavfile.read(render_voice(source, tmp_path / "out.wav", VoiceCut(Fraction(1)), bits=16))
    assert samples.shape == (48_000, 2)
    assert not samples[:, 1].any()
    expected = tone(1.0, 440, rate=48_000)
    np.testing.assert_allclose(samples[1000:-1000, 0] / 32768, expected[1000:-1000], atol=2e-3)


def test_memory_stays_flat_in_the_length_of_the_voice(tmp_path: Path) -> None:
    peaks = []
    for seconds in (10, 60):
        source = write_pcm(tmp_path / f"{seconds}.wav", np.tile(hum(1.0, rate=44_100), seconds), 44_100)
        tracemalloc.start()
        render_voice(source, tmp_path / "out.wav", VoiceCut(Fraction(seconds)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.integers(-(2**23), 2**23 - 1), min_size=1, max_size=20))
def test_twenty_four_bits_are_written_exactly(values: list[int]) -> None:
    packed = pcm(np.array(values, np.float32) / np.float32(2**23), 24)
    assert [int.from_bytes(packed[i : i + 3], "little", signed=True) for i in range(0, len(packed), 3)] == values


def test_louder_than_full_scale_is_clipped() -> None:
    assert np.frombuffer(pcm(np.array([1.5, -1.5, 1.0], np.float32), 16), "<i2").tolist() == [32767, -32768, 32767]


@pytest.mark.parametrize(("bits", "step"), [(16, 2**-15), (24, 2**-23)])
def test_a_written_wav_reads_back(tmp_path: Path, bits: int, step: float) -> None:
    samples = tone(1.0, rate=48_000)
    source = write_pcm(tmp_path / "in.wav", samples, 48_000)
    with wave.open(str(render_voice(source, tmp_path / "out.wav", VoiceCut(Fraction(1)), bits=bits))) as file:
        raw, width = file.readframes(48_000), bits // 8
    whole = [int.from_bytes(raw[i : i + width], "little", signed=True) for i in range(0, len(raw), width)]
    np.testing.assert_allclose(np.array(whole) * step, samples, atol=step)


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    source = write_pcm(tmp_path / "in.wav", tone(1.0))
    out = tmp_path / "out.wav"
    with pytest.raises(SoundError):
        render_voice(source, out, VoiceCut(Fraction(1), start=Fraction(9)))
    assert not out.exists()
    with pytest.raises(SoundError, match="channels"):
        render_voice(source, out, VoiceCut(Fraction(1), channel=5))
    assert not out.exists()
    with pytest.raises(OutputError, match="can't be written"):
        render_voice(source, tmp_path / "none" / "out.wav", VoiceCut(Fraction(1)))
