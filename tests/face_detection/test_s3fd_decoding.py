from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_detection.s3fd.decoding import decode_level, face_probability, faces_of, suppress


def maps(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A level on which nothing is a face."""
    classes = np.zeros((2, height, width), np.float32)
    classes[0] = 20
    return classes, np.zeros((4, height, width), np.float32)


def put(level: tuple[np.ndarray, np.ndarray], cell: tuple[int, int], score: float, offsets: tuple[float, ...]) -> None:
    classes, boxes = level
    row, column = cell
    classes[:, row, column] = 0, math.log(score / (1 - score))
    boxes[:, row, column] = offsets


def test_a_cell_without_offsets_is_its_prior() -> None:
    # Level 2: stride 16, prior 64. Cell (row 3, column 5): centre x = 8 + 5*16 = 88, y = 8 + 3*16 = 56.
    level = maps(8, 8)
    put(level, (3, 5), 0.9, (0, 0, 0, 0))
    np.testing.assert_allclose(decode_level(2, *level), [[56, 24, 120, 88, 0.9]], rtol=1e-6)


def test_offsets_move_by_a_tenth_of_the_prior_and_grow_by_a_fifth_in_the_exponent() -> None:
    # Level 0: stride 4, prior 16. Cell (0, 1): centre (6, 2). dx = 2.5 -> 6 + 2.5*0.1*16 = 10; dy = -1.25 -> 2 - 2 = 0.
    # dw = 5 ln 2 -> 16 * exp(ln 2) = 32 wide; dh = -5 ln 2 -> 8 high. By hand, from spec/wav2lip.md section 3.3.
    level = maps(2, 2)
    put(level, (0, 1), 0.7, (2.5, -1.25, 5 * math.log(2), -5 * math.log(2)))
    np.testing.assert_allclose(decode_level(0, *level), [[-6, -4, 26, 4, 0.7]], rtol=1e-5)


@pytest.mark.parametrize(("level", "stride"), [(0, 4), (1, 8), (2, 16), (3, 32), (4, 64), (5, 128)])
def test_each_level_has_twice_the_stride_and_priors_of_four_strides(level: int, stride: int) -> None:
    one = maps(1, 1)
    put(one, (0, 0), 0.8, (0, 0, 0, 0))
    left, top, right, bottom, _ = decode_level(level, *one)[0]
    assert (right - left, bottom - top) == (4 * stride, 4 * stride)
    assert ((left + right) / 2, (top + bottom) / 2) == (stride / 2, stride / 2)


def test_cells_at_a_twentieth_and_below_are_no_candidates() -> None:
    level = maps(1, 2)
    put(level, (0, 0), 0.049, (0, 0, 0, 0))
    put(level, (0, 1), 0.051, (0, 0, 0, 0))
    assert len(decode_level(0, *level)) == 1


def test_the_face_probability_is_a_softmax() -> None:
    classes = np.array([[[1.0, 300.0]], [[2.0, -300.0]]], np.float32)
    expected = math.exp(2) / (math.exp(1) + math.exp(2))
    np.testing.assert_allclose(face_probability(classes), [[expected, 0]], atol=1e-6)


def test_overlap_counts_one_pixel_more_on_each_side() -> None:
    # 10x10 boxes by the +1 convention (0..9), shifted by 5: common 5*10 = 50, union 150, IoU = 1/3 > 0.3: suppressed.
    # Without the +1: 9x9 boxes, common 4*9 = 36, union 126, IoU = 0.286 <= 0.3: it would have been kept.
    boxes = np.array([[0, 0, 9, 9, 0.9], [5, 0, 14, 9, 0.8]], np.float32)
    assert len(suppress(boxes)) == 1
    # Shifted by 6: common 40, union 160, IoU = 0.25: kept.
    boxes[1, [0, 2]] += 1
    assert len(suppress(boxes)) == 2


def test_overlap_of_exactly_the_limit_is_kept() -> None:
    # 1 x 13 and 1 x 13, 6 in common: 6 / 20 = 0.3.
    boxes = np.array([[0, 0, 12, 0, 0.9], [7, 0, 19, 0, 0.8]], np.float32)
    assert len(suppress(boxes)) == 2


def test_a_suppressed_box_suppresses_nobody() -> None:
    boxes = np.array([[0, 0, 9, 9, 0.9], [4, 0, 13, 9, 0.8], [8, 0, 17, 9, 0.7]], np.float32)
    np.testing.assert_array_equal(suppress(boxes)[:, 4], boxes[[0, 2], 4])


def test_faces_of_all_levels_come_best_first_without_the_weak() -> None:
    fine, coarse = maps(40, 40), maps(5, 5)
    put(fine, (5, 5), 0.6, (0, 0, 0, 0))
    put(fine, (5, 6), 0.55, (0, 0, 0, 0))  # overlaps its better neighbour
    put(fine, (30, 30), 0.45, (0, 0, 0, 0))  # too weak
    put(coarse, (4, 4), 0.95, (0, 0, 0, 0))
    found = faces_of([fine, maps(20, 20), maps(10, 10), coarse, maps(3, 3), maps(2, 2)])
    np.testing.assert_allclose(found[:, 4], [0.95, 0.6], rtol=1e-6)


def test_no_candidates_give_no_faces() -> None:
    assert faces_of([maps(1, 1)] * 6).shape == (0, 5)


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40), st.integers(1, 40), st.floats(0, 1)),
        max_size=30,
    )
)
def test_suppression_keeps_the_best_and_no_two_that_overlap(rows: list[tuple[float, ...]]) -> None:
    boxes = np.array([[x, y, x + w, y + h, s] for x, y, w, h, s in rows], np.float32).reshape(-1, 5)
    kept = suppress(boxes)
    assert len(kept) == len(suppress(kept))
    assert (np.diff(kept[:, 4]) <= 0).all()
    if len(boxes):
        assert kept[0, 4] == boxes[:, 4].max()
