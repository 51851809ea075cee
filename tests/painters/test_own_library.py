"""Reading footage, judging it, choosing from it and painting with it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from fakes.frames import FakeSource
from fakes.talking_head import FACE, RATE, draw_head, pose, posed, sound_of, talk

from face_detection.face import Face
from plugin_core.errors import Cancelled
from plugin_core.painters.composite import apply_paint, full_mask, largest_change_outside
from plugin_core.painters.own import reading
from plugin_core.painters.own.choose import choose_mouths, long_pauses
from plugin_core.painters.own.library import LibraryClip
from plugin_core.painters.own.painter import OwnMouthPainter
from plugin_core.painters.own.reading import read_library
from plugin_core.painters.painter import PaintRequest
from plugin_core.timing import FrameRange

FRAMES = 260


def quiet(stage, done, total):
    assert stage == "library"
    assert 0 < done <= total


def footage(openings, *, sway=0.0, sound=None, seed=0, bit_depth=8):
    pictures, faces = [], []
    for frame, value in enumerate(openings):
        dx, dy = sway * np.sin(frame / 9), sway / 2 * np.cos(frame / 13)
        picture = draw_head(value)
        if sway:
            picture = posed(picture, pose(dx, dy, sway / 2 * np.sin(frame / 17)))
        pictures.append(picture.astype(np.uint16) * 257 if bit_depth == 16 else picture)
        faces.append(Face(FACE.box.moved(dx, dy), 1.0, "hand", replace(FACE.mouth, x=100 + dx, y=128 + dy)))
    shapes = sound_of(openings, seed) if sound is None else sound
    return LibraryClip(FakeSource(pictures, RATE), FrameRange(0, len(openings)), faces, shapes)


@pytest.fixture(scope="module")
def chart_openings():
    return talk(FRAMES)


@pytest.fixture(scope="module")
def chart_clip(chart_openings):
    return footage(chart_openings)


@pytest.fixture(scope="module")
def chart_library(chart_clip):
    return read_library([chart_clip], quiet)


@pytest.fixture(scope="module")
def swaying(chart_openings):
    clip = footage(chart_openings, sway=5.0)
    return clip, read_library([clip], quiet)


def test_every_frame_with_a_face_is_in_the_library(chart_library):
    assert len(chart_library) == FRAMES
    assert chart_library.verdict.accepted
    assert len(chart_library.drawings) == 4


def test_held_drawings_are_kept_once(chart_library):
    assert len(chart_library.store) < FRAMES * 0.7


def test_another_voice_gets_the_mouths_that_it_asks_for(chart_library, chart_openings):
    wanted = talk(220, seed=5)
    chosen = choose_mouths(chart_library, sound_of(wanted, seed=6), RATE)
    assert np.corrcoef(chart_openings[chosen], wanted)[0, 1] > 0.85
    assert (chart_openings[chosen][wanted == 0] == 0).mean() > 0.9


def test_a_voice_that_says_something_else_does_not(chart_library, chart_openings):
    wanted = talk(220, seed=5)
    chosen = choose_mouths(chart_library, sound_of(talk(220, seed=77), seed=6), RATE)
    assert abs(np.corrcoef(chart_openings[chosen], wanted)[0, 1]) < 0.3


def test_pauses_are_closed_whatever_is_heard(chart_library, chart_openings):
    voice = sound_of(np.full(200, 1.0))
    speaking = np.ones(200, bool)
    speaking[60:120] = False
    chosen = choose_mouths(chart_library, replace(voice, speaking=speaking), RATE)
    assert (chart_openings[chosen][60:120] == 0).all()
    assert (chart_openings[chosen][:55] > 0).mean() > 0.9


def test_a_stop_between_two_vowels_is_no_pause():
    voice = replace(sound_of(np.full(20, 1.0)), speaking=np.array([True] * 8 + [False] * 2 + [True] * 10))
    assert not long_pauses(voice, RATE).any()


def test_an_empty_voice_gets_no_mouths(chart_library):
    assert len(choose_mouths(chart_library, sound_of(np.zeros(0)), RATE)) == 0


def test_a_smooth_mouth_is_chosen_in_runs(chart_openings):
    course = np.abs(np.sin(np.arange(FRAMES) / 6)) * np.random.default_rng(2).uniform(0.4, 1, FRAMES // 10).repeat(10)
    library = read_library([footage(course)], quiet)
    library = replace(library, drawings=None)
    wanted = np.abs(np.sin(np.arange(200) / 5 + 1))
    chosen = choose_mouths(library, sound_of(wanted, seed=3), RATE)
    assert np.corrcoef(course[chosen], wanted)[0, 1] > 0.85
    assert (np.diff(chosen) == 1).mean() > 0.3


def test_a_swaying_head_gives_the_same_drawings_and_paints_in_its_pose(swaying, chart_openings):
    clip, library = swaying
    assert len(library) == FRAMES
    assert library.verdict.accepted
    chosen = choose_mouths(library, sound_of(chart_openings, seed=9), RATE)
    assert np.corrcoef(chart_openings[chosen], chart_openings)[0, 1] > 0.85
    target = next(frame for frame in range(100) if chart_openings[frame] == 0.0)
    wide = int(np.argmax(chart_openings))
    painter = OwnMouthPainter(library, np.full(FRAMES, wide))
    picture = next(iter(clip.source.frames(FrameRange(target, target + 1))))
    (paint,) = painter.paint([PaintRequest(target, picture, clip.faces[target])])
    dx, dy = 5.0 * np.sin(target / 9), 2.5 * np.cos(target / 13)
    truth = posed(draw_head(1.0), pose(dx, dy, 2.5 * np.sin(target / 17)))
    painted = apply_paint(picture, paint)
    covered = full_mask(paint, 200, 200) == 1
    before = np.abs(picture.astype(int) - truth)[covered].mean()
    after = np.abs(painted.astype(int) - truth)[covered].mean()
    assert after < 0.15 * before


@pytest.mark.parametrize("bit_depth", [8, 16])
def test_a_still_head_gets_the_drawing_pixel_for_pixel(chart_openings, bit_depth):
    clip = footage(chart_openings[:230], bit_depth=bit_depth)
    library = read_library([clip], quiet)
    wide = int(np.argmax(chart_openings[:230]))
    closed = int(np.argmin(chart_openings[:230]))
    pictures = [next(iter(clip.source.frames(FrameRange(f, f + 1)))) for f in (wide, closed)]
    (paint,) = OwnMouthPainter(library, np.full(230, wide)).paint([PaintRequest(closed, pictures[1], FACE)])
    painted = apply_paint(pictures[1], paint)
    assert np.array_equal(painted, pictures[0])
    assert largest_change_outside(pictures[1], painted, full_mask(paint, 200, 200)) == 0


def test_paints_do_not_depend_on_what_was_painted_before(swaying, chart_openings):
    clip, library = swaying
    painter = OwnMouthPainter.for_voice(library, sound_of(chart_openings, seed=4), RATE)
    pictures = list(clip.source.frames(FrameRange(0, 12)))
    requests = [PaintRequest(i, pictures[i], clip.faces[i]) for i in range(12)]
    together = painter.paint(requests)
    alone = [painter.paint([request])[0] for request in reversed(requests)][::-1]
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert np.array_equal(one.mask, other.mask)


def test_the_moment_of_the_voice_is_what_counts(chart_library, chart_openings, chart_clip):
    painter = OwnMouthPainter(chart_library, np.arange(FRAMES))
    picture = next(iter(chart_clip.source.frames(FrameRange(0, 1))))
    held, same = painter.paint([PaintRequest(7, picture, FACE, voice_frame=40), PaintRequest(40, picture, FACE)])
    assert np.array_equal(held.pixels, same.pixels)


def test_a_head_that_is_not_recognised_is_left_alone(chart_library):
    painter = OwnMouthPainter(chart_library, np.zeros(10, int))
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    assert painter.paint([PaintRequest(0, noise, FACE)]) == [None]
    assert painter.paint([PaintRequest(99, draw_head(0.0), FACE)]) == [None]


def test_a_clip_that_does_not_talk_is_refused():
    openings = talk(FRAMES)
    library = read_library([footage(openings, sound=sound_of(talk(FRAMES, seed=31), seed=8))], quiet)
    assert not library.verdict.accepted
    assert "does not move with the sound" in library.verdict.reason


def test_three_seconds_of_speech_are_too_little():
    library = read_library([footage(talk(75))], quiet)
    assert not library.verdict.accepted
    assert library.verdict.seconds == Fraction(3)
    assert "3.0 s" in library.verdict.reason


def test_a_clip_without_a_face_gives_no_library():
    clip = footage(talk(30))
    assert read_library([replace(clip, faces=[None] * 30)], quiet) is None


def test_frames_without_a_face_are_left_out():
    clip = footage(talk(230))
    faces = [None if 50 <= i < 70 else face for i, face in enumerate(clip.faces)]
    library = read_library([replace(clip, faces=faces)], quiet)
    assert len(library) == 210
    assert not np.isin(library.origin[:, 1], np.arange(50, 70)).any()
    assert not library.follows[50]


def test_two_clips_make_one_library(chart_openings):
    first, second = footage(chart_openings[:130]), footage(chart_openings[130:], sway=3.0, seed=1)
    library = read_library([first, second], quiet)
    assert library.verdict.accepted
    assert set(library.origin[:, 0]) == {0, 1}
    assert not library.follows[130]


def test_the_clip_to_be_painted_may_be_silent(chart_openings):
    silent = replace(footage(chart_openings[:40], sway=4.0), shapes=None)
    library = read_library([silent, footage(chart_openings)], quiet)
    assert len(library) == FRAMES
    assert set(library.origin[:, 0]) == {1}


def test_long_footage_is_sampled_in_runs(monkeypatch, chart_clip):
    monkeypatch.setattr(reading, "MOST_FRAMES", 110)
    monkeypatch.setattr(reading, "RUN_SECONDS", 2)
    library = read_library([chart_clip], quiet)
    assert len(library) == 100
    assert library.follows.sum() == 98


def test_a_user_can_stop_the_reading(chart_clip):
    def stop(stage, done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_library([chart_clip], stop)


def test_a_part_of_the_library_keeps_its_order(chart_library, chart_openings):
    rows = np.ones(FRAMES, bool)
    rows[100:150] = False
    part = chart_library.part(rows)
    assert len(part) == FRAMES - 50
    assert not part.follows[100]
    assert np.array_equal(part.opening, chart_library.opening[rows])
    for kind, medoid in enumerate(part.drawings.medoids):
        assert part.drawings.of[medoid] == kind
