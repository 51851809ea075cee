"""What every painter promises, run over all of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from fakes.checkpoints import random_network
from fakes.drawn_faces import drawn_face, mouth_sprite
from fakes.frames import FakeSource
from fakes.painters import FakePainter
from fakes.shapes import shapes_of
from fakes.talking_head import RATE, sound_of, talk

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.pictures import Picture
from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.composite import apply_paint, full_mask, largest_change_outside, patch_of
from plugin_core.painters.forwarding import ForwardingPainter
from plugin_core.painters.neutral import NeutralPainter, SourceStyle, estimate_style
from plugin_core.painters.own import LibraryClip, OwnMouthPainter, read_library
from plugin_core.painters.painter import MouthPaint, Painter, PaintRequest
from plugin_core.painters.wav2lip import Wav2LipPainter
from plugin_core.speech.visemes import Viseme
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.inference import GeneratorRunner
from plugin_core.wav2lip.networks import Generator

VOICE = shapes_of(["rest", "MBP", "AA", "AA", "E", "O", "FV", "L", "IY", "SH", "TH", "GK"])
PERSON = SourceStyle(
    (0.5, 0.6, 0.8), (0.1, 0.1, 0.2), 0.03, (0.4, 0.4, 0.7), (0.1, 0.1, 0.2), (0.9, 0.9, 0.9), (0.4, 0.4, 0.8), True
)


def sprite_chart(folder: Path) -> Painter:
    for viseme, opening in ((Viseme.REST, 0.0), (Viseme.GK, 0.5), (Viseme.AA, 1.0)):
        cv2.imwrite(str(folder / f"{viseme}.png"), mouth_sprite(opening))
    return ChartPainter(Chart.load(folder), VOICE)


def picture_chart(folder: Path) -> Painter:
    for viseme, opening in ((Viseme.REST, 0.0), (Viseme.GK, 0.5), (Viseme.AA, 1.0)):
        cv2.imwrite(str(folder / f"{viseme}.png"), drawn_face(opening, channels=4).picture)
    return ChartPainter(Chart.load(folder), VOICE)


def neutral_drawing(_: Path) -> Painter:
    sight = drawn_face(0.4)
    return NeutralPainter(VOICE, estimate_style([(sight.picture, sight.face)]))


def neutral_person(_: Path) -> Painter:
    return NeutralPainter(VOICE, PERSON)


def wav2lip(_: Path) -> Painter:
    windows = np.random.default_rng(1).uniform(-4, 4, (len(VOICE), 80, 16)).astype(np.float32)
    network = random_network(Generator, 0.1)
    assert isinstance(network, Generator)
    return Wav2LipPainter(GeneratorRunner(network, torch.device("cpu"), 4), windows)


def own(_: Path) -> Painter:
    openings = talk(64)
    drawn = {value: drawn_face(value) for value in sorted(set(openings))}
    source = FakeSource([drawn[value].picture for value in openings], RATE)
    faces = [drawn[value].face for value in openings]
    library = read_library([LibraryClip(source, FrameRange(0, 64), faces, sound_of(openings))], lambda *_: None)
    assert library is not None
    return OwnMouthPainter.for_voice(library, sound_of(talk(len(VOICE), (0.6, 1.0))), RATE)


def forwarding(folder: Path) -> Painter:
    of = (np.arange(len(VOICE)) >= 8).astype(np.intp)
    return ForwardingPainter([neutral_drawing(folder), sprite_chart(folder)], of)


def fake(_: Path) -> Painter:
    return FakePainter()


PAINTERS = (sprite_chart, picture_chart, neutral_drawing, neutral_person, own, wav2lip, forwarding, fake)


@pytest.fixture(scope="module", params=PAINTERS, ids=lambda build: build.__name__)
def painter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Painter:
    build: Callable[[Path], Painter] = request.param
    return build(tmp_path_factory.mktemp("chart"))


def check(painter: Painter, asked: PaintRequest) -> MouthPaint | None:
    """Paint, and hold the promises that go for each single paint."""
    before = asked.picture.copy()
    (paint,) = painter.paint([asked])
    assert np.array_equal(asked.picture, before), "a painter wrote into the source"
    if paint is None:
        return None
    height, width = before.shape[:2]
    rows, columns = paint.mask.shape
    assert paint.mask.dtype == np.float32
    assert paint.pixels.dtype == before.dtype
    assert paint.pixels.shape == (rows, columns, 3)
    assert paint.left >= 0
    assert paint.top >= 0
    assert paint.left + columns <= width
    assert paint.top + rows <= height
    assert np.isfinite(paint.mask).all()
    assert 0 <= paint.mask.min() <= paint.mask.max() <= 1
    result = apply_paint(before, paint)
    assert largest_change_outside(before, result, full_mask(paint, height, width)) == 0
    assert np.array_equal(result[..., 3:], before[..., 3:])
    return paint


@pytest.mark.parametrize("depth", [np.uint8, np.uint16], ids=["8bit", "16bit"])
@pytest.mark.parametrize("channels", [3, 4], ids=["opaque", "alpha"])
def test_a_mouth_is_painted_and_all_else_stays_bit_identical(painter: Painter, depth: type, channels: int) -> None:
    sight = drawn_face(0.5, depth=depth, channels=channels)
    paint = check(painter, PaintRequest(2, sight.picture, sight.face))
    assert paint is not None
    result = apply_paint(sight.picture, paint)
    changed = np.argwhere((result != sight.picture).any(axis=2))
    assert len(changed) > 50
    box = sight.face.box
    assert (changed[:, 0] > box.top + 0.4 * box.height).all(), "eyes were painted"


def test_the_patch_of_a_paint_laid_over_the_frame_is_the_render(painter: Painter) -> None:
    sight = drawn_face(0.5)
    paint = check(painter, PaintRequest(4, sight.picture, sight.face))
    assert paint is not None
    patch = patch_of(sight.picture, paint).astype(np.float64)
    alpha = patch[..., 3:] / 255
    laid = patch[..., :3] * alpha + sight.picture * (1 - alpha)
    assert np.abs(laid - apply_paint(sight.picture, paint)).max() <= 1.01


def test_a_request_gives_the_same_paint_in_any_order_and_company(painter: Painter) -> None:
    sight = drawn_face(0.3)
    asked = [PaintRequest(frame, sight.picture, sight.face) for frame in range(len(VOICE))]
    together = painter.paint(asked)
    shuffled = list(enumerate(asked))
    random.Random(3).shuffle(shuffled)
    for frame, one in shuffled:
        (alone,) = painter.paint([one])
        first = together[frame]
        assert alone is not None
        assert first is not None
        assert (alone.left, alone.top) == (first.left, first.top)
        assert np.array_equal(alone.mask, first.mask)
        assert np.array_equal(alone.pixels, first.pixels)


def test_a_held_mouth_shows_the_voice_frame_that_was_asked(painter: Painter) -> None:
    sight = drawn_face(0.3)
    held, direct = painter.paint(
        [PaintRequest(7, sight.picture, sight.face, voice_frame=2), PaintRequest(2, sight.picture, sight.face)]
    )
    assert held is not None
    assert direct is not None
    assert np.array_equal(held.pixels, direct.pixels)


def test_requests_may_be_of_different_sizes(painter: Painter) -> None:
    small, large = drawn_face(0.3, side=120), drawn_face(0.3, side=320)
    paints = painter.paint([PaintRequest(2, sight.picture, sight.face) for sight in (small, large)])
    assert all(paint is not None for paint in paints)
    assert paints[0].mask.shape < paints[1].mask.shape


@pytest.mark.parametrize("dx", [-130, 0, 130])
@pytest.mark.parametrize("dy", [-90, 0, 90])
def test_a_face_at_the_edge_of_the_picture_is_painted_as_far_as_it_shows(painter: Painter, dx: int, dy: int) -> None:
    sight = drawn_face(0.3)
    mouth = sight.mouth
    face = Face(
        sight.face.box.moved(dx, dy), 1, "hand", Mouth(mouth.x + dx, mouth.y + dy, mouth.width, mouth.height, 0.2)
    )
    check(painter, PaintRequest(2, sight.picture, face))


@pytest.mark.parametrize("angle", [-2.0, -0.5, 0.7, 3.1])
def test_turned_mouths_are_painted(painter: Painter, angle: float) -> None:
    sight = drawn_face(0.3)
    mouth = sight.mouth
    face = Face(sight.face.box, 1, "hand", Mouth(mouth.x, mouth.y, mouth.width, mouth.height, angle))
    assert check(painter, PaintRequest(2, sight.picture, face)) is not None


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 8), (8, 1), (2, 3), (5, 4), (8, 8)])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16], ids=["8bit", "16bit"])
def test_tiny_pictures_do_no_harm(painter: Painter, height: int, width: int, depth: type) -> None:
    rng = np.random.default_rng(height * 10 + width)
    picture: Picture = rng.integers(0, np.iinfo(depth).max, (height, width, 3 + width % 2), depth)
    face = Face.from_box(Box(0, 0, width, height), 1, "hand")
    for frame in range(3):
        check(painter, PaintRequest(frame, picture, face))


def test_a_mouth_without_size_does_no_harm(painter: Painter) -> None:
    sight = drawn_face(0.3)
    face = Face(sight.face.box, 1, "hand", Mouth(120, 160, 0, 0))
    check(painter, PaintRequest(2, sight.picture, face))


def test_a_mouth_far_outside_the_picture_paints_nothing_inside(painter: Painter) -> None:
    sight = drawn_face(0.3)
    face = Face.from_box(Box(2000, 2000, 2200, 2200), 1, "hand")
    check(painter, PaintRequest(2, sight.picture, face))
