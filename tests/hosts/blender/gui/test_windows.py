"""The add-on in a Blender with windows, driven as a person drives it."""

from __future__ import annotations

from pathlib import Path

from fakes.blender_windows import Windows


def test_a_blender_with_windows_is_driven_by_keys(windows: Windows, tmp_path: Path) -> None:
    played = windows.play("opens", tmp_path)
    assert played.answer == {"undone": 250, "redone": 77, "background": False}
