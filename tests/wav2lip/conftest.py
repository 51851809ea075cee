"""Checkpoints of official and of compact shape, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes.checkpoints import random_network, write_bare, write_compact, write_wrapped

from plugin_core.wav2lip.networks import Generator


@dataclass(frozen=True)
class Checkpoints:
    network: Generator
    wrapped: Path
    legacy: Path
    bare: Path
    compact: Path


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Checkpoints:
    folder = tmp_path_factory.mktemp("checkpoints")
    network = random_network(Generator)
    assert isinstance(network, Generator)
    return Checkpoints(
        network,
        write_wrapped(folder / "wav2lip_gan.pth", network),
        write_wrapped(folder / "wav2lip_torch11.pth", network, legacy=True),
        write_bare(folder / "bare.pth", network),
        write_compact(folder / "compact.safetensors", random_network(Generator, 0.25)),
    )
