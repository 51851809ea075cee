from __future__ import annotations

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import LINE, SKIN, DrawnFace, drawn_face
from fakes.shapes import shapes_of
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.pictures import Picture
from plugin_core.painters.composite import Window, apply_paint
from plugin_core.painters.neutral import NeutralPainter, SourceStyle, estimate_style
from plugin_core.painters.neutral.drawing import draw_mouth
from plugin_core.painters.neutral.kind import steepness
from plugin_core.painters.neutral.painter import charted
from plugin_core.painters.neutral.place import settled
from plugin_core.painters.painter import PaintRequest
from plugin_core.painters.skin import bare_skin, membrane
from plugin_core.speech.visemes import PROTOTYPES, MouthShapes, Viseme

STYLE = SourceStyle(
    (0.6, 0.7, 0.9), (0.1, 0.1, 0.1), 0.05, None, (0.1, 0.1, 0.3), (0.95, 0.95, 0.95), (0.4, 0.4, 0.8), False
)
MOUTH = Mouth(60, 50, 60, 40)
WINDOW = Window(10, 10, 100, 80)


def shares(viseme: Viseme, mouth: Mouth = MOUTH, style: SourceStyle = STYLE) -> NDArray[np.float32]:
    return draw_mouth(np.array(PROTOTYPES[viseme]), mouth, WINDOW, style)[..., 3]


def style_of(sight: DrawnFace) -> SourceStyle:
    return estimate_style([(sight.picture, sight.face)])


def painted(painter: NeutralPainter, sight: DrawnFace, frame: int = 0) -> Picture:
    (paint,) = painter.paint([PaintRequest(frame, sight.picture, sight.face)])
    assert paint is not None
    return apply_paint(sight.picture, paint)


def test_a_drawn_mouth_fills_its_region_and_not_more() -> None:
    for viseme in Viseme:
        rows, columns = np.nonzero(shares(viseme) > 0.5)
        assert columns.min() + WINDOW.left >= MOUTH.x - MOUTH.width / 2 - 3
        assert columns.max() + WINDOW.left <= MOUTH.x + MOUTH.width / 2 + 3
        assert rows.min() + WINDOW.top >= MOUTH.y - MOUTH.height / 2 - 4
        assert rows.max() + WINDOW.top <= MOUTH.y + MOUTH.height / 2 + 6


def test_more_opening_is_a_higher_mouth() -> None:
    heights = []
    for opening in (0.0, 0.2, 0.5, 0.9):
        values = np.array([opening, 0.5, 0.1, 0, 0, 0])
        rows = np.nonzero(draw_mouth(values, MOUTH, WINDOW, STYLE)[..., 3] > 0.5)[0]
        heights.append(np.ptp(rows) + 1)
    assert heights == sorted(set(heights))
    assert heights[0] <= 8  # a line with a little smile
    assert heights[-1] >= 0.75 * MOUTH.height


def test_spread_lips_are_wider_than_pursed_ones() -> None:
    assert (shares(Viseme.IY) > 0.5).any(axis=0).sum() > 1.4 * (shares(Viseme.O) > 0.5).any(axis=0).sum()


def test_the_mouths_of_the_chart_can_be_told_apart() -> None:
    drawn = {viseme: draw_mouth(np.array(PROTOTYPES[viseme]), MOUTH, WINDOW, STYLE) for viseme in Viseme}
    alike = [
        (one, other)
        for one in Viseme
        for other in Viseme
        if one < other and np.abs(drawn[one] - drawn[other]).max(axis=2).sum() < 20
    ]
    assert alike == []


def test_a_mouth_turns_with_its_face() -> None:
    upright = draw_mouth(np.array(PROTOTYPES[Viseme.AA]), Mouth(60, 60, 60, 40), Window(10, 10, 100, 100), STYLE)
    turned = draw_mouth(
        np.array(PROTOTYPES[Viseme.AA]), Mouth(60, 60, 60, 40, np.pi / 2), Window(10, 10, 100, 100), STYLE
    )
    gap = np.abs(np.rot90(turned, 1) - upright).max(axis=2)
    assert (gap > 0.5).mean() < 0.002


