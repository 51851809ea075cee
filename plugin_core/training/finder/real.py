"""Real drawings and people to measure on, never to train on: where their faces are, read off by eye.

The pictures lie beside the checkout, not in it (`shared/data`). Boxes run from the brows to the chin, cheek to cheek,
good to about a twentieth of the face.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Bgr8, as_bgr8

from .measure import KnownFace

_GROUND = 200  # grey level behind drawings with alpha


@dataclass(frozen=True, slots=True)
class RealFace:
    """Attributes: file: below the folder of real material. frame: of a film, counted from 0; None for stills.

    box: left, top, right, bottom. mouth: x, y, width between the corners. drawn: a drawing, not a person.
    """

    file: str
    frame: int | None
    box: tuple[float, float, float, float]
    mouth: tuple[float, float, float]
    drawn: bool = True

    @property
    def known(self) -> KnownFace:
        """As the measuring functions want it."""
        x, y, width = self.mouth
        return KnownFace(Box(*self.box), Mouth(x, y, width, 0.6 * width))

    @property
    def title(self) -> str:
        """Short name for reports."""
        stem = Path(self.file).name
        return stem if self.frame is None else f"{stem} frame {self.frame}"


_CARTOONSET_BOX = (162.0, 215.0, 338.0, 388.0)  # all of them are built on the same head, 500x500
_CARTOONSET_MOUTH = (249.0, 341.0, 54.0)
_CARTOONSET = (
    "cs100279640926771550",
    "cs100444304289930325",
    "cs101172805621739638",
    "cs101767157496046490",
    "cs101957715605808227",
    "cs102422236815498498",
    "cs102996970073821635",
    "cs10445905019035139",
    "cs10562124521050923",
    "cs10600435067026865684",
)
_SITA_BOX, _SITA_MOUTH = (575.0, 155.0, 777.0, 264.0), (675.0, 250.0, 45.0)

REAL_FACES: tuple[RealFace, ...] = (
    *(
        RealFace("anim/cherry_welcome.mp4", frame, (91, 105, 171, 194), (134, 178, 28))
        for frame in (30, 100, 200, 300, 400)
    ),
    RealFace("anim/cherry_woman.png", None, (301, 350, 576, 638), (447, 591, 90)),
    *(RealFace(f"anim/sita/{name}.png", None, _SITA_BOX, _SITA_MOUTH) for name in ("rest", "AA", "O", "IY")),
    *(RealFace(f"anim/cartoonset/{name}.png", None, _CARTOONSET_BOX, _CARTOONSET_MOUTH) for name in _CARTOONSET),
    RealFace("anim/renpy/sylvie_blue_normal.png", None, (110, 78, 209, 171), (163, 145, 30)),
    RealFace("anim/renpy/sylvie_green_giggle.png", None, (143, 86, 242, 171), (190, 149, 37)),
    # The mouth is erased in this clip; its place is the first quad of mouth_track.json.
    RealFace("anim/nike_loop/loop_mouthless_h264.mp4", 0, (803, 384, 1100, 642), (951, 573, 85)),
    RealFace(
        "anim/revoy/2015-05-13_coriander_concept-art_by-David-Revoy.jpg", None, (670, 435, 850, 620), (780, 577, 50)
    ),
    RealFace("anim/revoy/intro_pencil-sketch.jpeg", None, (840, 510, 1085, 745), (968, 674, 100)),
    RealFace("anim/popeye_p1.mkv", 500, (860, 205, 1050, 350), (960, 300, 90)),
    RealFace("human/hevc_portrait_1080p.mp4", 20, (525, 690, 685, 895), (597, 814, 78), drawn=False),
    RealFace("human/woman_outdoors.mp4", 20, (100, 205, 290, 373), (190, 322, 60), drawn=False),
    RealFace("human/vfr_face.mp4", 20, (285, 155, 480, 375), (390, 300, 70), drawn=False),
    RealFace("human/carphone_176x144.mp4", 20, (66, 44, 112, 98), (93, 75, 15), drawn=False),
    RealFace("human/two_faces.gif", 20, (28, 95, 92, 155), (70, 140, 18), drawn=False),
    RealFace("human/two_faces.gif", 20, (285, 75, 365, 148), (345, 127, 20), drawn=False),
)


def read_real(folder: Path) -> Iterator[tuple[Bgr8, list[RealFace]]]:
    """Each real picture with the faces that are known in it.

    Args:
        folder: `shared/data`. Files that are not there are left out.
    """
    pictures: dict[tuple[str, int | None], list[RealFace]] = {}
    for face in REAL_FACES:
        pictures.setdefault((face.file, face.frame), []).append(face)
    for (file, frame), faces in pictures.items():
        picture = _read(folder / file, frame)
        if picture is not None:
            yield picture, faces


def _read(path: Path, frame: int | None) -> Bgr8 | None:
    if frame is None:
        read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        return None if read is None else _on_grey(np.asarray(read))
    film = cv2.VideoCapture(str(path))
    film.set(cv2.CAP_PROP_POS_FRAMES, frame)
    done, picture = film.read()
    film.release()
    return np.asarray(picture, dtype=np.uint8) if done else None


def _on_grey(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Bgr8:
    """Colour on plain ground, whatever the file holds."""
    if picture.ndim == 2:
        return np.repeat(picture[..., None], 3, axis=2)
    if picture.shape[2] == 3:
        return as_bgr8(picture)
    alpha = picture[..., 3:].astype(np.float32) / 255
    return (picture[..., :3] * alpha + _GROUND * (1 - alpha)).astype(np.uint8)
