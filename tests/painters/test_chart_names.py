from __future__ import annotations

import pytest

from plugin_core.painters.chart.names import visemes_of
from plugin_core.speech.visemes import Viseme


def test_the_eleven_names_are_known_in_any_case() -> None:
    assert visemes_of([viseme.value.upper() for viseme in Viseme]) == {
        viseme: viseme.value.upper() for viseme in Viseme
    }
    assert visemes_of([viseme.value.lower() for viseme in Viseme]).keys() == set(Viseme)


@pytest.mark.parametrize("form", ["sita_{}", "mouth-{}", "{}_v02", "hero.{}.0001", "The Hero {}", "mouth{}"])
def test_what_else_a_name_holds_does_not_matter(form: str) -> None:
    assert visemes_of([form.format(viseme) for viseme in Viseme]) == {viseme: form.format(viseme) for viseme in Viseme}


def test_rhubarbs_letters_are_read_as_rhubarb_means_them() -> None:
    found = visemes_of([f"lisa-{letter}" for letter in "ABCDEFGHX"])
    assert found[Viseme.MBP] == "lisa-A"
    assert found[Viseme.AA] == "lisa-D"
    assert found[Viseme.O] == "lisa-F"
    assert found[Viseme.FV] == "lisa-G"
    assert found[Viseme.L] == "lisa-H"
    assert found[Viseme.REST] == "lisa-X"


def test_the_preston_blair_set_is_read() -> None:
    found = visemes_of(["AI", "E", "O", "U", "etc", "L", "WQ", "MBP", "FV", "rest"])
    assert found[Viseme.AA] == "AI"
    assert found[Viseme.GK] == "etc"
    assert found[Viseme.O] == "O"
    assert found[Viseme.E] == "E"


def test_three_mouths_are_enough() -> None:
    assert visemes_of(["closed", "half", "open"]) == {Viseme.REST: "closed", Viseme.GK: "half", Viseme.AA: "open"}


def test_of_two_files_for_one_mouth_the_plainer_name_wins() -> None:
    assert visemes_of(["AA_old_version", "AA", "E", "rest"])[Viseme.AA] == "AA"


def test_unknown_names_give_nothing() -> None:
    assert visemes_of(["mouth0001", "mouth0010"]) == {}
    assert visemes_of([]) == {}
