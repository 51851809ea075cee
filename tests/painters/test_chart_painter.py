from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import GROUND, SKIN, DrawnFace, drawn_face, mouth_sprite
from fakes.shapes import shapes_of

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.pictures import Picture
from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.composite import apply_paint
from plugin_core.painters.painter import PaintRequest

WORDS = ["rest", "GK", "AA"]
OPENINGS = {"rest": 0.0, "GK": 0.5, "AA": 1.0}


def painted(painter: ChartPainter, frame: int, sight: DrawnFace) -> Picture:
    (paint,) = painter.paint([PaintRequest(frame, sight.picture, sight.face)])
    assert paint is not None
    return apply_paint(sight.picture, paint)


@pytest.fixture(scope="module")
def by_sprites(tmp_path_factory: pytest.TempPathFactory) -> ChartPainter:
    folder = tmp_path_factory.mktemp("sprites")
    for name, opening in OPENINGS.items():
        cv2.imwrite(str(folder / f"{name}.png"), mouth_sprite(opening))
    return ChartPainter(Chart.load(folder), shapes_of(WORDS))


@pytest.fixture(scope="module")
def by_pictures(tmp_path_factory: pytest.TempPathFactory) -> ChartPainter:
    folder = tmp_path_factory.mktemp("pictures")
    for name, opening in OPENINGS.items():
        cv2.imwrite(str(folder / f"{name}.png"), drawn_face(opening, channels=4).picture)
    return ChartPainter(Chart.load(folder), shapes_of(WORDS))


@pytest.mark.parametrize("frame", [0, 1, 2])
@pytest.mark.parametrize("shown", [0.0, 0.7])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_whole_picture_in_the_same_pose_gives_its_very_pixels(
    by_pictures: ChartPainter, frame: int, shown: float, depth: type
) -> None:
    wanted = drawn_face(OPENINGS[WORDS[frame]], depth=depth)
    result = painted(by_pictures, frame, drawn_face(shown, depth=depth))
    x, y = round(wanted.mouth.x), round(wanted.mouth.y)
    assert np.array_equal(result[y - 14 : y + 18, x - 22 : x + 22], wanted.picture[y - 14 : y + 18, x - 22 : x + 22])
    gap = np.abs(result.astype(np.int64) - wanted.picture)
    assert gap.max() <= np.iinfo(depth).max * 0.02


@pytest.mark.parametrize(("scale", "turn"), [(1.0, 0.0), (0.75, 0.0), (1.4, 0.0), (1.0, 8.0), (0.8, -10.0)])
def test_a_character_who_moved_is_found_again(by_pictures: ChartPainter, scale: float, turn: float) -> None:
    source, wanted = drawn_face(0.0), drawn_face(1.0)
    matrix = cv2.getRotationMatrix2D((120, 120), turn, scale)
    matrix[:, 2] += (83.4, 41.7)
    size = (460, 380)
    moved, truth = (
        cv2.warpAffine(sight.picture, matrix, size, flags=cv2.INTER_AREA, borderValue=GROUND)
        for sight in (source, wanted)
    )
    x, y = matrix @ (120, 160, 1)
    # The mouth is only roughly known, as from a detector.
    mouth = Mouth(x + 4, y - 3, 56 * scale * 1.15, 34 * scale, -np.radians(turn) * 0.6)
    face = Face(Box(x - 70, y - 110, x + 70, y + 40), 1, "hand", mouth)
    result = painted(by_pictures, 2, DrawnFace(moved, face))
    part = np.s_[round(y) - 25 : round(y) + 30, round(x) - 35 : round(x) + 35]
    gap = np.abs(result[part].astype(int) - truth[part]).max(axis=2)
    assert (gap > 60).mean() < 0.02  # a pixel of shift along the thick outlines would be 0.1
    assert np.abs(moved[part].astype(int) - truth[part]).max(axis=2).mean() > 5 * gap.mean()


def test_a_stranger_gets_the_mouth_where_his_own_is(by_pictures: ChartPainter) -> None:
    blank = np.full((240, 240, 3), SKIN, np.uint8)
    face = Face(Box(60, 50, 180, 200), 1, "hand", Mouth(100, 120, 40, 26))
    result = painted(by_pictures, 2, DrawnFace(blank, face))
    rows, columns = np.nonzero((result != blank).any(axis=2))
    assert columns.mean() == pytest.approx(100, abs=3)
    assert rows.mean() == pytest.approx(120, abs=4)


