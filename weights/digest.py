"""sha256 of model files, whole or without their header. Standard library only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from .errors import FileFormatError
from .sniffing import MAX_SAFETENSORS_HEADER

BLOCK = 1 << 20  # bytes read at a time


def sha256_of(path: Path, skip: int = 0) -> str:
    """Hexadecimal sha256 of the file's bytes from `skip` on."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(skip)
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def safetensors_header(path: Path) -> tuple[Mapping[str, str], int]:
    """The text metadata of a safetensors file and the offset at which its numbers begin.

    Raises:
        FileFormatError: the header is cut off or is not JSON.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MAX_SAFETENSORS_HEADER:
            raise FileFormatError(path, "is no safetensors file")
        header = file.read(length)
    try:
        entries = json.loads(header)
        metadata = entries.get("__metadata__", {})
    except (ValueError, AttributeError) as error:
        raise FileFormatError(path, "has a damaged safetensors header: get the file again") from error
    return {str(key): str(text) for key, text in metadata.items()}, 8 + length


def payload_sha256(path: Path) -> str:
    """sha256 of a safetensors file's numbers, without the header: what `lipflap.sha256` in its header promises."""
    _, start = safetensors_header(path)
    return sha256_of(path, skip=start)
