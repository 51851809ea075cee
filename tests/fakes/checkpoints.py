"""Checkpoints with random numbers, in every form in which real ones come."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from plugin_core.wav2lip.blocks import WideNetwork
from plugin_core.wav2lip.checkpoint import save_network
from plugin_core.wav2lip.networks import Generator


def random_network(kind: type[WideNetwork], width: float = 1.0, seed: int = 7) -> WideNetwork:
    """A network with random weights, the same for the same seed. A generator paints noise, not grey."""
    torch.manual_seed(seed)
    network = kind(width)
    if isinstance(network, Generator):
        _wake(network)
    return network.eval()


def _wake(network: Generator) -> None:
    """Set the norms to what flows through the network, so that its inputs reach its output."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(6, 1, 80, 16), torch.rand(6, 6, 96, 96))
    for norm in norms:
        norm.momentum = 0.1


def write_bare(path: Path, network: nn.Module) -> Path:
    """The state dict alone, as s3fd's file is."""
    torch.save(network.state_dict(), path)
    return path


def write_wrapped(path: Path, network: nn.Module, *, legacy: bool = False) -> Path:
    """As Wav2Lip's trainer saves: DataParallel's prefix, an optimizer's state, counters."""
    state = {f"module.{name}": tensor for name, tensor in network.state_dict().items()}
    moments = {number: {"step": 3, "exp_avg": torch.zeros(4)} for number in range(3)}
    content = {
        "state_dict": state,
        "optimizer": {"state": moments, "param_groups": [{"lr": 1e-4, "params": [0, 1, 2]}]},
        "global_step": 3000,
        "global_epoch": 2,
    }
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    return path


def write_compact(path: Path, network: WideNetwork) -> Path:
    """Our own form: safetensors with a header."""
    save_network(path, network, {"lipflap.summary": "random numbers for tests"})
    return path


def without_batch_counts(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As torch before 0.4.1 saved it."""
    return {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
