"""All figures of the finder: on drawings, on drawings of families it never saw, and on real material."""

from __future__ import annotations

from pathlib import Path

import cv2

from face_detection.detector import FaceDetector
from face_detection.face import Face
from face_detection.pictures import Bgr8
from face_detection.toon import ToonDetector
from plugin_core.quality.contact_sheet import contact_sheet

from ..figures import Figure
from .measure import HELD_OUT, TRAINED, known_scenes, matched, mouth_error, scene_figures
from .real import RealFace, read_real

_SEED = 5_000_001
LEAST_REAL = 0.75
SCENES = 200


def evaluate(
    weights: Path | None = None, real_folder: Path | None = None, *, scenes: int = SCENES, sheet: Path | None = None
) -> list[Figure]:
    """Measure the finder.

    Args:
        weights: its file; the embedded one if None.
        real_folder: folder of real drawings and people (`shared/data`); left out if None.
        scenes: studio scenes to measure on, for each cast.
        sheet: where to write the real pictures with what was found in them.
    """
    detector = ToonDetector(weights)
    figures = scene_figures(detector, "drawings of trained families", known_scenes(TRAINED, _SEED, scenes))
    figures += scene_figures(detector, "drawings of unseen families", known_scenes(HELD_OUT, _SEED, scenes))
    if real_folder is not None:
        figures += real_figures(detector, real_folder, sheet)
    return figures


def real_figures(detector: FaceDetector, folder: Path, sheet: Path | None = None) -> list[Figure]:
    """One figure for each real face (1 found, 0 missed), then the sums over drawings and over people."""
    figures: list[Figure] = []
    hits: dict[bool, list[float]] = {True: [], False: []}
    false = {True: 0, False: 0}
    pages, titles = [], []
    for picture, faces in read_real(folder):
        finds = detector.detect([picture])[0]
        pairs = matched(finds, [face.known for face in faces])
        drawn = faces[0].drawn
        false[drawn] += len(finds) - len(pairs)
        for face in faces:
            error = next((mouth_error(find, known) for find, known in pairs if known == face.known), None)
            hits[drawn].append(float(error is not None))
            figures.append(_face_figure(face, error))
        pages.append(_marked(picture, finds, faces))
        titles.append(f"{faces[0].title[:30]} {' '.join(f'{f.score:.2f}' for f in finds[:3])}")
    for drawn, words in ((True, "real drawings"), (False, "people")):
        if hits[drawn]:
            figures.append(
                Figure(
                    f"{words}: faces found",
                    sum(hits[drawn]) / len(hits[drawn]),
                    len(hits[drawn]),
                    "faces",
                    least=LEAST_REAL if drawn else None,
                )
            )
            figures.append(Figure(f"{words}: false boxes", float(false[drawn]), len(hits[drawn]), "faces"))
    if sheet is not None and pages:
        cv2.imwrite(str(sheet), contact_sheet(pages, 6, titles))
    return figures


def _face_figure(face: RealFace, error: float | None) -> Figure:
    if error is None:
        return Figure(f"  {face.title}: missed", 0.0, 1, "face")
    return Figure(f"  {face.title}: found, mouth off by {error:.2f} of the face's width", 1.0, 1, "face")


def _marked(picture: Bgr8, finds: list[Face], faces: list[RealFace]) -> Bgr8:
    """The picture with true boxes in green, found boxes in red, found mouths in blue."""
    page = picture.copy()
    width = max(1, round(max(page.shape[:2]) / 250))
    for face in faces:
        left, top, right, bottom = (round(v) for v in face.box)
        cv2.rectangle(page, (left, top), (right, bottom), (0, 200, 0), width)
    for find in finds:
        left, top, right, bottom = (round(v) for v in find.box.corners)
        cv2.rectangle(page, (left, top), (right, bottom), (0, 0, 255), width)
        left, top, right, bottom = (round(v) for v in find.mouth.box.corners)
        cv2.rectangle(page, (left, top), (right, bottom), (255, 80, 0), width)
    return page
