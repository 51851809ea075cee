"""What survives in which format: every cell of the table, in the code and in the docs, is measured again."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.timelines import clip, dissolve, doubtful, on_disk, rendered, shot_at, span, three_shots, timeline, track

from hosts.otio.delivery import FORMATS, Delivery, write_edit
from hosts.otio.delivery.formats import RATES, Format
from hosts.otio.placing import place_outcomes
from plugin_core.errors import OutputError
from plugin_core.shots import Outcome

DOCS = Path(__file__).resolve().parents[3] / "docs" / "edit-formats.md"
FILM = Fraction(24)
RENDER = "cut_b_0_2_lipflap_v001"
COLUMNS = {
    "LIPFLAP track": "layers",
    "its name": "track_names",
    "second reference": "references",
    "marker on a doubtful shot": "clip_markers",
    "marker on a failed shot": "edit_markers",
    "metadata": "metadata",
    "dissolves": "dissolves",
    "start timecode": "start",
    "handles": "handles",
}


class AdapterFailsError(Exception):
    """It can't write or read this edit at all."""


def through(edit: otio.schema.Timeline, path: Path) -> otio.schema.Timeline:
    """Written and read by the format's adapter, without our help."""
    adapter = FORMATS[path.suffix].adapter
    options: dict[str, dict[str, Any]] = {"AAF": {"use_empty_mob_ids": True}, "cmx_3600": {"rate": 24}}
    reading = options["cmx_3600"] if adapter == "cmx_3600" else {}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            otio.adapters.write_to_file(edit, str(path), adapter, **options.get(adapter, {}))
            return otio.adapters.read_from_file(str(path), adapter, **reading)
    except Exception as error:  # each adapter has errors of its own
        raise AdapterFailsError from error


def renders_of(edit: otio.schema.Timeline) -> list[otio.schema.Clip]:
    return [item for item in edit.find_clips() if RENDER in getattr(item.media_reference, "target_url", "")]


def edit_on_disk(folder: Path) -> otio.schema.Timeline:
    """Three shots whose media exist, since bundles take no others."""
    edit = three_shots()
    for item in edit.find_clips():
        file = folder / f"{item.name}.mov"
        file.write_bytes(b"pictures")
        item.media_reference.target_url = file.as_uri()
    return edit


def with_renders(folder: Path, mode: Any) -> otio.schema.Timeline:
    edit = edit_on_disk(folder)
    outcomes = [
        doubtful(rendered(shot_at(edit, (0, 2), FILM), folder), "look at it"),
        Outcome(shot_at(edit, (0, 0), FILM), "failed", message="no face"),
    ]
    return place_outcomes(edit, FILM, outcomes, mode)


def without_sound(edit: otio.schema.Timeline) -> otio.schema.Timeline:
    del edit.tracks[len(edit.tracks) - 1]
    return edit


def keeps_layers(path: Path) -> bool:
    edit = with_renders(path.parent, "track")
    read = through(edit, path)
    (shown,) = renders_of(read)
    place = shown.transformed_time_range(shown.trimmed_range(), read.tracks)
    return (place.start_time.value, place.duration.value) == (60, 36)


def keeps_track_names(path: Path) -> bool:
    read = through(with_renders(path.parent, "track"), path)
    return any(item.name == "LIPFLAP" for item in read.tracks)


def keeps_references(path: Path) -> bool:
    read = through(without_sound(with_renders(path.parent, "reference")), path)
    return {"DEFAULT_MEDIA", "lipflap"} <= set(renders_of(read)[0].media_references())


def keeps_clip_markers(path: Path) -> bool:
    read = through(without_sound(with_renders(path.parent, "replace")), path)
    markers = [marker for item in renders_of(read) for marker in item.markers]
    return any("look at it" in marker.name for marker in markers)


def keeps_edit_markers(path: Path) -> bool:
    read = through(without_sound(with_renders(path.parent, "replace")), path)
    return any("no face" in marker.name for marker in read.tracks.markers)


