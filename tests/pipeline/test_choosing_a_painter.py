"""Which painter a render gets: by what is named, by what is there, and by what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.checkpoints import random_network, write_compact
from fakes.desk import talking_head
from fakes.detectors import FakeDetector
from fakes.drawn_faces import drawn_face, mouth_sprite
from fakes.frames import FakeSource
from fakes.shapes import shapes_of

from face_detection.pictures import Picture
from plugin_core.audio import Sound
from plugin_core.errors import ChartError, OptionError
from plugin_core.faces.choose import ChosenFaces, by_box
from plugin_core.job import Job, Voice
from plugin_core.media import write_picture
from plugin_core.options import Options
from plugin_core.painters.painter import PaintRequest
from plugin_core.pipeline.choosing import embedded, prepare_painter
from plugin_core.pipeline.engines import PainterBrief, PainterChoice, ShotChoice
from plugin_core.pipeline.own_footage import Footage
from plugin_core.pipeline.report import told_choice
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.networks import Generator

FRAMES = 50
FACE_BOX = (60.0, 50.0, 120.0, 150.0)


class NoEar:
    """Must not be asked: the clip is silent."""

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        raise AssertionError("a silent clip was listened to")


def no_clip(path: Path, rate: Fraction | None, hold_frames: int | None) -> FakeSource:
    raise AssertionError(f"{path} was opened")


FOOTAGE = Footage(no_clip, FakeDetector(), NoEar())


@pytest.fixture(autouse=True)
def _without_the_embedded_painter(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of these tests are about the others; `test_a_silent_drawing...` is about it."""
    if "embedded_painter" not in request.fixturenames:
        monkeypatch.setattr(embedded, "FILE", tmp_path / "none.safetensors")


@pytest.fixture
def embedded_painter() -> None:
    """The build as it ships."""


