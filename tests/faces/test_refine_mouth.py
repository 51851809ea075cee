"""Where a face keeps still but for its mouth, the mouth's region is exact; where that is in doubt nothing changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.talking import Stage, voice

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.errors import Cancelled
from plugin_core.faces.choose import ChosenFaces
from plugin_core.faces.refine_mouth import face_patch, refine_mouth, stretches_of
from plugin_core.timing import FrameRange


def chosen(stage: Stage, frames: int, *, by_hand: bool = False, off: float = 0.0) -> ChosenFaces:
    """The true face boxes, with a mouth estimated `off` pixels too low."""
    faces = []
    for frame in range(frames):
        face = Face.from_box(stage.face.moved(stage.drift * frame, 0), 0.9, "hand" if by_hand else "fake")
        mouth = Mouth(face.mouth.x, face.mouth.y + off, face.mouth.width, face.mouth.height, 0.1)
        faces.append(replace(face, mouth=mouth, measured=by_hand))
    return ChosenFaces(FrameRange(0, frames), tuple(faces), ("detected",) * frames)


@pytest.mark.parametrize("off", [-8.0, 0.0, 8.0])
def test_the_changing_region_becomes_the_mouth(off: float) -> None:
    stage, opening = Stage(), voice(40)
    refined = refine_mouth(stage.clip(opening), chosen(stage, 40, off=off))
    true = stage.mouth_box()
    for face in refined.faces:
        assert face is not None
        assert face.measured
        assert replace(face.mouth, angle=0).box.overlap(true) > 0.6
        assert face.mouth.angle == 0.1
    assert len({face.mouth for face in refined.faces if face}) == 1


def test_the_mouth_moves_along_with_the_face() -> None:
    stage, opening = Stage(width=260, drift=2.0), voice(40)
    refined = refine_mouth(stage.clip(opening), chosen(stage, 40))
    for frame in (0, 20, 39):
        face = refined.face(frame)
        assert face is not None
        assert replace(face.mouth, angle=0).box.overlap(stage.mouth_box(frame)) > 0.6


def test_a_face_that_does_not_talk_keeps_its_estimate() -> None:
    faces = chosen(Stage(), 40)
    assert refine_mouth(Stage().clip(np.zeros(40, np.float32)), faces) == faces


def test_a_face_that_trembles_all_over_keeps_its_estimate() -> None:
    stage, opening = Stage(), voice(40)
    rng = np.random.default_rng(2)
    source = stage.clip(opening)
    faces = chosen(stage, 40)
    jittered = tuple(
        replace(face, box=face.box.moved(*(float(v) for v in rng.normal(0, 6, 2)))) for face in faces.faces if face
    )
    trembling = replace(faces, faces=jittered)
    assert refine_mouth(source, trembling) == trembling


def test_a_stretch_too_short_to_judge_keeps_its_estimate() -> None:
    stage, opening = Stage(), voice(8)
    source = stage.clip(opening)
    faces = chosen(stage, 8)
    assert refine_mouth(source, faces) == faces
    assert source.spans == []


def test_mouths_set_by_hand_are_left_alone() -> None:
    stage, opening = Stage(), voice(40)
    faces = chosen(stage, 40, by_hand=True, off=6)
    assert refine_mouth(stage.clip(opening), faces) == faces


def test_the_sound_decides_between_a_mouth_and_a_twitching_chin() -> None:
    stage = Stage(blinker=Box(60, 105, 84, 110))  # on the face, below the mouth
    opening = voice(120)
    refined = refine_mouth(stage.clip(opening), chosen(stage, 120), opening)
    face = refined.face(0)
    assert face is not None
    assert face.measured
    assert replace(face.mouth, angle=0).box.overlap(stage.mouth_box()) > 0.6


def test_a_reading_tells_its_progress_and_can_be_stopped() -> None:
    stage, told = Stage(), []

    def progress(stage_name: str, done: int, total: int) -> None:
        told.append((stage_name, done, total))
        if done == 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        refine_mouth(stage.clip(voice(40)), chosen(stage, 40), progress=progress)
    assert told == [("mouths", done, 40) for done in range(1, 21)]


def test_stretches_end_where_the_face_is_lost_or_jumps() -> None:
    here = Face.from_box(Box(0, 0, 20, 20), 0.9, "fake")
    there = Face.from_box(Box(60, 0, 80, 20), 0.9, "fake")
    faces = (here, here, None, here, there, there)
    made = ChosenFaces(FrameRange(10, 16), faces, tuple("detected" if face else None for face in faces))
    assert stretches_of(made) == [range(10, 12), range(13, 14), range(14, 16)]


@pytest.mark.parametrize("box", [Box(-30, -20, 30, 50), Box(150, 130, 250, 260), Box(500, 500, 540, 550)], ids=str)
def test_a_face_that_reaches_beyond_the_picture_has_a_patch_too(box: Box) -> None:
    patch = face_patch(Stage().clip(voice(1)).frames(FrameRange(0, 1)).__next__(), box)
    assert patch.shape == (108, 104, 3)
