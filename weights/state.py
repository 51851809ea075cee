"""State dicts in and out of files. Nothing in a file is ever run: torch loads with `weights_only=True`, always."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError  # the error class alone: nothing here unpickles

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from .errors import FileFormatError
from .sniffing import FileKind, file_kind

WRAPPERS = ("state_dict", "model_state_dict", "model", "net")  # keys under which trainers keep the weights
PARALLEL_PREFIX = "module."  # what DataParallel writes before each name
DIGEST_KEY = "lipflap.sha256"
NETWORK_KEY = "lipflap.network"
WIDTH_KEY = "lipflap.width"

# All that torch's restricted unpickler and its readers were seen to raise on damaged files.
LOAD_ERRORS = (
    UnpicklingError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    struct.error,
    zipfile.BadZipFile,
)


@dataclass(frozen=True, slots=True)
class StateDict:
    """The numbers of a network.

    Attributes:
        path: where they came from.
        tensors: by name, without a `module.` prefix; may be mapped from disk.
        metadata: text of a safetensors header; empty for torch files.
    """

    path: Path
    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def network(self) -> str | None:
        """The network that the file says it is for."""
        return self.metadata.get(NETWORK_KEY)


def load_state(path: Path) -> StateDict:
    """Read a torch checkpoint (new or old form, wrapped or bare) or a safetensors file.

    Raises:
        UnknownFileError: there is no such file.
        FileFormatError: it is not a state dict: cut off, a web page, a pickle with code in it, an ONNX model.
    """
    kind = file_kind(path)
    if kind is FileKind.ONNX:
        raise FileFormatError(path, "is an ONNX model; a torch checkpoint (.pth) or safetensors is wanted here")
    if kind is FileKind.SAFETENSORS:
        return _load_safetensors(path)
    loaded = _load_torch(path, mapped=kind is FileKind.TORCH_ZIP)
    return StateDict(path, _with_batch_counts(_named_tensors(path, loaded)))


def _load_safetensors(path: Path) -> StateDict:
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
            metadata = dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise FileFormatError(path, f"is a damaged or cut-off safetensors file ({error}): get it again") from error
    return StateDict(path, _with_batch_counts(tensors), metadata)


def _load_torch(path: Path, *, mapped: bool) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except LOAD_ERRORS as error:
        raise FileFormatError(path, _load_reason(error)) from error


def _load_reason(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, UnpicklingError) or "Unsupported" in text:
        named = text.split("GLOBAL ", 1)[1].split()[0] if "GLOBAL " in text else "unknown classes"
        return (
            f"holds Python objects ({named}), not only numbers. They could run any program, so nothing of it was "
            "opened: save the network's state_dict() alone with torch.save, or as safetensors"
        )
    return f"is damaged or cut off ({text.splitlines()[0][:120] if text else type(error).__name__}): get it again"


def _named_tensors(path: Path, loaded: object) -> dict[str, Tensor]:
    named = _unwrapped(loaded)
    if not named:
        raise FileFormatError(path, "holds no state dict: no named tensors were found in it")
    wrong = next((key for key, value in named.items() if not isinstance(value, Tensor)), None)
    if wrong is not None:
        raise FileFormatError(path, f"holds no state dict: entry {wrong!r} is no tensor")
    return {str(key).removeprefix(PARALLEL_PREFIX): value for key, value in named.items()}


def _unwrapped(loaded: object) -> dict[object, Tensor]:
    if not isinstance(loaded, dict):
        return {}
    inner = next((loaded[key] for key in WRAPPERS if isinstance(loaded.get(key), dict)), None)
    return loaded if inner is None else inner


def _with_batch_counts(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    # torch before 0.4.1 did not write num_batches_tracked. Inference never reads it; strict loading asks for it.
    suffix = ".running_mean"
    for name in [name for name in tensors if name.endswith(suffix)]:
        tensors.setdefault(name.removesuffix(suffix) + ".num_batches_tracked", torch.zeros((), dtype=torch.int64))
    return tensors


def save_state(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a safetensors file whole or not at all, with the sha256 of its numbers under `lipflap.sha256`.

    Args:
        path: the file; one of that name is replaced.
        tensors: a network's `state_dict()`.
        metadata: text facts, e.g. {"lipflap.network": "generator", "lipflap.width": "0.25"}.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    bare = tensors_to_bytes(plain, metadata=dict(metadata))
    start = 8 + int.from_bytes(bare[:8], "little")
    digest = hashlib.sha256(memoryview(bare)[start:]).hexdigest()
    write_whole(path, tensors_to_bytes(plain, metadata={**metadata, DIGEST_KEY: digest}))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")  # not tempfile's: those are closed to other users
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
