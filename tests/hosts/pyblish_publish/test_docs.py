"""docs/pyblish.md is true: its step runs, its settings exist, its keys are those that the steps use."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pyblish.api
import pytest

from hosts.pyblish_publish import PLUGINS, keys
from hosts.pyblish_publish.publishing import find_steps

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "pyblish.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_step_is_in_the_table_at_its_order() -> None:
    rows = re.findall(r"^\| ([-\d.]+) \| `(\w+)`", PAGE, re.MULTILINE)
    told = {name: float(order) for order, name in rows}
    own = {step.__name__: step.order for step in find_steps((), {}) if Path(step.__module__).parent == PLUGINS}
    assert told == {name: pytest.approx(order) for name, order in own.items()}


def test_the_settings_that_are_shown_exist() -> None:
    (shown,) = blocks("toml")
    settings = tomllib.loads(shown)
    assert len(settings) >= 8
    find_steps((), settings)


def test_the_step_that_is_shown_is_found_and_runs(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks("python") if "ExtractHouseWatermark" in block]
    (tmp_path / "extract_house_watermark.py").write_text(shown)
    (step,) = [step for step in find_steps((tmp_path,), {}) if step.__name__ == "ExtractHouseWatermark"]
    assert pyblish.api.ExtractorOrder < step.order < pyblish.api.IntegratorOrder - 0.5
    assert step.label


def test_every_key_of_ours_is_in_the_contract() -> None:
    internal = {keys.DESK}
    told = set(re.findall(r"`(lipflap[A-Z]\w+)`", PAGE))
    used = {value for name, value in vars(keys).items() if name.isupper() and value.startswith("lipflap")}
    assert used - internal - {keys.FAMILY} == told
