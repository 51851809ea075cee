"""Finished proxies, kept beside the renders: what has not changed since the last page is not encoded again.

    <folder of renders>/.review/<plan>.<key>      both as hashes; one line of JSON, then the WebM

The files may be removed at any time; the page stays the same, byte for byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import av

from plugin_core.errors import InputError
from plugin_core.media.patterns import Pattern
from plugin_core.media.sequences import find_sequence
from plugin_core.shots import Outcome

from .entry import Seen
from .proxy import KEY_FRAMES, VOICE_BITS, VP9

log = logging.getLogger(__name__)

FOLDER = ".review"
FORMAT = 1  # of these files, and of how pictures, poster and wave are made; count up with any change of it
SHOT_SUFFIX = ".shot.json"


class KeptProxies:
    """The kept proxies of one plan. A folder that can't be written to keeps nothing and stops nothing.

    Args:
        renders: the folder of renders; None keeps nothing.
        plan_name: proxies of other plans are left alone.
        height: of the proxies' pictures, at most.
    """

    def __init__(self, renders: Path | None, plan_name: str, height: int) -> None:
        self._folder = None if renders is None else renders / FOLDER
        self._plan = _hash(plan_name)[:8]
        self.height = height

    def place(self, outcome: Outcome, record: Mapping[str, Any]) -> Path | None:
        """The file of a shot's proxy, there or not; None where it can't be kept.

        Args:
            outcome: what became of the shot.
            record: of its render; empty where there is none.
        """
        if self._folder is None:
            return None
        try:
            return self._folder / f"{self._plan}.{_key(outcome, record, self.height)}"
        except (OSError, InputError):  # media that isn't there
            return None

    def read(self, path: Path | None) -> Seen | None:
        """None where there is no such file, or it is not what was written."""
        if path is None:
            return None
        try:
            head, _, proxy = path.read_bytes().partition(b"\n")
            record = json.loads(head)
            facts = record["facts"]
            return Seen(facts, proxy) if record["sha256"] == _digest(facts, proxy) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path | None, seen: Seen) -> None:
        """Keep it, whole or not at all. What could not be seen is not kept."""
        if path is None or not seen.proxy:
            return
        head = json.dumps({"sha256": _digest(seen.facts, seen.proxy), "facts": seen.facts})
        partial = path.with_name(path.name + ".partial")
        try:
            path.parent.mkdir(exist_ok=True)
            partial.write_bytes(head.encode() + b"\n" + seen.proxy)
            partial.replace(path)
        except OSError as error:
            log.info("the proxy of a shot is not kept: %s", error)
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def remove_others(self, used: Collection[Path | None]) -> None:
        """Remove every proxy of this plan that is not among the `used`, and what a kill left of any."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f"{self._plan}.*"):
                if path not in used:
                    path.unlink(missing_ok=True)


def _key(outcome: Outcome, record: Mapping[str, Any], height: int) -> str:
    """A hash of everything that decides a shot's proxy.

    What a render was made of is told by the key in its shot file, which stands for the contents of media and voices.
    Without one, the paths, sizes and times of these files stand for them.
    """
    shot, render = outcome.shot, outcome.render
    marks = list(_marks(shot.clip))
    made_of: Any = None if render is None else _shot_key(Path(render.output))
    if made_of is None:
        marks += [mark for speaker in shot.speakers for cue in speaker.cues for mark in _marks(cue.path)]
        made_of = [shot.clip, shot.to_json()["speakers"], marks]
    content = {
        "format": [FORMAT, KEY_FRAMES, VOICE_BITS, VP9, height, sorted(av.library_versions.items())],
        "made of": made_of,
        "shot": [str(shot.range), str(shot.rate), shot.conform, str(shot.retime)],
        "render": None if render is None else [str(render.range), str(render.rate), *_marks(render.output)],
        "record": [record.get("job"), record.get("range"), record.get("curves", {}).get("opening")],
    }
    return _hash(json.dumps(content, sort_keys=True))[:32]


def _shot_key(output: Path) -> str | None:
    """The key of a render's content, from the shot file that the batch writes beside it."""
    try:
        key = json.loads(output.with_name(output.name + SHOT_SUFFIX).read_text(encoding="utf-8"))["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None


def _marks(path: str) -> Iterator[tuple[int, int]]:
    """Size and time of a file, or of each picture of a sequence."""
    whole = Path(path)
    numbered = whole.is_dir() or (not whole.exists() and Pattern.parse(whole) is not None)
    for file in find_sequence(whole).values() if numbered else (whole,):
        found = file.stat()
        yield found.st_size, found.st_mtime_ns


def _digest(facts: Mapping[str, Any], proxy: bytes) -> str:
    return hashlib.sha256(json.dumps(facts).encode() + b"\n" + proxy).hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