def keeps_metadata(path: Path) -> bool:
    read = through(without_sound(with_renders(path.parent, "replace")), path)
    (shown,) = renders_of(read)
    return shown.metadata.get("lipflap", {}).get("render_id") == RENDER


def keeps_dissolves(path: Path) -> bool:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24), clip("c", 0, 9, 24)))
    for item in edit.find_clips():
        (path.parent / f"{item.name}.mov").write_bytes(b"pictures")
        item.media_reference.target_url = (path.parent / f"{item.name}.mov").as_uri()
    read = through(edit, path)
    kept = read.tracks.find_children(descended_from_type=otio.schema.Transition)
    return [transition.duration().value for transition in kept] == [12]


def keeps_start(path: Path) -> bool:
    """Through our own writer, which shifts the record times of EDLs."""
    edit = with_renders(path.parent, "replace")
    write_edit(edit, path, Delivery(FORMATS[path.suffix], "replace", FILM, ()), find=on_disk)
    if path.suffix == ".edl":
        return "01:00:02:12 01:00:04:00" in path.read_text(encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        start = otio.adapters.read_from_file(str(path)).global_start_time
    return start is not None and start.to_seconds() == 3600


def keeps_handles(path: Path) -> bool:
    read = through(without_sound(with_renders(path.parent, "replace")), path)
    (shown,) = renders_of(read)
    return shown.media_reference.available_range == span(86_400 + 92, 52, 24)


MEASURES = {name: globals()[f"keeps_{name}"] for name in COLUMNS.values()}


def holds(path: Path, rate: Fraction) -> bool:
    edit = three_shots(float(rate))
    for item in edit.find_clips():
        (path.parent / f"{item.name}.mov").write_bytes(b"pictures")
        item.media_reference.target_url = (path.parent / f"{item.name}.mov").as_uri()
    outcomes = [rendered(shot_at(edit, (0, index), rate), path.parent) for index in (0, 2)]
    made = FORMATS[path.suffix]
    mode: Any = "track" if made.layers else "replace"
    try:
        write_edit(place_outcomes(edit, rate, outcomes, mode), path, Delivery(made, mode, rate, ()), find=on_disk)
    except OutputError:
        return False
    return True


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("feature", MEASURES)
def test_the_table_says_what_the_adapter_keeps(suffix: str, feature: str, tmp_path: Path) -> None:
    try:
        kept = MEASURES[feature](tmp_path / f"edit{suffix}")
    except AdapterFailsError:
        kept = False
    assert getattr(FORMATS[suffix], feature) == kept


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_table_says_which_rates_come_back_whole(suffix: str, tmp_path: Path) -> None:
    held = tuple(rate for number, rate in enumerate(RATES) if holds(tmp_path / f"edit{number}{suffix}", rate))
    assert FORMATS[suffix].rates == held


def rows_of_docs() -> dict[str, dict[str, str]]:
    table = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {re.sub("`", "", row[0]): dict(zip(cells[0], row, strict=True)) for row in cells[2:] if row[0][1:2] == "."}


def as_told(made: Format, column: str) -> str:
    if column == "frame rates":
        return "all" if made.rates == RATES else ", ".join(f"{float(rate):.5g}" for rate in made.rates)
    return "yes" if getattr(made, COLUMNS[column]) else "no"


def test_the_docs_show_the_same_table() -> None:
    rows = rows_of_docs()
    assert set(rows) == set(FORMATS)
    for suffix, made in FORMATS.items():
        assert rows[suffix]["format"] == made.title
        for column in (*COLUMNS, "frame rates"):
            assert rows[suffix][column] == as_told(made, column), f"{suffix}: {column}"


def test_the_table_has_a_column_for_each_feature() -> None:
    assert {field.name for field in fields(Format)} - {"title", "adapter", "rates"} == set(COLUMNS.values())
