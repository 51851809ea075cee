"""Edits to publish, and a pyblish that forgets each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyblish.api
import pytest


@pytest.fixture(autouse=True)
def fresh_pyblish() -> Iterator[None]:
    def forget() -> None:
        pyblish.api.deregister_all_plugins()
        pyblish.api.deregister_all_paths()
        pyblish.api.deregister_all_hosts()
        pyblish.api.deregister_all_targets()
        pyblish.api.deregister_all_callbacks()
        pyblish.api.register_host("python")

    forget()
    yield
    forget()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "published"
