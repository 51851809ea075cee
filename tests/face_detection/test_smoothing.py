"""Still faces stand exactly still, moving ones are followed without lag."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.smoothing import smooth_track
from face_detection.tracking import Track


def track_of(xs: np.ndarray, noise: float = 0.0, size: float = 100.0, seed: int = 0) -> Track:
    rng = np.random.default_rng(seed)
    faces = {}
    for frame, x in enumerate(xs):
        dx, dy, dw = rng.normal(0, noise, 3) if noise else (0.0, 0.0, 0.0)
        side = size + dw
        box = Box(x + dx - side / 2, 80 + dy - side / 2, x + dx + side / 2, 80 + dy + side / 2)
        faces[frame] = Face.from_box(box, 0.9, "fake")
    return Track(0, faces)


def centres(track: Track) -> np.ndarray:
    return np.array([track.faces[frame].box.centre[0] for frame in sorted(track.faces)])


def test_a_still_face_stands_exactly_still_in_spite_of_a_trembling_detector() -> None:
    calm = smooth_track(track_of(np.full(60, 200.0), noise=0.4))
    assert len({(face.box, face.mouth) for face in calm.faces.values()}) == 1
    assert abs(centres(calm)[0] - 200) < 0.3


@settings(max_examples=25, deadline=None)
@given(speed=st.floats(0.3, 6.0), noise=st.floats(0.1, 0.8), seed=st.integers(0, 1000))
def test_an_evenly_moving_face_is_followed_without_lag(speed: float, noise: float, seed: int) -> None:
    true = 100 + speed * np.arange(60)
    off = centres(smooth_track(track_of(true, noise, seed=seed))) - true
    assert abs(off[6:-6].mean()) < 0.5
    assert np.abs(off).max() < 3.5


def test_smoothing_takes_out_most_of_the_tremble_of_a_moving_face() -> None:
    true = 100 + 2.0 * np.arange(200)
    track = track_of(true, noise=1.0)
    assert (centres(smooth_track(track)) - true).std() < 0.6 * (centres(track) - true).std()


def test_a_slow_drift_is_no_staircase() -> None:
    steps = np.diff(centres(smooth_track(track_of(100 + 0.25 * np.arange(150), noise=0.1))))
    assert np.abs(steps - 0.25).max() < 0.6


def test_a_jump_between_two_poses_stays_a_jump() -> None:
    true = np.where(np.arange(40) < 20, 100.0, 160.0)
    np.testing.assert_allclose(centres(smooth_track(track_of(true))), true, atol=1e-6)


def test_one_frame_that_slips_is_put_back() -> None:
    xs = np.full(20, 100.0)
    xs[9] = 140
    np.testing.assert_allclose(centres(smooth_track(track_of(xs))), 100, atol=1e-6)


def test_a_held_drawing_keeps_one_place_while_the_head_moves_on_twos() -> None:
    held_from = [frame - frame % 2 for frame in range(60)]
    true = np.array([100 + 3.0 * key for key in held_from])
    calm = centres(smooth_track(track_of(true), held_from))
    assert (calm[0::2] == calm[1::2]).all()
    np.testing.assert_allclose(calm[4:-4], true[4:-4], atol=1e-6)


def test_smoothing_run_backwards_gives_the_same_track_backwards() -> None:
    xs = 100 + 30 * np.sin(np.arange(50) / 5)
    forward = centres(smooth_track(track_of(xs)))
    backward = centres(smooth_track(track_of(xs[::-1])))[::-1]
    np.testing.assert_allclose(forward, backward, atol=1.5)


def test_scores_flags_and_frames_are_kept() -> None:
    track = Track(3, track_of(np.full(9, 50.0), 0.5).faces, frozenset({4}))
    calm = smooth_track(track)
    assert (calm.id, calm.interpolated, sorted(calm.faces)) == (3, frozenset({4}), list(range(9)))
    assert {face.score for face in calm.faces.values()} == {0.9}


def test_a_single_frame_stays_as_it_is() -> None:
    track = track_of(np.array([70.0]))
    assert centres(smooth_track(track))[0] == 70
