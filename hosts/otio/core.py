"""The only door to the core: everything that this host takes from `plugin_core`."""

from __future__ import annotations

from plugin_core.containers import open_movie
from plugin_core.edits import EditRequest
from plugin_core.errors import (
    HostError,
    InputError,
    LipSyncError,
    MediaError,
    NothingSelectedError,
    OptionError,
    OutputError,
    SoundError,
)
from plugin_core.job import Render, Retime, read_options
from plugin_core.media import open_clip
from plugin_core.media.outputs import disk_trouble, remove, try_to_write, whole_or_nothing
from plugin_core.media.patterns import Pattern
from plugin_core.media.sequences import find_sequence
from plugin_core.media.stills import PICTURE_SUFFIXES
from plugin_core.options import Options
from plugin_core.pipeline.work_folder import make_folder
from plugin_core.shots import Cue, Outcome, Plan, Shot, Speaker
from plugin_core.speech.text import TIMED_SUFFIXES, DialogueLine, read_dialogue
from plugin_core.timing import FrameRange, Timecode, nearest_frame, parse_rate

__all__ = [
    "PICTURE_SUFFIXES",
    "TIMED_SUFFIXES",
    "Cue",
    "DialogueLine",
    "EditRequest",
    "FrameRange",
    "HostError",
    "InputError",
    "LipSyncError",
    "MediaError",
    "NothingSelectedError",
    "OptionError",
    "Options",
    "Outcome",
    "OutputError",
    "Pattern",
    "Plan",
    "Render",
    "Retime",
    "Shot",
    "SoundError",
    "Speaker",
    "Timecode",
    "disk_trouble",
    "find_sequence",
    "make_folder",
    "nearest_frame",
    "open_clip",
    "open_movie",
    "parse_rate",
    "read_dialogue",
    "read_options",
    "remove",
    "try_to_write",
    "whole_or_nothing",
]
