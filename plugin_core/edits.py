"""What a person asks of an edit, in the spelling of the command line: for every host that reads edits from files."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import OptionError
from .options import Options


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Which edit, and what of it shall speak.

    Attributes:
        edit: the file.
        renders: folder for what is taken out of bundles, and for renders.
        timeline: name of the timeline, where the file holds several.
        rate: frames per second of an EDL, which does not tell it.
        dialogue: audio tracks that speak, each as TRACK[=PICTURE][@FACE]; empty takes the only one, or the one that is
            called dialogue.
        voice: a sound file under the whole edit, in their place.
        pictures: names or numbers, from 1, of the video tracks; empty is all.
        clips: patterns of the clips' names, as "sc01_*"; empty is all.
        text_file: .srt or .vtt with the words of the whole edit.
        maps: path maps as FROM=TO, tried in order.
        search: folders in which media are looked for.
        options: settings of all shots.
    """

    edit: str
    renders: str
    timeline: str | None = None
    rate: str | None = None
    dialogue: tuple[str, ...] = ()
    voice: str | None = None
    pictures: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    text_file: str | None = None
    maps: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    options: Options = Options()  # noqa: RUF009 - frozen, so one default can serve all requests

    def __post_init__(self) -> None:
        if self.dialogue and self.voice is not None:
            raise OptionError("voice", "give the voice once: as a file for the whole edit, or as tracks of the edit")
