"""Tracks by name or number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import opentimelineio as otio

from ..core import NothingSelectedError, OptionError
from ..references import is_our_track

_DIALOGUE_NAMES = frozenset(("dialogue", "dialog", "dial", "dx", "dia", "vo", "voice", "voices", "dub"))


@dataclass(frozen=True, slots=True)
class NumberedTrack:
    """A top track of one kind.

    Attributes:
        track: the host's object.
        index: in `timeline.tracks`.
        number: among the tracks of its kind, from 1, from below.
        kind: "V" or "A", as editors say.
        clips: how many it holds.
    """

    track: Any
    index: int
    number: int
    kind: str
    clips: int

    @property
    def name(self) -> str:
        """As the editor named it; "A1" where the format knows no names."""
        return self.track.name or f"{self.kind}{self.number}"

    def answers_to(self, wanted: str) -> bool:
        """Whether that is its name or number."""
        plain = wanted.strip().casefold()
        return plain in (self.name.casefold(), str(self.number), f"{self.kind}{self.number}".casefold())

    def __str__(self) -> str:
        return f"{self.number} {self.name!r} ({self.clips} {'clip' if self.clips == 1 else 'clips'})"


def numbered_tracks(timeline: otio.schema.Timeline, kind: str) -> list[NumberedTrack]:
    """The tracks of a kind that are the editor's, not ours, from below.

    Args:
        timeline: has to outlive the answer.
        kind: `otio.schema.TrackKind.Video` or `.Audio`.
    """
    found: list[NumberedTrack] = []
    for index, track in enumerate(timeline.tracks):
        if isinstance(track, otio.schema.Track) and track.kind == kind and not is_our_track(track):
            clips = sum(not isinstance(child, (otio.schema.Gap, otio.schema.Transition)) for child in track)
            found.append(NumberedTrack(track, index, len(found) + 1, kind[0], clips))
    return found


def chosen(tracks: Sequence[NumberedTrack], wanted: str, setting: str) -> NumberedTrack:
    """The one track of that name or number; a name goes before a number.

    Raises:
        OptionError: none, or several; lists them.
    """
    named = [track for track in tracks if track.name.casefold() == wanted.strip().casefold()]
    found = named or [track for track in tracks if track.answers_to(wanted)]
    if len(found) == 1:
        return found[0]
    many = "several tracks are" if found else "no track is"
    raise OptionError(setting, f"{many} called {wanted!r}: choose one by its number: {listed(found or tracks)}")


def listed(tracks: Sequence[NumberedTrack]) -> str:
    """For messages: number, name and number of clips of each."""
    return ", ".join(str(track) for track in tracks) or "there is none"


def likely_dialogue(tracks: Sequence[NumberedTrack]) -> list[NumberedTrack]:
    """The track that speaks where nobody said which: the only one with clips, or the one that is named so.

    Returns:
        one; more where a choice is needed.
    Raises:
        NothingSelectedError: there is no track with a clip.
    """
    filled = [track for track in tracks if track.clips and track.track.enabled]
    if not filled:
        raise NothingSelectedError("the edit has no audio track with clips: give the voice as a file with --voice")
    named = [track for track in filled if _sounds_like_dialogue(track.name)]
    return named if len(named) == 1 else filled


def _sounds_like_dialogue(name: str) -> bool:
    words = "".join(letter if letter.isalpha() else " " for letter in name.casefold()).split()
    return any(word in _DIALOGUE_NAMES for word in words)
