"""Fixtures of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of lipflap's notes, in place of that of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("config") / "lipflap"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIPFLAP_CONFIG", str(folder))
        yield folder
