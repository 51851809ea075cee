from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.voices import tone_bursts, write_pcm

from plugin_core.audio import Sound
from plugin_core.job import Job, Voice
from plugin_core.options import Options
from plugin_core.pipeline.choosing.candidates import hushed
from plugin_core.pipeline.voice import cut_for, hear_voice, listen
from plugin_core.speech.visemes import MouthShapes, Viseme
from plugin_core.timing import FrameRange

RATE = Fraction(25)
ARCTIC = "He turned sharply, and faced Gregson across the table."


class LevelEar:
    """Hears loudness as opening."""

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        edges = [int(frame * len(sound) / frames) for frame in range(frames + 1)]
        level = [float(np.abs(sound.samples[a:b]).mean()) for a, b in itertools.pairwise(edges)]
        values = np.zeros((frames, 6), np.float32)
        values[:, 0] = np.clip(np.array(level) * 5, 0, 1)
        return MouthShapes(values, 1 - values[:, 0], values[:, 0] > 0.05, embedding=np.zeros((frames, 128), np.float32))


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return write_pcm(tmp_path / "voice.wav", tone_bursts(2.0, ((0.0, 1.0),)))


@pytest.mark.parametrize(
    ("span", "offset_ms", "first_loud"),
    [
        (FrameRange(10, 60), 0, 0),
        (FrameRange(5, 60), 0, 5),
        (FrameRange(10, 60), 200, 5),
        (FrameRange(10, 60), -200, 0),
    ],
    ids=["range", "handles", "later", "earlier"],
)
def test_the_voice_meets_the_first_frame_of_the_range(
    voice: Path, span: FrameRange, offset_ms: int, first_loud: int
) -> None:
    job = Job("clip", Voice(str(voice)), "out", FrameRange(10, 60), Options(voice_offset_ms=offset_ms))
    cut = cut_for(job, span, RATE)
    sound = listen(job, cut)
    assert len(sound) == len(span) * 640
    heard = LevelEar().hear(sound, len(span), RATE)
    loud = np.flatnonzero(heard.speaking)
    assert loud[0] == first_loud
    assert abs(loud[-1] - (first_loud + 24 + min(0, offset_ms // 40))) <= 1


def test_a_voice_that_starts_within_its_file_leaves_the_beginning_out(voice: Path) -> None:
    job = Job("clip", Voice(str(voice), Fraction(1, 2)), "out", FrameRange(0, 50))
    heard = LevelEar().hear(listen(job, cut_for(job, FrameRange(0, 50), RATE)), 50, RATE)
    assert abs(int(heard.speaking.sum()) - 12) <= 1


@pytest.mark.shared
def test_words_are_followed_wherever_the_range_begins(shared: Path) -> None:
    """The same sentence, once whole and once from its second second on, shows the same mouths."""
    voice = Voice(str(shared / "speech/arctic_a0009.wav"))

    def visemes(start: int, stop: int) -> tuple[Viseme, ...]:
        span = FrameRange(start, stop)
        job = Job("clip", Voice(voice.path, start / RATE), "out", span, Options(text=ARCTIC))
        cut = cut_for(job, span, RATE)
        shapes = hear_voice(job, cut, listen(job, cut), len(span), LevelEar())
        assert shapes.embedding is not None
        assert shapes.visemes is not None
        return shapes.visemes

    whole, part = visemes(0, 75), visemes(25, 75)
    assert sum(a == b for a, b in zip(whole[25:], part, strict=True)) >= 48


def test_hushing_silences_exactly_the_frames_without_speech() -> None:
    speaking = np.array([True, False, True])
    sound = hushed(Sound(np.ones(1920, np.float32)), speaking, RATE)
    assert sound.samples[:640].all()
    assert not sound.samples[640:1280].any()
    assert sound.samples[1280:].all()
