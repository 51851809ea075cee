"""Who speaks in which shot, and which stretch of which file."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.cuts import AUDIO, VIDEO, Shelf, clip, gap, movie, span, stack, time, timeline, track

from hosts.otio.finding import SoundFacts
from hosts.otio.planning import Choice, DialogueTrack, plan_timeline
from plugin_core.errors import InputError, NothingSelectedError, OptionError, SoundError, TextError
from plugin_core.options import Options
from plugin_core.shots import Cue, Plan, Shot

MINUTE = Fraction(60)


def line(name: str, start: float = 0, frames: float = 24, *, media: str = "v.wav", **more: Any) -> otio.schema.Clip:
    return clip(name, start, frames, media=media, **more)


def planned(folder: Path, cut: otio.schema.Timeline, choice: Choice | None = None) -> Plan:
    sounds = {name: SoundFacts(MINUTE) for name in ("v.wav", "w.wav", "a.mov")}
    shelf = Shelf(folder, {"a.mov": movie(10_000)}, sounds)
    return plan_timeline(cut, choice or Choice(), shelf.finder())


def pictures(*frames: int) -> otio.schema.Track:
    return track(VIDEO, *(clip(f"p{number}", 100, length) for number, length in enumerate(frames)))


def cues(shot: Shot) -> tuple[Cue, ...]:
    return tuple(cue for speaker in shot.speakers for cue in speaker.cues)


def test_the_only_sound_track_speaks_and_shots_without_a_line_are_not_in_the_plan(tmp_path: Path) -> None:
    cut = timeline(pictures(48, 48, 48), track(AUDIO, gap(60), line("talk", 12, 30), name="Sound"))
    plan = planned(tmp_path, cut)
    assert [shot.name for shot in plan.shots] == ["p1"]
    (speaker,) = plan.shots[0].speakers
    assert speaker.name == "Sound"
    assert speaker.cues == (Cue(str(tmp_path / "v.wav"), Fraction(1, 2), Fraction(30, 24), Fraction(12, 24)),)


def test_a_line_over_a_cut_belongs_to_both_shots(tmp_path: Path) -> None:
    plan = planned(tmp_path, timeline(pictures(48, 48), track(AUDIO, gap(36), line("talk", 0, 24))))
    assert [cues(shot)[0].at for shot in plan.shots] == [Fraction(3, 2), Fraction(-1, 2)]
    assert {cues(shot)[0].start for shot in plan.shots} == {0}


def test_a_line_that_only_touches_a_shot_does_not_speak_in_it(tmp_path: Path) -> None:
    plan = planned(tmp_path, timeline(pictures(24, 24, 24), track(AUDIO, gap(24), line("talk", 0, 24))))
    assert [shot.name for shot in plan.shots] == ["p1"]


def test_a_lines_sound_counts_from_where_its_media_begins(tmp_path: Path) -> None:
    talk = line("talk", 86_424, 24, available=span(86_400, 1_000))
    assert cues(planned(tmp_path, timeline(pictures(24), track(AUDIO, talk))).shots[0])[0].start == 1


def test_sound_may_be_counted_in_samples(tmp_path: Path) -> None:
    talk = line("talk")
    talk.source_range = otio.opentime.TimeRange(time(96_096, 48_000), time(48_048, 48_000))
    cue = cues(planned(tmp_path, timeline(pictures(48), track(AUDIO, gap(1), talk))).shots[0])[0]
    assert (cue.start, cue.duration, cue.at) == (Fraction(1001, 500), Fraction(1001, 1000), Fraction(1, 24))


def test_a_broadcast_waves_own_time_counts(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, {"a.mov": movie(500)}, {"v.wav": SoundFacts(MINUTE, begins=Fraction(36_000))})
    cut = timeline(pictures(24), track(AUDIO, line("talk", 24 * 36_010, 24)))
    assert cues(plan_timeline(cut, Choice(), shelf.finder()).shots[0])[0].start == 10


def test_sound_in_nests_is_cut_to_what_the_nest_lets_be_heard(tmp_path: Path) -> None:
    nest = stack(track(VIDEO, clip("seen")), track(AUDIO, line("talk", 24, 96)), trimmed=span(24, 24))
    (cue,) = cues(planned(tmp_path, timeline(pictures(96), track(AUDIO, gap(48), nest))).shots[0])
    assert (cue.start, cue.duration, cue.at) == (2, 1, 2)


def test_disabled_lines_are_silent(tmp_path: Path) -> None:
    off = line("off")
    off.enabled = False
    plan = planned(tmp_path, timeline(pictures(24, 24), track(AUDIO, off, line("on"))))
    assert [shot.name for shot in plan.shots] == ["p1"]


def test_retimed_sound_is_a_problem_that_names_the_clip(tmp_path: Path) -> None:
    fast = line("fast", effects=[otio.schema.LinearTimeWarp(time_scalar=1.1)])
    (shot,) = planned(tmp_path, timeline(pictures(24), track(AUDIO, fast))).shots
    assert shot.problem is not None
    assert "'fast' is played at 1.1 times" in shot.problem


def test_a_missing_sound_file_is_a_problem_of_its_shots_alone(tmp_path: Path) -> None:
    lines = track(AUDIO, line("gone", media="gone.wav"), line("there"))
    first, second = planned(tmp_path, timeline(pictures(24, 24), lines)).shots
    assert first.problem is not None
    assert "gone.wav" in first.problem
    assert second.problem is None


def two_tracks(first: str, second: str) -> otio.schema.Timeline:
    return timeline(
        pictures(48), track(AUDIO, line("one", 0), name=first), track(AUDIO, line("two", 5), line("three"), name=second)
    )


@pytest.mark.parametrize("name", ["Dialogue", "dialog", "DX", "DIA 1", "VO", "Voice_EN", "A1 - DX"])
def test_of_several_tracks_the_one_named_like_dialogue_speaks(name: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, two_tracks("Music", name))
    assert [speaker.name for speaker in plan.shots[0].speakers] == [name]


@pytest.mark.parametrize("names", [("Music", "Effects"), ("DX 1", "DX 2"), ("", ""), ("Voices of birds", "Invoice")])
def test_an_open_choice_lists_the_tracks(names: tuple[str, str], tmp_path: Path) -> None:
    if names[0] == "Voices of birds":
        assert planned(tmp_path, two_tracks(*names)).shots[0].speakers[0].name == names[0]
        return
    with pytest.raises(OptionError) as choice:
        planned(tmp_path, two_tracks(*names))
    assert f"1 {names[0] or 'A1'!r} (1 clip), 2 {names[1] or 'A2'!r} (2 clips)" in str(choice.value)


def test_two_channels_of_one_recording_need_no_choice(tmp_path: Path) -> None:
    cut = timeline(pictures(24), *(track(AUDIO, line("talk", 7), name="Sequence") for _ in range(2)))
    assert len(cues(planned(tmp_path, cut).shots[0])) == 1


def choose(*tracks: DialogueTrack, **more: Any) -> Choice:
    return Choice(dialogue=tracks, **more)


@pytest.mark.parametrize("wanted", ["2", "A2", "a2", "effects", " Effects "])
def test_a_track_is_chosen_by_number_or_name(wanted: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, two_tracks("Music", "Effects"), choose(DialogueTrack(wanted, character="Ann")))
    assert [speaker.name for speaker in plan.shots[0].speakers] == ["Ann"]
    assert len(cues(plan.shots[0])) == 2


@pytest.mark.parametrize("wanted", ["3", "Mus", "0", ""])
def test_a_track_that_is_not_there_is_told_with_those_that_are(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="1 'Music'"):
        planned(tmp_path, two_tracks("Music", "Effects"), choose(DialogueTrack(wanted)))


def test_a_name_that_two_tracks_bear_has_to_be_a_number(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="several tracks"):
        planned(tmp_path, two_tracks("DX", "DX"), choose(DialogueTrack("DX")))


def test_several_characters_in_one_shot_each_have_their_lines_and_face(tmp_path: Path) -> None:
    choice = choose(DialogueTrack("1", face="left", character="Ann"), DialogueTrack("2", face="120,80"))
    (shot,) = planned(tmp_path, two_tracks("Music", "Bob"), choice).shots
    assert [(speaker.name, speaker.face, len(speaker.cues)) for speaker in shot.speakers] == [
        ("Ann", "left", 1),
        ("Bob", "120,80", 2),
    ]


@pytest.mark.parametrize("face", ["up", "1", "1,2,3", "-1,2", "x,y", "nan,1"])
def test_a_face_that_can_not_be_is_told(face: str) -> None:
    with pytest.raises(OptionError, match="is no face"):
        DialogueTrack("1", face=face)


def test_a_track_may_speak_for_one_picture_track_only(tmp_path: Path) -> None:
    cut = timeline(pictures(24), track(VIDEO, clip("above"), name="Top"), track(AUDIO, line("talk")))
    plan = planned(tmp_path, cut, choose(DialogueTrack("1", picture="Top")))
    assert [shot.name for shot in plan.shots] == ["above"]


def test_pictures_may_be_chosen_by_track_and_by_name(tmp_path: Path) -> None:
    cut = timeline(pictures(24, 24), track(VIDEO, clip("p above"), name="Top"), track(AUDIO, line("talk", 0, 48)))
    assert [s.name for s in planned(tmp_path, cut, Choice(pictures=("1",))).shots] == ["p0", "p1"]
    assert [s.name for s in planned(tmp_path, cut, Choice(pictures=("top",))).shots] == ["p above"]
    assert [s.name for s in planned(tmp_path, cut, Choice(pictures=("1", "V1"))).shots] == ["p0", "p1"]
    assert [s.name for s in planned(tmp_path, cut, Choice(clips=("p[1-9]", "*above"))).shots] == ["p above", "p1"]


def test_ids_do_not_depend_on_what_was_chosen(tmp_path: Path) -> None:
    same = track(VIDEO, *(clip("same") for _ in range(4)))
    cut = timeline(same, track(AUDIO, line("talk", 0, 24), gap(48), line("more"), name="x"))
    ids = {shot.place: shot.id for shot in planned(tmp_path, cut, Choice(voice_file=tmp_path / "v.wav")).shots}
    assert {shot.place: shot.id for shot in planned(tmp_path, cut).shots}.items() <= ids.items()
    assert list(ids.values()) == ["same", "same_V1", "same_V1_2", "same_V1_3"]


def test_ids_do_not_depend_on_the_chosen_track(tmp_path: Path) -> None:
    cut = timeline(*(track(VIDEO, clip("same")) for _ in range(2)), track(AUDIO, line("talk")))
    both, above = (planned(tmp_path, cut, choice).shots for choice in (Choice(), Choice(pictures=("2",))))
    assert [shot.id for shot in both] == ["same", "same_V2"]
    assert [shot.id for shot in above] == ["same_V2"]


def test_a_voice_file_lies_under_the_whole_timeline_until_it_ends(tmp_path: Path) -> None:
    long = timeline(pictures(24 * 50, 24 * 20, 24 * 20))
    first, second = planned(tmp_path, long, Choice(voice_file=tmp_path / "v.wav")).shots
    assert cues(first) == (Cue(str(tmp_path / "v.wav"), Fraction(0), MINUTE, Fraction(0)),)
    assert cues(second) == (Cue(str(tmp_path / "v.wav"), Fraction(0), MINUTE, Fraction(-50)),)


def test_stream_and_channel_of_the_options_are_those_of_the_cues(tmp_path: Path) -> None:
    choice = Choice(options=Options(voice_stream=1, voice_channel=2))
    plan = planned(tmp_path, timeline(pictures(24), track(AUDIO, line("talk"))), choice)
    (cue,) = cues(plan.shots[0])
    assert (cue.stream, cue.channel) == (1, 2)
    assert plan.options == Options()  # else the batch would apply them to its mix again


@pytest.mark.parametrize(
    ("tracks", "choice", "error"),
    [
        ([pictures(24)], Choice(), NothingSelectedError),
        ([pictures(24), track(AUDIO)], Choice(), NothingSelectedError),
        ([track(AUDIO, line("talk"))], Choice(), NothingSelectedError),
        ([pictures(24), track(AUDIO, gap(100), line("late"))], Choice(), NothingSelectedError),
        ([pictures(24)], Choice(voice_file=Path("gone.wav")), SoundError),
        ([], Choice(), NothingSelectedError),
    ],
    ids=["no sound track", "empty sound track", "no pictures", "they never meet", "no voice file", "empty timeline"],
)
def test_what_can_not_be_planned_is_told(
    tracks: Sequence[Any], choice: Choice, error: type[InputError], tmp_path: Path
) -> None:
    copies = [item.deepcopy() for item in tracks]
    with pytest.raises(error):
        planned(tmp_path, timeline(*copies), choice)


def test_a_voice_file_and_tracks_are_too_much() -> None:
    with pytest.raises(OptionError, match="once"):
        Choice(dialogue=(DialogueTrack("1"),), voice_file=Path("v.wav"))


SRT = """1
00:00:00,200 --> 00:00:00,800
Hello there.

