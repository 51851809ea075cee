"""The lines of dialogue on an edit's audio tracks, and which of them fall into a shot."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import opentimelineio as otio

from ..core import Cue, InputError, MediaError, NothingSelectedError, OptionError, SoundError
from ..exact import counts_like, exact_rate, seconds
from ..finding import MediaFinder, MissingMediaError
from ..references import own_reference
from .choice import Choice, DialogueTrack
from .clips import SeenClip, Window, clips_of
from .tracks import NumberedTrack, chosen, likely_dialogue, listed, numbered_tracks

_HOUR = 3600
_SOUND_ALONE = frozenset((".wav", ".mp3", ".flac", ".aif", ".aiff", ".ogg", ".opus", ".m4a", ".aac"))


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of sound on the timeline.

    Attributes:
        heard: seconds of the timeline in which it sounds.
        path: the sound file, "" where it is missing.
        start: seconds into the file at which it begins.
        problem: why it can't be used.
        doubt: what had to be assumed.
    """

    heard: Window
    path: str
    start: Fraction
    problem: str | None = None
    doubt: str = ""


class Voice:
    """One speaker's lines, by time.

    Args:
        name: of the speaker.
        lines: in any order.
        face: as in `Speaker`.
        picture: index in `timeline.tracks` of the only track it speaks for; None for all.
    """

    def __init__(self, name: str, lines: Sequence[Line], face: str = "", picture: int | None = None) -> None:
        self.name, self.face, self.picture = name, face, picture
        self.lines = tuple(sorted(lines, key=lambda line: (line.heard.start, line.heard.stop_in_seconds)))
        self._starts = [line.heard.start for line in self.lines]
        self._latest = list(accumulate((line.heard.stop_in_seconds for line in self.lines), max))

    def within(self, window: Window) -> list[Line]:
        """The lines that sound in a stretch of the timeline."""
        after = bisect_left(self._starts, window.stop_in_seconds)
        found: list[Line] = []
        for index in range(after - 1, -1, -1):
            if self._latest[index] <= window.start:
                break
            if self.lines[index].heard.stop_in_seconds > window.start:
                found.append(self.lines[index])
        return found[::-1]


def cue_of(line: Line, begins: Fraction, stream: int, channel: int | None) -> Cue:
    """A line as it is laid under a shot whose first frame is shown at `begins` seconds of the timeline."""
    heard = line.heard
    duration = heard.stop_in_seconds - heard.start
    return Cue(line.path, line.start, duration, heard.start - begins, stream, channel)


def read_voices(timeline: otio.schema.Timeline, choice: Choice, finder: MediaFinder) -> list[Voice]:
    """Who speaks in the edit.

    Raises:
        NothingSelectedError: no audio track, or none with a line.
        OptionError: a track that isn't there, or the choice among several is open; lists them.
        SoundError: the voice file can't be used.
    """
    if choice.voice_file is not None:
        return [_voice_over(choice.voice_file, finder)]
    tracks = numbered_tracks(timeline, otio.schema.TrackKind.Audio)
    if choice.dialogue:
        return [_chosen_voice(timeline, tracks, wanted, finder) for wanted in choice.dialogue]
    likely = likely_dialogue(tracks)
    voices = [Voice(track.name, _lines_of(timeline, track, finder)) for track in likely]
    if any(voice.lines != voices[0].lines for voice in voices):  # else they are the channels of one recording
        raise OptionError("dialogue", f"several audio tracks could speak: choose by number or name: {listed(likely)}")
    if not voices[0].lines:
        raise NothingSelectedError(
            f"nothing sounds on the audio track {likely[0]}: give the voice as a file with --voice"
        )
    return voices[:1]


def _voice_over(path: Path, finder: MediaFinder) -> Voice:
    if not path.is_file():
        raise SoundError(path, "no such file: check the path")
    duration = finder.sound(path).duration
    if duration <= 0:
        raise SoundError(path, "holds no sound (0 seconds): choose another file")
    return Voice(path.stem, [Line(Window(Fraction(0), duration), str(path.absolute()), Fraction(0))])


def _chosen_voice(
    timeline: otio.schema.Timeline, tracks: Sequence[NumberedTrack], wanted: DialogueTrack, finder: MediaFinder
) -> Voice:
    track = chosen(tracks, wanted.track, "dialogue")
    picture = None
    if wanted.picture:
        pictures = numbered_tracks(timeline, otio.schema.TrackKind.Video)
        picture = chosen(pictures, wanted.picture, "dialogue").index
    return Voice(wanted.character or track.name, _lines_of(timeline, track, finder), wanted.face, picture)


def _lines_of(timeline: otio.schema.Timeline, track: NumberedTrack, finder: MediaFinder) -> list[Line]:
    def length_of(clip: otio.schema.Clip) -> Fraction:
        try:
            return finder.sound(_sound_file(clip, finder)).duration
        except (MissingMediaError, SoundError) as error:
            raise InputError(f"the clip {clip.name!r} has no length, and its media tells none: {error}") from error

    return [_line(seen, finder) for seen in clips_of(timeline, track.index, length_of)]


def _sound_file(clip: otio.schema.Clip, finder: MediaFinder) -> Path:
    reference = own_reference(clip)
    url = getattr(reference, "target_url", None)
    if url:
        return finder.find(url)
    return finder.find_named([name for name in (clip.name, reference.name) if name])


def _line(seen: SeenClip, finder: MediaFinder) -> Line:
    said = f"the sound clip {seen.clip.name!r}"
    problem = seen.problem and f"{said}: {seen.problem}"
    if problem is None and seen.speed.factor != 1:
        problem = f"{said} is played at {float(seen.speed.factor):g} times its speed: render the sound first"
    if problem is not None:
        return Line(seen.seen, "", Fraction(0), problem)
    try:
        path = _sound_file(seen.clip, finder)
        start, doubt = _start_in_file(seen, path, finder)
    except (MissingMediaError, SoundError) as error:
        return Line(seen.seen, "", Fraction(0), f"{said}: {error}")
    return Line(
        seen.seen, str(path.absolute()), start + (seen.seen.start - seen.at), doubt=doubt and f"{said}: {doubt}"
    )


def _start_in_file(seen: SeenClip, path: Path, finder: MediaFinder) -> tuple[Fraction, str]:
    """Seconds into the file at which the clip's source range begins, and what had to be assumed for it."""
    if seen.source_start is None:
        return Fraction(0), ""
    start = seconds(seen.source_start)
    available = own_reference(seen.clip).available_range
    if available is not None and seconds(available.start_time) <= start:
        return start - seconds(available.start_time), ""
    sound = finder.sound(path)
    begins = sound.begins or _timecode(path, exact_rate(seen.source_start.rate), finder)
    if begins is not None and begins <= start < begins + sound.duration:
        return start - begins, ""
    if start < sound.duration:
        return start, ""
    hour = start // _HOUR
    return start % _HOUR, f"its file tells no time and is taken to begin at {hour:02d}:00:00:00; listen to the line"


def _timecode(path: Path, rate: Fraction, finder: MediaFinder) -> Fraction | None:
    """When a movie's sound begins, in the seconds of an edit that counts at `rate`."""
    if path.suffix.lower() in _SOUND_ALONE:
        return None
    try:
        timecode = finder.facts(path).timecode
    except MediaError:  # sound without pictures
        return None
    if timecode is None:
        return None
    return timecode.frame / (rate if counts_like(rate, timecode.rate) else timecode.rate)
