"""What a person chose of an edit: who speaks, which pictures, with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..core import OptionError, Options


@dataclass(frozen=True, slots=True)
class DialogueTrack:
    """An audio track that speaks.

    Attributes:
        track: its name, or its number among the audio tracks, from 1.
        picture: name or number, from 1, of the video track whose clips it speaks for; "" is all chosen ones.
        face: "" for the only or clearest face, "left", "right", or "X,Y" in pixels of the picture.
        character: what the speaker is called; "" takes the track's name.
    """

    track: str
    picture: str = ""
    face: str = ""
    character: str = ""

    @classmethod
    def parse(cls, text: str) -> DialogueTrack:
        """Read TRACK[=PICTURE][@FACE]; the last signs count, so that a track's name may hold them too.

        Raises:
            OptionError: not of that form.
        """
        named, at, face = text.rpartition("@") if "@" in text else (text, "", "")
        track, equals, picture = named.rpartition("=") if "=" in named else (named, "", "")
        if not track or (at and not face) or (equals and not picture):
            raise OptionError("dialogue", f"{text!r}: write TRACK, TRACK=PICTURE, TRACK@FACE or TRACK=PICTURE@FACE")
        return cls(track, picture, face)

    def __post_init__(self) -> None:
        if self.face and self.face not in ("left", "right") and not _is_point(self.face):
            raise OptionError("dialogue", f"{self.face!r} is no face: write left, right, or X,Y in pixels")


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall be rendered.

    Attributes:
        dialogue: the tracks that speak; empty takes the only audio track, or the one that is named like dialogue.
        voice_file: a sound file that is laid under the whole timeline from its start, in the place of all tracks.
        pictures: names or numbers, from 1, of the video tracks to render; empty is all.
        clips: patterns of the clips' names, as "sc01_*"; empty is all.
        text_file: .srt or .vtt with the words of the whole edit.
        options: settings of all shots.
    """

    dialogue: tuple[DialogueTrack, ...] = ()
    voice_file: Path | None = None
    pictures: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    text_file: Path | None = None
    options: Options = Options()  # noqa: RUF009 - frozen, so one default can serve all choices

    def __post_init__(self) -> None:
        if self.dialogue and self.voice_file is not None:
            raise OptionError("voice", "give the voice once: as a file for the whole edit, or as tracks of the edit")


def _is_point(face: str) -> bool:
    try:
        numbers = [float(part) for part in face.split(",")]
    except ValueError:
        return False
    return len(numbers) == 2 and all(0 <= number < 1e6 for number in numbers)
