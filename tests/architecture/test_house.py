"""The house rules that a program can check. All tools come from the project's own environment."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOTS = ("plugin_core", "face_detection", "weights", "hosts")
LIGHT = ("client", "engine_process", "engine_place", "ports", "shots", "job", "options", "timing", "errors")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def tool(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name(words[0])
    return subprocess.run([str(program), *words[1:]], cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",)],
    ids=["lint", "format", "types", "contracts"],
)
def test_the_house_is_in_order(words: tuple[str, ...]) -> None:
    said = tool(*words)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_light_half_imports_without_any_library() -> None:
    program = f"""
import sys
before = set(sys.modules)
import {", ".join("plugin_core." + name for name in LIGHT)}
heavy = {{name.split(".")[0] for name in set(sys.modules) - before}} - set(sys.stdlib_module_names) - {{"plugin_core"}}
sys.exit(", ".join(sorted(heavy)) or 0)
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, f"the light half pulled in {said.stderr}"


def modules() -> list[Path]:
    return [path for root in ROOTS for path in sorted((PROJECT / root).rglob("*.py"))]


def test_files_stay_short_enough_to_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_short_enough_to_read() -> None:
    long = [
        f"{path.relative_to(PROJECT)}:{node.name} {length}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (length := code_lines(node)) > LONGEST_FUNCTION
    ]
    assert long == []


def code_lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_every_public_list_of_names_is_true() -> None:
    import importlib

    for path in modules():
        if path.name != "__init__.py" or "__all__" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(path.parent.relative_to(PROJECT).parts))
        assert [name for name in module.__all__ if not hasattr(module, name)] == [], path


def test_nothing_shells_out_or_unpickles() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                pytest.fail(f"{path}: subprocesses take argument lists")
            if isinstance(node, ast.Import):
                assert "pickle" not in [alias.name for alias in node.names], f"{path}: weights never run code"
            if isinstance(node, ast.ImportFrom) and node.module == "pickle":
                # What torch raises for a file with code in it.
                assert [alias.name for alias in node.names] == ["UnpicklingError"], f"{path}: nothing is unpickled"