def test_edges_are_smooth() -> None:
    alpha = shares(Viseme.AA)
    assert np.count_nonzero((alpha > 0.05) & (alpha < 0.95)) > 60


def test_the_same_drawing_is_sharper_and_alike_when_larger() -> None:
    small = draw_mouth(np.array(PROTOTYPES[Viseme.E]), MOUTH, WINDOW, STYLE)
    large = draw_mouth(np.array(PROTOTYPES[Viseme.E]), MOUTH.scaled(3), Window(30, 30, 300, 240), STYLE)
    shrunk = cv2.resize(large, (100, 80), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - small).mean() < 0.01


def test_the_chart_has_few_drawings_so_that_it_looks_drawn() -> None:
    rng = np.random.default_rng(5)
    frames = 300
    values = np.clip(cv2.GaussianBlur(rng.random((frames, 6)).astype(np.float32), (1, 9), 0), 0, 1)
    shapes = MouthShapes(values, rng.random(frames).astype(np.float32), np.ones(frames, np.bool_))
    rows = np.unique(charted(shapes), axis=0)
    assert 4 <= len(rows) <= 14


def test_closed_lips_are_drawn_closed() -> None:
    values = charted(shapes_of(["AA", "AA", "MBP", "MBP", "AA", "rest", "rest"], known=False))
    assert values[[2, 3, 5, 6], 0].tolist() == [0, 0, 0, 0]
    assert values[0, 0] > 0.8


def test_colours_and_line_are_taken_from_the_drawing() -> None:
    style = style_of(drawn_face(0.5))
    assert np.abs(np.array(style.skin) * 255 - SKIN).max() < 4
    assert np.abs(np.array(style.line) * 255 - LINE).max() < 30
    assert style.line_width * 56 == pytest.approx(4, abs=1.5)  # the face is drawn with a line of 4 px
    assert style.lip is None
    assert not style.person


def test_lips_are_seen_where_they_are_drawn() -> None:
    sight = drawn_face(mouthless=True)
    cv2.ellipse(sight.picture, (120, 160), (22, 8), 0, 0, 360, (70, 60, 190), -1)
    style = style_of(sight)
    assert style.lip is not None
    assert np.abs(np.array(style.lip) * 255 - (70, 60, 190)).max() < 12


