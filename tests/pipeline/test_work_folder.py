from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from plugin_core.errors import OutputError
from plugin_core.pipeline.work_folder import WorkFolder, write_whole

KILLED_RENDER = """
import os, signal, sys
from pathlib import Path
from plugin_core.pipeline.work_folder import WorkFolder
with WorkFolder(Path(sys.argv[1]), "recipe") as folder:
    folder.write("segment.json", [1, 2])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_render(output: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_RENDER, str(output)], check=False)
    assert killed.returncode != 0


def test_a_folder_is_gone_after_a_good_end_and_after_a_bad_one(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "o.mov", "recipe") as folder:
        folder.write("a.json", 1)
    with pytest.raises(KeyError), WorkFolder(tmp_path / "o.mov", "recipe"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_render_left_is_there_for_the_same_recipe(tmp_path: Path) -> None:
    killed_render(tmp_path / "o.mov")
    with WorkFolder(tmp_path / "o.mov", "recipe") as folder:
        assert folder.read("segment.json") == [1, 2]


def test_what_a_killed_render_left_is_thrown_away_for_another_recipe(tmp_path: Path) -> None:
    killed_render(tmp_path / "o.mov")
    with WorkFolder(tmp_path / "o.mov", "another recipe") as folder:
        assert folder.read("segment.json") is None


def test_two_renders_of_one_output_do_not_mix(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "o.mov", "recipe") as folder:
        parent = psutil.Process(os.getppid())  # a living process that is not this one
        (folder.path / "worker.pid").write_text(f"{parent.pid} {parent.create_time()}")
        with pytest.raises(OutputError, match="another lipflap"), WorkFolder(tmp_path / "o.mov", "recipe"):
            pytest.fail("the folder was entered")


def test_an_output_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="missing"), WorkFolder(tmp_path / "missing" / "o.mov", "recipe"):
        pytest.fail("the folder was entered")


def test_a_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "record.json"
    target.write_text("before")
    (tmp_path / "record.json.partial").mkdir()
    with pytest.raises(OutputError, match=r"record\.json"):
        write_whole(target, "after")
    assert target.read_text() == "before"


def test_a_process_that_merely_got_the_number_of_a_dead_one_holds_no_lock(tmp_path: Path) -> None:
    killed_render(tmp_path / "o.mov")
    (tmp_path / ".o.mov.lipflap" / "worker.pid").write_text(f"{os.getppid()} 12345.0")
    with WorkFolder(tmp_path / "o.mov", "recipe") as folder:
        assert folder.read("segment.json") == [1, 2]
