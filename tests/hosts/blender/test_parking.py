"""A render goes into its own file or into none."""

from __future__ import annotations

from pathlib import Path

from hosts.blender.jobs.parking import Files


def test_an_open_file_takes_its_renders() -> None:
    files = Files("")
    assert files.is_open(files.current)
    assert files.why_not(files.current) == ""


def test_a_file_that_was_closed_takes_them_once_it_is_open_again(tmp_path: Path) -> None:
    mine, other = str(tmp_path / "mine.blend"), str(tmp_path / "other.blend")
    for path in (mine, other):
        Path(path).touch()
    files = Files(mine)
    file = files.current
    files.opened(other)
    assert not files.is_open(file)
    assert mine in files.why_not(file)
    files.opened(mine)
    assert not files.is_open(file)  # it may have been closed without saving: a person decides
    assert files.why_not(file) == ""


def test_a_file_that_was_never_saved_never_takes_them_again() -> None:
    files = Files("")
    file = files.current
    files.opened("")  # File > New
    assert not files.is_open(file)
    assert "by hand" in files.why_not(file)


def test_a_file_that_was_saved_under_another_name_goes_on_under_that(tmp_path: Path) -> None:
    first, second = str(tmp_path / "first.blend"), str(tmp_path / "second.blend")
    files = Files(first)
    file = files.current
    files.saved(second)
    assert files.is_open(file)
    files.opened(first)
    assert second in files.why_not(file)
    files.opened(second)
    assert files.why_not(file) == ""


def test_two_names_of_one_file_are_one(tmp_path: Path) -> None:
    (tmp_path / "real.blend").touch()
    (tmp_path / "link.blend").symlink_to(tmp_path / "real.blend")
    files = Files(str(tmp_path / "real.blend"))
    file = files.current
    files.opened(str(tmp_path / "link.blend"))
    assert files.why_not(file) == ""


def test_a_closed_file_is_told_with_the_way_back_and_the_place_of_the_render() -> None:
    files = Files("/films/mine.blend")
    files.opened("/films/other.blend")
    told = files.closed(0, "the render is finished", "/renders/a.mov")
    assert "mine.blend was closed" in told
    assert "/renders/a.mov" in told
    assert "press Insert" in told
    assert "added by hand" in Files("").closed(0, "the render is finished", "/renders/a.mov")
