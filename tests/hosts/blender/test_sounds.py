"""What is heard over a picture: the law, and that it is Blender's own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.blenders import RealBlender
from fakes.strips import SCENE, a_sound, a_strip
from fakes.voices import write_pcm

from hosts.blender.timeline.mapping import ToBake
from hosts.blender.timeline.sounds import baked_cues, cues_of
from plugin_core.audio import Line, mixed
from plugin_core.errors import HostError
from plugin_core.shots import Cue

PICTURE = a_strip("head", span=(25, 49))
FRAMES = 60  # of the picture in `inside/sounds_heard.py`
STEP = 48_000  # samples a second
BUFFER = 1100  # samples; Blender mixes 1024 at once, and a sound that ends in between goes on to their end
BAKED = {
    "dragged out": "dragged out",
    "at another pitch": "pitch",
    "faded": "over time",
    "hard trims": "trimmed off its file",
    "all trims": "trimmed off its file",
    "mp3": "only Blender knows",
    "in a meta": "meta strip",
}


@pytest.fixture
def voice(tmp_path: Path) -> str:
    path = tmp_path / "voice.wav"
    path.touch()
    return str(path)


def cue_of(voice: str, span: tuple[int, int], **known: Any) -> Cue:
    cues = cues_of([a_sound("voice", span, file=voice, **known)], PICTURE, SCENE)
    assert not isinstance(cues, ToBake)
    (cue,) = cues
    return cue


def test_a_sound_under_the_whole_picture_begins_before_it(voice: str) -> None:
    assert cue_of(voice, (1, 97)) == Cue(voice, Fraction(0), Fraction(4), at=Fraction(-1))


def test_trims_move_the_files_time(voice: str) -> None:
    cue = cue_of(voice, (25, 49), content_start=Fraction(13))
    assert (cue.start, cue.at, cue.duration) == (Fraction(1, 2), 0, 1)


def test_a_sound_that_was_moved_inside_its_strip_begins_with_silence(voice: str) -> None:
    cue = cue_of(voice, (25, 49), sound_offset=Fraction(1, 4))
    assert (cue.start, cue.at, cue.duration) == (0, Fraction(1, 4), Fraction(3, 4))


def test_a_voice_in_pieces_is_a_cue_each(voice: str) -> None:
    pieces = [
        a_sound("b", (37, 49), file=voice),
        a_sound("a", (25, 31), file=voice),
        a_sound("far", (60, 70), file=voice),
    ]
    cues = cues_of(pieces, PICTURE, SCENE)
    assert [(cue.at, cue.duration) for cue in cues] == [(0, Fraction(1, 4)), (Fraction(1, 2), Fraction(1, 2))]


def test_rates_are_exact(voice: str) -> None:
    scene = replace(SCENE, rate=Fraction(30_000, 1001))
    (cue,) = cues_of([a_sound("voice", (55, 75), file=voice)], a_strip("head", span=(25, 85)), scene)
    assert cue.at == Fraction(1001, 1000)


@pytest.mark.parametrize(
    "change",
    [
        {"pitch": 1.1},
        {"speed": 2.0},
        {"retimed": True},
        {"animated": True},
        {"packed": True},
        {"trim_start": 2},
        {"trim_end": 2},
        {"meta": ("both",)},
        {"content_start": Fraction(51, 2)},
        {"content_start": Fraction(30)},
    ],
    ids=str,
)
def test_what_only_blender_knows_is_mixed_by_it(voice: str, change: dict[str, Any]) -> None:
    sound = a_sound("voice", (25, 49), file=voice, **change)
    found = cues_of([sound], PICTURE, SCENE)
    assert isinstance(found, ToBake)
    assert found.reason.startswith("voice: ")


def test_a_mix_covers_exactly_the_picture() -> None:
    assert baked_cues("/mix.wav", PICTURE, SCENE) == (Cue("/mix.wav", Fraction(0), Fraction(1)),)


def test_a_lost_file_and_a_sound_elsewhere_are_told(voice: str) -> None:
    with pytest.raises(HostError, match=r"lost\.wav is not there"):
        cues_of([a_sound("lost", (25, 49))], PICTURE, SCENE)
    with pytest.raises(HostError, match="no sound is heard while head"):
        cues_of([a_sound("voice", (49, 60), file=voice)], PICTURE, SCENE)


@pytest.mark.parametrize("rate", [(24, 1.0), (30, 1.001)], ids=["24", "29.97"])
def test_the_engine_hears_what_blender_plays(blender: RealBlender, tmp_path: Path, rate: tuple[int, float]) -> None:
    """The voice is a ramp, so each sample tells its own time in the file."""
    ramp = np.linspace(0.1, 0.9, 10 * STEP, dtype=np.float32)
    # Two channels: Blender makes a single one 3 dB quieter on each of the two it mixes to.
    voice = write_pcm(tmp_path / "ramp.wav", np.stack([ramp, ramp], axis=1), STEP)
    (tmp_path / "ramp.mp3").write_bytes(voice.read_bytes())
    if not blender.call("sounds_heard", "can_hear"):
        pytest.skip("this Blender was built without sound")
    words = {"voice": str(voice), "compressed": str(tmp_path / "ramp.mp3"), "rate": rate, "folder": str(tmp_path)}
    told = blender.call("sounds_heard", "study", **words)
    missing = set(BAKED) - set(told)
    assert missing <= {"at another pitch"}  # only Blender 3 has that
    for name in set(BAKED) - missing:
        assert BAKED[name] in told.pop(name)["reason"], name
    assert len(told) >= 6
    for name, one in told.items():
        engine, own = _engines(one), _blenders(one)
        silent = (engine < 0.05) != (own < 0.05)
        assert silent.sum() <= BUFFER * len(one["cues"]), f"{name}: {silent.sum()} samples are heard by one alone"
        both = (engine > 0.05) & (own > 0.05) & ~_near_an_edge(engine)
        assert both.any(), name
        # 0.8 in ten seconds: a thousandth of a second is 8e-5, a step of 16 bits 3e-5.
        assert np.abs(engine - own)[both].max() < 8e-5, name


def _near_an_edge(samples: Any) -> Any:
    edges = np.flatnonzero(np.abs(np.diff(samples)) > 0.01)
    near = np.zeros(len(samples), bool)
    for edge in edges:
        near[max(0, edge - BUFFER) : edge + BUFFER] = True
    return near


def _engines(one: dict[str, Any]) -> Any:
    times = ("start", "duration", "at")
    lines = [Line(Path(cue["path"]), *(Fraction(cue[name]) for name in times)) for cue in one["cues"]]
    return np.concatenate(list(mixed(lines, round(FRAMES / Fraction(one["rate"]) * STEP))))


def _blenders(one: dict[str, Any]) -> Any:
    line = Line(Path(one["mix"]), Fraction(0), Fraction(60), Fraction(0))
    return np.concatenate(list(mixed([line], round(FRAMES / Fraction(one["rate"]) * STEP))))
