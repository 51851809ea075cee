"""The only door to the core: everything that this host takes from `plugin_core`.

The extension's builder copies the light half into the zip and rewrites these lines alone.
"""

from __future__ import annotations

from plugin_core.client import HOST_VARIABLES, Event, Worker
from plugin_core.engine_place import EnginePlace, read_engine_place
from plugin_core.errors import Cancelled, EngineError, HostError, LipSyncError, NothingSelectedError, OptionError
from plugin_core.job import Render, read_options
from plugin_core.options import LIMITS, Options, option_types
from plugin_core.shots import Cue, Outcome, Plan, Shot, Speaker
from plugin_core.timing import FrameRange, parse_rate

__all__ = [
    "HOST_VARIABLES",
    "LIMITS",
    "Cancelled",
    "Cue",
    "EngineError",
    "EnginePlace",
    "Event",
    "FrameRange",
    "HostError",
    "LipSyncError",
    "NothingSelectedError",
    "OptionError",
    "Options",
    "Outcome",
    "Plan",
    "Render",
    "Shot",
    "Speaker",
    "Worker",
    "option_types",
    "parse_rate",
    "read_engine_place",
    "read_options",
]
