"""What a file is, told from its first bytes, before anything tries to load it. Standard library only."""

from __future__ import annotations

import struct
import zipfile
from enum import StrEnum
from pathlib import Path

from .errors import FileFormatError, UnknownFileError

HEAD_BYTES = 1024
# Before version 1.6 `torch.save` wrote four pickles in a row; the first is this number, as protocol 2 spells it:
# PROTO 2, LONG1 of 10 bytes, 0x1950a86a20f9469cfc6c little-endian, STOP.
LEGACY_TORCH_HEAD = bytes.fromhex("80028a0a6cfc9c46f9206aa850192e")
LEGACY_PICKLES = b"\x80\x02"
MAX_SAFETENSORS_HEADER = 100_000_000  # bytes; the format's own limit


class FileKind(StrEnum):
    """Forms of model file that lipflap can open."""

    TORCH_ZIP = "torch checkpoint"
    TORCH_LEGACY = "torch checkpoint of before 1.6"
    SAFETENSORS = "safetensors"
    ONNX = "ONNX model"


# Leading bytes of what people save under a model's name by mistake.
WRONG_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "is a Git LFS pointer, not the file itself: fetch it with `git lfs pull`"),
    (b"\x1f\x8b", "is gzip-packed: unpack it first"),
    (b"7z\xbc\xaf", "is a 7z archive: unpack it first"),
    (b"Rar!", "is a rar archive: unpack it first"),
    (b"\x89HDF", "is an HDF5 (Keras) file, not a torch checkpoint"),
    (b"GGUF", "is a GGUF language model, not a torch checkpoint"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
)
# All that zipfile was seen to raise on damaged archives.
ZIP_ERRORS = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, OverflowError, struct.error)
WEB_PAGE_HEADS = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<script", b"<!--")


def file_kind(path: Path) -> FileKind:
    """The form of the model file at `path`.

    Raises:
        UnknownFileError: there is no such file.
        FileFormatError: it is something else; the message says what.
    """
    head = _read_head(path)
    _refuse_known_mistakes(path, head)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if head.startswith(LEGACY_TORCH_HEAD):
        return FileKind.TORCH_LEGACY
    if _is_safetensors(head):
        return FileKind.SAFETENSORS
    if _is_onnx(head):
        return FileKind.ONNX
    if head[:1] == b"\x80":
        raise FileFormatError(
            path,
            "is a bare Python pickle, not a torch checkpoint; a pickle can run any program, so it was not "
            "opened: save the network's state_dict() with torch.save",
        )
    raise FileFormatError(
        path, "is no model file of a known form (torch checkpoint, safetensors, ONNX), or its start is damaged"
    )


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise UnknownFileError(path, "no such file") from error
    except IsADirectoryError as error:
        raise FileFormatError(path, "is a folder: name the model file in it") from error
    except OSError as error:
        kind = "is a folder: name the model file in it" if path.is_dir() else f"can't be read: {error.strerror}"
        raise FileFormatError(path, kind) from error
    if not head:
        raise FileFormatError(path, "is empty (0 bytes): get it again")
    return head


def _refuse_known_mistakes(path: Path, head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(WEB_PAGE_HEADS):
        raise FileFormatError(
            path,
            "is a web page, not a model: the download gave a page (a sign-in, a warning or an error) in place of "
            "the file. Open the link in a browser and save the file that it offers",
        )
    for start, reason in WRONG_HEADS:
        if head.startswith(start):
            raise FileFormatError(path, reason)
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head):
        raise FileFormatError(path, f"is a text file, not a model; it begins {head[:40].decode('ascii')!r}")


def _zip_kind(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except ZIP_ERRORS as error:
        raise FileFormatError(
            path, f"is cut off or damaged: its table of contents can't be read ({_size(path)}). Get the file again"
        ) from error
    if any(name.endswith("/constants.pkl") for name in names):
        raise FileFormatError(path, "is a TorchScript program, not a state dict: lipflap runs no code out of a file")
    if not any(name.endswith("/data.pkl") for name in names):
        raise FileFormatError(path, f"is a zip archive without a checkpoint in it (it holds {_some(names)})")
    return FileKind.TORCH_ZIP


def _is_safetensors(head: bytes) -> bool:
    return len(head) > 8 and int.from_bytes(head[:8], "little") <= MAX_SAFETENSORS_HEADER and head[8:9] == b"{"


def _is_onnx(head: bytes) -> bool:
    # A protocol buffer: field 1 (ir_version, a small number), then producer_name, graph or opset_import.
    return len(head) > 2 and head[0] == 0x08 and 1 <= head[1] < 32 and head[2] in (0x12, 0x1A, 0x3A, 0x42)


def _size(path: Path) -> str:
    return f"{path.stat().st_size:,} bytes"


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "") if names else "nothing"
