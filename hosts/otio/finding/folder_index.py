"""Files of the folders that a user named, found by name."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path


class FolderIndex:
    """Walks each folder once, when first asked; hidden folders and links to folders are left out."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        return _grouped((file.name.casefold(), file) for file in self._files())

    @cached_property
    def _by_stem(self) -> dict[str, list[Path]]:
        return _grouped((file.stem.casefold(), file) for files in self._by_name.values() for file in files)

    def _files(self) -> Iterable[Path]:
        for folder in self._folders:
            for place, folders, names in os.walk(folder):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))

    def named(self, parts: Sequence[str]) -> list[Path]:
        """The files of that name; of several, those whose folders fit best.

        Args:
            parts: folders and name, as far as they are known.
        """
        return _best_fitting(self._by_name.get(parts[-1].casefold(), []), parts)

    def stemmed(self, stem: str) -> list[Path]:
        """The files that are named so, whatever their suffix."""
        return self._by_stem.get(stem.casefold(), [])


def _grouped(files: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    groups: dict[str, list[Path]] = defaultdict(list)
    for name, file in files:
        if file not in groups[name]:
            groups[name].append(file)
    return dict(groups)


def _best_fitting(files: list[Path], parts: Sequence[str]) -> list[Path]:
    if len(files) < 2:
        return files
    wanted = [part.casefold() for part in reversed(parts)]
    fits = [_common(wanted, [part.casefold() for part in reversed(file.parts)]) for file in files]
    return [file for file, fit in zip(files, fits, strict=True) if fit == max(fits)]


def _common(wanted: list[str], there: list[str]) -> int:
    count = 0
    for one, other in zip(wanted, there, strict=False):
        if one != other:
            break
        count += 1
    return count
