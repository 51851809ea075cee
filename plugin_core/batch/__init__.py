"""The shots of a plan, rendered: one at a time or many, here or elsewhere, and never twice."""

from .engine import Engine, ShotProgress, nobody_listens, render_plan
from .here import HereEngine, render_here
from .local import LocalEngine
from .passes import RunJob
from .shot import finish_shot, render_shot
from .task import ShotTask, tasks_of

__all__ = [
    "Engine",
    "HereEngine",
    "LocalEngine",
    "RunJob",
    "ShotProgress",
    "ShotTask",
    "finish_shot",
    "nobody_listens",
    "render_here",
    "render_plan",
    "render_shot",
    "tasks_of",
]
