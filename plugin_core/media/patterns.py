"""Names of numbered pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_NUMBER_MARK = re.compile(r"%0?(\d*)d|(#+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """The name of every picture of a sequence: `folder / f"{before}{number:0{digits}d}{after}"`."""

    folder: Path
    before: str
    digits: int
    after: str

    @classmethod
    def parse(cls, path: Path) -> Pattern | None:
        """Read `shot.%04d.png` or `shot.####.png`; None where the name has no such mark."""
        marks = list(_NUMBER_MARK.finditer(path.name))
        if len(marks) != 1:
            return None
        mark = marks[0]
        digits = len(mark[2]) if mark[2] else int(mark[1] or 1)
        return cls(path.parent, path.name[: mark.start()], digits, path.name[mark.end() :])

    def path(self, number: int) -> Path:
        """The picture of that number."""
        return self.folder / f"{self.before}{number:0{self.digits}d}{self.after}"

    def existing(self) -> dict[int, Path]:
        """Every file of the sequence, by number, lowest first."""
        name = re.compile(re.escape(self.before) + r"(\d+)" + re.escape(self.after))
        if not self.folder.is_dir():
            return {}
        found = ((name.fullmatch(file.name), file) for file in self.folder.iterdir())
        numbered = {int(match[1]): file for match, file in found if match and len(match[1]) >= self.digits}
        return dict(sorted(numbered.items()))
