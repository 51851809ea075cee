from __future__ import annotations

from pathlib import Path

import pytest

from plugin_core.quality.record import dump_record, record_path


@pytest.mark.parametrize(
    ("output", "record"),
    [
        ("shot.mov", "shot.mov.lipflap.json"),
        ("a.%04d.png", "a.####.png.lipflap.json"),
        ("a_%04d.png", "a_####.png.lipflap.json"),
        ("a.####.png", "a.####.png.lipflap.json"),
        ("100%.mov", "100%.mov.lipflap.json"),
        ("50%_dub.mov", "50%_dub.mov.lipflap.json"),
    ],
)
def test_each_output_has_a_record_of_its_own_beside_it(output: str, record: str) -> None:
    assert record_path(Path("renders") / output) == Path("renders") / record


def test_a_record_is_strict_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        dump_record({"score": float("nan")})
