"""Training the lip-sync expert: do these mouths belong to this sound?"""

from __future__ import annotations

from .evaluate import evaluate
from .losses import expert_loss
from .trainer import Plan, train

__all__ = ["Plan", "evaluate", "expert_loss", "train"]
