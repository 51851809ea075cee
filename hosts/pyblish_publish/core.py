"""The only door to the core: everything that this host takes from `plugin_core`. The light half alone."""

from __future__ import annotations

from plugin_core.client import HOST_VARIABLES, Event, Worker
from plugin_core.edits import EditRequest
from plugin_core.engine_place import read_engine_place
from plugin_core.errors import (
    Cancelled,
    EngineError,
    HostError,
    InputError,
    LipSyncError,
    NothingSelectedError,
    OptionError,
    OutputError,
)
from plugin_core.job import Render, Retime
from plugin_core.options import Options
from plugin_core.ports import EditHost, TimelineHost
from plugin_core.quality.record import SURE_CONFIDENCE
from plugin_core.shots import Cue, Outcome, Plan, Shot, Speaker
from plugin_core.timing import FrameRange, Timecode, nearest_frame

__all__ = [
    "HOST_VARIABLES",
    "SURE_CONFIDENCE",
    "Cancelled",
    "Cue",
    "EditHost",
    "EditRequest",
    "EngineError",
    "Event",
    "FrameRange",
    "HostError",
    "InputError",
    "LipSyncError",
    "NothingSelectedError",
    "OptionError",
    "Options",
    "Outcome",
    "OutputError",
    "Plan",
    "Render",
    "Retime",
    "Shot",
    "Speaker",
    "Timecode",
    "TimelineHost",
    "Worker",
    "nearest_frame",
    "read_engine_place",
]
