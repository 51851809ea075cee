"""The Blender host in order: who touches Blender, who knows the core, what the Python of every Blender can read."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
HOST = PROJECT / "hosts" / "blender"
DOOR = "core.py"
BLENDERS_OWN = {"bpy", "bpy_extras", "gpu", "gpu_extras", "mathutils", "blf", "aud"}

TOUCHES_BLENDER = {  # all other files are tested without it
    "addon.py",
    "bake/bake_script.py",
    "bake/baking.py",
    "timeline/compat.py",
    "ui/computer.py",
    "jobs/desk.py",
    "faces/hands.py",
    "host.py",
    "timeline/looks.py",
    "ui/menus.py",
    "timeline/placing.py",
    "ui/preferences.py",
    "faces/preview.py",
    "ui/properties.py",
    "session.py",
    "ui/settings.py",
    "timeline/strips.py",
    "timeline/whole_scene.py",
}
FOLDERS = ("ui/operators/", "ui/panels/", "publish/")  # all in them, too


def files() -> list[str]:
    return [path.relative_to(HOST).as_posix() for path in sorted(HOST.rglob("*.py"))]


def touches_blender(name: str) -> bool:
    return name in TOUCHES_BLENDER or name.startswith(FOLDERS)


def imported(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((HOST / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def test_files_that_touch_blender_are_those_that_are_named() -> None:
    touching = {name for name in files() if BLENDERS_OWN.intersection(imported(name))}
    assert {name for name in touching if not touches_blender(name)} == set()
    assert {name for name in TOUCHES_BLENDER if not (HOST / name).exists()} == set()


def plain_modules(package: str) -> list[str]:
    names = [name.removesuffix(".py").replace("/", ".") for name in files() if not touches_blender(name)]
    return [package if name == "__init__" else f"{package}.{name}" for name in names]


def test_the_rest_imports_without_blender() -> None:
    program = f"import sys; sys.modules['bpy'] = None; import {', '.join(plain_modules('hosts.blender'))}"
    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def test_only_the_door_knows_the_core() -> None:
    assert [name for name in files() if name != DOOR and "plugin_core" in set(imported(name))] == []
    assert set(imported(DOOR)) == {"__future__", "plugin_core"}


def test_the_types_hold_for_the_oldest_python_that_a_blender_brings() -> None:
    """What came to the standard library after Python 3.10 is an error of types there, in the light half as well."""
    mypy = Path(sys.executable).with_name("mypy")
    said = subprocess.run(
        [str(mypy), "--python-version", "3.10", "-p", "hosts.blender"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.fixture
def oldest_python() -> str:
    """A Python 3.10 that runs; the test is skipped where there is none (the types are checked everywhere)."""
    python = shutil.which("python3.10")
    if python is None or subprocess.run([python, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("no Python 3.10 on this machine")
    return python


def test_a_real_python_of_that_age_runs_the_plain_half_as_it_lies_in_the_zip(
    oldest_python: str, tmp_path: Path
) -> None:
    build = [sys.executable, str(PROJECT / "install" / "blender.py"), "--out", str(tmp_path)]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    program = f"import sys; sys.path.insert(0, sys.argv[1]); import {', '.join(plain_modules('lipflap'))}"
    legacy = str(next(tmp_path.glob("*-legacy.zip")))
    said = subprocess.run([oldest_python, "-I", "-c", program, legacy], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
