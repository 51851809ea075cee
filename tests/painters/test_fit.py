"""What tells a painter that suits a face from one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import DrawnFace, drawn_face

from face_detection.face import Mouth
from plugin_core.painters.composite import ellipse_mask, window_of
from plugin_core.painters.fit import Fit, Trial, likeness_of, mouth_patch, seam_of, try_painters, without_mouth
from plugin_core.painters.painter import MouthPaint, PaintRequest

OPENINGS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
OPENING = np.array(OPENINGS, np.float32)


class Copyist:
    """Lays the mouth of another picture of the same size, one for each moment; optionally in another light."""

    name = "copyist"

    def __init__(self, openings: Sequence[float | None], tint: int = 0) -> None:
        """`openings` of the drawn mouths; None leaves that moment unpainted."""
        self._openings = openings
        self._tint = tint

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        opening = self._openings[request.moment]
        mouth = request.face.mouth
        around = Mouth(mouth.x, mouth.y, mouth.width * 1.3, mouth.height * 1.3)
        window = window_of(around.box, request.picture)
        if opening is None or window is None:
            return None
        pixels = drawn_face(opening).picture[window.slices]
        lit = np.clip(pixels.astype(int) + self._tint, 0, 255).astype(np.uint8)
        return MouthPaint(window.left, window.top, lit, ellipse_mask(around, window, 1.0))


def trials(own: bool = True) -> list[Trial]:
    sights = [drawn_face(opening) for opening in OPENINGS]
    return [
        Trial(PaintRequest(number, sight.picture, sight.face, voice_frame=0), number if own else None)
        for number, sight in enumerate(sights)
    ]


def fit_of(painter: Copyist, own: bool = True) -> Fit:
    (fit,) = try_painters([painter], trials(own), OPENING)
    return fit


def likeness(fit: Fit) -> float:
    assert fit.likeness is not None
    return fit.likeness


def test_true_mouths_are_likest_and_wrong_ones_are_worse_than_none() -> None:
    true, wrong = fit_of(Copyist(OPENINGS)), fit_of(Copyist(OPENINGS[3:] + OPENINGS[:3]))
    assert likeness(true) > likeness(wrong) + 15
    assert true.over_mean is not None
    assert true.over_mean > 3
    assert wrong.over_mean is not None
    assert wrong.over_mean < 0


def test_a_mouth_that_never_moves_is_known_by_its_motion() -> None:
    still, moving = fit_of(Copyist([0.5] * 6)), fit_of(Copyist(OPENINGS))
    assert still.motion == pytest.approx(0, abs=0.1)
    assert moving.motion == pytest.approx(1, abs=0.1)


def test_the_most_closed_mouth_is_the_measure_of_doing_nothing() -> None:
    assert fit_of(Copyist([0.0] * 6)).over_closed == pytest.approx(0, abs=1)


def test_another_light_shows_as_a_seam() -> None:
    right, darker = fit_of(Copyist(OPENINGS), own=False), fit_of(Copyist(OPENINGS, tint=-40), own=False)
    assert right.seam < 0.5
    assert darker.seam > 8
    assert right.likeness is None, "nothing is known of the true mouths"


def test_frames_that_are_not_painted_are_counted() -> None:
    only_one = Copyist([None, *OPENINGS[1:]])
    (fit,) = try_painters([only_one], trials(), OPENING)
    assert fit.placed == 0, "the calm moment is the one that it does not paint"
    assert fit_of(Copyist(OPENINGS)).placed == 1


def test_the_width_of_the_paint_is_told_over_the_face() -> None:
    sight = drawn_face()
    wanted = 1.3 * sight.mouth.width / sight.face.box.width
    assert fit_of(Copyist(OPENINGS)).size == pytest.approx(wanted, rel=0.1)


def test_two_frames_are_too_few_to_compare_mouths() -> None:
    (fit,) = try_painters([Copyist(OPENINGS)], trials()[:2], OPENING)
    assert fit.likeness is None
    assert fit.frames == 2


def test_a_mouth_is_erased_down_to_the_skin() -> None:
    sight, bare = drawn_face(0.8), drawn_face(mouthless=True)
    erased = without_mouth(sight.picture, sight.mouth)
    assert np.abs(erased.astype(int) - bare.picture)[130:190, 85:155].max() < 12
    assert np.array_equal(sight.picture, drawn_face(0.8).picture), "the source was written into"


def turned(sight: DrawnFace, degrees: float) -> tuple[np.ndarray, Mouth]:
    mouth = sight.mouth
    matrix = cv2.getRotationMatrix2D((mouth.x - 0.5, mouth.y - 0.5), -degrees, 1)
    picture = cv2.warpAffine(sight.picture, matrix, sight.picture.shape[1::-1], flags=cv2.INTER_CUBIC)
    return picture, replace(mouth, angle=np.radians(degrees))


@pytest.mark.parametrize("degrees", [-25, 12])
def test_a_patch_shows_a_mouth_upright_however_it_lies(degrees: float) -> None:
    sight = drawn_face(0.6)
    upright, lying = mouth_patch(sight.picture, sight.mouth), mouth_patch(*turned(sight, degrees))
    assert np.abs(upright - lying).mean() < 0.02


def test_a_patch_is_the_same_at_any_size_and_depth() -> None:
    plain = drawn_face(0.6)
    for other in (drawn_face(0.6, side=480), drawn_face(0.6, depth=np.uint16), drawn_face(0.6, channels=4)):
        assert np.abs(mouth_patch(plain.picture, plain.mouth) - mouth_patch(other.picture, other.mouth)).mean() < 0.03


def test_a_paint_that_changes_nothing_has_no_seam() -> None:
    sight = drawn_face(0.5)
    window = window_of(sight.mouth.box, sight.picture)
    assert window is not None
    mask = np.ones(window.shape, np.float32)
    assert seam_of(sight.picture, MouthPaint(window.left, window.top, sight.picture[window.slices], mask)) == 0
    assert seam_of(sight.picture, MouthPaint(window.left, window.top, sight.picture[window.slices], mask * 0)) is None


def test_a_single_mouth_met_exactly_does_not_outweigh_the_others() -> None:
    rng = np.random.default_rng(0)
    truths = [rng.random((4, 6, 3)).astype(np.float32) for _ in range(5)]
    shuffled = [truths[0], truths[1], truths[3], truths[4], truths[2]]
    own, over_mean, _ = likeness_of(shuffled, truths, closed=0)
    assert over_mean < 0
    assert own < 12
