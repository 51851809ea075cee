"""The jobs: how far they are, what became of them, and what they want."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ... import session
from ...jobs.jobs import JobView
from .. import notice
from ..telling import job_line, message_of
from .parts import LipSyncPanel, draw_text

ICONS = {"done": "CHECKMARK", "failed": "ERROR", "parked": "INFO", "cancelled": "CANCEL"}


class LIPFLAP_PT_jobs(LipSyncPanel, Panel):
    """Shown as soon as there is one."""

    bl_label = "Jobs"
    bl_parent_id = "LIPFLAP_PT_main"
    bl_order = 1

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Hidden while there is nothing to tell."""
        return bool(session.jobs() or notice.said())

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = self.layout
        views = session.jobs()
        for job in views:
            _draw_job(layout, context, job)
        if notice.said():
            row = layout.row()
            draw_text(row, context, notice.said(), "INFO")
            row.operator("sequencer.lipsync_dismiss_notice", text="", icon="X", emboss=False)
        if sum(not job.ended for job in views) > 1:
            layout.operator("sequencer.lipsync_cancel", text="Cancel All").job = 0
        row = layout.row(align=True)
        row.operator("sequencer.lipsync_open_log")
        row.operator("sequencer.lipsync_open_report")
        if sum(job.ended for job in views) > 1:
            layout.operator("sequencer.lipsync_dismiss", text="Dismiss All Finished").job = 0


def _draw_job(layout: Any, context: Any, job: JobView) -> None:
    column = layout.column(align=True)
    row = column.row()
    row.label(text=job.strip or job.title, icon=ICONS.get(job.state, "NONE"), translate=False)
    if job.ended:
        row.operator("sequencer.lipsync_dismiss", text="", icon="X", emboss=False).job = job.id
    else:
        row.operator("sequencer.lipsync_cancel", text="", icon="X").job = job.id
        _draw_progress(column, job)
    if job.message:
        draw_text(column, context, message_of(job))
    elif job.ended and job.state != "done":
        column.label(text=job_line(job))
    if job.state == "parked":
        why_not = session.can_insert(job.id)
        insert = column.row()
        insert.enabled = not why_not
        insert.operator("sequencer.lipsync_insert").job = job.id
        if why_not and why_not != job.message:
            draw_text(column, context, why_not)


def _draw_progress(column: Any, job: JobView) -> None:
    if job.state == "waiting":
        column.label(text=job_line(job))
    elif hasattr(column, "progress"):  # Blender 4.0
        column.progress(factor=job.fraction, text=f"{job.fraction:.0%}")
        column.label(text=job_line(job))
    else:
        column.label(text=f"{job.fraction:.0%}  {job_line(job)}")


CLASSES = (LIPFLAP_PT_jobs,)
