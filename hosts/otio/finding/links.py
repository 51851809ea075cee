"""From what an edit calls its media to files on this machine. Nothing is ever fetched from a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ..core import OptionError
from .facts import MediaFacts, Prober, SoundFacts, probe_media, probe_sound
from .folder_index import FolderIndex
from .urls import Spelling, read_url

Key = TypeVar("Key")
Answer = TypeVar("Answer")

_LISTED = 6  # places that a message names


class MissingMediaError(Exception):
    """Media that isn't there, or may not be used; the message says what was tried. Becomes a shot's problem."""


@dataclass(frozen=True, slots=True)
class PathMap:
    """What an edit calls a folder, and where that folder is here."""

    source: str
    target: Path

    @classmethod
    def parse(cls, text: str) -> PathMap:
        """Read FROM=TO.

        Raises:
            OptionError: not of that form.
        """
        source, equals, target = text.rpartition("=")
        if not equals or not source.strip() or not target.strip():
            raise OptionError("map", f"{text!r} is no path map: write FROM=TO, as D:/media=/mnt/media")
        return cls(source.strip(), Path(target.strip()).expanduser())

    def applied(self, spelling: Spelling) -> Path | None:
        """Where that media would be; None where it lies elsewhere. Capitals don't count on drives and servers."""
        source = read_url(self.source)[0]
        prefix, path = source.path.rstrip("/"), spelling.path
        if source.is_foreign or source.scheme:
            fits = path.casefold().startswith(prefix.casefold())
        else:
            fits = path.startswith(prefix)
        rest = path[len(prefix) :]
        if not fits or (rest and not rest.startswith("/")):
            return None
        return _as_spelled_here(self.target, [part for part in rest.split("/") if part])


@dataclass(frozen=True)
class MediaPlaces:
    """Where media may lie.

    Attributes:
        folder: the edit's own; relative names begin there.
        maps: tried first, in order.
        search: folders that are searched by file name at last.
        confined: whether nothing outside these folders may be used: an edit that came as a bundle is a stranger's.
    """

    folder: Path
    maps: tuple[PathMap, ...] = ()
    search: tuple[Path, ...] = ()
    confined: bool = False

    def allows(self, file: Path) -> bool:
        """Whether a file may be used; links are followed first."""
        if not self.confined:
            return True
        roots = (self.folder, *self.search, *(entry.target for entry in self.maps))
        real = file.resolve()
        return any(real.is_relative_to(root.resolve()) for root in roots)


@dataclass
class MediaFinder:
    """Finds and probes media; each address and each file once.

    Args:
        places: where media may lie.
        probe: tells a clip's facts, given its path, and whether it is a sequence or still.
        probe_sound: the same for sound.
    """

    places: MediaPlaces
    probe_clip: Prober[MediaFacts] = probe_media
    probe_voice: Prober[SoundFacts] = probe_sound
    _found: dict[str, Path | Exception] = field(default_factory=dict, init=False)
    _facts: dict[Path, MediaFacts | Exception] = field(default_factory=dict, init=False)
    _sounds: dict[Path, SoundFacts | Exception] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._index = FolderIndex(self.places.search)

    def find(self, url: str) -> Path:
        """The file that a media URL means.

        Raises:
            MissingMediaError: it isn't there, lies in the network, is ambiguous, or outside of what a bundle may use.
        """
        return _once(self._found, url, lambda: self._find(url), MissingMediaError)

    def find_named(self, names: Sequence[str]) -> Path:
        """The file for a clip whose edit names no file: one of the searched folders that is called like it.

        Raises:
            MissingMediaError: none, or several.
        """
        key = "\0".join(("", *names))
        return _once(self._found, key, lambda: self._find_named(names), MissingMediaError)

    def facts(self, path: Path) -> MediaFacts:
        """What is known of a clip. Raises `MediaError`."""
        return _once(self._facts, path, lambda: self.probe_clip(path), Exception)

    def sound(self, path: Path) -> SoundFacts:
        """What is known of a sound file. Raises `SoundError`."""
        return _once(self._sounds, path, lambda: self.probe_voice(path), Exception)

    def _find(self, url: str) -> Path:
        if not url.strip() or "\0" in url:
            raise MissingMediaError("the edit names no media for it: name its folder with --search")
        tried: list[str] = []
        for spelling in read_url(url):
            for place in self._candidates(spelling):
                if str(place) in tried:
                    continue
                tried.append(str(place))
                if place.is_file() and self.places.allows(place):
                    return place
                if place.is_file():
                    raise MissingMediaError(
                        f"{place} lies outside the bundle that this edit came in: allow its folder with --search"
                    )
        return self._searched(url, tried)

    def _candidates(self, spelling: Spelling) -> Iterator[Path]:
        for entry in self.places.maps:
            mapped = entry.applied(spelling)
            if mapped is not None:
                yield mapped
        if spelling.scheme:
            return
        if spelling.is_absolute:
            yield Path(spelling.path)
        else:
            yield self.places.folder / spelling.path
        parts = spelling.parts
        for folder in (self.places.folder, *self.places.search):
            yield from (folder.joinpath(*parts[start:]) for start in range(len(parts)))

    def _searched(self, url: str, tried: list[str]) -> Path:
        spellings = read_url(url)
        if spellings[0].scheme:
            folder = url.rpartition("/")[0]
            raise MissingMediaError(f"{url} lies in a network, nothing is fetched from it: use --map {folder}=FOLDER")
        for spelling in spellings:
            found = self._index.named(spelling.parts) if spelling.parts else []
            if found:
                return self._only(found, spelling.parts[-1])
        listed = ", ".join(tried[:_LISTED]) + (f" and {len(tried) - _LISTED} more" if len(tried) > _LISTED else "")
        raise MissingMediaError(
            f"its media is missing: {url} (tried {listed}): map its folder with --map FROM=TO, or give --search FOLDER"
        )

    def _find_named(self, names: Sequence[str]) -> Path:
        for name in names:
            found = self._index.named((name,)) or self._index.stemmed(name)
            if found:
                return self._only(found, name)
        listed = ", ".join(repr(name) for name in names) or "a clip without a name"
        raise MissingMediaError(
            f"the edit names no media for it, and no searched folder holds {listed}: name its folder with --search"
        )

    def _only(self, found: list[Path], name: str) -> Path:
        allowed = [file for file in found if self.places.allows(file)]
        if len(allowed) != 1:
            listed = ", ".join(str(file) for file in found[:_LISTED])
            raise MissingMediaError(
                f"{len(found)} files could be {name!r} ({listed}): map its folder with --map FROM=TO"
            )
        return allowed[0]


def _as_spelled_here(folder: Path, parts: Sequence[str]) -> Path:
    """The path under `folder`; where it differs only in capitals from what is there, what is there."""
    path = folder.joinpath(*parts)
    if path.exists():
        return path
    here = folder
    for part in parts:
        same = [entry for entry in here.iterdir() if entry.name.casefold() == part.casefold()] if here.is_dir() else []
        if len(same) != 1:
            return path
        here = same[0]
    return here


def _once(
    answers: dict[Key, Answer | Exception], key: Key, answer: Callable[[], Answer], kept: type[Exception]
) -> Answer:
    """The remembered answer, or the error again."""
    if key not in answers:
        try:
            answers[key] = answer()
        except kept as error:
            answers[key] = error
    known = answers[key]
    if isinstance(known, Exception):
        raise known.with_traceback(None)  # it would grow by every clip that asks
    return known
