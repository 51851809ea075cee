"""Where networks run, and how they get by with the memory there."""

from __future__ import annotations

import torch

from .errors import OptionError

# Backends without an out-of-memory class of their own say it in a RuntimeError.
MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory")


def choose_device(name: str = "auto") -> torch.device:
    """The device for `Options.device`: "auto", "cpu", "cuda" or "mps"; "cuda:1" picks a card.

    Raises:
        OptionError: no such device in this machine.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu")
    kind = name.partition(":")[0]
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _has_mps()}
    if kind not in there:
        raise OptionError("device", f"{name!r} is unknown: take one of auto, {', '.join(there)}")
    if not there[kind]:
        raise OptionError("device", f"this machine (or this build of torch) has no {kind}: take auto or cpu")
    return torch.device(name)


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether a device ran out of memory, rather than anything else going wrong."""
    return isinstance(error, torch.OutOfMemoryError) or any(word in str(error).lower() for word in MEMORY_WORDS)
