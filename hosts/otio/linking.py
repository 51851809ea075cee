"""Which render on disk shows the frames of a clip. Light: the render engine may be missing where this runs."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, TimeEffect, Track, TrackKind

from .references import KEY, is_render

log = logging.getLogger(__name__)

SHOT_SUFFIX = ".shot.json"  # of the file that the batch writes last beside each render
SAME_RATE = 0.01  # frames per second: 23.976 and 24000/1001 are two spellings of one rate
_NUMBERED = re.compile(r"^(.*_lipflap)_v(\d+)$")


@dataclass(frozen=True, slots=True)
class FoundRender:
    """A finished render on disk.

    Attributes:
        file: the movie.
        stem: its name without version and suffix.
        version: counts up.
        clip: the clip's name in the edit.
        media: the name of the source's file.
        shown: first and last frame (not shown) of the source, without handles.
        held: the same with them.
        rate: frames per second.
        retimed: whether a speed change is baked into it.
    """

    file: Path
    stem: str
    version: int
    clip: str
    media: str
    shown: tuple[int, int]
    held: tuple[int, int]
    rate: Fraction
    retimed: bool


def newest_render(clip: Clip, root: Path) -> ExternalReference | None:
    """A reference to the newest render that shows a clip's frames, or None where there is none.

    The clip's name and its media's file name have to be those of the shot, and the render has to hold all frames that
    the clip shows. A clip that shows a render already gets the newest version of it. Sound is left alone, and so are
    shots whose speed change was baked: the clip would play it twice.

    Args:
        clip: as an adapter read it.
        root: the folder of renders, with its subfolders.
    """
    if _is_sound(clip) or getattr(clip.media_reference, "target_url", None) is None:
        return None
    fitting = [found for found in _renders_in(root, _state_of(root)) if _fits(found, clip)]
    if not fitting:
        return None
    return _reference_to(max(fitting, key=lambda found: (found.version, found.file.name)), clip)


def _is_sound(clip: Clip) -> bool:
    parent = clip.parent()
    return isinstance(parent, Track) and parent.kind == TrackKind.Audio


def _state_of(folder: Path) -> tuple[int, ...]:
    """Changes whenever a file appears in the folder or in one right below it."""
    return (folder.stat().st_mtime_ns, *(path.stat().st_mtime_ns for path in sorted(folder.iterdir()) if path.is_dir()))


@lru_cache(maxsize=8)  # adapters ask once for each clip
def _renders_in(folder: Path, _state: tuple[int, ...]) -> tuple[FoundRender, ...]:
    found = (_read(path) for path in sorted(folder.rglob(f"*{SHOT_SUFFIX}")))
    return tuple(render for render in found if render is not None)


def _read(path: Path) -> FoundRender | None:
    movie = path.with_name(path.name.removesuffix(SHOT_SUFFIX))
    numbered = _NUMBERED.match(movie.stem)
    if numbered is None or not movie.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        shot, render = record["shot"], record["render"]
        return FoundRender(
            file=movie,
            stem=numbered[1],
            version=int(numbered[2]),
            clip=str(shot["name"]),
            media=_file_name(str(shot["clip"])),
            shown=(int(shot["range"][0]), int(shot["range"][1])),
            held=(int(render["range"][0]), int(render["range"][1])),
            rate=Fraction(render["rate"]),
            retimed=shot["retime"] is not None,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, ZeroDivisionError) as error:
        log.warning("%s is no shot file that can be read: %r", path, error)
        return None


def _file_name(address: str) -> str:
    return PurePosixPath(unquote(address).replace("\\", "/")).name


def _fits(found: FoundRender, clip: Clip) -> bool:
    file = _file_name(clip.media_reference.target_url)
    if is_render(clip.media_reference):
        numbered = _NUMBERED.match(Path(file).stem)
        return numbered is not None and numbered[1] == found.stem
    if found.retimed or any(isinstance(effect, TimeEffect) for effect in clip.effects):
        return False
    if found.clip != clip.name or found.media != file:
        return False
    first, frames = _first_frame(found, clip), _frames(clip.trimmed_range().duration, found.rate)
    return found.held[0] <= first and first + frames <= found.held[1]


def _first_frame(found: FoundRender, clip: Clip) -> int:
    """The frame of the source at which the clip begins; that of the shot, where the media's begin is not told."""
    media = clip.media_reference.available_range
    if media is None:
        return found.shown[0]
    return _frames(clip.trimmed_range().start_time, found.rate) - _frames(media.start_time, found.rate)


def _reference_to(found: FoundRender, clip: Clip) -> ExternalReference:
    start = clip.trimmed_range().start_time
    spelled = start.rate if abs(start.rate - found.rate) < SAME_RATE else float(found.rate)
    if is_render(clip.media_reference) and clip.media_reference.available_range is not None:
        held = clip.media_reference.available_range
    else:
        origin = _frames(start, found.rate) - _first_frame(found, clip)
        frames = found.held[1] - found.held[0]
        held = TimeRange(RationalTime(origin + found.held[0], spelled), RationalTime(frames, spelled))
    made = ExternalReference(found.file.as_uri(), held, {KEY: {"render_id": found.file.stem}})
    made.name = found.file.stem
    return made


def _frames(time: RationalTime, rate: Fraction) -> int:
    alike = abs(time.rate - rate) < SAME_RATE
    return round(float(time.value if alike else time.value_rescaled_to(float(rate))))