def job(**options: object) -> Job:
    return Job("clip.mkv", Voice("voice.wav"), "out.mkv", None, Options(**options))  # type: ignore[arg-type] - any field


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def brief(
    asked: Job, source: FakeSource | None = None, *, cuts: tuple[int, ...] = (), faces: ChosenFaces | None = None
) -> PainterBrief:
    source = source or talking_head(FRAMES)
    span = FrameRange(0, FRAMES)
    chosen = faces or by_box(span, FACE_BOX)
    shapes = shapes_of(["AA", "MBP"] * (FRAMES // 2))
    voice = Sound(np.zeros(FRAMES * 640, np.float32))
    edges = [0, *cuts, FRAMES]
    shots = tuple(FrameRange(start, stop) for start, stop in pairwise(edges))
    return PainterBrief(asked, source, span, chosen, chosen, None, shapes, voice, quiet, shots)


def choose(asked: Job, known: PainterBrief | None = None) -> PainterChoice:
    with prepare_painter(asked, FOOTAGE).open(known or brief(asked)) as choice:
        return choice


def soft(picture: Picture) -> Picture:
    """As if photographed: no edge is sharp."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 9), picture.dtype)


def drawing_then_person(cut: int) -> FakeSource:
    pictures = list(talking_head(FRAMES).frames(FrameRange(0, FRAMES)))
    return FakeSource([*pictures[:cut], *(soft(picture) for picture in pictures[cut:])])


def sprites(folder: Path, scale: float = 1.0) -> str:
    for name, opening in (("closed", 0.0), ("open", 1.0)):
        write_picture(folder / f"{name}.png", mouth_sprite(opening))
    (folder / "chart.toml").write_text(
        f'version = 1\nwidth = {scale}\n[mouths]\nrest = "closed.png"\nAA = "open.png"\n'
    )
    return str(folder)


def test_a_silent_drawing_gets_the_embedded_painter(embedded_painter: None) -> None:
    choice = choose(job())
    assert choice.painter.name == "compact"
    assert choice.shots[0].refused == {"own": "the clip carries no dialogue of its own"}
    assert choice.idle == frozenset()


def test_a_silent_clip_without_chart_gets_the_neutral_mouth_and_is_told_why() -> None:
    choice = choose(job())
    assert choice.painter.name == "neutral"
    assert "no dialogue of its own" in choice.reason
    assert choice.shots[0].refused == {"own": "the clip carries no dialogue of its own"}


def test_own_mouths_that_were_asked_for_are_not_silently_replaced() -> None:
    asked = job(painter="own")
    prepared = prepare_painter(asked, FOOTAGE)
    with pytest.raises(OptionError, match="no dialogue of its own"), prepared.open(brief(asked)):
        pytest.fail("a painter was made")


def test_a_chart_is_measured_against_the_plain_mouth_and_taken(tmp_path: Path) -> None:
    choice = choose(job(chart=sprites(tmp_path)))
    assert choice.painter.name == "chart"
    assert "2 drawings" in choice.reason
    assert set(choice.shots[0].fits) == {"chart", "neutral"}


def test_a_chart_that_is_far_too_large_for_the_face_is_not_taken(tmp_path: Path) -> None:
    asked = job(chart=sprites(tmp_path, scale=6.0))
    choice = choose(asked)
    assert choice.painter.name == "neutral"
    assert "times as wide" in choice.shots[0].refused["chart"]
    assert choose(job(chart=str(tmp_path), painter="chart")).painter.name == "chart", "it was asked for by name"


def test_a_chart_that_is_none_fails_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=str(tmp_path)):
        prepare_painter(job(chart=str(tmp_path)), FOOTAGE)
    with pytest.raises(OptionError, match="--chart"):
        prepare_painter(job(painter="chart"), FOOTAGE)
    with pytest.raises(OptionError, match="--checkpoint"):
        prepare_painter(job(painter="wav2lip"), FOOTAGE)


def test_every_shot_is_chosen_for_by_itself() -> None:
    asked = job()
    known = brief(asked, drawing_then_person(20), cuts=(20,))
    choice = choose(asked, known)
    assert [(shot.shot, shot.person) for shot in choice.shots] == [
        (FrameRange(0, 20), False),
        (FrameRange(20, 50), True),
    ]
    lines = list(told_choice(choice))
    assert len(lines) == 2
    assert "frames 0-19" in lines[0]
    assert "frames 20-49" in lines[1]


def test_frames_of_both_shots_are_painted_by_their_own_painters() -> None:
    asked = job()
    known = brief(asked, drawing_then_person(20), cuts=(20,))
    with prepare_painter(asked, FOOTAGE).open(known) as choice:
        pictures = list(known.source.frames(known.span))
        face = known.chosen.face(0)
        assert face is not None
        drawn, moved = choice.painter.paint([PaintRequest(4, pictures[4], face), PaintRequest(30, pictures[30], face)])
    assert drawn is not None
    assert moved is not None
    assert moved.mask.size > 1.5 * drawn.mask.size, "people's mouths move with the skin round them"


def test_shots_without_a_face_are_passed_over_and_tracks_are_told() -> None:
    span = FrameRange(0, FRAMES)
    seen = by_box(span, FACE_BOX)
    gone = replace(
        seen,
        faces=(*seen.faces[:20], *(None,) * 10, *seen.faces[30:]),
        sources=(*seen.sources[:20], *(None,) * 10, *seen.sources[30:]),
        tracks=(*(3,) * 10, *(5,) * 10, *(None,) * 10, *(7,) * 20),
    )
    asked = job()
    choice = choose(asked, brief(asked, cuts=(20, 30), faces=gone))
    assert [(shot.shot.start, shot.tracks) for shot in choice.shots] == [(0, (3, 5)), (30, (7,))]


@pytest.mark.parametrize(("kind", "person"), [("person", True), ("drawing", False)])
def test_the_kind_of_face_can_be_overruled(kind: str, person: bool) -> None:
    choice = choose(job(face_kind=kind))
    assert choice.shots[0].person is person
    assert choice.shots[0].to_json()["face"] == kind


def test_a_checkpoint_is_for_people_and_says_so_when_it_is_idle(tmp_path: Path) -> None:
    file = write_compact(tmp_path / "small.safetensors", random_network(Generator, 0.1))
    asked = job(checkpoint=str(file), device="cpu")
    person = choose(asked, brief(asked, drawing_then_person(0)))
    assert set(person.shots[0].fits) == {"wav2lip", "neutral"}
    alone = choose(job(checkpoint=str(file), device="cpu", painter="neutral"))
    assert alone.painter.name == "neutral"
    assert alone.idle == frozenset()
    refused = person.painter.name == "neutral"
    assert person.idle == (frozenset({"generator"}) if refused else frozenset())


def test_the_same_question_gets_the_same_answer(tmp_path: Path) -> None:
    asked = job(chart=sprites(tmp_path))
    assert choose(asked).shots == choose(asked).shots


def shot(start: int, painter: str, reason: str) -> ShotChoice:
    nothing: Mapping[str, str] = {}
    return ShotChoice(FrameRange(start, start + 5), (), False, painter, reason, nothing, {})


def test_shots_that_were_chosen_for_alike_share_a_line_and_long_lists_end() -> None:
    painter = choose(job()).painter
    alike = PainterChoice(painter, "so", tuple(shot(5 * i, "own", "so") for i in range(30)))
    assert list(told_choice(alike)) == ["painter neutral: so"]
    mixed = PainterChoice(painter, "so", tuple(shot(5 * i, "own", "so" if i % 2 else "why") for i in range(30)))
    lines = list(told_choice(mixed))
    assert len(lines) == 2
    assert "and 9 more shots" in lines[0]
    many = PainterChoice(painter, "so", tuple(shot(5 * i, "own", str(i)) for i in range(30)))
    assert len(list(told_choice(many))) == 9


def test_the_drawn_face_is_still_a_drawing_when_only_its_ink_is_left() -> None:
    sight = drawn_face(0.5)
    grey = np.repeat(cv2.cvtColor(sight.picture, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
    asked = job()
    assert not choose(asked, brief(asked, FakeSource([grey] * FRAMES))).shots[0].person
