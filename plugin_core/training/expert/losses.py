"""What the expert is trained by, and what a painter is trained by through it."""

from __future__ import annotations

import torch
import torch.nn.functional as nnf
from torch import Tensor

from plugin_core.wav2lip.networks import SYNC_FRAMES, LipSyncExpert

SURE = 1e-4  # products are kept this far from 0 and 1, so that logarithms stay finite


def strangers(clip: Tensor, frame: Tensor) -> Tensor:
    """(n, n) bool: which windows surely do not belong together: of other clips, or five frames apart and more.

    Args:
        clip: (n,) number of each window's clip.
        frame: (n,) its first frame.
    """
    apart = (frame[:, None] - frame[None]).abs() >= SYNC_FRAMES
    return apart | (clip[:, None] != clip[None])


def contrastive_loss(heard: Tensor, seen: Tensor, wrong: Tensor, scale: Tensor) -> Tensor:
    """Each window must find its own sound among all strangers, and each sound its own pictures (InfoNCE).

    Args:
        heard: (n, d) unit vectors of the sounds.
        seen: (n, d) of the pictures, in the same order.
        wrong: (n, n) from `strangers`.
        scale: by which the products are multiplied.
    """
    allowed = wrong | torch.eye(len(wrong), dtype=torch.bool)
    products = (scale * (seen @ heard.T)).masked_fill(~allowed, -1e4)
    own = torch.arange(len(products))
    return (nnf.cross_entropy(products, own) + nnf.cross_entropy(products.T, own)) / 2


def agreement_loss(heard: Tensor, seen: Tensor, wrong: Tensor) -> Tensor:
    """The published loss: binary cross entropy on the products, true pairs and strangers weighing the same."""
    products = (seen @ heard.T).clamp(SURE, 1 - SURE)
    true = -products.diagonal().log().mean()
    false = -(1 - products[wrong]).log().mean()
    return (true + false) / 2


def expert_loss(expert: LipSyncExpert, mouths: Tensor, mel: Tensor) -> Tensor:
    """How little painted mouths agree with the sound, for training a painter; differentiable in `mouths`.

    Freeze the expert and keep it in evaluation mode (`expert.requires_grad_(False).eval()`).

    Args:
        expert: as `load_expert` gives it.
        mouths: (n, 5, 3, 48, 96), BGR in 0..1: lower halves of five face crops, 1/25 s apart; or (n, 15, 48, 96).
        mel: (n, 1, 80, 16): the window that starts with the first of the five, floor(3.2 x frame) steps in.
    Returns:
        mean of -log(product): 0 where all agree.
    """
    stacked = mouths.flatten(1, 2) if mouths.ndim == 5 else mouths
    heard, seen = expert(mel, stacked)
    loss: Tensor = -(heard * seen).sum(1).clamp(SURE, 1).log().mean()
    return loss
