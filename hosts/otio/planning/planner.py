"""From an edit to its plan: every picture clip that dialogue covers, with exact frames and lines."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from ..core import InputError, MediaError, NothingSelectedError, Plan, Shot, Speaker
from ..finding import MediaFinder, MissingMediaError
from ..references import is_render, own_reference
from .choice import Choice
from .clips import SeenClip
from .dialogue import Line, Voice, cue_of, read_voices
from .footage import Footage, read_footage
from .overrides import Overrides, read_overrides
from .pictures import is_generated, picture_file
from .ranges import Framed, Grid, Pictures, frame_clip, on_timeline
from .subtitles import Subtitles
from .timeline_clock import TimelineClock, read_clock
from .tracks import chosen, numbered_tracks

log = logging.getLogger(__name__)


def plan_timeline(timeline: otio.schema.Timeline, choice: Choice, finder: MediaFinder) -> Plan:
    """Every picture clip that the chosen dialogue covers, by time, then by track from below.

    A clip that can't be rendered is in the plan with its problem. Generators and clips without dialogue are not.

    Args:
        timeline: is not changed; has to stay alive as long as `place` of a shot is used on it.
        choice: who speaks, and for which clips.
        finder: media on this machine.
    Raises:
        NothingSelectedError: no picture clip, no dialogue, or none of the one meets the other.
        OptionError: a named track isn't there, or the choice is open.
        InputError: the voice or the words can't be used, or the edit's times can't be.
    """
    try:
        return _plan(timeline, choice, finder)
    except RecursionError as error:
        raise InputError(f"{timeline.name!r} nests too deep to be a real edit: export it again") from error


def _plan(timeline: otio.schema.Timeline, choice: Choice, finder: MediaFinder) -> Plan:
    planner = _Planner(timeline, choice, finder)
    footage = planner.footage()
    voices = read_voices(timeline, choice, finder)
    shots = list(planner.shots_of(footage, voices))
    if not shots:
        raise NothingSelectedError("no chosen picture clip lies under the dialogue: choose other tracks or clips")
    clock = planner.clock
    return Plan(
        timeline.name or "timeline",
        clock.rate,
        tuple(sorted(shots, key=lambda shot: (shot.timeline.start, shot.place))),
        replace(choice.options, voice_stream=0, voice_channel=None),  # the cues have them
        clock.start_frame,
        clock.drop_frame,
    )


class _Planner:
    def __init__(self, timeline: otio.schema.Timeline, choice: Choice, finder: MediaFinder) -> None:
        self._timeline, self._choice, self._finder = timeline, choice, finder
        self.clock: TimelineClock = read_clock(timeline)
        self._grid = Grid(self.clock.rate, choice.options.handles)
        text = choice.text_file
        self._subtitles = None if text is None else Subtitles(text, self.clock.starts_at)

    def footage(self) -> list[Footage]:
        """The clips of the chosen tracks."""
        tracks = numbered_tracks(self._timeline, otio.schema.TrackKind.Video)
        wanted = [chosen(tracks, name, "pictures").index for name in self._choice.pictures]
        picked = {track.index for track in tracks if track.index in wanted or not wanted}
        if not any(track.clips for track in tracks if track.index in picked):
            raise NothingSelectedError(f"the timeline {self._timeline.name!r} has no picture clip: choose another edit")
        everything = read_footage(self._timeline, tracks, self._media_length)
        return [one for one in everything if one.track.index in picked]

    def shots_of(self, footage: Sequence[Footage], voices: Sequence[Voice]) -> Iterator[Shot]:
        for one in footage:
            heard = [
                (voice, lines)
                for voice in voices
                if voice.picture in (None, one.track.index) and (lines := voice.within(one.seen.seen))
            ]
            if heard and self._is_wanted(one.seen.clip):
                overrides = read_overrides(one.seen.clip.metadata, self._choice.options)
                if not overrides.skip:
                    yield self._shot(_Covered(one, heard, overrides))

    def _is_wanted(self, clip: Any) -> bool:
        if is_generated(clip):
            return False
        if is_render(own_reference(clip)):
            log.warning("%s is a render of lipflap already: convert the edit that it was made from", clip.name)
            return False
        patterns = self._choice.clips
        return not patterns or any(fnmatch.fnmatchcase(clip.name, pattern) for pattern in patterns)

    def _media_length(self, clip: Any) -> Fraction:
        try:
            facts = self._finder.facts(picture_file(clip, self._finder).path)
        except (MissingMediaError, MediaError) as error:
            raise InputError(f"the clip {clip.name!r} has no length, and its media tells none: {error}") from error
        return facts.frames / facts.rate

    def _shot(self, covered: _Covered) -> Shot:
        footage = covered.footage
        framed, file = self._framed(footage.seen)
        speakers = tuple(covered.speakers(framed.begins, self._subtitles))
        doubts = [*framed.doubts, *covered.sound_doubts()]
        if footage.hidden:
            doubts.append("clips of higher tracks lie over all of it: it is seen only where they let it through")
        if self._subtitles is not None and len(speakers) > 1:
            doubts.append("several people speak: the words are left out, they don't tell whose they are")
        return Shot(
            id=footage.id,
            name=footage.seen.clip.name or footage.id,
            track=footage.track.name,
            place=footage.seen.place,
            timeline=framed.timeline,
            clip=file,
            range=framed.range,
            rate=framed.rate,
            conform=framed.conform,
            retime=framed.retime,
            speakers=speakers,
            options=dict(covered.overrides.options),
            doubts=tuple(doubts),
            problem=framed.problem or covered.overrides.problem or covered.sound_problem(),
            begins=framed.begins,
        )

    def _framed(self, seen: SeenClip) -> tuple[Framed, str]:
        placed = on_timeline(seen, self._grid.rate)
        if seen.problem is not None:
            return replace(placed, problem=seen.problem), ""
        try:
            file = picture_file(seen.clip, self._finder)
        except MissingMediaError as error:
            return replace(placed, problem=str(error)), ""
        path = str(file.path.absolute())
        try:
            media = self._finder.facts(file.path)
        except MediaError as error:
            return replace(placed, problem=str(error)), path
        return frame_clip(seen, own_reference(seen.clip), Pictures(media, file.first_number), self._grid), path


@dataclass(frozen=True, slots=True)
class _Covered:
    """A picture clip and the lines that fall into it."""

    footage: Footage
    heard: Sequence[tuple[Voice, Sequence[Line]]]
    overrides: Overrides

    def speakers(self, begins: Fraction, subtitles: Subtitles | None) -> Iterator[Speaker]:
        """One for each voice; words only where they can be but one speaker's."""
        text = self.overrides.text
        if text is None and subtitles is not None:
            text = subtitles.within(self.footage.seen.seen)
        stream, channel = self.overrides.stream, self.overrides.channel
        for voice, lines in self.heard:
            cues = tuple(cue_of(line, begins, stream, channel) for line in lines if line.problem is None)
            yield Speaker(voice.name, cues, voice.face, text if len(self.heard) == 1 else None)

    def sound_doubts(self) -> list[str]:
        """What had to be assumed of its lines."""
        return [line.doubt for _, lines in self.heard for line in lines if line.doubt]

    def sound_problem(self) -> str | None:
        """Why one of its lines can't be used."""
        return next((line.problem for _, lines in self.heard for line in lines if line.problem), None)
