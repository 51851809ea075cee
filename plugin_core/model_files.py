"""Where the core opens model files: finds them, loads them, and turns their faults into `WeightsError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weights.errors import FileFormatError, FileShapeError, UnknownFileError, WeightsFileError
from weights.finding import find_weights
from weights.state import StateDict, load_state

from .errors import UnknownWeightsError, WeightsError, WeightsFormatError, WeightsShapeError


@contextmanager
def weights_errors() -> Iterator[None]:
    """Inside it, what `weights` and `face_detection` say of a model file is said as a `WeightsError`.

    Raises:
        UnknownWeightsError, WeightsFormatError, WeightsShapeError, WeightsError
    """
    try:
        yield
    except UnknownFileError as error:
        raise UnknownWeightsError(str(error)) from error
    except FileFormatError as error:
        raise WeightsFormatError(error.path, error.reason) from error
    except FileShapeError as error:
        raise WeightsShapeError(error.path, error.reason) from error
    except WeightsFileError as error:
        raise WeightsError(str(error)) from error


def open_weights(name_or_path: str | Path) -> StateDict:
    """The state dict of a model file, by path or by a name of `lipflap weights list`.

    Raises:
        UnknownWeightsError: nothing of that name.
        WeightsFormatError: not a state dict: cut off, a web page, a pickle with code in it.
    """
    with weights_errors():
        return load_state(find_weights(name_or_path))
