"""Every spelling in which edits name their media, as one plain path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")  # two letters or more; one letter is a drive
_DRIVE = re.compile(r"^/?([A-Za-z]):(?=/|$)")
_DRIVE_MARK = re.compile(r"^(/?[A-Za-z])(?:%3[aA]|\|)(?=/|\\|$)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A place of media as an edit names it.

    Attributes:
        path: with forward slashes: "/Volumes/a.mov", "D:/media/a.mov", "//server/share/a.mov", "media/a.mov".
        scheme: "" for files; else "http", "smb" ...: `path` is then the address as it was written.
    """

    path: str
    scheme: str = ""

    @property
    def is_absolute(self) -> bool:
        """Whether it begins at a root, a drive or a server."""
        return self.path.startswith("/") or _DRIVE.match(self.path) is not None

    @property
    def is_foreign(self) -> bool:
        """Whether it names a Windows drive or a server's share; there, capitals don't count."""
        return self.path.startswith("//") or _DRIVE.match(self.path) is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """Folders and name, without root, drive or server; without "." and ".."."""
        bare = _DRIVE.sub("", self.path)
        return tuple(part for part in PurePosixPath(bare).parts if part.strip("/") and part not in (".", ".."))


def read_url(url: str) -> tuple[Spelling, ...]:
    """The places that a media URL may mean, the likeliest first.

    Programs disagree on whether "%20" in a name is a blank, and whether "#1" belongs to it; both readings are given.
    """
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    if scheme and scheme != "file":
        return (Spelling(url, scheme),)
    bare = _without_file_scheme(url) if scheme else url
    bare = _DRIVE_MARK.sub(r"\1:", bare)
    readings = (unquote(bare), bare) if scheme else (bare, unquote(bare))
    return tuple(dict.fromkeys(Spelling(_plain(reading)) for reading in readings))


def _without_file_scheme(url: str) -> str:
    rest = url[len("file:") :]
    if not rest.startswith("//"):
        return rest
    rest = rest[2:]
    if rest.startswith("/"):
        return rest
    host, slash, path = rest.partition("/")
    if host.lower() in ("localhost", "127.0.0.1"):
        return slash + path
    if _DRIVE.match(
        unquote(host).replace("\\", "/")
    ):  # file://C:/media and file://C%3a/media have lost their third slash
        return rest
    return f"//{host}{slash}{path}"


def _plain(path: str) -> str:
    slashed = path.replace("\\", "/") if _looks_like_windows(path) else path
    server = slashed.startswith("//") and not slashed.startswith("///")
    merged = re.sub(r"/{2,}", "/", slashed)
    return "/" + merged if server else re.sub(r"^/(?=[A-Za-z]:(?:/|$))", "", merged)


def _looks_like_windows(path: str) -> bool:
    """A backslash may be part of a name elsewhere."""
    return "\\" in path and (re.match(r"^/?[A-Za-z]:", path) is not None or path.startswith("\\\\") or "/" not in path)
