from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.voices import clicks, silence, tone, write_pcm
from numpy.typing import NDArray

from plugin_core.audio import Line, mixed
from plugin_core.errors import SoundError

RATE = 48_000


def mix(lines: Sequence[Line], seconds: Fraction) -> NDArray[np.float64]:
    blocks = list(mixed(lines, int(seconds * RATE)))
    assert max(len(block) for block in blocks) <= RATE
    return np.concatenate(blocks)


@pytest.fixture
def click(tmp_path: Path) -> Line:
    """A 48 kHz file of 3 s whose one click lies at 1 s."""
    path = write_pcm(tmp_path / "click.wav", clicks(3.0, (1.0,), RATE), RATE)
    return Line(path, Fraction(0), Fraction(3), Fraction(0))


def first_sound(samples: NDArray[np.float64]) -> int:
    return int(np.flatnonzero(np.abs(samples) > 0.1)[0])


@pytest.mark.parametrize("at", [Fraction(0), Fraction(1, 24), Fraction(1001, 24000), Fraction(5, 2)])
def test_a_line_begins_at_the_sample_nearest_to_its_time(click: Line, at: Fraction) -> None:
    heard = mix([replace(click, at=at)], Fraction(5))
    assert first_sound(heard) == int((at + 1) * RATE + Fraction(1, 2))


def test_a_line_that_began_before_the_mix_is_heard_from_its_middle_on(click: Line) -> None:
    assert first_sound(mix([replace(click, at=Fraction(-3, 4))], Fraction(2))) == RATE // 4


def test_only_the_stretch_of_the_file_is_heard(click: Line) -> None:
    assert not mix([replace(click, duration=Fraction(1, 2))], Fraction(3)).any()
    late = replace(click, start=Fraction(1, 2), duration=Fraction(1))
    assert first_sound(mix([late], Fraction(3))) == RATE // 2


def test_overlapping_lines_are_summed_beyond_full_scale(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "loud.wav", tone(2.0, level=0.8, rate=RATE), RATE)
    line = Line(path, Fraction(0), Fraction(2), Fraction(0))
    once, twice = mix([line], Fraction(2)), mix([line, line], Fraction(2))
    np.testing.assert_array_equal(twice, 2 * once)
    assert 1.5 < np.abs(twice).max() < 1.7


def test_files_of_other_rates_are_brought_to_48_kilohertz(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "low.wav", tone(1.0, 440, rate=16_000), 16_000)
    heard = mix([Line(path, Fraction(0), Fraction(1), Fraction(1, 2))], Fraction(2))
    spectrum = np.abs(np.fft.rfft(heard))
    assert abs(spectrum.argmax() / 2 - 440) < 1  # Hz; the mix lasts 2 s
    assert not heard[: RATE // 2].any()


def test_one_channel_is_heard_or_the_mean_of_all(tmp_path: Path) -> None:
    both = np.stack([tone(1.0, level=0.6, rate=RATE), silence(1.0, RATE)], axis=1)
    path = write_pcm(tmp_path / "two.wav", both, RATE)
    line = Line(path, Fraction(0), Fraction(1), Fraction(0))
    peaks = [np.abs(mix([replace(line, channel=channel)], Fraction(1))).max() for channel in (0, 1, None)]
    assert peaks == pytest.approx([0.6, 0, 0.3], abs=0.001)
    with pytest.raises(SoundError, match="2 channels"):
        mix([replace(line, channel=2)], Fraction(1))


def test_past_the_end_of_its_file_a_line_is_silent(click: Line) -> None:
    assert len(mix([replace(click, duration=Fraction(9))], Fraction(9))) == 9 * RATE
    assert not mix([replace(click, start=Fraction(4), duration=Fraction(1))], Fraction(2)).any()


def test_a_line_outside_the_mix_is_not_opened(tmp_path: Path) -> None:
    line = Line(tmp_path / "missing.wav", Fraction(0), Fraction(1), Fraction(0))
    assert not mix([replace(line, at=Fraction(2)), replace(line, at=Fraction(-1))], Fraction(2)).any()
    with pytest.raises(SoundError, match=r"missing\.wav"):
        mix([line], Fraction(2))


def test_a_mix_of_a_long_file_is_made_as_it_is_read(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "long.wav", tone(60.0, rate=RATE), RATE)
    blocks = mixed([Line(path, Fraction(0), Fraction(60), Fraction(0))], 60 * RATE)
    assert len(next(blocks)) == RATE
