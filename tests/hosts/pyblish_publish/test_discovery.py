"""The steps are found as studios find them: by a folder, in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hosts.pyblish_publish import PLUGINS
from hosts.pyblish_publish.steps import find_steps
from plugin_core.errors import OptionError

LIST_STEPS = """
import json
import pyblish.api
own = [step for step in pyblish.api.discover() if "Lipflap" in step.__name__]
print(json.dumps([[s.__name__, s.label, s.order, s.hosts, bool((s.__doc__ or "").strip()), s.__module__] for s in own]))
"""


def discovered() -> list[list]:
    found = subprocess.run(
        [sys.executable, "-c", LIST_STEPS],
        env={**os.environ, "PYBLISHPLUGINPATH": str(PLUGINS)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Skipped" not in found.stderr
    return json.loads(found.stdout.splitlines()[-1])


def test_every_file_gives_one_step() -> None:
    steps = discovered()
    files = sorted(str(file) for file in PLUGINS.glob("*.py"))
    assert len(files) == 19
    assert sorted(step[5] for step in steps) == files


def test_every_step_says_what_it_is_and_runs_in_every_host() -> None:
    for name, label, _, hosts, documented, _ in discovered():
        assert label, name
        assert documented, name
        assert hosts == ["*"], name


def test_names_and_orders_are_those_of_the_trade() -> None:
    for name, _, order, _, _, file in discovered():
        verb, floor = next(
            (verb, floor) for floor, verb in enumerate(("Collect", "Validate", "Extract", "Integrate"))
            if name.startswith(verb)
        )  # fmt: skip
        assert floor - 0.5 <= order < floor + 0.5, name
        assert file.rpartition(os.sep)[2].startswith(verb.lower())


def test_a_step_of_a_studio_that_cannot_be_loaded_is_named(tmp_path) -> None:
    (tmp_path / "validate_house.py").write_text("from . import nothing\n")
    with pytest.raises(OptionError, match=r"validate_house\.py gives no step"):
        find_steps((tmp_path,), {})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ValidateLipflapFace": {"least": 1}}, "no step ValidateLipflapFace"),
        ({"ValidateLipflapFaces": {"leest": 1}}, "no setting 'leest'"),
        ({"ValidateLipflapFaces": {"least": "much"}}, "least can't be 'much': it is like 0.5"),
        ({"ValidateLipflapFaces": {"least": True}}, "least can't be True"),
        ({"ValidateLipflapFaces": {"active": 0}}, "active can't be 0"),
        ({"ValidateLipflapModels": {"licences": "MIT"}}, "licences can't be 'MIT'"),
    ],
)
def test_settings_of_nothing_are_refused(settings, told: str) -> None:
    with pytest.raises(OptionError, match=told):
        find_steps((), settings)


def test_a_setting_may_be_any_number_where_a_number_or_a_fraction_is_meant() -> None:
    settings = {"ValidateLipflapFaces": {"least": 1}, "ValidateLipflapVoice": {"tolerance": 0.1}}
    steps = {step.__name__: step for step in find_steps((), settings)}
    assert steps["ValidateLipflapFaces"].least == 1
    assert steps["ValidateLipflapVoice"].tolerance == 0.1
