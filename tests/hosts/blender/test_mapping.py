"""Which strips are read directly, which are baked, and what the engine's probe overrules. No Blender needed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hosts.blender.core import FrameRange, HostError
from hosts.blender.timeline.facts import Footage, SceneFacts, StripFacts
from hosts.blender.timeline.mapping import Probed, ToBake, baked_footage, contradiction, footage_of

SCENE = SceneFacts("Edit", Fraction(24), (1920, 1080), FrameRange(1, 251))
PROBED = Probed(100, Fraction(30000, 1001), (1920, 1080), constant=True)


@pytest.fixture
def movie(tmp_path: Path) -> StripFacts:
    """100 frames of 29.97 from timeline frame 10 on."""
    file = tmp_path / "Film ü.mp4"
    file.write_bytes(b"x")
    return StripFacts(
        "Edit", "Film", "MOVIE", 2, FrameRange(10, 110), Fraction(10), 100,
        file=str(file), file_frames=100, file_rate=29.97, size=(1920, 1080),
    )  # fmt: skip


def pictures(folder: Path, numbers: list[int], **changes: Any) -> StripFacts:
    files = tuple(str(folder / f"shot.{number:04d}.png") for number in numbers)
    strip = StripFacts("Edit", "shot", "IMAGE", 1, FrameRange(5, 5 + len(files)), Fraction(5), len(files), files=files)
    return replace(strip, **changes)


def on_disk(folder: Path, numbers: range) -> None:
    for number in numbers:
        (folder / f"shot.{number:04d}.png").write_bytes(b"x")


def reason_of(strip: StripFacts, scene: SceneFacts = SCENE) -> str:
    footage = footage_of(strip, scene)
    return footage.reason if isinstance(footage, ToBake) else ""


def test_a_frame_of_the_timeline_is_a_frame_of_the_movie_whatever_their_rates(movie: StripFacts) -> None:
    assert footage_of(movie, SCENE) == Footage(movie.file, FrameRange(0, 100), Fraction(24))


def test_trims_and_handles_move_the_range(movie: StripFacts) -> None:
    cut = replace(movie, trim_start=7, trim_end=3, content_frames=90, range=FrameRange(15, 60))
    assert footage_of(cut, SCENE) == Footage(movie.file, FrameRange(12, 57), Fraction(24), first=7)


@pytest.mark.parametrize(
    "changes",
    [
        {"reverse": True},
        {"strobe": 2.0},
        {"speed": 0.5},
        {"retimed": True},
        {"effects": ("Speed",)},
        {"deinterlaced": True},
        {"stream": 1},
        {"content_start": Fraction(21, 2)},
        {"range": FrameRange(9, 50)},
        {"range": FrameRange(50, 111)},
        {"content_frames": 80},
        {"trim_start": 1},
        {"file_frames": 0},
        {"file_rate": 0.0},
    ],
    ids=str,
)
def test_what_is_not_certain_is_baked(movie: StripFacts, changes: dict[str, Any]) -> None:
    assert reason_of(movie) == ""
    assert reason_of(replace(movie, **changes)) != ""


@pytest.mark.parametrize("changes", [{"strobe": 0.0}, {"strobe": 1.0}, {"animated": True}, {"muted": True}], ids=str)
def test_what_does_not_touch_the_pictures_needs_no_bake(movie: StripFacts, changes: dict[str, Any]) -> None:
    assert reason_of(replace(movie, **changes)) == ""


def test_kinds_of_file_that_programs_count_differently_are_baked(movie: StripFacts, tmp_path: Path) -> None:
    (tmp_path / "old.AVI").write_bytes(b"x")
    assert reason_of(replace(movie, file=str(tmp_path / "old.AVI"))) != ""


@pytest.mark.parametrize(
    ("file_rate", "scene_rate", "own_rate", "certain"),
    [
        (24.0, Fraction(24), 24.0, True),
        (29.97002983, Fraction(30000, 1001), 29.97002887, True),  # every frame on time, as far as floats go
        (23.97602272, Fraction(24000, 1001), 23.97602463, False),  # every frame one late, seen in 3.4
        (23.97602463, Fraction(24), 24.0, False),
        (25.0, Fraction(24), 24.0, True),
    ],
)
def test_rates_at_which_adjusting_would_not_show_are_not_certain(
    movie: StripFacts, file_rate: float, scene_rate: Fraction, own_rate: float, certain: bool
) -> None:
    scene = replace(SCENE, rate=scene_rate, own_rate=own_rate)
    assert (reason_of(replace(movie, file_rate=file_rate), scene) == "") is certain


def test_a_missing_file_is_no_reason_to_bake(movie: StripFacts, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="not there: relink"):
        footage_of(replace(movie, file=str(tmp_path / "gone.mp4")), SCENE)
    with pytest.raises(HostError, match="relink"):
        footage_of(pictures(tmp_path, [1, 2]), SCENE)


def test_a_sound_strip_shows_no_pictures(movie: StripFacts) -> None:
    with pytest.raises(HostError, match="no pictures"):
        footage_of(replace(movie, kind="SOUND"), SCENE)


@pytest.mark.parametrize("kind", ["META", "SCENE", "MOVIECLIP"])
def test_strips_without_a_file_are_baked(movie: StripFacts, kind: str) -> None:
    assert reason_of(replace(movie, kind=kind, file="")) != ""


def test_a_sequence_is_a_pattern_that_counts_from_its_lowest_number(tmp_path: Path) -> None:
    on_disk(tmp_path, range(3, 20))
    strip = pictures(tmp_path, list(range(8, 15)), content_start=Fraction(3))
    wanted = Footage(str(tmp_path / "shot.%04d.png"), FrameRange(5, 12), Fraction(24), first=3)
    assert footage_of(strip, SCENE) == wanted


def test_one_picture_is_held(tmp_path: Path) -> None:
    on_disk(tmp_path, range(8, 9))
    footage = footage_of(pictures(tmp_path, [8] * 30), SCENE)
    assert footage == Footage(str(tmp_path / "shot.0008.png"), FrameRange(0, 30), Fraction(24), still=True)


@pytest.mark.parametrize(
    "numbers", [[8, 9, 11, 12], [9, 8, 7], [8, 8, 9, 9], [8, 9, 9, 9]], ids=["gap", "backward", "in twos", "held"]
)
def test_pictures_out_of_order_are_baked(tmp_path: Path, numbers: list[int]) -> None:
    on_disk(tmp_path, range(3, 20))
    assert reason_of(pictures(tmp_path, numbers)) != ""


def test_a_number_that_is_missing_in_the_folder_is_baked_around(tmp_path: Path) -> None:
    on_disk(tmp_path, range(3, 10))
    on_disk(tmp_path, range(12, 14))
    assert reason_of(pictures(tmp_path, [3, 4, 5])) != ""


@pytest.mark.parametrize("name", ["photo_0001.jpg", "light_0001.exr", "take#2_0001.png"])
def test_names_and_kinds_that_the_engine_reads_otherwise_are_baked(tmp_path: Path, name: str) -> None:
    files = tuple(str(tmp_path / name.replace("1.", f"{number}.")) for number in (1, 2))
    for file in files:
        Path(file).write_bytes(b"x")
    assert reason_of(pictures(tmp_path, [1, 2], files=files)) != ""


def test_a_bake_begins_with_its_strip() -> None:
    strip = StripFacts("Edit", "m", "META", 1, FrameRange(20, 50), Fraction(12), 60)
    footage = baked_footage(strip, SCENE, "/b.mkv")
    assert footage == Footage("/b.mkv", FrameRange(0, 30), Fraction(24), first=-8, baked=True)


def test_the_engine_agrees_where_it_counts_as_blender_does(movie: StripFacts) -> None:
    assert contradiction(movie, PROBED) is None
    assert contradiction(replace(movie, size=(0, 0)), PROBED) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"problem": "is damaged"}, "is damaged"),
        ({"constant": False}, "evenly spaced"),
        ({"frames": 99}, "counts 100 frames in it, the engine 99"),
        ({"size": (1080, 1920)}, "1920x1080, the engine 1080x1920"),
        ({"rate": Fraction(25)}, "at 29.97 frames per second, the engine at 25"),
        ({"turned": True}, "turned"),
    ],
    ids=str,
)
def test_whatever_the_engine_sees_otherwise_is_a_reason_to_bake(
    movie: StripFacts, changes: dict[str, Any], said: str
) -> None:
    assert said in (contradiction(movie, replace(PROBED, **changes)) or "")


def test_a_probe_is_read_from_the_workers_event() -> None:
    fields = {"frames": 100, "rate": "30000/1001", "size": [1920, 1080], "constant": True, "problem": None}
    assert Probed.of(fields) == PROBED
    unread = Probed.of({"frames": 0, "rate": None, "size": [0, 0], "constant": False, "problem": "no movie"})
    assert unread == Probed(0, Fraction(0), (0, 0), constant=False, problem="no movie")
