from __future__ import annotations

from pathlib import Path

import pytest
from fakes.render_jobs import Studio


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio.built(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def renders(tmp_path: Path) -> Path:
    folder = tmp_path / "renders"
    folder.mkdir()
    return folder
