"""Networks out of files: official checkpoints and compact ones of our own, through the same door."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from weights.errors import FileFormatError, FileShapeError
from weights.layout import describe, fill
from weights.state import NETWORK_KEY, WIDTH_KEY, StateDict, save_state

from ..model_files import open_weights, weights_errors
from .blocks import MAX_WIDTH, WideNetwork
from .look_reader import LookReader
from .networks import WIDEST, Generator, LipSyncExpert, VisualDiscriminator
from .syncnet_v2 import SyncNetV2

WeightsSource = str | Path | StateDict
"""A name of `lipflap weights list`, a file, or a state dict that is already read."""

Wide = TypeVar("Wide", bound=WideNetwork)


def load_generator(source: WeightsSource) -> Generator:
    """The generator, ready to run (evaluation mode, on the CPU).

    Raises:
        UnknownWeightsError, WeightsFormatError, WeightsShapeError
    """
    return _load(Generator, source)


def load_look_reader(source: WeightsSource) -> LookReader:
    """The reader of drawn mouths, ready to run. Raises as `load_generator`."""
    return _load(LookReader, source)


def load_expert(source: WeightsSource) -> LipSyncExpert:
    """The lip-sync expert, ready to run. Raises as `load_generator`."""
    return _load(LipSyncExpert, source)


def load_discriminator(source: WeightsSource) -> VisualDiscriminator:
    """The visual quality discriminator, ready to run. Raises as `load_generator`."""
    return _load(VisualDiscriminator, source)


def load_syncnet_v2(source: WeightsSource) -> SyncNetV2:
    """The SyncNet of the LSE scores, ready to run. Raises as `load_generator`."""
    state = _opened(source)
    network = SyncNetV2()
    with weights_errors():
        fill(network, state)
    return network.eval()


def save_network(path: Path, network: WideNetwork, facts: dict[str, str]) -> None:
    """Write a network as safetensors that the loaders above read, whole or not at all.

    Args:
        path: the file.
        network: of any width.
        facts: more text for the header, e.g. {"lipflap.licence": "GPL-3.0-or-later"}.
    """
    header = {NETWORK_KEY: network.NETWORK, WIDTH_KEY: str(network.width), **facts}
    save_state(path, network.state_dict(), header)


def _opened(source: WeightsSource) -> StateDict:
    return source if isinstance(source, StateDict) else open_weights(source)


def _load(kind: type[Wide], source: WeightsSource) -> Wide:
    state = _opened(source)
    with weights_errors():
        _refuse_declared_other(state, kind)
        network = kind(_width_of(state, kind))
        fill(network, state)
    return network.eval()


def _refuse_declared_other(state: StateDict, kind: type[WideNetwork]) -> None:
    if state.network not in (None, kind.NETWORK):
        raise FileShapeError(state.path, f"does not fit {kind.__name__}: it is {describe(state)}")


def _width_of(state: StateDict, kind: type[WideNetwork]) -> float:
    """What the header declares, else what the innermost layer says; 1 where there is no such layer."""
    declared = state.metadata.get(WIDTH_KEY)
    if declared is not None:
        return _declared_width(state, declared)
    innermost = state.tensors.get(kind.WIDTH_KEY)
    return len(innermost) / WIDEST if innermost is not None and innermost.ndim == 4 else 1.0


def _declared_width(state: StateDict, declared: str) -> float:
    try:
        width = float(declared)
    except ValueError:
        width = 0.0
    if not 0 < width <= MAX_WIDTH:
        raise FileFormatError(
            state.path, f"declares the width {declared!r}; a number between 0 and {MAX_WIDTH} was expected"
        )
    return width
