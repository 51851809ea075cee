"""Real Blenders for the tests of the Blender host."""

from __future__ import annotations

import warnings

import pytest
from fakes.blenders import found_blenders


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "blender" in metafunc.fixturenames:
        found = found_blenders()
        if not found:
            warnings.warn("SKIPPED: no Blender here; .ci/run installs one, LIPFLAP_BLENDERS names others", stacklevel=1)
        none = [pytest.param(None, marks=pytest.mark.skip(reason="no Blender on this machine"), id="none")]
        ids = [f"{one.version}{'-wheel' if one.wheel else ''}" for one in found]
        metafunc.parametrize("blender", found or none, ids=ids or None, scope="session")
