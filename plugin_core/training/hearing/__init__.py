"""Training and measuring the hearing network."""

from .evaluate import Figure, evaluate, report
from .fit import Plan, train

__all__ = ["Figure", "Plan", "evaluate", "report", "train"]
