"""When the embedded painter is offered, and when it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.desk import talking_head
from fakes.drawn_faces import drawn_face
from fakes.frames import FakeSource
from fakes.voices import tone, write_pcm
from safetensors.numpy import save_file

from plugin_core.audio import Sound
from plugin_core.errors import OptionError, WeightsError
from plugin_core.faces.choose import by_box
from plugin_core.job import Job, Voice
from plugin_core.options import Options
from plugin_core.painters.compact import CompactPainter
from plugin_core.painters.composite import ellipse_mask, window_of
from plugin_core.painters.fit import Fit
from plugin_core.painters.painter import MouthPaint, Painter, PaintRequest
from plugin_core.pipeline.choosing.candidates import NeutralCandidate
from plugin_core.pipeline.choosing.deciding import beaten, decide, misplaced, seen_edge
from plugin_core.pipeline.choosing.embedded import EmbeddedCandidate, ReadHands, load_embedded, offered
from plugin_core.pipeline.choosing.rehearsal import TRIED_FRAMES
from plugin_core.pipeline.choosing.subjects import Subject, subjects_of
from plugin_core.pipeline.engines import PainterBrief, ShotChoice
from plugin_core.speech.visemes import PROTOTYPES, MouthShapes, Viseme
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.look_reader import LookReader

FRAMES = 50
STEPS = 3


def job(**options: object) -> Job:
    return Job("clip.mkv", Voice("voice.wav"), "out.mkv", None, Options(**options))  # type: ignore[arg-type] - any field


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def dialogue() -> MouthShapes:
    """What `talking_head` says: it opens and closes twice a second."""
    opening = (1 - np.cos(np.arange(FRAMES) / 12.5 * 2 * np.pi)) / 2
    values = np.tile(np.array(PROTOTYPES[Viseme.AA], np.float32), (FRAMES, 1))
    values[:, 0] = opening
    return MouthShapes(values, (opening < 0.1).astype(np.float32), np.ones(FRAMES, np.bool_))


def brief(asked: Job, heard: MouthShapes | None = None) -> PainterBrief:
    source = talking_head(FRAMES)
    span = FrameRange(0, FRAMES)
    chosen = by_box(span, (60, 50, 120, 150))
    voice = Sound(np.zeros(FRAMES * 640, np.float32))
    return PainterBrief(asked, source, span, chosen, chosen, heard, dialogue(), voice, quiet, (span,))


class HandOfTheClip:
    """Paints as the clip itself is drawn, in `STEPS` drawings from closed to wide open."""

    name = "compact"

    def __init__(self, shapes: MouthShapes) -> None:
        self._shapes = shapes
        self._drawn = [drawn_face(step / STEPS).picture for step in range(STEPS + 1)]

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        window = window_of(request.face.mouth.box.grown(1.2), request.picture)
        assert window is not None
        drawn = self._drawn[round(STEPS * float(self._shapes.opening[request.moment]))]
        return MouthPaint(window.left, window.top, drawn[window.slices], ellipse_mask(request.face.mouth, window, 1.0))


def own_hand(known: PainterBrief, _subject: Subject) -> Painter:
    return HandOfTheClip(known.shapes)


def weights_file(folder: Path, **header: str) -> Path:
    file = folder / "painter.safetensors"
    save_file({"numbers": np.zeros(3, np.float32)}, str(file), header or None)
    return file


def test_a_build_without_it_says_so_when_it_is_asked_for_by_name(tmp_path: Path) -> None:
    absent = tmp_path / "painter.safetensors"
    with pytest.raises(OptionError, match="not in this build"):
        offered(job(painter="compact"), absent, lambda _file: own_hand)
    assert offered(job(), absent, lambda _file: own_hand) is None


def test_what_is_experimental_is_taken_only_by_name(tmp_path: Path) -> None:
    file = weights_file(tmp_path, **{"lipflap.experimental": "it follows too little"})
    assert offered(job(), file, lambda _file: own_hand) is None
    loaded = offered(job(painter="compact"), file, lambda _file: own_hand)
    assert loaded is not None
    assert loaded.models == (("embedded painter", file),)
    with ExitStack() as stack:
        assert loaded.make(stack).name == "compact"


def test_what_is_not_experimental_is_offered(tmp_path: Path) -> None:
    assert offered(job(), weights_file(tmp_path), lambda _file: own_hand) is not None


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "painter.safetensors"
    file.write_bytes(b"\xff" * 64)
    with pytest.raises(WeightsError, match=r"painter\.safetensors"):
        offered(job(), file, lambda _file: own_hand)


def test_a_job_for_another_painter_never_fails_for_want_of_it() -> None:
    loaded = load_embedded(job(painter="auto"))
    assert loaded is None or loaded.models


def test_how_a_mouth_is_drawn_is_read_once_for_each_subject() -> None:
    torch.manual_seed(3)
    make = ReadHands(LookReader(0.25).eval())
    known = brief(job())
    (subject,) = subjects_of(known)
    first = make(known, subject)
    assert first is not None
    unread = replace(known, source=FakeSource([drawn_face().picture]))  # it has not the frames that reading takes
    own = make(replace(unread, own_voice=True, shapes=dialogue()), subject)
    again = make(unread, subject)
    assert isinstance(first, CompactPainter)
    assert isinstance(own, CompactPainter)
    assert isinstance(again, CompactPainter)
    assert first.hand is own.hand
    assert again.shapes is first.shapes
    assert own.shapes is not first.shapes


def chosen_name(candidate: EmbeddedCandidate, **options: object) -> tuple[str, dict[str, str]]:
    known = brief(job(**options))
    (decision,) = decide([candidate, NeutralCandidate()], known, subjects_of(known))
    return decision.choice.painter, dict(decision.choice.refused)


def test_on_a_silent_drawing_it_comes_before_the_plain_mouth() -> None:
    assert chosen_name(EmbeddedCandidate(own_hand)) == ("compact", {})


def test_people_are_not_for_it() -> None:
    name, refused = chosen_name(EmbeddedCandidate(own_hand), face_kind="person")
    assert name == "neutral"
    assert "drawings" in refused["compact"]


def test_a_mouth_that_it_can_not_read_goes_to_the_plain_one() -> None:
    name, refused = chosen_name(EmbeddedCandidate(lambda _brief, _subject: None))
    assert name == "neutral"
    assert "read" in refused["compact"]


def with_dialogue(folder: Path, candidate: EmbeddedCandidate) -> ShotChoice:
    clip = write_pcm(folder / "clip.wav", tone(2.0))
    known = brief(replace(job(), clip=str(clip)), dialogue())
    (decision,) = decide([candidate, NeutralCandidate()], known, subjects_of(known))
    return decision.choice


def test_where_the_clip_talks_it_is_measured_against_the_clips_own_mouths(tmp_path: Path) -> None:
    choice = with_dialogue(tmp_path, EmbeddedCandidate(own_hand))
    own, plain = choice.fits["compact"], choice.fits["neutral"]
    assert choice.painter == "compact"
    assert own.frames == TRIED_FRAMES
    assert own.likeness is not None
    assert plain.likeness is not None
    assert own.likeness > plain.likeness
    assert "dB like its own mouths" in choice.reason


def test_where_the_clip_talks_a_mouth_that_contradicts_it_is_not_taken(tmp_path: Path) -> None:
    def contrary(known: PainterBrief, _subject: Subject) -> Painter:
        return HandOfTheClip(replace(known.shapes, values=1 - known.shapes.values))

    choice = with_dialogue(tmp_path, EmbeddedCandidate(contrary))
    assert choice.painter == "neutral"
    assert "does not follow" in choice.refused["compact"] or "dB like" in choice.refused["compact"]


GOOD = Fit(12, 1.0, 0.5, 0.3, 22.0, 1.0, 2.0, 0.9)
PLAIN = Fit(12, 1.0, 2.0, 0.3, 15.0, -5.0, -3.0, 1.1)


def changed(fit: Fit, **values: float) -> Fit:
    return replace(fit, **values)


def test_it_must_be_likelier_than_the_plain_mouth_move_and_follow() -> None:
    assert beaten(GOOD, PLAIN, "neutral") is None
    assert "neutral 15.0" in (beaten(changed(GOOD, likeness=14.0), PLAIN, "neutral") or "")
    assert "hardly move" in (beaten(changed(GOOD, motion=0.1), PLAIN, "neutral") or "")
    assert "does not follow" in (beaten(changed(GOOD, over_mean=-2.6), PLAIN, "neutral") or "")
    assert beaten(Fit(5, 1.0, 0.5, 0.3), PLAIN, "neutral") is None, "nothing is known of a silent clip's true mouths"


def test_edges_that_show_and_mouths_without_a_place_are_faults() -> None:
    assert seen_edge(GOOD, PLAIN) is None
    assert "seam 9.0" in (seen_edge(changed(GOOD, seam=9.0), PLAIN) or "")
    assert seen_edge(changed(GOOD, seam=9.0), changed(PLAIN, seam=11.0)) is None
    assert "20%" in (misplaced(changed(GOOD, placed=0.2)) or "")
    assert "as wide as the face" in (misplaced(changed(GOOD, size=3.0)) or "")
