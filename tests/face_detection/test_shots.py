"""Cuts are found; flashes, pans and moving figures are not taken for cuts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face_detection.shots import ShotChanges

HEIGHT, WIDTH = 72, 96


def scenery(seed: int, width: int = WIDTH) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(20, 236, (HEIGHT // 12, width // 12, 3), dtype=np.uint8)
    return np.kron(blocks, np.ones((12, 12, 1), np.uint8))


def with_figure(picture: np.ndarray, x: int) -> np.ndarray:
    moved = picture.copy()
    moved[20:60, x % (WIDTH - 24) : x % (WIDTH - 24) + 24] = (30, 90, 220)
    return moved


def cuts_of(pictures: Sequence[np.ndarray]) -> tuple[int, ...]:
    shots = ShotChanges()
    for picture in pictures:
        shots.look(picture)
    return shots.cuts()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(min_value=4, max_value=14), min_size=1, max_size=5))
def test_every_hard_cut_is_found_at_its_frame(lengths: list[int]) -> None:
    pictures = [with_figure(scenery(shot), 3 * i) for shot, length in enumerate(lengths) for i in range(length)]
    edges = np.cumsum(lengths)[:-1]
    assert cuts_of(pictures) == tuple(int(edge) for edge in edges)


def test_a_flash_of_one_or_two_frames_is_no_cut() -> None:
    for length in (1, 2):
        pictures = [with_figure(scenery(0), i) for i in range(20)]
        for i in range(10, 10 + length):
            pictures[i] = np.full_like(pictures[i], 250)
        assert cuts_of(pictures) == ()


def test_a_fast_pan_is_no_cut() -> None:
    wide = scenery(5, WIDTH * 6)
    assert cuts_of([wide[:, 16 * i : 16 * i + WIDTH] for i in range(30)]) == ()


def test_a_figure_that_jumps_on_twos_is_no_cut() -> None:
    rng = np.random.default_rng(1)
    places = [int(x) for x in rng.integers(0, WIDTH - 24, 15)]
    assert cuts_of([with_figure(scenery(2), place) for place in places for _ in range(2)]) == ()


def test_a_slow_fade_is_no_cut() -> None:
    assert cuts_of([(scenery(3) * (i / 24)).astype(np.uint8) for i in range(25)]) == ()


def test_no_and_one_picture_have_no_cuts() -> None:
    assert cuts_of([]) == ()
    assert cuts_of([scenery(0)]) == ()


@pytest.mark.shared
def test_the_first_cut_of_an_old_cartoon_is_found_and_nothing_else(shared: Path) -> None:
    shots = ShotChanges()
    with av.open(str(shared / "anim/popeye_p1.mkv")) as clip:
        for number, picture in enumerate(clip.decode(video=0)):
            shots.look(picture.reformat(360, 268).to_ndarray(format="bgr24"))
            if number == 320:
                break
    assert shots.cuts() == (297,)  # read off a contact sheet
