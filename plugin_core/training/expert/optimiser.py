"""What moves the expert's weights: AdamW, or AdamW with Muon for the kernels once there is something to go on from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from plugin_core.errors import EngineError

_DECAY = 1e-3
_KERNEL_AXES = 4  # out, in, height, width
_KERNEL_SHARE = 0.5  # of AdamW's rate, for kernels: of 0.5 and 1 the better


class Optimiser:
    """Groups of parameters, each with a rate of its own.

    Muon (Keller Jordan, 2024) makes each step of a weight matrix orthogonal; a kernel (out, in, h, w) counts as a
    matrix (out, h w in), as it lies in memory.
    """

    def __init__(self, groups: Sequence[Sequence[nn.Parameter]], *, orthogonal: bool) -> None:
        """Make ready.

        Args:
            groups: parameters that share a rate; kernels lie in memory channels last.
            orthogonal: Muon for kernels; else AdamW for all.
        Raises:
            EngineError: torch is older than 2.9, which brings Muon.
        """
        self._parameters = [p for group in groups for p in group]
        kernels = [[p for p in group if orthogonal and p.ndim == _KERNEL_AXES] for group in groups]
        rest = [[p for p in group if not (orthogonal and p.ndim == _KERNEL_AXES)] for group in groups]
        self._adam = torch.optim.AdamW([{"params": group} for group in rest], weight_decay=_DECAY, fused=True)
        self._pairs = [[(kernel, nn.Parameter(_matrix(kernel.data))) for kernel in group] for group in kernels]
        self._muon = _muon(self._pairs) if orthogonal else None

    def set_rates(self, rates: Sequence[float]) -> None:
        """One for each group."""
        for group, rate in zip(self._adam.param_groups, rates, strict=True):
            group["lr"] = rate
        if self._muon is not None:
            for group in self._muon.param_groups:
                group["lr"] = _KERNEL_SHARE * rates[group["of"]]

    def step(self, loss: Tensor, largest: float) -> None:
        """Down that loss, its slope cut to the length `largest`."""
        for parameter in self._parameters:
            parameter.grad = None
        loss.backward()  # type: ignore[no-untyped-call] # torch does not annotate it
        nn.utils.clip_grad_norm_(self._parameters, largest)
        self._adam.step()
        if self._muon is not None:
            for kernel, matrix in chain(*self._pairs):
                matrix.grad = None if kernel.grad is None else kernel.grad.permute(0, 2, 3, 1).flatten(1)
            self._muon.step()

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` takes."""
        return {"adam": self._adam.state_dict(), "muon": None if self._muon is None else self._muon.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from that state."""
        self._adam.load_state_dict(state["adam"])
        if self._muon is not None:
            self._muon.load_state_dict(state["muon"])


def _matrix(kernel: Tensor) -> Tensor:
    """(out, h w in): the same memory; fails where that can't be."""
    return kernel.permute(0, 2, 3, 1).view(len(kernel), -1)


def _muon(pairs: Sequence[Sequence[tuple[nn.Parameter, nn.Parameter]]]) -> torch.optim.Optimizer:
    """One group of matrices for each group of parameters that has kernels; `of` tells which."""
    if not hasattr(torch.optim, "Muon"):
        raise EngineError(f"going on with the expert's training needs torch 2.9 or later; this is {torch.__version__}")
    groups = [{"params": [matrix for _, matrix in group], "of": index} for index, group in enumerate(pairs) if group]
    return torch.optim.Muon(groups, weight_decay=_DECAY, adjust_lr_fn="match_rms_adamw")
