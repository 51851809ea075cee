"""Bundles: edits that bring their media, as a folder (.otiod) or a zip archive (.otioz); they may be a stranger's."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import opentimelineio as otio

from ..core import InputError
from ..finding import MediaPlaces, PathMap

_CONTENT = "content.otio"
_MEDIA = "media/"
_LARGEST_EDIT = 1 << 30  # bytes; the largest real edits are a hundredth of it
_DRIVE_OR_STREAM = ":"  # in a member's name it means a Windows drive or a file's hidden stream


def is_bundle(path: Path) -> bool:
    """Whether an edit brings its media."""
    return path.suffix.lower() in (".otioz", ".otiod")


def bundle_edit(path: Path) -> Any:
    """The edit in a bundle; its media stay where they are.

    Raises:
        InputError: the archive is damaged, or holds no edit.
    """
    if path.suffix.lower() == ".otiod":
        content = path / _CONTENT
        if not content.is_file():
            raise InputError(f"{path}: holds no {_CONTENT}: it is no .otiod bundle")
        return otio.adapters.read_from_file(str(content), "otio_json")
    with _archive(path) as archive:
        try:
            size = archive.getinfo(_CONTENT).file_size
        except KeyError as error:
            raise InputError(f"{path}: holds no {_CONTENT}: it is no .otioz bundle") from error
        if size > _LARGEST_EDIT:
            raise InputError(f"{path}: its edit is said to be {size >> 20} MB long, which no edit is")
        return otio.adapters.read_from_string(archive.read(_CONTENT).decode("utf-8"), "otio_json")


def media_places(
    path: Path, *, maps: tuple[PathMap, ...] = (), search: tuple[Path, ...] = (), unpack_into: Path | None = None
) -> MediaPlaces:
    """Where the media of an edit may lie.

    Args:
        path: the edit.
        maps: path maps that the user named.
        search: folders that the user named.
        unpack_into: a folder of ours for the media of an .otioz bundle; it is made. None leaves them packed.
    Raises:
        InputError: the bundle's media can't be unpacked safely.
    """
    if not is_bundle(path):
        return MediaPlaces(path.absolute().parent, maps, search)
    if path.suffix.lower() == ".otiod":
        return MediaPlaces(path.absolute(), maps, search, confined=True)
    folder = (unpack_into or path.with_suffix("")).absolute()
    if unpack_into is not None:
        unpack_media(path, folder)
    return MediaPlaces(folder, maps, search, confined=True)


def unpack_media(path: Path, folder: Path) -> None:
    """Unpack the media of an .otioz bundle; what is there already, with the same size, is kept.

    Args:
        path: the bundle.
        folder: is made; nothing is written outside of it.
    Raises:
        InputError: a member would leave the folder, is a link, or is damaged; the disk is full.
    """
    with _archive(path) as archive:
        members = archive.infolist()
        for member in members:
            _check_member(path, member)
        media = [member for member in members if member.filename.startswith(_MEDIA) and not member.is_dir()]
        try:
            for member in media:
                _unpack(archive, member, folder)
        except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError(f"{path}: its media can't be unpacked into {folder} ({error})") from error


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    parts = PurePosixPath(name).parts
    outside = name.startswith(("/", "\\")) or ".." in parts or "\\" in name or _DRIVE_OR_STREAM in name or "\0" in name
    if outside:
        raise InputError(f"{path}: its member {name!r} leads out of the bundle: don't trust this file")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InputError(f"{path}: its member {name!r} is a link or device: don't trust this file")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / member.filename
    if not target.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{target}: a link leads out of our folder: remove it")
    if target.is_file() and target.stat().st_size == member.file_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with archive.open(member) as packed, unfinished.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise InputError(f"{path}: is no .otioz bundle, or a damaged one ({error}): export it again") from error
