"""A look that was read wrongly is mended by the frames that it was read from."""

from __future__ import annotations

import pytest
import torch

from plugin_core.painters.compact.fitting import Frames, fitted, nearest_rows
from plugin_core.speech.visemes import PROTOTYPES, Viseme
from plugin_core.wav2lip.mouth_drawing import COLOURS, NUMBERS, Look, draw_mouths, pixel_grid

#                      x    y    width drop smile angle lips ink  seam rim toothy boxy teeth tongue taper
NUMBERS_DRAWN = torch.tensor([[0.05, -0.1, 0.5, 0.6, 0.1, 0.0, 0.0, 0.08, 0.08, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
INKS = torch.tensor([[[0.1, 0.1, 0.1], [0.2, 0.1, 0.45], [0.5, 0.4, 0.9], [0.95, 0.95, 0.95], [0.4, 0.4, 0.8]]])
SIDE = 64
SAID = (Viseme.REST, Viseme.AA, Viseme.E, Viseme.O, Viseme.IY, Viseme.L)


def filmed(visemes: tuple[Viseme, ...] = SAID) -> Frames:
    rows = torch.tensor([[*PROTOTYPES[viseme], float(viseme is Viseme.REST)] for viseme in visemes])
    look = Look(NUMBERS_DRAWN.expand(len(rows), -1), INKS.expand(len(rows), -1, -1))
    drawn = draw_mouths(look, rows, pixel_grid(SIDE), 2 / SIDE)
    bare = torch.full((len(rows), 3, SIDE, SIDE), 0.75)
    return Frames(bare * (1 - drawn[:, 3:]) + drawn[:, :3], bare, pixel_grid(SIDE))


def misread() -> Look:
    numbers, colours = NUMBERS_DRAWN.clone(), INKS.clone()
    for name, error in (("x", -0.06), ("y", 0.06), ("width", 0.06), ("drop", -0.12), ("ink", 0.03)):
        numbers[0, NUMBERS.index(name)] += error
    numbers[0, NUMBERS.index("teeth")] = 0.3
    colours[0, COLOURS.index("inside")] += 0.2
    return Look(numbers, colours)


@pytest.mark.parametrize(("name", "within"), [("x", 0.02), ("y", 0.03), ("width", 0.03), ("drop", 0.08)])
def test_place_and_size_are_mended(name: str, within: float) -> None:
    found = fitted(misread(), filmed()).numbers[0, NUMBERS.index(name)]
    assert float(found) == pytest.approx(float(NUMBERS_DRAWN[0, NUMBERS.index(name)]), abs=within)


@pytest.mark.parametrize("error", [-0.04, 0.08])
def test_closed_lips_get_a_line_as_thick_as_theirs(error: float) -> None:
    read = misread()
    seam = NUMBERS.index("seam")
    read.numbers[0, seam] += error
    found = fitted(read, filmed()).numbers[0, seam]
    assert float(found) == pytest.approx(float(NUMBERS_DRAWN[0, seam]), abs=0.025)


def test_colours_are_mended_where_they_are_seen() -> None:
    found = fitted(misread(), filmed()).colours[0, COLOURS.index("inside")]
    assert float((found - INKS[0, COLOURS.index("inside")]).abs().max()) < 0.09


def test_a_mouth_that_never_opens_keeps_the_inside_that_was_read() -> None:
    read = misread()
    found = fitted(read, filmed((Viseme.REST, Viseme.REST)))
    assert torch.allclose(
        found.colours[0, COLOURS.index("inside")], read.colours[0, COLOURS.index("inside")], atol=0.01
    )
    assert float(found.numbers[0, NUMBERS.index("y")]) == pytest.approx(-0.1, abs=0.02)


def test_the_nearest_mouths_are_those_that_were_drawn() -> None:
    frames = filmed()
    rows = nearest_rows(Look(NUMBERS_DRAWN, INKS), frames, frames.weights())
    opening = [PROTOTYPES[viseme][0] for viseme in SAID]
    assert rows[:, 0].tolist() == pytest.approx(opening, abs=0.2)
    assert rows[0, 6] == 1
