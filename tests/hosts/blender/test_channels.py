from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.blender.timeline.channels import HIGHEST, Occupied, free_channel
from plugin_core.errors import HostError
from plugin_core.timing import FrameRange

SPAN = FrameRange(10, 20)
RANGES = st.tuples(st.integers(-5, 30), st.integers(1, 9)).map(lambda ends: FrameRange(ends[0], ends[0] + ends[1]))
STRIPS = st.lists(st.builds(Occupied, st.integers(1, 8), RANGES), max_size=12)


def test_the_next_channel_is_taken_where_it_is_free() -> None:
    assert free_channel(3, SPAN, []) == 4


def test_strips_that_only_touch_are_not_in_the_way() -> None:
    assert free_channel(1, SPAN, [Occupied(2, FrameRange(0, 10)), Occupied(2, FrameRange(20, 30))]) == 2


def test_a_single_shared_frame_is_in_the_way() -> None:
    assert free_channel(1, SPAN, [Occupied(2, FrameRange(0, 11)), Occupied(3, FrameRange(19, 30))]) == 4


def test_locked_and_muted_channels_are_left_alone() -> None:
    assert free_channel(1, SPAN, [], closed=[2, 3, 5]) == 4


def test_the_last_channel_can_be_used() -> None:
    assert free_channel(HIGHEST - 1, SPAN, []) == HIGHEST


@pytest.mark.parametrize("above", [HIGHEST, HIGHEST - 1])
def test_no_channel_is_an_error_that_says_so(above: int) -> None:
    with pytest.raises(HostError, match=rf"no channel above channel {above} .* frame 10 to 19 .*128"):
        free_channel(above, SPAN, [Occupied(HIGHEST, SPAN)])


@given(STRIPS, st.integers(1, 8), st.sets(st.integers(1, 12)))
def test_it_is_the_lowest_that_is_free(strips: list[Occupied], above: int, closed: set[int]) -> None:
    found = free_channel(above, SPAN, strips, closed)
    full = {one.channel for one in strips if set(one.range) & set(SPAN)}
    assert found not in full | closed
    assert set(range(above + 1, found)) <= full | closed
