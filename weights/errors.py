"""What can be wrong with a model file. `plugin_core.model_files` turns these into its own `WeightsError` tree.

WeightsFileError
├── UnknownFileError      no such name in the manifest, no such file on disk
├── FileFormatError       truncated, a web page, a pickle with code in it
├── FileShapeError        a readable state dict for another network
└── FetchError            the download failed or gave something else
"""

from __future__ import annotations

from pathlib import Path


class WeightsFileError(Exception):
    """Root of the tree."""


class UnknownFileError(WeightsFileError):
    """No such name in the manifest, no such file on disk."""

    def __init__(self, name: Path | str, reason: str) -> None:
        self.name = str(name)
        self.reason = reason
        super().__init__(f"{name}: {reason}")


class FileFormatError(WeightsFileError):
    """The file is not a state dict."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class FileShapeError(WeightsFileError):
    """A readable state dict for another network."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class FetchError(WeightsFileError):
    """The download failed or gave something else than the file."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"{url}: {reason}")
