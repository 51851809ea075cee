"""A sheet of what the studio draws, to look at before anything is trained on it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from plugin_core.errors import OutputError
from plugin_core.quality.contact_sheet import contact_sheet

from .scene import draw_scene


def write_contact_sheet(path: Path, seed: int = 0, count: int = 48) -> None:
    """Write `count` scenes with their true boxes, eyes and mouths as one picture.

    Args:
        path: .png or .jpg.
        seed: the same seed gives the same sheet.
        count: how many scenes.

    Raises:
        OutputError: the picture can't be written there.
    """
    rng = np.random.default_rng(seed)
    scenes = []
    for _ in range(max(1, count)):
        picture, faces = draw_scene(rng)
        for face in faces:
            left, top, right, bottom = (round(v) for v in face.box.corners)
            cv2.rectangle(picture, (left, top), (right, bottom), (0, 220, 0), 1)
            for x, y in (*face.eyes, (face.mouth.x, face.mouth.y)):
                cv2.circle(picture, (round(x), round(y)), 2, (0, 0, 255), -1)
        scenes.append(picture)
    _write(path, contact_sheet(scenes, columns=8, width=240))


def _write(path: Path, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    try:
        written, packed = cv2.imencode(path.suffix or ".png", picture)
        path.write_bytes(packed.tobytes())
    except (OSError, cv2.error) as error:
        raise OutputError(path, f"the sheet can't be written: {error}") from error
    if not written:
        raise OutputError(path, "the sheet can't be written in this picture format: use .png or .jpg")