def test_a_sprite_is_as_wide_as_the_mouth_and_lies_on_it(by_sprites: ChartPainter) -> None:
    blank = np.full((240, 240, 3), SKIN, np.uint8)
    face = Face(Box(60, 50, 180, 200), 1, "hand", Mouth(110, 150, 60, 40))
    result = painted(by_sprites, 2, DrawnFace(blank, face))
    columns = np.flatnonzero((np.abs(result.astype(int) - blank).max(axis=2) > 40).any(axis=0))
    assert np.ptp(columns) + 1 == pytest.approx(60, abs=2)
    assert columns.mean() == pytest.approx(110, abs=1)


def test_a_sprite_turns_with_the_face(by_sprites: ChartPainter) -> None:
    blank = np.full((240, 240, 3), SKIN, np.uint8)
    upright = Face(Box(60, 50, 180, 200), 1, "hand", Mouth(120, 120, 60, 40, np.pi / 2))
    result = painted(by_sprites, 2, DrawnFace(blank, upright))
    changed = np.abs(result.astype(int) - blank).max(axis=2) > 40
    assert np.ptp(np.flatnonzero(changed.any(axis=1))) + 1 == pytest.approx(60, abs=2)
    assert np.ptp(np.flatnonzero(changed.any(axis=0))) + 1 < 45


def test_the_old_mouth_does_not_shine_through(by_sprites: ChartPainter) -> None:
    closed = painted(by_sprites, 0, drawn_face(1.0))
    bare = painted(by_sprites, 0, drawn_face(mouthless=True))
    assert np.abs(closed.astype(int) - bare).max() <= 3


def test_erasing_leaves_chin_nose_and_eyes_alone(by_sprites: ChartPainter) -> None:
    source = drawn_face(1.0)
    result = painted(by_sprites, 0, source)
    changed = np.argwhere((result != source.picture).any(axis=2))
    assert changed[:, 0].min() > 132
    assert changed[:, 0].max() < 200


def test_lines_stay_sharp_when_a_sprite_shrinks(by_sprites: ChartPainter) -> None:
    blank = np.full((240, 240, 3), SKIN, np.uint8)
    face = Face(Box(60, 50, 180, 200), 1, "hand", Mouth(120.3, 120.6, 48, 30))
    result = painted(by_sprites, 0, DrawnFace(blank, face))
    profile = result[100:140, 120, 1].astype(int)
    assert profile.min() < 60  # the line is as dark as it is drawn
    assert np.count_nonzero((profile > 60) & (profile < 175)) <= 4  # two soft pixels an edge
    assert (result <= blank.max()).all()  # no bright fringe from the sharp kernel


def test_there_is_no_halo_of_the_sprites_transparent_colour(tmp_path: Path) -> None:
    for name, opening in OPENINGS.items():
        sprite = mouth_sprite(opening)
        sprite[sprite[..., 3] == 0] = (255, 255, 255, 0)
        cv2.imwrite(str(tmp_path / f"{name}.png"), sprite)
    painter = ChartPainter(Chart.load(tmp_path), shapes_of(WORDS))
    blank = np.full((240, 240, 3), SKIN, np.uint8)
    face = Face(Box(60, 50, 180, 200), 1, "hand", Mouth(120, 120, 77, 40, 0.1))
    assert painted(painter, 2, DrawnFace(blank, face))[..., 0].max() <= SKIN[0]


def test_beyond_the_voice_nothing_is_painted(by_sprites: ChartPainter) -> None:
    sight = drawn_face(0.0)
    assert by_sprites.paint([PaintRequest(3, sight.picture, sight.face)]) == [None]


@pytest.mark.shared
def test_sita_gets_her_own_mouths_back_pixel_for_pixel(shared: Path) -> None:
    chart = Chart.load(shared / "anim" / "sita")
    painter = ChartPainter(chart, shapes_of(sorted(chart.drawings)))
    frames = {
        viseme: np.ascontiguousarray(cv2.imread(str(shared / "anim" / "sita" / f"{viseme}.png"))[..., :3])
        for viseme in chart.drawings
    }
    face = Face(Box(580, 150, 770, 275), 1, "hand", Mouth(675, 250, 48, 30))
    for frame, viseme in enumerate(painter.visemes):
        result = painted(painter, frame, DrawnFace(frames[sorted(chart.drawings)[frame - 1]], face))
        assert np.abs(result.astype(int) - frames[viseme]).max() <= 2
