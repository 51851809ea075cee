"""The figures of choosing can fail, and do where they should."""

from __future__ import annotations

import pytest

from plugin_core.training.evaluate_choosing import evaluate_choosing, try_character


@pytest.fixture(scope="module")
def tried() -> dict[str, bool]:
    character = try_character(50_000)
    return {name: character.refused(name) for name in character.fits}


def test_a_characters_own_drawings_are_taken(tried: dict[str, bool]) -> None:
    assert not tried["six"]


@pytest.mark.parametrize("name", ["stranger", "at random", "still", "neutral"])
def test_what_does_not_belong_follow_or_move_is_refused(tried: dict[str, bool], name: str) -> None:
    assert tried[name]


@pytest.mark.slow
def test_every_figure_comes_with_its_controls() -> None:
    figures = list(evaluate_choosing(2))
    assert all(figure.controls and figure.n == 2 for figure in figures)
    assert len({figure.name for figure in figures}) == len(figures)
