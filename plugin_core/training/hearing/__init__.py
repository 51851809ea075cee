"""Training and measuring the hearing network."""

from .evaluate import evaluate
from .fit import Plan, train

__all__ = ["Plan", "evaluate", "train"]
