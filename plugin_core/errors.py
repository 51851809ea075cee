"""Every error that lipflap raises on purpose.

LipSyncError
├── InputError                what the user gave can't be used (exit code 2)
│   ├── OptionError           a setting is out of range, unknown, or at odds with another
│   ├── MediaError            a picture, movie or sound file can't be read as what it should be
│   ├── RangeError            the asked frames lie outside the clip
│   │   └── EmptyClipError    a range without frames
│   ├── SoundError            the voice can't be used: no stream, no samples
│   │   └── AudioTooShortError
│   ├── TextError             the dialogue text can't be read or does not fit the sound
│   ├── ChartError            the mouth drawings can't be read or named
│   ├── NoFaceError           nobody to lip-sync in the whole range
│   └── NothingSelectedError  a host has no clip or no voice selected
├── WeightsError              a model file can't be used (exit code 2)
│   ├── UnknownWeightsError   no such name, no such file
│   ├── WeightsFormatError    truncated, a web page, a pickle with code in it
│   └── WeightsShapeError     right format, wrong network
├── OutputError               the result can't be written: folder, disk, encoder (exit code 3)
│   └── BusyError             another process is writing it
├── EngineError               a library or a child process failed in the middle of the work (exit code 1)
├── HostError                 an editing program refused
└── Cancelled                 the user stopped it (exit code 130)

A message says what, where, and what to do. The facts are attributes.
"""

from __future__ import annotations

from pathlib import Path


class LipSyncError(Exception):
    """Root of the tree. `exit_code` is what the command line returns for it."""

    exit_code = 1


class InputError(LipSyncError):
    """What the user gave can't be used."""

    exit_code = 2


class OptionError(InputError):
    """A setting is out of range, unknown, or at odds with another."""

    def __init__(self, option: str, reason: str) -> None:
        self.option = option
        self.reason = reason
        super().__init__(f"--{option.replace('_', '-')}: {reason}")


class MediaError(InputError):
    """A picture, movie or sound file can't be read as what it should be."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class RangeError(InputError):
    """The asked frames lie outside the clip."""


class EmptyClipError(RangeError):
    """A range without frames."""

    def __init__(self, start: int, stop: int) -> None:
        self.start = start
        self.stop = stop
        super().__init__(f"frames {start} to {stop} hold nothing: the end must lie after the start")


class SoundError(InputError):
    """The voice can't be used."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class AudioTooShortError(SoundError):
    """Less sound than one network window."""


class TextError(InputError):
    """The dialogue text can't be read or does not fit the sound."""


class ChartError(InputError):
    """The mouth drawings can't be read or named."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"mouth chart {path}: {reason}")


class NoFaceError(InputError):
    """Nobody to lip-sync in the whole range."""

    def __init__(self, clip: Path | str, frames: int) -> None:
        self.clip = Path(clip)
        self.frames = frames
        super().__init__(
            f"{clip}: no face found in any of {frames} frames: point at it with --face-box X,Y,W,H, "
            "or give box keyframes with --boxes FILE"
        )


class NothingSelectedError(InputError):
    """A host has no clip or no voice selected."""


class WeightsError(LipSyncError):
    """A model file can't be used."""

    exit_code = 2


class UnknownWeightsError(WeightsError):
    """No such name in the manifest, no such file on disk."""


class WeightsFormatError(WeightsError):
    """The file is not a state dict: truncated, a web page, or a pickle with code in it."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class WeightsShapeError(WeightsError):
    """A readable state dict for another network."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class OutputError(LipSyncError):
    """The result can't be written."""

    exit_code = 3

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class BusyError(OutputError):
    """Another process is rendering the same output."""


class EngineError(LipSyncError):
    """A library or a child process failed in the middle of the work."""


class HostError(LipSyncError):
    """An editing program refused."""


class Cancelled(LipSyncError):  # noqa: N818 - the field's word for it, and no fault
    """The user stopped it."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("stopped; what was unfinished is removed")
