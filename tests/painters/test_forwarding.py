"""A render whose shots are painted by different painters."""

from __future__ import annotations

import numpy as np
from fakes.drawn_faces import drawn_face
from fakes.painters import FakePainter

from plugin_core.painters.forwarding import ForwardingPainter
from plugin_core.painters.painter import PaintRequest

SIGHT = drawn_face(0.3)


class Named(FakePainter):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def request(frame: int, voice_frame: int | None = None) -> PaintRequest:
    return PaintRequest(frame, SIGHT.picture, SIGHT.face, voice_frame)


def test_every_request_goes_to_the_painter_of_its_frame_and_comes_back_in_its_place() -> None:
    first, second = FakePainter(blank=frozenset({5})), FakePainter(blank=frozenset({1}))
    forwarding = ForwardingPainter([first, second], np.array([0, 0, 1, 1, 0, 1]))
    paints = forwarding.paint([request(frame) for frame in (0, 2, 4, 5, 1)])
    assert all(paint is not None for paint in paints)
    assert first.asked == [0, 4, 1]
    assert second.asked == [2, 5]


def test_the_frame_decides_and_not_the_moment_of_the_voice() -> None:
    first, second = FakePainter(), FakePainter()
    ForwardingPainter([first, second], np.array([0, 1])).paint([request(1, voice_frame=0)])
    assert (first.asked, second.asked) == ([], [0])


def test_a_frame_beyond_the_job_is_left_untouched() -> None:
    assert ForwardingPainter([FakePainter()], np.array([0])).paint([request(7)]) == [None]


def test_the_name_tells_of_all_who_paint_anything() -> None:
    one, two, idle = Named("own"), Named("neutral"), Named("chart")
    assert ForwardingPainter([one, two, idle], np.array([1, 0, 0, 1])).name == "neutral+own"
    assert ForwardingPainter([one, one], np.array([0, 1])).name == "own"
