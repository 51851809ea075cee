"""Which of the selected strips is lip-synced, and to which sound. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .facts import StripFacts
from .marks import Mark, mark_of

PICTURES = ("MOVIE", "IMAGE", "META", "SCENE", "MOVIECLIP")
"""Kinds of strips that can speak."""

Others = Callable[[], Iterable[StripFacts]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One picture strip, and what will be done with it.

    Attributes:
        picture: the strip that shall speak.
        sounds: the strips that are heard over it, by time; empty where there is a `problem`.
        replaces: name of the rendered strip whose place the render takes; "" puts a new strip above.
        problem: why it can't be done and what to do; "" where it can.
        notes: what a person should know before.
    """

    picture: StripFacts
    sounds: tuple[StripFacts, ...] = ()
    replaces: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


def choose(selected: Sequence[StripFacts], others: Others) -> tuple[Choice, ...]:
    """What is used of a selection, by time.

    A rendered strip stands for the strip that it was made from, and asks for being rendered again in its place.
    Sounds that are selected count; where none is, the only one that is heard over a picture. A movie's own sound counts
    only where it is the only one that is selected: it is what the new voice replaces.

    Args:
        selected: all selected strips.
        others: gives the sounds, the rendered strips and the strips that these were made from, of the whole scene.
    Returns:
        One choice for each picture strip; none where no picture strip is selected.
    """
    if not any(strip.kind in PICTURES for strip in selected):
        return ()
    known = tuple(others())
    wishes = _wishes(selected, known)
    files = {wish.picture.file for wish in wishes if wish.picture.file}
    sounds = [strip for strip in selected if strip.kind == "SOUND"]
    made = [_made(wish, sounds, known, files) for wish in wishes]
    return tuple(sorted(made, key=lambda choice: (choice.picture.range.start, choice.picture.channel)))


@dataclass(frozen=True, slots=True)
class _Wish:
    """A picture to be lip-synced; `again` is the rendered strip that was selected, with what lies on it."""

    picture: StripFacts
    again: StripFacts | None = None
    mark: Mark | None = None
    problem: str = ""


def _wishes(selected: Sequence[StripFacts], known: Sequence[StripFacts]) -> list[_Wish]:
    """A wish for each selected picture; a strip and the render of it are one."""
    pictures = [strip for strip in selected if strip.kind in PICTURES]
    wishes = {strip.name: _Wish(strip) for strip in pictures if mark_of(strip.mark) is None}
    for strip in pictures:
        mark = mark_of(strip.mark)
        if mark is None:
            continue
        found = [one for one in (*selected, *known) if one.name == mark.source and one.kind in PICTURES]
        if found and mark_of(found[0].mark) is None:
            wishes[mark.source] = _Wish(found[0], strip, mark)
        else:
            problem = (
                f"{strip.name} was made from the strip {mark.source}, which is gone: select the picture strip itself"
            )
            wishes[strip.name] = _Wish(strip, problem=problem)
    return list(wishes.values())


def _made(wish: _Wish, selected: Sequence[StripFacts], known: Sequence[StripFacts], files: set[str]) -> Choice:
    picture = wish.picture
    if wish.problem:
        return Choice(picture, problem=wish.problem)
    if picture.muted:
        return Choice(
            picture, problem=f"{picture.name} is muted, so nobody sees it: unmute it, its channel and its meta strips"
        )
    sounds, problem = _heard(wish, selected, known, files)
    if problem:
        return Choice(picture, problem=problem)
    notes = tuple(
        f"{sound.name} is muted and speaks all the same, as it is selected" for sound in sounds if sound.muted
    )
    again = wish.again if wish.again is not None else _render_of(picture, sounds, known)
    return Choice(picture, sounds, "" if again is None else again.name, notes=notes)


def _heard(
    wish: _Wish, selected: Sequence[StripFacts], known: Sequence[StripFacts], files: set[str]
) -> tuple[tuple[StripFacts, ...], str]:
    """The sounds over a picture; or none, and why."""
    picture = wish.picture
    over = _by_time(sound for sound in selected if sound.range.meets(picture.range))
    if over:
        strange = [sound for sound in over if sound.file not in files] or over
        return tuple([sound for sound in strange if not sound.muted] or strange), ""
    if selected:
        named = ", ".join(sound.name for sound in selected)
        return (), f"the selected sound ({named}) is not heard while {picture.name} is seen: select one that is"
    around = _by_time(sound for sound in known if sound.kind == "SOUND" and sound.range.meets(picture.range))
    before = [sound for sound in around if wish.mark is not None and sound.name in wish.mark.sounds]
    return (tuple(before), "") if before else _only_one(picture, around)


def _only_one(picture: StripFacts, around: Sequence[StripFacts]) -> tuple[tuple[StripFacts, ...], str]:
    audible = [sound for sound in around if not sound.muted and _is_heard_in(sound, picture)]
    strange = [sound for sound in audible if sound.file != picture.file or not picture.file]
    if len(strange) == 1:
        return tuple(strange), ""
    if strange:
        named = ", ".join(sound.name for sound in strange)
        return (
            (),
            f"several sounds are heard over {picture.name} ({named}): select those that its mouth shall follow, too",
        )
    if audible:
        return (
            (),
            f"only its own sound is heard over {picture.name}: add the new voice, or select {audible[0].name} as well",
        )
    return (), f"no sound is heard over {picture.name}: add the voice under it and select both"


def _is_heard_in(sound: StripFacts, picture: StripFacts) -> bool:
    """Whether both lie on one level, or one of them in a meta strip beside or as the other."""
    return sound.meta == picture.meta[: len(sound.meta)] or picture.name in sound.meta


def _render_of(picture: StripFacts, sounds: Sequence[StripFacts], known: Sequence[StripFacts]) -> StripFacts | None:
    """The one rendered strip of the same picture with the same voices; None where there is none, or one was cut up."""
    names = {sound.name for sound in sounds}
    found = {
        strip.name: strip
        for strip in known
        if strip.mark and strip.meta == picture.meta and _is_render(strip, picture, names)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _is_render(strip: StripFacts, picture: StripFacts, sounds: set[str]) -> bool:
    mark = mark_of(strip.mark)
    return mark is not None and mark.source == picture.name and set(mark.sounds) == sounds


def _by_time(strips: Iterable[StripFacts]) -> list[StripFacts]:
    return sorted(_once(strips), key=lambda strip: (strip.range.start, strip.channel, strip.name))


def _once(strips: Iterable[StripFacts]) -> Iterator[StripFacts]:
    seen: set[str] = set()
    for strip in strips:
        if strip.name not in seen:
            seen.add(strip.name)
            yield strip
