"""Jobs: stop them, forget them, insert what was parked, open what they left."""

from __future__ import annotations

import shutil
import sys
import webbrowser
from pathlib import Path
from typing import Any

import bpy
from bpy.props import IntProperty
from bpy.types import Operator

from ... import session
from ...core import HostError
from ...faces import preview
from .. import notice
from ..properties import with_properties
from .rim import FINISHED, grey, reported

JOB = IntProperty(name="Job", description="Its number; 0 means all", default=0, min=0, options={"SKIP_SAVE"})


@with_properties(job=JOB)
class SEQUENCER_OT_lipsync_cancel(Operator):
    """Stop the render; what is on the timeline stays as it is"""

    bl_idname = "sequencer.lipsync_cancel"
    bl_label = "Cancel Lip-Sync"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where nothing is rendering."""
        return grey(cls, "" if session.working() else "Nothing is rendering")

    @reported
    def execute(self, context: Any) -> set[str]:
        """Cancel one job, or all."""
        if self.job:
            session.cancel(self.job)
        else:
            session.cancel_all()
        return FINISHED


@with_properties(job=JOB)
class SEQUENCER_OT_lipsync_dismiss(Operator):
    """Take it off the list; files and strips stay"""

    bl_idname = "sequencer.lipsync_dismiss"
    bl_label = "Dismiss"
    bl_options = {"REGISTER"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Dismiss one job, or all that have ended."""
        for job in [self.job] if self.job else [view.id for view in session.jobs() if view.ended]:
            session.dismiss(job)
        return FINISHED


@with_properties(job=JOB)
class SEQUENCER_OT_lipsync_insert(Operator):
    """Put the finished render on the timeline"""

    bl_idname = "sequencer.lipsync_insert"
    bl_label = "Insert"
    bl_options = {"REGISTER"}  # the session pushes the one undo step itself

    @reported
    def execute(self, context: Any) -> set[str]:
        """Insert a parked render."""
        self.report({"INFO"}, f"Inserted {session.insert(self.job)}")
        return FINISHED


class SEQUENCER_OT_lipsync_open_log(Operator):
    """Open the log of this session: what the engine said"""

    bl_idname = "sequencer.lipsync_open_log"
    bl_label = "Open Log"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey before there is one."""
        return grey(cls, "" if session.log_file() else "Nothing was started yet")

    @reported
    def execute(self, context: Any) -> set[str]:
        """Open it with the system's own program."""
        log = session.log_file()
        if not Path(log).exists():
            raise HostError(f"{log} is not there: nothing was written to it yet")
        if sys.platform.startswith("linux") and shutil.which("xdg-open") is None:
            raise HostError(f"this system has no program that opens files: the log is {log}")
        bpy.ops.wm.path_open(filepath=log)
        return FINISHED


class SEQUENCER_OT_lipsync_open_report(Operator):
    """Open a page of all renders of this session, before and after side by side"""

    bl_idname = "sequencer.lipsync_open_report"
    bl_label = "Open Report"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey before anything was rendered."""
        return grey(cls, "" if any(view.render for view in session.jobs()) else "Nothing was rendered yet")

    @reported
    def execute(self, context: Any) -> set[str]:
        """Make it, then open it in the browser."""
        session.report(_open_page)
        self.report({"INFO"}, "Making the report")
        return FINISHED


def _open_page(page: str, why_not: str) -> None:
    notice.say(why_not)
    if page and not bpy.app.background and not webbrowser.open(Path(page).as_uri()):
        notice.say(f"no browser could be opened; the report is {page}")
    preview.redraw()


class SEQUENCER_OT_lipsync_dismiss_notice(Operator):
    """Take the notice off the panel"""

    bl_idname = "sequencer.lipsync_dismiss_notice"
    bl_label = "Dismiss Notice"
    bl_options = {"INTERNAL"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Show none."""
        notice.say("")
        return FINISHED


CLASSES = (
    SEQUENCER_OT_lipsync_cancel,
    SEQUENCER_OT_lipsync_dismiss,
    SEQUENCER_OT_lipsync_insert,
    SEQUENCER_OT_lipsync_open_log,
    SEQUENCER_OT_lipsync_open_report,
    SEQUENCER_OT_lipsync_dismiss_notice,
)
