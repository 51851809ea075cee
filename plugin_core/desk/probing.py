"""The verb "probe": what a clip's file says of its pictures. Nothing but the first picture is decoded.

    {"do": "probe", "clip": "/a.mp4", "rate": "24" | null}
    -> {"event": "clip", "clip": "/a.mp4", "kind": "movie", "frames": 120, "rate": "30000/1001", "size": [1920, 1080],
        "constant": true, "turned": false, "alpha": false, "sound": true, "problem": null}

`kind` is "movie", "still" or "sequence". `rate` in the request is that of stills and sequences; a movie tells its own.
`constant`: frame i is the i-th picture of the file, evenly timed, so that a program that counts pictures and one that
goes by the clock show the same. `turned`: the file asks to be turned or mirrored, as phones do; `size` is upright.
Where the clip can't be read, `problem` says why, `frames` is 0 and `rate` null.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.errors import InputError
from plugin_core.frames import FrameSource
from plugin_core.media import open_clip
from plugin_core.media.movie import MovieSource
from plugin_core.media.sequences import SequenceSource
from plugin_core.timing import parse_rate
from plugin_core.worker import Answer


def probe(request: Mapping[str, Any]) -> Answer:
    """See the module's text.

    Raises:
        OptionError: the rate of the request is none.
    """
    clip = str(request["clip"])
    rate = parse_rate(request["rate"]) if request.get("rate") is not None else None
    try:
        source = open_clip(Path(clip))
        if not isinstance(source, MovieSource):
            source = open_clip(Path(clip), rate)
    except InputError as error:
        return "clip", {**_NOTHING, "clip": clip, "problem": str(error)}
    return "clip", {**_told(source), "clip": clip, "problem": None}


_NOTHING: Mapping[str, Any] = {
    "kind": "movie", "frames": 0, "rate": None, "size": [0, 0], "constant": False, "turned": False, "alpha": False,
    "sound": False,
}  # fmt: skip


def _told(source: FrameSource) -> dict[str, Any]:
    facts = source.facts
    movie = isinstance(source, MovieSource)
    return {
        "kind": "movie" if movie else "sequence" if isinstance(source, SequenceSource) else "still",
        "frames": facts.frames,
        "rate": str(facts.rate),
        "size": [facts.width, facts.height],
        "constant": source.frame_is_picture if isinstance(source, MovieSource) else True,
        "turned": source.turned if isinstance(source, MovieSource) else False,
        "alpha": facts.has_alpha,
        "sound": facts.has_sound,
    }
