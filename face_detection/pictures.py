"""The picture array that every part of lipflap hands around."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.unsignedinteger[Any]]
"""(height, width, channels): BGR or BGRA with straight alpha, uint8 in 0..255 or uint16 in 0..65535, upright."""

Bgr8: TypeAlias = NDArray[np.uint8]
"""(height, width, 3): BGR, 0..255. What detectors and networks look at; `as_bgr8` makes it."""


def as_bgr8(picture: Picture) -> Bgr8:
    """The picture as 8-bit BGR: 16-bit values are scaled down, alpha is dropped."""
    colour = picture[..., :3]
    if colour.dtype == np.uint16:
        return (colour >> 8).astype(np.uint8)
    return np.ascontiguousarray(colour, dtype=np.uint8)
