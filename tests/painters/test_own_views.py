"""Heads that turn: the middle of the face is found, and the mouths of each view stay apart."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fakes.frames import FakeSource
from fakes.talking_head import FACE, RATE, SKIN, draw_head, sound_of, talk

from face_detection.face import Face, Mouth
from plugin_core.painters.own.affine import apply_affine, identity
from plugin_core.painters.own.anchor import make_anchor
from plugin_core.painters.own.area import ChangeMeter, mouth_area
from plugin_core.painters.own.choose import choose_by_view
from plugin_core.painters.own.core import core_of, match_core
from plugin_core.painters.own.library import LibraryClip
from plugin_core.painters.own.pose import PoseFinder
from plugin_core.painters.own.reading import read_library
from plugin_core.painters.own.views import ViewMeter, sort_views, within_views
from plugin_core.timing import FrameRange
from plugin_core.training.studio.demo import demo_film
from plugin_core.training.studio.motion import blinks

ASIDE = 14  # px that eyes, nose and mouth go where the head looks aside


def turned(opening: float) -> np.ndarray:
    """The head of the fakes with its face slid over it, outline and hair in place."""
    front = draw_head(opening)
    picture = front.copy()
    cv2.ellipse(picture, (100, 100), (45, 53), 0, 0, 360, SKIN, -1)
    inside = np.zeros((200, 200), np.uint8)
    cv2.ellipse(inside, (100, 104), (32, 38), 0, 0, 360, 1, -1)
    slid = np.roll(front, ASIDE, axis=1)
    where = np.roll(inside, ASIDE, axis=1) > 0
    picture[where] = slid[where]
    picture[:72] = front[:72]
    return picture


def face_of(aside: bool) -> Face:
    return replace(FACE, mouth=replace(FACE.mouth, x=100 + ASIDE * aside))


@pytest.fixture(scope="module")
def looking_about():
    """A clip that looks ahead, aside and ahead again, with what is known of it."""
    openings = talk(360)
    aside = (np.arange(360) // 60) % 2 == 1
    pictures = [turned(v) if away else draw_head(v) for v, away in zip(openings, aside, strict=True)]
    faces = [face_of(bool(away)) for away in aside]
    clip = LibraryClip(FakeSource(pictures, RATE), FrameRange(0, 360), faces, sound_of(openings))
    library = read_library([clip], lambda *_: None)
    yield openings, aside, library
    library.close()


def test_the_middle_of_a_face_is_found_where_it_went() -> None:
    anchor = make_anchor(draw_head(0.0), FACE, identity())
    assert anchor is not None
    assert anchor.core is not None
    core = core_of(anchor.work, FACE, anchor.to_work)
    assert core is not None
    assert match_core(core, anchor.work).in_place
    away = make_anchor(turned(0.0), FACE, identity())
    assert away is not None
    found = match_core(core, away.work)
    assert found.shift[0] / anchor.to_work[0, 0] == pytest.approx(ASIDE, abs=2)


def test_shut_eyes_do_not_move_the_mouth() -> None:
    film = demo_film(np.zeros((44, 6), np.float32))
    shut = blinks(len(film), film.rate, film.action)
    pictures = [frame.picture for frame in film]
    truths = film.truths()
    faces = [Face(truth.box, 0.9, "toon", truth.mouth) for truth in truths]
    anchor = make_anchor(pictures[0], faces[0], identity())
    assert anchor is not None
    finder = PoseFinder((anchor,))
    blinking = np.flatnonzero(shut == 1)
    assert len(blinking) >= 3
    for number in blinking:
        found = finder.find(pictures[number], faces[number])
        assert found is not None
        assert found.same_view
        lies = apply_affine(found.matrix, np.array([(truths[0].mouth.x, truths[0].mouth.y)]))[0]
        assert lies == pytest.approx((truths[number].mouth.x, truths[number].mouth.y), abs=1.5)


def test_a_core_that_looks_like_nothing_here_has_gone_nowhere() -> None:
    anchor = make_anchor(draw_head(0.0), FACE, identity())
    assert anchor is not None
    assert anchor.core is not None
    noise = np.random.default_rng(5).integers(0, 255, anchor.work.shape, dtype=np.uint8)
    assert match_core(replace(anchor.core, nose=None), noise).in_place


def test_views_are_told_apart(looking_about) -> None:
    _, aside, library = looking_about
    shown = aside[library.origin[:, 1]]
    assert len(library) > 340
    for view in np.unique(library.view):
        assert len(set(shown[library.view == view])) == 1


def test_a_view_gets_mouths_of_its_own_only(looking_about) -> None:
    openings, aside, library = looking_about
    wanted = talk(200, seed=5)
    chosen = choose_by_view(library, sound_of(wanted, seed=6), RATE)
    assert chosen.shape == (len(library.stand_in), 200)
    for view in set(library.stand_in):
        frames = library.origin[chosen[view], 1]
        assert len(set(aside[frames])) == 1
        assert np.corrcoef(openings[frames], wanted)[0, 1] > 0.8


def meter(places: list[tuple[float, float]]) -> ViewMeter:
    made = ViewMeter(ChangeMeter(4, 4))
    for place in places:
        made.add(np.zeros((4, 4, 3), np.uint8), np.array(place))
    return made


def test_views_that_point_alike_are_one_and_a_rare_one_borrows_from_the_next() -> None:
    places = {0: [(0.0, 0.3)] * 60, 1: [(0.01, 0.3)] * 40, 2: [(0.2, 0.3)] * 50, 3: [(0.3, 0.3)] * 3}
    view = np.concatenate([np.full(len(rows), number) for number, rows in places.items()])
    place = np.array([row for rows in places.values() for row in rows])
    sorted_view, stand_in = sort_views(view, place, {number: meter(rows) for number, rows in places.items()})
    assert stand_in == (0, 0, 2, 2)
    assert (sorted_view[:100] == 0).all()
    assert (sorted_view[100:150] == 2).all()
    assert (sorted_view[150:] == -1).all()


def test_a_mouth_that_lies_elsewhere_than_its_view_s_is_left_out() -> None:
    places = [(0.0, 0.3)] * 40 + [(0.15, 0.3)] * 5
    sorted_view, _ = sort_views(np.zeros(45, np.intp), np.array(places), {0: meter(places)})
    assert (sorted_view[:40] == 0).all()
    assert (sorted_view[40:] == -1).all()


def test_the_light_of_a_view_is_no_speech() -> None:
    pixels = np.array([[10, 10], [14, 12], [110, 60], [114, 62]], np.uint8)
    values = within_views(pixels, np.array([0, 0, 1, 1]))
    assert np.allclose(values[:2], values[2:])


def test_the_area_follows_a_mouth_that_opens_wider_than_where_it_was_found() -> None:
    spread = np.zeros((120, 160), np.float32)
    cv2.ellipse(spread, (80, 64), (26, 22), 0, 0, 360, 40.0, -1)
    found = mouth_area(spread, Mouth(80, 52, 70, 40))
    assert found.flat
    assert found.mask[spread > 0].min() > 0.9
