"""Training and measuring the hearing network."""

from .evaluate import Figure, evaluate
from .fit import train

__all__ = ["Figure", "evaluate", "train"]