2
00:00:01,500 --> 00:00:02,500
One two three four

3
00:00:50,000 --> 00:00:51,000
Far away
"""


def test_subtitles_of_the_whole_edit_are_shared_out_to_the_shots(tmp_path: Path) -> None:
    (tmp_path / "words.srt").write_text(SRT)
    cut = timeline(pictures(48, 48, 48), track(AUDIO, line("talk", 0, 144)))
    shots = planned(tmp_path, cut, Choice(text_file=tmp_path / "words.srt")).shots
    assert [shot.speakers[0].text for shot in shots] == ["hello there one two", "three four", None]


def test_subtitles_may_count_in_the_timelines_own_timecode(tmp_path: Path) -> None:
    (tmp_path / "words.srt").write_text(SRT.replace("00:00:", "01:00:"))
    cut = timeline(pictures(48), track(AUDIO, line("talk", 0, 144)), starts_at=time(86_400))
    (shot,) = planned(tmp_path, cut, Choice(text_file=tmp_path / "words.srt")).shots
    assert shot.speakers[0].text == "hello there one two"


def test_words_are_left_out_where_several_people_speak(tmp_path: Path) -> None:
    (tmp_path / "words.srt").write_text(SRT)
    choice = choose(DialogueTrack("1"), DialogueTrack("2"), text_file=tmp_path / "words.srt")
    (shot,) = planned(tmp_path, two_tracks("Ann", "Bob"), choice).shots
    assert [speaker.text for speaker in shot.speakers] == [None, None]
    assert "words" in shot.doubts[0]


def test_a_text_without_times_can_not_be_shared_out(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("hello")
    (tmp_path / "empty.srt").write_text("1\nno time\n")
    cut = timeline(pictures(48), track(AUDIO, line("talk", 0, 144)))
    with pytest.raises(OptionError, match=r"\.srt"):
        planned(tmp_path, cut, Choice(text_file=tmp_path / "words.txt"))
    with pytest.raises(TextError):
        planned(tmp_path, cut, Choice(text_file=tmp_path / "empty.srt"))
