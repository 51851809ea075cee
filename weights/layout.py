"""Does a state dict fit a network? Says what is wrong with names, and guesses what the file is instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from .errors import FileShapeError
from .state import StateDict

SHOWN = 3  # wrong entries that a message names


@dataclass(frozen=True, slots=True)
class Signature:
    """How to know a network by a few of its layers.

    Attributes:
        network: the word in manifests and in `lipflap.network`.
        words: what people call it.
        layers: shapes of telling entries; -1 fits any size.
    """

    network: str
    words: str
    layers: Mapping[str, tuple[int, ...]]

    def fits(self, tensors: Mapping[str, Tensor]) -> bool:
        """Whether all telling entries are there, with such shapes."""
        return all(name in tensors and _like(tensors[name], shape) for name, shape in self.layers.items())


def _like(tensor: Tensor, shape: Sequence[int]) -> bool:
    return tensor.ndim == len(shape) and all(want in (-1, have) for want, have in zip(shape, tensor.shape, strict=True))


SIGNATURES = (
    Signature(
        "generator",
        "a Wav2Lip generator",
        {
            "face_encoder_blocks.0.0.conv_block.0.weight": (-1, 6, 7, 7),
            "audio_encoder.0.conv_block.0.weight": (-1, 1, 3, 3),
            "output_block.1.weight": (3, -1, 1, 1),
        },
    ),
    Signature(
        "look-reader",
        "lipflap's reader of drawn mouths",
        {"face_encoder_blocks.0.0.conv_block.0.weight": (-1, 6, 7, 7), "look_head.0.weight": (-1, -1)},
    ),
    Signature(
        "sync-expert",
        "the Wav2Lip lip-sync expert (SyncNet_color)",
        {
            "face_encoder.0.conv_block.0.weight": (-1, 15, 7, 7),
            "audio_encoder.0.conv_block.0.weight": (-1, 1, 3, 3),
        },
    ),
    Signature(
        "visual-discriminator",
        "the Wav2Lip visual quality discriminator",
        {"face_encoder_blocks.0.0.conv_block.0.weight": (-1, 3, 7, 7), "binary_pred.0.weight": (1, -1, 1, 1)},
    ),
    Signature(
        "s3fd",
        "the S3FD face detector",
        {"conv1_1.weight": (-1, 3, 3, 3), "conv3_3_norm.weight": (-1,), "fc7_mbox_conf.weight": (2, -1, 3, 3)},
    ),
    Signature(
        "syncnet-v2",
        "the SyncNet that scores lip-sync (syncnet_v2.model)",
        {"netcnnaud.0.weight": (-1, 1, 3, 3), "netcnnlip.0.weight": (-1, 3, 5, 7, 7)},
    ),
)


def recognise(state: StateDict) -> str | None:
    """The network that a state dict belongs to: what its header says, else told from a few layers."""
    found = next((one.network for one in SIGNATURES if one.fits(state.tensors)), None)
    return state.network or found


def describe(state: StateDict) -> str:
    """The same in words, for messages."""
    network = recognise(state)
    words = next((one.words for one in SIGNATURES if one.network == network), None)
    if words is not None:
        return words
    return f"{network!r}" if network else f"no network that lipflap knows ({len(state.tensors)} entries)"


def fill(network: nn.Module, state: StateDict) -> None:
    """Copy a state dict into a network, once every name and shape is sure to fit.

    Raises:
        FileShapeError: an entry is missing, too many, or of another shape. The network is as it was.
    """
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    faults = layout_faults(state.tensors, wanted)
    if faults:
        shown = "; ".join(faults[:SHOWN]) + (f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else "")
        raise FileShapeError(state.path, f"does not fit {type(network).__name__}: it is {describe(state)}. {shown}")
    network.load_state_dict(dict(state.tensors), strict=True)


def layout_faults(tensors: Mapping[str, Tensor], wanted: Mapping[str, tuple[int, ...]]) -> list[str]:
    """What differs between the entries that are there and those that are wanted, in words, in the network's order."""
    faults = [_fault(name, shape, tensors.get(name)) for name, shape in wanted.items()]
    extra = [
        f"{name} ({_shape(tuple(tensor.shape))}) is unknown" for name, tensor in tensors.items() if name not in wanted
    ]
    return [fault for fault in faults if fault] + extra


def _fault(name: str, wanted: tuple[int, ...], found: Tensor | None) -> str:
    if found is None:
        return f"{name} is missing, expected {_shape(wanted)}"
    shape = tuple(found.shape)
    return "" if shape == wanted else f"{name} has shape {_shape(shape)}, expected {_shape(wanted)}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"
