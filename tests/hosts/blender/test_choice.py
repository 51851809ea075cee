from __future__ import annotations

from fakes.strips import a_sound, a_strip

from hosts.blender.timeline.choice import Choice, choose
from hosts.blender.timeline.facts import StripFacts
from hosts.blender.timeline.marks import Mark, mark_of

HEAD = a_strip("head")
VOICE = a_sound("voice")
OWN = a_sound("head sound", file=HEAD.file)


def chosen(*selected: StripFacts, others: tuple[StripFacts, ...] = ()) -> tuple[Choice, ...]:
    return choose(selected, lambda: others)


def only(*selected: StripFacts, others: tuple[StripFacts, ...] = ()) -> Choice:
    (choice,) = chosen(*selected, others=others)
    return choice


def names(choice: Choice) -> list[str]:
    return [sound.name for sound in choice.sounds]


def a_render(
    name: str = "render", source: str = "head", sounds: tuple[str, ...] = ("voice",), **known: object
) -> StripFacts:
    return a_strip(name, mark=Mark(source, "head_1", sounds).to_json(), **known)


def test_the_selected_picture_and_sound_are_used() -> None:
    assert only(VOICE, HEAD) == Choice(HEAD, (VOICE,))


def test_nothing_is_chosen_without_a_picture() -> None:
    assert chosen(VOICE) == ()
    assert chosen(a_strip("title", "TEXT"), VOICE) == ()


def test_the_only_sound_over_a_picture_needs_not_be_selected() -> None:
    far = a_sound("far", (25, 50))
    assert names(only(HEAD, others=(VOICE, far))) == ["voice"]


def test_of_several_sounds_a_person_has_to_choose() -> None:
    choice = only(HEAD, others=(VOICE, a_sound("music")))
    assert choice.sounds == ()
    assert "music, voice" in choice.problem


def test_muted_sounds_are_not_heard_unless_nothing_else_is_selected() -> None:
    muted = a_sound("old", muted=True)
    assert names(only(HEAD, others=(VOICE, muted))) == ["voice"]
    assert names(only(HEAD, VOICE, muted)) == ["voice"]
    choice = only(HEAD, muted)
    assert names(choice) == ["old"]
    assert "muted" in choice.notes[0]


def test_the_movies_own_sound_is_no_voice() -> None:
    assert names(only(HEAD, OWN, VOICE)) == ["voice"]
    assert names(only(HEAD, others=(OWN, VOICE))) == ["voice"]
    assert "own sound" in only(HEAD, others=(OWN,)).problem


def test_the_movies_own_sound_is_the_voice_where_it_alone_is_selected() -> None:
    assert names(only(HEAD, OWN, others=(VOICE,))) == ["head sound"]


def test_no_sound_is_a_problem_that_says_what_to_do() -> None:
    assert "add the voice" in only(HEAD).problem


def test_a_selected_sound_that_is_not_heard_then_is_told() -> None:
    choice = only(HEAD, a_sound("late", (25, 40)), others=(VOICE,))
    assert choice.sounds == ()
    assert "late" in choice.problem


def test_a_voice_in_pieces_is_used_whole_and_in_order() -> None:
    pieces = (a_sound("c", (20, 30)), a_sound("a", (0, 4)), a_sound("b", (4, 20)))
    assert names(only(HEAD, *pieces)) == ["a", "b", "c"]


def test_several_pictures_have_the_sounds_over_each() -> None:
    second, third = a_strip("second", span=(25, 50)), a_strip("third", span=(60, 70))
    both, late = a_sound("both", (10, 30)), a_sound("late", (40, 45))
    choices = chosen(late, third, second, both, HEAD)
    assert [(choice.picture.name, names(choice)) for choice in choices] == [
        ("head", ["both"]),
        ("second", ["both", "late"]),
        ("third", []),
    ]
    assert choices[2].problem


def test_the_own_sounds_of_other_selected_pictures_are_no_voices() -> None:
    other = a_strip("other", span=(10, 40))
    noise = a_sound("noise", (10, 40), file=other.file)
    assert [names(choice) for choice in chosen(HEAD, other, noise, VOICE)] == [["voice"], ["voice"]]


def test_a_muted_picture_is_refused_with_the_reason() -> None:
    choice = only(a_strip("hidden", muted=True), VOICE)
    assert choice.sounds == ()
    assert "hidden is muted" in choice.problem


def test_sounds_inside_another_meta_strip_are_not_guessed() -> None:
    inside = a_sound("inside", meta=("scene 2",))
    assert names(only(HEAD, others=(VOICE, inside))) == ["voice"]
    assert names(only(HEAD, inside)) == ["inside"]


def test_the_sound_inside_a_meta_strip_speaks_for_it() -> None:
    inside = a_sound("inside", meta=("both",))
    assert names(only(a_strip("both", "META"), others=(inside,))) == ["inside"]


def test_a_picture_inside_a_meta_strip_hears_the_sounds_outside() -> None:
    assert names(only(a_strip("inner", meta=("both",)), others=(VOICE,))) == ["voice"]


def test_a_selected_render_stands_for_its_source_and_is_replaced() -> None:
    music = a_sound("music")
    choice = only(a_render(), others=(HEAD, VOICE, music))
    assert (choice.picture, names(choice), choice.replaces) == (HEAD, ["voice"], "render")


def test_a_render_with_another_sound_selected_is_replaced_with_that_sound() -> None:
    other = a_sound("other")
    choice = only(a_render(), other, others=(HEAD, VOICE))
    assert (names(choice), choice.replaces) == (["other"], "render")


def test_a_render_and_its_source_are_one() -> None:
    assert [choice.replaces for choice in chosen(HEAD, a_render(), VOICE)] == ["render"]
    assert [choice.replaces for choice in chosen(a_render(), HEAD, VOICE)] == ["render"]


def test_a_render_whose_source_is_gone_says_so() -> None:
    assert "head, which is gone" in only(a_render(), VOICE).problem


def test_the_render_of_the_same_voice_is_replaced() -> None:
    assert only(HEAD, VOICE, others=(a_render(),)).replaces == "render"


def test_renders_of_another_voice_or_in_another_meta_strip_or_cut_up_stay() -> None:
    assert only(HEAD, VOICE, others=(a_render(sounds=("other",)),)).replaces == ""
    assert only(HEAD, VOICE, others=(a_render(meta=("both",)),)).replaces == ""
    assert only(HEAD, VOICE, others=(a_render("one"), a_render("two"))).replaces == ""


def test_a_mark_is_read_back_and_anything_else_is_none() -> None:
    mark = Mark("Kopf ü", "kopf_1", ("a", "b"), {"gain": 1.5}, "/renders/a.mov")
    assert mark_of(mark.to_json()) == mark
    for text in ("", "{}", "[]", "1", "null", '{"lipflap": 2}', mark.to_json().replace('"lipflap":1', '"lipflap":9')):
        assert mark_of(text) is None
