"""Renders go into an edit where they belong, and nothing else of it changes."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.timelines import (
    MEDIA_START,
    clip,
    dissolve,
    doubtful,
    gap,
    rendered,
    shot_at,
    span,
    three_shots,
    timeline,
    track,
)
from opentimelineio.opentime import RationalTime

from hosts.otio.placing import place_outcomes, restored
from plugin_core.errors import HostError
from plugin_core.job import Retime
from plugin_core.shots import Outcome
from plugin_core.timing import FrameRange

FILM = Fraction(24)


def as_json(thing: otio.core.SerializableObject) -> Any:
    return json.loads(thing.to_json_string())


def without_layers(edit: otio.schema.Timeline) -> otio.schema.Timeline:
    """The edit without what a reader can see to be ours: tracks and markers with our metadata."""
    bare = edit.deepcopy()
    for stack in [bare.tracks, *bare.tracks.find_children(descended_from_type=otio.schema.Stack)]:
        for index in reversed(range(len(stack))):
            if "lipflap" in stack[index].metadata:
                del stack[index]
        for index in reversed(range(len(stack.markers))):
            if "lipflap" in stack.markers[index].metadata:
                del stack.markers[index]
    return bare


def spans(edit: otio.schema.Timeline, index: int) -> list[tuple[str, float, float]]:
    return [
        (item.name, there.start_time.value, there.duration.value)
        for item in edit.tracks[index].find_clips()
        for there in [item.transformed_time_range(item.trimmed_range(), edit.tracks)]
    ]


@pytest.mark.parametrize("rate", [FILM, Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)])
def test_a_layer_covers_exactly_the_clips_that_were_rendered(rate: Fraction, tmp_path: Path) -> None:
    edit = three_shots(float(rate))
    outcomes = [rendered(shot_at(edit, place, rate), tmp_path) for place in ((0, 0), (0, 2))]
    written = place_outcomes(edit, rate, outcomes, "track")
    assert [item.name for item in written.tracks] == ["V1", "LIPFLAP", "A1"]
    assert spans(written, 1) == [("cut_a_0_0_lipflap_v001", 0, 48), ("cut_b_0_2_lipflap_v001", 60, 36)]
    layer = written.tracks[1]
    assert [type(item).__name__ for item in layer] == ["Clip", "Gap", "Clip"]
    assert layer[2].source_range == edit.tracks[0][2].source_range
    assert layer[2].media_reference.available_range == span(MEDIA_START + 92, 52, float(rate))
    assert layer[2].media_reference.target_url == (tmp_path / "cut_b_0_2_lipflap_v001.mov").as_uri()


def test_everything_else_stays_as_it_was(tmp_path: Path) -> None:
    edit = three_shots()
    before = as_json(edit)
    outcomes = [rendered(shot_at(edit, (0, 0), FILM), tmp_path), Outcome(shot_at(edit, (0, 2), FILM), "failed")]
    written = place_outcomes(edit, FILM, outcomes, "track")
    assert as_json(edit) == before
    assert as_json(written) != before
    assert as_json(without_layers(written)) == before


@pytest.mark.parametrize("mode", ["reference", "replace"])
def test_what_changes_on_a_clip_can_be_undone(mode: Any, tmp_path: Path) -> None:
    edit = three_shots()
    edit.tracks[0][0].effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    edit.tracks[0][0].effects.append(otio.schema.Effect("grade", "grade"))
    shot = replace(
        shot_at(edit, (0, 0), FILM), range=FrameRange(0, 48), retime=Retime(Fraction(10), Fraction(2), 48, FILM)
    )
    outcomes = [rendered(shot, tmp_path), rendered(shot_at(edit, (0, 2), FILM), tmp_path)]
    written = place_outcomes(edit, FILM, outcomes, mode)
    fast, plain = written.tracks[0][0], written.tracks[0][2]
    assert fast.source_range == span(0, 48, 24)
    assert [effect.name for effect in fast.effects] == ["grade"], "a baked speed change must not act twice"
    assert plain.source_range == edit.tracks[0][2].source_range
    assert plain.media_reference.name == "cut_b_0_2_lipflap_v001"
    assert as_json(restored(written)) == as_json(edit)
    assert as_json(restored(otio.adapters.read_from_string(written.to_json_string(), "otio_json"))) == as_json(edit)


def test_a_second_reference_is_active_and_the_original_keeps_its_key(tmp_path: Path) -> None:
    edit = three_shots()
    written = place_outcomes(edit, FILM, [rendered(shot_at(edit, (0, 0), FILM), tmp_path)], "reference")
    shown = written.tracks[0][0]
    assert shown.active_media_reference_key == "lipflap"
    references = shown.media_references()
    assert set(references) == {"DEFAULT_MEDIA", "lipflap"}
    assert references["DEFAULT_MEDIA"].is_equivalent_to(edit.tracks[0][0].media_reference)


@pytest.mark.parametrize("mode", ["track", "reference", "replace"])
def test_placing_again_updates_and_never_stacks(mode: Any, tmp_path: Path) -> None:
    edit = three_shots()
    first = [rendered(shot_at(edit, place, FILM), tmp_path) for place in ((0, 0), (0, 2))]
    once = place_outcomes(edit, FILM, first, mode)
    again = place_outcomes(once, FILM, first, mode)
    assert as_json(again) == as_json(once)
    newer = rendered(first[1].shot, tmp_path, version=2)
    updated = place_outcomes(once, FILM, [newer], mode)
    shown = [item.media_reference.name for item in updated.find_clips() if item.media_reference.name]
    assert shown == ["cut_a_0_0_lipflap_v001", "cut_b_0_2_lipflap_v002"]
    assert len(updated.tracks) == len(once.tracks)


def test_each_source_track_has_its_own_layer_above_it(tmp_path: Path) -> None:
    edit = timeline(
        track("V1", clip("a", 0, 48, 24)), track("V2", clip("b", 0, 48, 24)), track("V3", clip("c", 0, 9, 24))
    )
    outcomes = [rendered(shot_at(edit, place, FILM), tmp_path) for place in ((1, 0), (0, 0))]
    written = place_outcomes(edit, FILM, outcomes, "track")
    assert [item.name for item in written.tracks] == ["V1", "LIPFLAP", "V2", "LIPFLAP 2", "V3"]
    assert spans(written, 3)[0][0].startswith("cut_b")


def test_a_nested_clip_has_its_layer_inside_the_nest(tmp_path: Path) -> None:
    nest = otio.schema.Stack(
        "nest", [track("inner", gap(12, 24), clip("deep", 50, 40, 24))], source_range=span(6, 40, 24)
    )
    edit = timeline(track("V1", clip("a", 0, 48, 24), nest))
    shot = shot_at(edit, (0, 1, 0, 1), FILM)
    outcome = rendered(replace(shot, timeline=FrameRange(54, 88), range=FrameRange(50, 84)), tmp_path)
    written = place_outcomes(edit, FILM, [outcome], "track")
    inner = written.tracks[0][1]
    assert [item.name for item in inner] == ["inner", "LIPFLAP"]
    layer = inner[1]
    assert [(type(item).__name__, item.duration().value) for item in layer] == [("Gap", 12), ("Clip", 40)]
    assert as_json(without_layers(written)) == as_json(edit)


def test_a_render_that_holds_only_what_a_nest_shows_is_not_stretched(tmp_path: Path) -> None:
    nest = otio.schema.Stack("nest", [track("inner", clip("deep", 50, 40, 24))], source_range=span(10, 20, 24))
    edit = timeline(track("V1", nest))
    shot = replace(shot_at(edit, (0, 0, 0, 0), FILM), timeline=FrameRange(0, 20), range=FrameRange(60, 80))
    written = place_outcomes(edit, FILM, [rendered(shot, tmp_path, handles=0)], "track")
    layer = written.tracks[0][0][1]
    assert [(type(item).__name__, item.duration().value) for item in layer] == [("Gap", 10), ("Clip", 20)]
    assert layer[1].source_range == span(MEDIA_START + 60, 20, 24)
    assert spans_of(layer, written) == [(0, 20)]


def spans_of(layer: otio.schema.Track, edit: otio.schema.Timeline) -> list[tuple[float, float]]:
    there = [item.transformed_time_range(item.trimmed_range(), edit.tracks) for item in layer.find_clips()]
    return [(span.start_time.value, span.duration.value) for span in there]


def test_tracks_in_tracks_and_bare_clips_in_stacks_are_covered_too(tmp_path: Path) -> None:
    inner = track("inner", gap(5, 24), clip("deep", 0, 20, 24))
    edit = timeline(track("V1", clip("a", 0, 10, 24), inner), clip("bare", 30, 15, 24))
    outcomes = [rendered(shot_at(edit, place, FILM), tmp_path) for place in ((0, 1, 1), (1,))]
    written = place_outcomes(edit, FILM, outcomes, "track")
    assert [spans(written, index)[0][1:] for index in (1, 3)] == [(15, 20), (0, 15)]
    assert as_json(place_outcomes(written, FILM, [], "track")) == as_json(written)


def test_a_dissolve_between_two_renders_is_repeated_on_the_layer(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24)))
    outcomes = [
        rendered(shot_at(edit, (0, 0), FILM, (0, 6)), tmp_path, handles=0),
        rendered(shot_at(edit, (0, 2), FILM, (6, 0)), tmp_path, handles=0),
    ]
    layer = place_outcomes(edit, FILM, outcomes, "track").tracks[1]
    assert [type(item).__name__ for item in layer] == ["Clip", "Transition", "Clip"]
    assert layer[0].source_range == edit.tracks[0][0].source_range
    assert layer[2].visible_range() == edit.tracks[0][2].visible_range()


def test_a_dissolve_to_a_clip_without_a_render_fades_the_layer_out(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24)))
    outcome = rendered(shot_at(edit, (0, 0), FILM, (0, 6)), tmp_path, handles=0)
    layer = place_outcomes(edit, FILM, [outcome], "track").tracks[1]
    assert [type(item).__name__ for item in layer] == ["Clip", "Transition", "Gap"]
    assert layer[2].duration().value == 36


def test_a_render_too_short_for_a_dissolve_is_cut_instead(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24)))
    outcome = rendered(shot_at(edit, (0, 0), FILM), tmp_path, handles=2)
    layer = place_outcomes(edit, FILM, [outcome], "track").tracks[1]
    assert [type(item).__name__ for item in layer] == ["Clip"]


def test_a_baked_speed_change_is_not_repeated_but_other_effects_are(tmp_path: Path) -> None:
    edit = three_shots()
    edit.tracks[0][0].effects.append(otio.schema.FreezeFrame())
    edit.tracks[0][0].effects.append(otio.schema.Effect("scale", "scale"))
    shot = replace(
        shot_at(edit, (0, 0), FILM), range=FrameRange(0, 48), retime=Retime(Fraction(10), Fraction(0), 48, FILM)
    )
    layer = place_outcomes(edit, FILM, [rendered(shot, tmp_path)], "track").tracks[1]
    assert [effect.name for effect in layer[0].effects] == ["scale"]
    assert layer[0].source_range == span(0, 48, 24)
    assert layer[0].media_reference.available_range == span(0, 56, 24)


def test_media_at_another_rate_than_the_timeline_keeps_its_place(tmp_path: Path) -> None:
    media = otio.schema.ExternalReference("file:///media/slow.mov", span(0, 250, 25))
    edit = timeline(track("V1", gap(10, 24), otio.schema.Clip("slow", media, span(24, 48, 24))))
    shot = replace(
        shot_at(edit, (0, 1), Fraction(25)), range=FrameRange(25, 75), timeline=FrameRange(10, 58), rate=Fraction(25)
    )
    written = place_outcomes(edit, FILM, [rendered(shot, tmp_path)], "track")
    placed = written.tracks[1][1]
    assert placed.trimmed_range_in_parent() == edit.tracks[0][1].trimmed_range_in_parent()
    assert placed.media_reference.available_range == span(17, 66, 25)


def test_a_rate_that_the_edit_spells_as_a_decimal_still_gives_whole_frames(tmp_path: Path) -> None:
    edit = three_shots(23.976)
    outcome = rendered(shot_at(edit, (0, 2), Fraction(24000, 1001)), tmp_path)
    placed = place_outcomes(edit, Fraction(24000, 1001), [outcome], "track").tracks[1][1]
    assert placed.media_reference.available_range == span(MEDIA_START + 92, 52, 23.976)


def test_metadata_is_plain_and_says_what_a_shot_was_made_of(tmp_path: Path) -> None:
    edit = three_shots()
    outcome = rendered(shot_at(edit, (0, 0), FILM), tmp_path, sync={"offset_ms": math.nan, "agreement": 0.5})
    layer = place_outcomes(edit, FILM, [outcome], "track").tracks[1]
    told = json.loads(otio.core.serialize_json_to_string(layer[0].metadata["lipflap"]), parse_constant=pytest.fail)
    assert told["schema"] == "lipflap.edit/1"
    assert told["models"][0]["sha256"] == "ab" * 32
    assert told["source_range"] == {"start": 10, "stop": 58, "rate": "24"}
    assert told["audio_source"][0]["path"] == "/media/talk.wav"
    assert told["coverage"] == {"frames": 48, "covered": 40}
    assert told["sync"] == {"offset_ms": None, "agreement": 0.5}
    assert told["render_id"] == "cut_a_0_0_lipflap_v001"
    assert told == json.loads(otio.core.serialize_json_to_string(layer[0].media_reference.metadata["lipflap"]))
    assert layer.metadata["lipflap"]["source_track"] == "V1"


def test_doubtful_and_failed_shots_are_marked_for_a_person(tmp_path: Path) -> None:
    edit = three_shots()
    outcomes = [
        doubtful(rendered(shot_at(edit, (0, 0), FILM), tmp_path), "8 of 48 frames have no face"),
        rendered(shot_at(edit, (0, 2), FILM), tmp_path),
        Outcome(shot_at(edit, (0, 3), FILM), "failed", message="the disk is full"),
    ]
    written = place_outcomes(edit, FILM, outcomes, "track")
    sure, marked = written.tracks[1][2], written.tracks[1][0]
    assert not sure.markers
    assert marked.markers[0].color == otio.schema.MarkerColor.PURPLE
    assert marked.markers[0].comment == "8 of 48 frames have no face"
    assert marked.markers[0].metadata["Resolve_OTIO"]["Note"] == "8 of 48 frames have no face"
    (failed,) = written.tracks.markers
    assert (failed.comment, failed.marked_range) == ("the disk is full", span(96, 24, 24))
    mended = place_outcomes(written, FILM, [rendered(shot_at(edit, (0, 3), FILM), tmp_path)], "track")
    assert not mended.tracks.markers


def test_failed_outcomes_alone_leave_the_edit_as_it_was() -> None:
    edit = three_shots()
    written = place_outcomes(edit, FILM, [Outcome(shot_at(edit, (0, 0), FILM), "failed")], "track")
    assert as_json(written) == as_json(edit)


@pytest.mark.parametrize("place", [(0, 9), (0, 1), (7,), (0, 0, 0)])
def test_a_shot_whose_clip_is_gone_is_told(place: tuple[int, ...], tmp_path: Path) -> None:
    edit = three_shots()
    before = as_json(edit)
    good = rendered(shot_at(edit, (0, 0), FILM), tmp_path)
    with pytest.raises(HostError, match="the edit changed"):
        place_outcomes(edit, FILM, [good, replace(good, shot=replace(good.shot, place=place))], "track")
    assert as_json(edit) == before


def test_a_render_of_other_frames_is_refused(tmp_path: Path) -> None:
    edit = three_shots()
    shot = shot_at(edit, (0, 0), FILM)
    outcome = rendered(shot, tmp_path)
    assert outcome.render is not None
    with pytest.raises(HostError, match="render it again"):
        place_outcomes(
            edit, FILM, [replace(outcome, render=replace(outcome.render, range=FrameRange(200, 210)))], "track"
        )


def test_a_source_track_that_is_trimmed_trims_its_layer(tmp_path: Path) -> None:
    edit = three_shots()
    edit.tracks[0].source_range = span(20, 60, 24)
    shot = replace(shot_at(edit, (0, 2), FILM), timeline=FrameRange(40, 60), range=FrameRange(100, 120))
    written = place_outcomes(edit, FILM, [rendered(shot, tmp_path)], "track")
    assert written.tracks[1].source_range == span(20, 60, 24)
    assert written.tracks[1][1].transformed_time(RationalTime(MEDIA_START + 100, 24), written.tracks).value == 40
