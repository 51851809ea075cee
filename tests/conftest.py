"""Fixtures that every test may use."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # so that every test can say `from fakes.x import ...`

SHARED = HERE.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real clips and speech beside the checkout; the test is skipped, and says so, where it is not."""
    if not (SHARED / "data").is_dir():
        warnings.warn(f"SKIPPED: the real clips are not at {SHARED}", stacklevel=1)
        pytest.skip(f"the real clips are not at {SHARED}")
    return SHARED / "data"
