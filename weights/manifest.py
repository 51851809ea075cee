"""The model files that lipflap knows: those of others, from manifest.toml, and its own, from `embedded/`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .digest import safetensors_header

HERE = Path(__file__).parent
MANIFEST = HERE / "manifest.toml"
EMBEDDED = HERE / "embedded"
OWN_LICENCE = "GPL-3.0-or-later"


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """One known model file.

    Attributes:
        name: what the user calls it: `--checkpoint wav2lip_gan`.
        network: the network that it fills.
        files: names under which it is found in a folder, the preferred one first.
        summary, source, licence: for people.
        commercial: whether its publisher lets it be used commercially.
        page: where a person finds it.
        url: direct https link; empty where the publisher has none.
        sha256: hexadecimal digits, all 64 or as many as are published; empty where none are.
        size: bytes; 0 where not published.
        embedded: it ships with lipflap.
    """

    name: str
    network: str
    files: tuple[str, ...]
    summary: str
    source: str
    licence: str
    commercial: bool
    page: str = ""
    url: str = ""
    sha256: str = ""
    size: int = 0
    embedded: bool = False

    def matches(self, sha256: str) -> bool | None:
        """Whether a file with that hash is this one; None where nothing is published to compare with."""
        return sha256.startswith(self.sha256) if self.sha256 else None


def known_weights(embedded: Path = EMBEDDED) -> list[WeightsEntry]:
    """All known model files: lipflap's own first, then those of others in the manifest's order.

    Args:
        embedded: folder of lipflap's own *.safetensors.
    """
    own = [_own_entry(path) for path in sorted(embedded.glob("*.safetensors"))]
    return own + [_entry(row) for row in tomllib.loads(MANIFEST.read_text("utf-8"))["weights"]]


def _entry(row: dict[str, Any]) -> WeightsEntry:  # tomllib's own type for a table
    return WeightsEntry(**{**row, "files": tuple(row["files"])})


def _own_entry(path: Path) -> WeightsEntry:
    header, _ = safetensors_header(path)
    return WeightsEntry(
        name=path.stem,
        network=header.get("lipflap.network", path.stem),
        files=(path.name,),
        summary=header.get("lipflap.summary", f"ships with lipflap; see {path.stem}.md"),
        source=header.get("lipflap.source", "trained by lipflap on its own drawings"),
        licence=header.get("lipflap.licence", OWN_LICENCE),
        commercial=True,
        size=path.stat().st_size,
        embedded=True,
    )
