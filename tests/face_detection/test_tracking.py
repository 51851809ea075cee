"""Faces keep their identity over time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.tracking import UNSEEN, Linking, link_tracks


def face(x: float, y: float = 100, size: float = 40, score: float = 0.9) -> Face:
    return Face.from_box(Box(x - size / 2, y - size / 2, x + size / 2, y + size / 2), score, "fake")


def xs(track_faces: dict[int, Face]) -> list[float]:
    return [track_faces[frame].box.centre[0] for frame in sorted(track_faces)]


def test_one_face_is_one_track() -> None:
    (track,) = link_tracks([[face(50 + i)] for i in range(10)])
    assert (track.id, track.start, track.stop, track.interpolated) == (0, 0, 10, frozenset())


def test_a_gap_is_bridged_by_faces_between_at_half_the_score() -> None:
    detections = [[face(50)], [], [], [], [face(58)]]
    (track,) = link_tracks(detections)
    assert xs(dict(track.faces)) == [50, 52, 54, 56, 58]
    assert track.interpolated == {1, 2, 3}
    assert track.faces[2].score == pytest.approx(0.9 * UNSEEN)


def test_a_face_missed_for_too_long_comes_back_as_another_track() -> None:
    detections = [[face(50)], *[[] for _ in range(6)], [face(50)]]
    assert len(link_tracks(detections, linking=Linking(bridge=5))) == 2
    assert len(link_tracks(detections, linking=Linking(bridge=6))) == 1


def test_frames_that_nobody_looked_at_do_not_count_as_missed() -> None:
    detections = [[face(50)], *[None] * 30, [face(52)]]
    (track,) = link_tracks(detections, linking=Linking(bridge=2))
    assert len(track.faces) == 32
    assert track.interpolated == set(range(1, 31))
    assert track.faces[15].score == pytest.approx(0.9)


def test_no_track_runs_across_a_cut() -> None:
    tracks = link_tracks([[face(50)] for _ in range(10)], cuts=[4])
    assert [(track.start, track.stop) for track in tracks] == [(0, 4), (4, 10)]


def test_two_people_who_pass_each_other_keep_their_tracks() -> None:
    detections = [[face(40 + 6 * i), face(220 - 6 * i, y=112)] for i in range(31)]
    tracks = link_tracks(detections)
    assert len(tracks) == 2
    assert xs(dict(tracks[0].faces)) == sorted(xs(dict(tracks[0].faces)))
    assert xs(dict(tracks[1].faces)) == sorted(xs(dict(tracks[1].faces)), reverse=True)


def test_people_who_cover_each_other_while_passing_keep_their_tracks() -> None:
    detections = [[face(40 + 6 * i), face(220 - 6 * i)] for i in range(31)]
    for i in (14, 15, 16):  # one hides the other
        detections[i] = detections[i][:1]
    longest = sorted(link_tracks(detections), key=lambda track: -len(track.faces))[:2]
    ends = sorted((xs(dict(track.faces))[0], xs(dict(track.faces))[-1]) for track in longest)
    assert ends == [(40, 220), (220, 40)]


def test_a_face_of_another_size_at_the_same_place_is_another_face() -> None:
    assert len(link_tracks([[face(50, size=30)], [face(50, size=90)]])) == 2


def test_weak_and_empty_boxes_are_not_tracked() -> None:
    assert link_tracks([[face(50, score=0.1)], [face(50, size=0)]]) == []


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.floats(-12, 12), min_size=2, max_size=40),
    holes=st.sets(st.integers(1, 38)),
)
def test_a_track_has_no_holes_and_keeps_every_detection(steps: list[float], holes: set[int]) -> None:
    x = 0.0
    detections: list[list[Face]] = []
    for frame, step in enumerate(steps):
        x += step
        detections.append([] if frame in holes and frame < len(steps) - 1 else [face(x)])
    tracks = link_tracks(detections, linking=Linking(bridge=40, reach=50))
    (track,) = tracks
    assert sorted(track.faces) == list(range(track.start, track.stop))
    for frame, faces in enumerate(detections):
        if faces:
            assert track.faces[frame] == faces[0]
        else:
            assert frame in track.interpolated


def test_every_detection_lands_in_exactly_one_track() -> None:
    detections = [[face(60 * k + 3 * math.sin(i + k)) for k in range(4)] for i in range(12)]
    tracks = link_tracks(detections)
    assert sum(len(track.faces) for track in tracks) == 48
    assert [track.id for track in tracks] == list(range(len(tracks)))
