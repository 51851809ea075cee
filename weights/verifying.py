"""Checking a model file, and bringing it into the user's folder."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .digest import payload_sha256, safetensors_header, sha256_of
from .errors import FileFormatError, FileShapeError, UnknownFileError, WeightsFileError
from .finding import entry_named, made_folder
from .layout import recognise
from .manifest import WeightsEntry, known_weights
from .sniffing import FileKind, file_kind
from .state import DIGEST_KEY, load_state

PLAIN_NAME = re.compile(r"[\w][\w.-]*")


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a model file after a look at all of it.

    Attributes:
        path: the file.
        kind: its form.
        network: what it fills; None where lipflap knows no such network (or can't look inside, as with ONNX).
        entry: the known model that it claims to be (by name) or is (by hash); None for others.
        sha256: of the whole file.
        genuine: the hash equals the published one, or the one in a safetensors header; None where there is none.
    """

    path: Path
    kind: FileKind
    network: str | None
    entry: WeightsEntry | None
    sha256: str
    genuine: bool | None


def verify(path: Path) -> Verification:
    """Read all of a model file: form, network, hash.

    Raises:
        UnknownFileError: there is no such file.
        FileFormatError: it can't be opened as a model; the message says what it is.
    """
    kind = file_kind(path)
    network = None if kind is FileKind.ONNX else recognise(load_state(path))
    sha256 = sha256_of(path)
    entry = _entry_of(path, network, sha256)
    genuine = entry.matches(sha256) if entry else None
    if genuine is None and kind is FileKind.SAFETENSORS:
        genuine = _keeps_its_promise(path)
    return Verification(path, kind, network, entry, sha256, genuine)


def _entry_of(path: Path, network: str | None, sha256: str) -> WeightsEntry | None:
    entries = known_weights()
    by_hash = next((entry for entry in entries if entry.matches(sha256)), None)
    by_name = next((one for one in entries if path.name in one.files and network in (one.network, None)), None)
    return by_hash or by_name


def _keeps_its_promise(path: Path) -> bool | None:
    promised = safetensors_header(path)[0].get(DIGEST_KEY)
    return None if promised is None else payload_sha256(path) == promised


def add(path: Path, name: str, folder: Path | None = None) -> Path:
    """Copy a model file into the user's folder under a name that `--checkpoint` takes. All or nothing.

    Args:
        path: the file that the user has.
        name: of the manifest, or a new plain one.
        folder: where to; `user_folder()` if None. Made if it is not there.
    Returns:
        the copy.
    Raises:
        UnknownFileError: there is no such file, or the name is no plain name.
        FileFormatError: the file is damaged, or its hash is not the published one.
        FileShapeError: it is a model, but not the named one, or none that lipflap knows.
        WeightsFileError: the copy can't be written.
    """
    if not PLAIN_NAME.fullmatch(name):
        raise UnknownFileError(name, "is no plain name: use letters, digits, dots, dashes")
    entry = entry_named(name)
    _check_for(entry, verify(path))
    target = made_folder(folder) / (_stored_name(entry, path) if entry else name + path.suffix.lower())
    try:
        _copy_whole(path, target)
    except OSError as error:
        raise WeightsFileError(f"{target}: can't be written ({error.strerror}); nothing was added") from error
    return target


def _check_for(entry: WeightsEntry | None, seen: Verification) -> None:
    if entry is None:
        if seen.network is None and seen.kind is not FileKind.ONNX:
            raise FileShapeError(seen.path, "is a state dict, but of no network that lipflap knows")
        return
    if (seen.kind is FileKind.ONNX) != (entry.network == "yunet") or seen.network not in (entry.network, None):
        raise FileShapeError(
            seen.path, f"is not {entry.name}: it is a {seen.kind} of {seen.network or 'another model'}"
        )
    # YuNet has several releases under one interface; each is as good as the published one.
    if entry.matches(seen.sha256) is False and entry.network != "yunet":
        raise FileFormatError(
            seen.path, f"is not the published {entry.name}: its sha256 is {seen.sha256[:16]}..., not {entry.sha256}..."
        )


def _stored_name(entry: WeightsEntry, path: Path) -> str:
    suffix = path.suffix.lower()
    return next((file for file in entry.files if file.lower().endswith(suffix)), entry.name + suffix)


def _copy_whole(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
