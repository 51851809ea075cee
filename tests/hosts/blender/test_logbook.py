"""The log of a session stays small, and so does their number."""

from __future__ import annotations

import os
from pathlib import Path

from hosts.blender.jobs.logbook import KEPT, LARGEST, TAIL, Logbook


def test_lines_of_several_writers_lie_in_one_file(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "logs", "a.log")
    assert (book.size(), book.tail()) == (0, "")
    book.note("first")
    since = book.size()
    with book.open() as file:
        file.write("second\n")
    assert "first" in book.tail()
    assert book.tail(since) == "second\n"


def test_a_log_that_grows_loses_its_older_half(tmp_path: Path) -> None:
    book = Logbook(tmp_path, "a.log")
    book.path.write_text("old line\n" * (LARGEST // 9 + 1000))
    book.note("new line")
    assert book.size() <= LARGEST // 2 + 100
    assert book.path.read_text().startswith("old line\n")
    assert "new line" in book.tail()
    assert len(book.tail()) <= TAIL


def test_logs_of_earlier_sessions_are_removed_but_for_some(tmp_path: Path) -> None:
    for number in range(3 * KEPT):
        path = tmp_path / f"{number:03}.log"
        path.touch()
        os.utime(path, (number, number))
    Logbook(tmp_path, "new.log").note("line")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == KEPT
    assert left[-2:] == [f"{3 * KEPT - 1:03}.log", "new.log"]


def test_a_folder_that_can_not_be_written_loses_notes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    book = Logbook(tmp_path / "logs", "a.log")
    book.note("lost")
    assert book.tail() == ""
