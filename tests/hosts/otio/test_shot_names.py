"""Ids of shots: unique, steady, and safe in file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.otio.planning.names import ShotNames, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("sc01_sh010", "sc01_sh010"),
        ("sc01_sh010_anim.mov", "sc01_sh010_anim"),
        ("Anna & Bob: take 2/3", "Anna_Bob_take_2_3"),
        ("  ", "clip"),
        ("...", "clip"),
        ("../../etc/passwd", "etc_passwd"),
        ("v1.2", "v1_2"),
        ("Café", "Cafe"),
    ],
)
def test_a_name_keeps_what_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_in_other_scripts_stay_apart() -> None:
    assert len({safe_name(name) for name in ("シーン1", "場面1", "장면1", "1")}) == 4


def test_long_names_stay_apart_and_short() -> None:
    one, other = safe_name("a" * 300), safe_name("a" * 299)
    assert one != other
    assert len(one) < 80


@pytest.mark.parametrize("name", ["con", "NUL", "com1"])
def test_names_of_devices_are_no_files(name: str) -> None:
    assert safe_name(name).lower() != name.lower()


@given(st.lists(st.tuples(st.text(max_size=80), st.sampled_from(("V1", "V2"))), max_size=40))
def test_ids_are_unique_safe_and_steady(clips: list[tuple[str, str]]) -> None:
    ids, again = ([names.give(*one) for one in clips] for names in (ShotNames(), ShotNames()))
    assert ids == again
    assert len({name.casefold() for name in ids}) == len(ids)
    assert all(name.isascii() and name.replace("_", "").replace("-", "").isalnum() for name in ids)
