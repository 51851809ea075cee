"""Which codec goes into which file, and what is refused before any work."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from plugin_core.errors import OptionError
from plugin_core.frames import ClipFacts
from plugin_core.media import CODECS, check_codec, choose_codec
from plugin_core.media.codecs import choose_encoding
from plugin_core.options import Options


def facts(width: int = 640, height: int = 360, **more: object) -> ClipFacts:
    return ClipFacts(width, height, 10, Fraction(25), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("output", "alpha", "name"),
    [
        ("a.mov", False, "prores"),
        ("a.MOV", True, "prores4444"),
        ("a.mp4", False, "h264"),
        ("a.mkv", False, "ffv1"),
        ("a.mkv", True, "ffv1"),
        ("a.mxf", False, "dnxhr"),
        ("a.%04d.png", True, "png"),
        ("a.####.png", False, "png"),
    ],
)
def test_auto_goes_by_the_outputs_name(output: str, alpha: bool, name: str) -> None:
    assert choose_codec("auto", Path(output), needs_alpha=alpha).name == name


@pytest.mark.parametrize(
    ("codec", "output", "alpha", "said"),
    [
        ("auto", "a.mp4", True, "no alpha"),
        ("auto", "a.mxf", True, "no alpha"),
        ("prores", "a.mov", True, "prores4444"),
        ("auto", "a.webm", False, r"\.mov"),
        ("auto", "a", False, r"\.mov"),
        ("auto", "a.png", False, "%04d"),
        ("png", "a.mov", False, "%04d"),
        ("prores", "a.mp4", False, r"\.mov"),
        ("h264", "a.%04d.mp4", False, r"\.mp4"),
        ("av1", "a.mkv", False, "ffv1"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(codec: str, output: str, alpha: bool, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        choose_codec(codec, Path(output), needs_alpha=alpha)


def test_the_options_offer_exactly_these_codecs() -> None:
    choices = Options.__dataclass_fields__["codec"].metadata["choices"]
    assert set(choices) == {"auto", *CODECS}


@pytest.mark.parametrize(("width", "height"), [(255, 120), (256, 119), (1, 1)])
def test_dnxhr_says_its_smallest_size(width: int, height: int) -> None:
    with pytest.raises(OptionError, match="256x120"):
        choose_encoding(CODECS["dnxhr"], facts(width, height))


def test_ten_bits_make_dnxhr_hqx() -> None:
    assert ("profile", "dnxhr_hqx") in choose_encoding(CODECS["dnxhr"], facts(bit_depth=16)).options


def test_alpha_is_refused_where_there_is_no_room_for_it() -> None:
    with pytest.raises(OptionError, match="alpha"):
        choose_encoding(CODECS["h264"], facts(has_alpha=True))


def test_mxf_refuses_the_rates_that_it_cannot_hold() -> None:
    slow = ClipFacts(640, 360, 10, Fraction(12))
    with pytest.raises(OptionError, match="12 frames per second"):
        check_codec(CODECS["dnxhr"], slow, Path("a.mxf"))
    assert not check_codec(CODECS["dnxhr"], slow, Path("a.mov"))
    assert not check_codec(CODECS["png"], slow, Path("a.%04d.png"))


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_an_odd_size_is_kept_and_said(codec: str) -> None:
    assert not check_codec(CODECS[codec], facts(), Path("a.mov"))
    assert "641" in check_codec(CODECS[codec], facts(641), Path("a.mov"))
    odd = choose_encoding(CODECS[codec], facts(641))
    assert "444" in odd.pixel_format
