from __future__ import annotations

from dataclasses import fields

import pytest

from hosts.blender.ui.choosing import is_told, told_options
from hosts.blender.ui.wording import FILES, FOLDERS, IN_PREFERENCES, LEFT_OUT, SHOWN
from plugin_core.errors import OptionError
from plugin_core.options import Options, option_types

ALL = {setting.name: setting for setting in fields(Options)}


def test_every_setting_is_shown_somewhere_or_left_out_for_a_reason() -> None:
    places = [*SHOWN, *IN_PREFERENCES, *LEFT_OUT]
    assert sorted(places) == sorted(ALL)


def test_every_choice_has_its_words() -> None:
    for name, wording in {**SHOWN, **IN_PREFERENCES}.items():
        assert tuple(wording.choices) == ALL[name].metadata["choices"], name


def test_words_follow_blenders_custom() -> None:
    for wording in [*SHOWN.values(), *IN_PREFERENCES.values()]:
        for label, tip in [(wording.label, wording.tip), *wording.choices.values()]:
            assert label[0].isupper(), label
            assert tip, label
            assert not tip.endswith("."), tip


def test_files_and_folders_are_texts_that_are_shown() -> None:
    assert {*FILES, *FOLDERS} <= {*SHOWN, *IN_PREFERENCES}
    assert {option_types()[name] for name in (*FILES, *FOLDERS)} == {str}


def test_an_untouched_panel_asks_for_nothing() -> None:
    untouched = {name: "" if ALL[name].default is None else ALL[name].default for name in [*SHOWN, *IN_PREFERENCES]}
    assert told_options(untouched) == {}


def test_what_was_changed_is_told_in_the_engines_words() -> None:
    values = {"gain": 0.699999988079071, "text": "  Good morning ", "text_file": "", "painter": "auto"}
    assert told_options(values) == {"gain": 0.7, "text": "Good morning"}


@pytest.mark.parametrize(
    ("name", "value", "other", "hiding", "showing"),
    [
        ("checkpoint", "/w.pth", "painter", "own", "wav2lip"),
        ("chart", "/chart", "painter", "neutral", "auto"),
        ("library", ("/a.mov",), "painter", "chart", "own"),
        ("detector_weights", "/y.onnx", "detector", "auto", "yunet"),
        ("silence_fade_ms", 200, "silence", "closed", "keep"),
        ("text_file", "/a.srt", "text", "Hello", ""),
    ],
)
def test_a_hidden_setting_says_nothing(name: str, value: object, other: str, hiding: object, showing: object) -> None:
    assert name not in told_options({name: value, other: hiding})
    assert told_options({name: value, other: showing})[name] == value
    assert not is_told(name, {other: hiding})


def test_what_cannot_be_is_refused_before_anything_starts() -> None:
    with pytest.raises(OptionError, match="gain"):
        told_options({"gain": 12.0})
