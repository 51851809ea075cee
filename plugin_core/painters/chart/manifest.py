"""chart.toml: says which drawing is which mouth, where file names don't, and how the drawings sit on the face.

```toml
version = 1
kind = "sprites"          # mouths alone on a transparent ground; "pictures": whole characters; left out: looked at
width = 1.1               # the widest drawing over the width of the face's mouth; 1 if left out
anchor = [150, 75]        # the point of every drawing, in its own pixels, that comes to lie on the mouth's centre
flip = true               # mirror every drawing, for a character who looks the other way
erase = true              # fill the old mouth in first; left out: yes for bare mouths, no where skin is drawn too

[mouths]                  # rest MBP L FV GK SH O E AA IY TH, any of them
rest = "shut.png"
AA = { file = "shout.png", anchor = [140, 80], width = 0.9, flip = false }
```
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...errors import ChartError
from ...speech.visemes import Viseme

MANIFEST = "chart.toml"
MANIFEST_VERSION = 1
KINDS = ("sprites", "pictures")

_KEYS = {"version", "kind", "width", "anchor", "flip", "erase", "mouths"}
_MOUTH_KEYS = {"file", "anchor", "width", "flip"}
_VISEMES = {viseme.value.lower(): viseme for viseme in Viseme}


@dataclass(frozen=True, slots=True)
class MouthEntry:
    """One drawing of a chart: `anchor` in the file's pixels before `flip`, `width` times the chart's."""

    file: str
    anchor: tuple[float, float] | None = None
    width: float = 1.0
    flip: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a chart.toml says; the defaults are what holds without one."""

    mouths: dict[Viseme, MouthEntry] = field(default_factory=dict)
    kind: str | None = None
    width: float = 1.0
    erase: bool | None = None
    anchor: tuple[float, float] | None = None
    flip: bool = False

    def entry_of(self, file: str) -> MouthEntry:
        """The entry of a file that is found by its name."""
        return MouthEntry(file, self.anchor, 1.0, self.flip)


def read_manifest(path: Path) -> Manifest:
    """Read a chart.toml.

    Raises:
        ChartError: not TOML, another version, an unknown key or mouth, a value of the wrong kind; names it.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChartError(path, f"can't be read: {error}") from error
    try:
        return _manifest(path, record)
    except (TypeError, ValueError) as error:
        raise ChartError(path, f"has a value of the wrong kind: {error}") from error


def _manifest(path: Path, record: dict[str, Any]) -> Manifest:
    _refuse_unknown(path, record, _KEYS)
    if record.get("version", MANIFEST_VERSION) != MANIFEST_VERSION:
        raise ChartError(path, f"is version {record['version']}; this lipflap reads version {MANIFEST_VERSION}")
    if record.get("kind") not in (None, *KINDS):
        raise ChartError(path, f"kind is {record['kind']!r}: write sprites or pictures")
    plain = Manifest(
        kind=record.get("kind"),
        width=_positive(record.get("width", 1.0), "width"),
        erase=None if record.get("erase") is None else _truth(record["erase"], "erase"),
        anchor=_point(record.get("anchor")),
        flip=_truth(record.get("flip", False), "flip"),
    )
    mouths = dict(record.get("mouths", {})).items()
    return replace(plain, mouths={_viseme(path, name): _entry(path, plain, entry) for name, entry in mouths})


def _entry(path: Path, chart: Manifest, entry: str | dict[str, Any]) -> MouthEntry:
    record = {"file": entry} if isinstance(entry, str) else dict(entry)
    _refuse_unknown(path, record, _MOUTH_KEYS)
    file = record.get("file")
    if not isinstance(file, str):
        raise ChartError(path, 'a mouth has no file: write AA = "open.png"')
    return MouthEntry(
        file,
        _point(record.get("anchor")) or chart.anchor,
        _positive(record.get("width", 1.0), "width"),
        _truth(record.get("flip", chart.flip), "flip"),
    )


def _viseme(path: Path, name: str) -> Viseme:
    if name.lower() not in _VISEMES:
        raise ChartError(path, f"mouth {name!r} is unknown: the names are {' '.join(Viseme)}")
    return _VISEMES[name.lower()]


def _refuse_unknown(path: Path, record: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(record) - known)
    if unknown:
        raise ChartError(path, f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _positive(value: Any, name: str) -> float:
    number = float(value)
    if not 0 < number < 100:
        raise ValueError(f"{name} = {value}")
    return number


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} = {value}")
    return value


def _point(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    x, y = value
    return float(x), float(y)
