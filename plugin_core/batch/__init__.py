"""The shots of a plan, rendered: one at a time or many, here or elsewhere, and never twice."""

from .engine import Engine, ShotProgress, nobody_listens, render_plan
from .local import LocalEngine
from .passes import RunJob
from .shot import render_shot
from .task import ShotTask, tasks_of

__all__ = [
    "Engine",
    "LocalEngine",
    "RunJob",
    "ShotProgress",
    "ShotTask",
    "nobody_listens",
    "render_plan",
    "render_shot",
    "tasks_of",
]
