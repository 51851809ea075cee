from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.clusters import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with Cluster(folder) as running:
        yield running
