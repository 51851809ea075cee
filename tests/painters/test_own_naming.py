"""Recognised drawings get their names by what is said while they are shown, and by their looks."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from fakes.talking_head import draw_head

from plugin_core.painters.own.choose import Belief, by_words
from plugin_core.painters.own.drawings import LOOK_HEIGHT, LOOK_WIDTH, DrawingName, Drawings, find_drawings
from plugin_core.painters.own.naming import CONFIDENT, Said, name_drawings, read_chart
from plugin_core.speech.visemes import PROTOTYPES, Viseme

MOUTHS = {Viseme.REST: 0.0, Viseme.GK: 0.3, Viseme.E: 0.55, Viseme.AA: 1.0}
VISEMES = tuple(Viseme)
REGION = (slice(98, 158), slice(64, 136))


def spoken(count: int = 240, seed: int = 0) -> list[Viseme]:
    rng = np.random.default_rng(seed)
    return [list(MOUTHS)[kind] for kind in rng.integers(0, 4, count // 2).repeat(2)]


def looks_of(shown: list[Viseme]) -> np.ndarray:
    pictures = {viseme: draw_head(MOUTHS[viseme])[REGION] for viseme in MOUTHS}
    return np.stack([cv2.resize(pictures[viseme], (LOOK_WIDTH, LOOK_HEIGHT)) for viseme in shown])


def heard(said: list[Viseme], sure: float = 0.5, seed: int = 1) -> Said:
    """An ear that is `sure` of what is said, and else hears anything."""
    noise = np.random.default_rng(seed).dirichlet(np.full(11, 0.5), len(said))
    truth = np.array([[viseme is other for other in VISEMES] for viseme in said], float)
    shapes = np.array([PROTOTYPES[viseme] for viseme in said]) * 0.75
    return Said((sure * truth + (1 - sure) * noise).astype(np.float32), shapes.astype(np.float32))


def chart() -> tuple[Drawings, np.ndarray, np.ndarray, list[Viseme]]:
    shown = spoken()
    looks, area = looks_of(shown), np.zeros((LOOK_HEIGHT, LOOK_WIDTH), bool)
    area[6:-6, 8:-8] = True
    drawings = find_drawings(looks, area)
    assert drawings is not None
    return drawings, looks, area, shown


def names_of(drawings: Drawings, shown: list[Viseme], names: tuple[DrawingName, ...]) -> list[bool]:
    return [name.viseme is shown[medoid] for name, medoid in zip(names, drawings.medoids, strict=True)]


def test_drawings_are_named_after_what_is_said_while_they_are_shown() -> None:
    drawings, looks, area, shown = chart()
    names = name_drawings(drawings, looks, area, heard(shown))
    assert all(names_of(drawings, shown, names))
    assert all(name.confidence >= CONFIDENT for name in names)


def test_names_by_another_sound_are_less_sure() -> None:
    drawings, looks, area, shown = chart()
    names = name_drawings(drawings, looks, area, heard(spoken(seed=9)))
    right = name_drawings(drawings, looks, area, heard(shown))
    assert np.mean([name.confidence for name in names]) < np.mean([name.confidence for name in right]) - 0.2


def test_a_drawing_that_was_drawn_twice_keeps_its_name_both_times() -> None:
    drawings, looks, area, shown = chart()
    wide = next(kind for kind, medoid in enumerate(drawings.medoids) if shown[medoid] is Viseme.AA)
    frames = np.flatnonzero(drawings.of == wide)
    of, medoids = drawings.of.copy(), drawings.medoids.copy()
    of[frames[::2]], medoids[wide] = len(drawings), frames[1]
    twice = replace(drawings, of=of, medoids=np.append(medoids, frames[0]))
    names = name_drawings(twice, looks, area, heard(shown))
    assert [name.viseme for name in names].count(Viseme.AA) == 2
    assert all(names_of(twice, shown, names))


def test_a_chart_without_an_ear_s_mouths_stays_nameless() -> None:
    drawings, looks, area, _ = chart()
    reading = read_chart(drawings, looks, area, None)
    assert reading.drawings.names is None
    assert reading.closed.any()


def test_openings_that_are_measured_wrong_give_way_to_what_is_said() -> None:
    drawings, looks, area, shown = chart()
    true = np.array([MOUTHS[viseme] for viseme in shown])
    as_measured = read_chart(drawings, looks, area, heard(shown))
    assert np.corrcoef(as_measured.opening, true)[0, 1] > 0.97
    # Lips in a colour that hides an open mouth: black lips closed, skin-coloured ones where they part.
    inverted = looks_of([{0.0: Viseme.AA, 1.0: Viseme.REST}.get(MOUTHS[viseme], viseme) for viseme in shown])
    reading = read_chart(drawings, inverted, area, heard(shown, sure=0.8))
    assert np.corrcoef(reading.opening, true)[0, 1] > 0.9
    assert np.array_equal(reading.closed, true == 0)


def test_a_part_of_a_chart_keeps_its_names() -> None:
    drawings, looks, area, shown = chart()
    named = read_chart(drawings, looks, area, heard(shown)).drawings
    kept = np.flatnonzero(np.array([viseme is not Viseme.GK for viseme in shown]))
    part = named.part(kept, looks)
    assert part.names is not None
    assert Viseme.GK not in {name.viseme for name in part.names}
    assert [name.viseme for name in part.names] == [shown[kept[medoid]] for medoid in part.medoids]


def test_known_words_ask_for_the_drawings_of_their_names_where_these_are_sure() -> None:
    drawings, *_ = chart()
    names = tuple(DrawingName(viseme, 0.9 if viseme is not Viseme.E else 0.4) for viseme in MOUTHS)
    nothing = Belief(np.zeros((3, 4)), np.zeros(3), 8.0, 0.0)
    told = by_words(nothing, replace(drawings, names=names), [Viseme.AA, Viseme.E, Viseme.TH])
    assert told.likely[0].argmax() == list(MOUTHS).index(Viseme.AA)
    assert not told.likely[1:].any()
    assert by_words(nothing, replace(drawings, names=None), [Viseme.AA] * 3) is nothing
