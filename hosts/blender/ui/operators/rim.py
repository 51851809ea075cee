"""The outermost rim of every operator: an error becomes a report, never a trace over the panel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from ...core import LipSyncError

log = logging.getLogger(__name__)

FINISHED, CANCELLED = {"FINISHED"}, {"CANCELLED"}

Execute = Callable[[Any, Any], set[str]]


def reported(execute: Execute) -> Execute:
    """What goes wrong in `execute` is told to the person who pressed."""

    @wraps(execute)
    def run(operator: Any, context: Any) -> set[str]:
        try:
            return execute(operator, context)
        except LipSyncError as error:
            operator.report({"ERROR"}, str(error))
        except Exception as error:  # the rim: whatever it is, Blender goes on, and the trace is in the console
            log.exception("%s failed", operator.bl_idname)
            operator.report({"ERROR"}, f"this should not happen, see the console: {error!r}")
        return CANCELLED

    return run


def grey(cls: Any, reason: str) -> bool:
    """For `poll`: whether it can be pressed; where there is a `reason` against it, the tooltip says it."""
    if reason:
        cls.poll_message_set(reason)
    return not reason
