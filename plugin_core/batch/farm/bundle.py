"""A farm's job as files: a template alone, or the folder that Deadline Cloud calls a job bundle."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from plugin_core.errors import OptionError
from plugin_core.pipeline.work_folder import make_folder, write_whole

from .openjd import FarmJob, asset_references, parameter_values, template

PLAN = "plan.json"  # in a bundle


def write_bundle(folder: Path, job: FarmJob) -> None:
    """A folder with the plan, the template and the values of its parameters.

    Raises:
        OptionError: YAML is not installed, or the job can't be told as a template.
        OutputError: the folder can't be written to.
    """
    make_folder(folder)
    write_whole(folder / PLAN, json.dumps(job.plan.to_json(), indent=2, ensure_ascii=False) + "\n")
    write_record(folder / "parameter_values.yaml", parameter_values(job))
    write_record(folder / "asset_references.yaml", asset_references(job))
    write_record(folder / "template.yaml", template(job, plan_default=PLAN))


def write_record(file: Path, record: dict[str, Any]) -> None:
    """Write plain values as what the file's name says: .json, else YAML.

    Raises:
        OptionError: YAML is not installed.
        OutputError: it can't be written.
    """
    if file.suffix == ".json":
        text = json.dumps(record, indent=2, ensure_ascii=False)
    else:
        text = _yaml().safe_dump(record, sort_keys=False, allow_unicode=True, width=120)
    write_whole(file, text)


def _yaml() -> Any:
    try:
        return importlib.import_module("yaml")
    except ImportError as error:
        raise OptionError(
            "output", 'YAML needs the extra "farm": pip install "lipflap[farm]", or write .json'
        ) from error