def test_a_black_and_white_film_gets_a_grey_mouth() -> None:
    sight = drawn_face(0.5)
    grey = np.repeat(cv2.cvtColor(sight.picture, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
    style = estimate_style([(grey, sight.face)])
    for colour in (style.skin, style.line, style.inner, style.teeth, style.tongue):
        assert max(colour) - min(colour) < 1e-6


def test_style_is_the_same_at_16_bit_and_at_other_sizes() -> None:
    first = style_of(drawn_face(0.5))
    for other in (style_of(drawn_face(0.5, depth=np.uint16)), style_of(drawn_face(0.5, side=480))):
        assert np.abs(np.array(other.skin) - first.skin).max() < 0.02
        assert np.abs(np.array(other.line) - first.line).max() < 0.05
        assert other.line_width == pytest.approx(first.line_width, abs=0.02)


def test_without_any_frame_there_is_still_a_style() -> None:
    assert not estimate_style([]).person


def photograph(side: int = 240) -> DrawnFace:
    """Skin with shading and grain, and soft closed lips: no edge is hard."""
    rng = np.random.default_rng(3)
    rows, columns = np.mgrid[0:side, 0:side] / side
    # Light from one side, and dark hair round the face, as faces in front of a camera have it.
    hair = 1 / (1 + np.exp((np.hypot(columns - 0.5, rows - 0.55) - 0.42) / 0.05))
    light = (0.45 + 0.5 * columns) * (0.25 + 0.75 * hair) + 0.02 * rng.standard_normal((side, side))
    picture = light[..., None] * np.array((0.45, 0.55, 0.75))
    lips = np.exp(-(((columns - 0.5) / 0.11) ** 4) - ((rows - 0.66) / 0.025) ** 2)
    seam = np.exp(-(((columns - 0.5) / 0.10) ** 4) - ((rows - 0.66) / 0.005) ** 2)
    picture = picture * (1 - lips[..., None] * (0.35, 0.4, 0.1)) * (1 - 0.5 * seam[..., None])
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return DrawnFace(pixels, Face(Box(60, 50, 180, 200), 1, "hand", Mouth(120, 158.4, 58, 34)))


def test_a_photograph_is_taken_for_a_person() -> None:
    assert style_of(photograph()).person


def test_a_persons_lips_part_and_shut_and_the_eyes_stay() -> None:
    sight = photograph()
    painter = NeutralPainter(shapes_of(["AA"] * 3 + ["MBP"] * 3, known=False), style_of(sight))
    opened, shut = painted(painter, sight, 1), painted(painter, sight, 4)
    dark = opened[150:185, 115:125].mean(axis=2) < 0.45 * np.median(sight.picture[100:140].mean(axis=2))
    assert dark.any(axis=1).sum() >= 12
    assert np.abs(shut.astype(int) - sight.picture)[140:180, 100:140].mean() < 4
    assert np.array_equal(opened[:90], sight.picture[:90])


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_the_old_mouth_is_gone_and_flat_skin_is_flat_again(depth: type) -> None:
    sight = drawn_face(1.0, depth=depth)
    skin = bare_skin(sight.picture, sight.mouth)
    assert skin is not None
    empty = drawn_face(mouthless=True, depth=depth).picture[skin.window.slices] / np.iinfo(depth).max
    assert np.abs(skin.colours - empty)[skin.mask > 0.5].max() < 0.012
    assert skin.mask.max() == 1


def test_a_mouth_on_shaded_skin_is_filled_with_the_shade() -> None:
    rows, columns = np.mgrid[0:120, 0:160].astype(np.float32)
    shade = np.stack([0.5 + columns / 800, 0.6 + rows / 900, 0.8 - columns / 900], axis=2)
    clean = np.rint(shade * 65535).astype(np.uint16)
    picture = clean.copy()
    cv2.ellipse(picture, (80, 60), (20, 9), 0, 0, 360, (4000, 3000, 9000), -1)
    skin = bare_skin(picture, Mouth(80, 60, 56, 34))
    assert skin is not None
    gap = np.abs(skin.colours - clean[skin.window.slices] / 65535)[skin.mask > 0.5]
    assert gap.max() < 0.008


def test_a_bare_face_stays_as_it_is() -> None:
    sight = drawn_face(mouthless=True)
    skin = bare_skin(sight.picture, sight.mouth)
    assert skin is not None
    assert not skin.mask.any()


def test_a_membrane_goes_through_what_is_known() -> None:
    rng = np.random.default_rng(2)
    colours = rng.random((30, 40, 3)).astype(np.float32)
    known = rng.random((30, 40)) < 0.3
    sheet = membrane(colours, known)
    assert np.array_equal(sheet[known], colours[known])
    assert sheet.min() >= colours[known].min() - 1e-5
    assert sheet.max() <= colours[known].max() + 1e-5


def test_a_drawing_gets_the_mouth_of_the_moment() -> None:
    sight = drawn_face(0.0)
    painter = NeutralPainter(shapes_of(["rest", "rest", "AA", "AA", "AA"]), style_of(sight))
    opened, closed = painted(painter, sight, 3), painted(painter, sight, 0)
    opened_dark, closed_dark = ((picture[140:190, 90:150].mean(axis=2) < 90).sum() for picture in (opened, closed))
    assert opened_dark > 3 * closed_dark
    assert painter.paint([PaintRequest(5, sight.picture, sight.face)]) == [None]


def test_specks_of_a_codec_neither_save_the_mouth_s_corners_nor_take_the_nose_along() -> None:
    clean = drawn_face(0.6)
    specked = clean.picture.copy()
    near = np.abs(specked.astype(int) - SKIN).max(axis=2) == 0
    near &= np.random.default_rng(0).uniform(size=near.shape) < 0.5
    near[:100] = near[:, :70] = near[:, 170:] = False
    specked[near] -= 18
    wanted, found = bare_skin(clean.picture, clean.mouth), bare_skin(specked, clean.mouth)
    assert wanted is not None
    assert found is not None
    assert (found.mask[wanted.mask == 1] > 0.9).all(), "a part of the old mouth stays"
    assert found.mask.sum() < 1.2 * wanted.mask.sum(), "more than the mouth is taken"


@pytest.mark.parametrize("grain", [0, 12], ids=["clean", "grainy"])
@pytest.mark.parametrize("blur", [0.0, 2.0], ids=["sharp", "soft"])
def test_film_makes_no_person_of_a_drawing(grain: int, blur: float) -> None:
    sight = drawn_face(0.5, side=480)
    picture = cv2.GaussianBlur(sight.picture, (0, 0), blur) if blur else sight.picture
    noise = np.random.default_rng(1).standard_normal(picture.shape[:2]) * grain
    grainy = np.clip(picture + noise[..., None], 0, 255).astype(np.uint8)
    assert not estimate_style([(grainy, sight.face)]).person


def test_grain_makes_no_drawing_of_a_person() -> None:
    sight = photograph()
    noise = np.random.default_rng(1).standard_normal(sight.picture.shape[:2]) * 12
    grainy = np.clip(sight.picture + noise[..., None], 0, 255).astype(np.uint8)
    assert estimate_style([(grainy, sight.face)]).person


def test_steepness_counts_in_the_faces_own_contrast() -> None:
    sight = drawn_face(0.5)
    faded = np.rint(sight.picture * 0.5 + 60).astype(np.uint8)
    plain, pale = steepness(sight.picture, sight.face), steepness(faded, sight.face)
    assert plain is not None
    assert pale == pytest.approx(plain, rel=0.05)
    assert steepness(sight.picture, Face.from_box(Box(900, 900, 990, 990), 1, "hand")) is None


@pytest.mark.parametrize(("dx", "dy", "angle"), [(9, 6, 0.0), (-8, -3, 0.25), (4, 7, -0.3)])
def test_lips_are_found_beside_the_place_that_a_detector_gave(dx: float, dy: float, angle: float) -> None:
    sight = photograph()
    true = sight.mouth
    found = settled(sight.picture, Mouth(true.x + dx, true.y + dy, true.width, true.height, angle))
    assert np.hypot(found.x - true.x, found.y - true.y) < 2
    assert abs(found.angle) < 0.06
    assert found.width == pytest.approx(true.width, rel=0.25)


def test_where_no_lips_are_seen_the_detector_is_believed() -> None:
    rng = np.random.default_rng(5)
    skin = np.clip(150 + rng.standard_normal((120, 160, 3)), 0, 255).astype(np.uint8)
    given = Mouth(80, 60, 50, 30, 0.2)
    assert settled(skin, given) == given
    tiny = Mouth(80, 60, 2, 1)
    assert settled(skin, tiny) == tiny


def test_a_wide_mouth_is_a_shaded_hollow_with_teeth_above() -> None:
    sight = photograph()
    painter = NeutralPainter(shapes_of(["AA"] * 3, known=False), style_of(sight))
    opened = painted(painter, sight, 1).astype(float).mean(axis=2)
    column = opened[int(sight.mouth.y) - 12 : int(sight.mouth.y) + 24, int(sight.mouth.x)]
    dark = np.flatnonzero(column < 0.45 * np.median(sight.picture[100:140].mean(axis=2)))
    hollow = column[dark[0] : dark[-1] + 1]
    assert len(np.unique(np.round(hollow))) >= 4, "the inside is one flat colour"


def test_one_voice_serves_many_faces() -> None:
    first, second = drawn_face(0.5), drawn_face(0.5, side=480)
    painter = NeutralPainter(shapes_of(["AA", "E", "O"]), style_of(first))
    other = painter.in_style(style_of(second))
    assert other.values is painter.values
    assert np.array_equal(
        painted(other, second, 1), painted(NeutralPainter(shapes_of(["AA", "E", "O"]), style_of(second)), second, 1)
    )
