from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.edits import BEFORE, rendered_outcome
from fakes.frames import FakeSource, number_of, numbered_picture

from plugin_core.frames import ClipFacts
from plugin_core.media import write_picture
from plugin_core.review.pictures import GROUND, Pair, open_pair
from plugin_core.review.proxy import Layout
from plugin_core.shots import Shot
from plugin_core.timing import FrameRange

SPAN = FrameRange(0, 3)
SIZE = (64, 48)


def clear_patch() -> np.ndarray:
    """Transparent but for its left half, which is white."""
    patch = np.zeros((48, 64, 4), np.uint8)
    patch[:, :32] = 255
    return patch


def test_a_patch_is_laid_over_the_clip() -> None:
    clip = FakeSource([numbered_picture(at) for at in range(3)])
    pair = Pair(clip, SPAN, FakeSource([clear_patch()] * 3), is_patch=True)
    for before, after in pair.pictures(SIZE):
        assert (after[:, :32] == 255).all()
        assert (after[:, 32:] == before[:, 32:]).all()


def test_transparent_pictures_stand_before_grey() -> None:
    (shown,) = next(Pair(FakeSource([clear_patch()] * 3), SPAN).pictures(SIZE))
    assert (shown[:, :32] == 255).all()
    assert (shown[:, 32:] == GROUND).all()


def test_a_still_is_held_over_the_shot(tmp_path: Path) -> None:
    write_picture(tmp_path / "still.png", numbered_picture(77))
    span = FrameRange(4, 20)
    clip = str(tmp_path / "still.png")
    shot = Shot("a", "a", "V1", (0,), span, clip, span, Fraction(24), conform=True)
    shown = [number_of(before) for (before,) in open_pair(shot, None, is_patch=False).pictures(SIZE)]
    assert shown == [77] * 16


def test_a_clip_that_was_not_rendered_is_shown_alone(tmp_path: Path) -> None:
    shot = rendered_outcome(tmp_path, "shot", Fraction(25), frames=12).shot
    shown = [number_of(before) for (before,) in open_pair(shot, None, is_patch=False).pictures(SIZE)]
    assert shown == [BEFORE + frame for frame in shot.range]


@pytest.mark.parametrize(
    ("width", "height", "aspect", "half"),
    [
        (1920, 1080, Fraction(1), (640, 360)),
        (1080, 1920, Fraction(1), (202, 360)),
        (720, 576, Fraction(16, 15), (480, 360)),
        (4096, 858, Fraction(1), (716, 150)),
        (176, 144, Fraction(1), (176, 144)),
    ],
    ids=["hd", "portrait", "pal", "very wide", "small"],
)
def test_halves_keep_the_shape_of_the_picture(width: int, height: int, aspect: Fraction, half: tuple[int, int]) -> None:
    layout = Layout.of(ClipFacts(width, height, 10, Fraction(25), pixel_aspect=aspect), 360, 2)
    assert (layout.width, layout.height) == half
