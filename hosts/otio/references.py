"""Which media of a clip is the original, and what is a render of ours."""

from __future__ import annotations

import re
from typing import Any

import opentimelineio as otio

KEY = "lipflap"  # of our media reference, and of our metadata everywhere
TRACK = "LIPFLAP"  # name of the track that renders are laid on

_RENDER_NAME = re.compile(r"_lipflap_v\d+(?:\.[^./\\]+)?$", re.IGNORECASE)


def own_reference(clip: Any) -> Any:
    """The clip's media as the editor chose it: the active reference, or the one before it where that is our render."""
    if clip.active_media_reference_key != KEY:
        return clip.media_reference
    others = {key: reference for key, reference in clip.media_references().items() if key != KEY}
    default = otio.schema.Clip.DEFAULT_MEDIA_KEY
    before = clip.metadata.get(KEY)
    former = before.get("former_reference") if hasattr(before, "get") else None
    for key in (former, default, *others):
        if key in others:
            return others[key]
    return otio.schema.MissingReference()


def is_render(reference: Any) -> bool:
    """Whether a media reference leads to a render of ours, by its name."""
    return _RENDER_NAME.search(getattr(reference, "target_url", None) or "") is not None


def is_our_track(track: Any) -> bool:
    """Whether a track holds nothing but renders: by its name, or, where the format lost that, by its media."""
    if track.name == TRACK or KEY in track.metadata:
        return True
    clips = [child for child in track if isinstance(child, otio.schema.Clip)]
    return bool(clips) and all(is_render(own_reference(clip)) for clip in clips)
