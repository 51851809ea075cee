"""A clip's own mouths as a chart: a folder of named drawings that the chart painter takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from face_detection.face import Face
from face_detection.pictures import Picture
from plugin_core.errors import ChartError, OutputError
from plugin_core.frames import FrameSource
from plugin_core.job import Job
from plugin_core.media import write_picture
from plugin_core.media.outputs import told_as_output_error, whole_or_nothing
from plugin_core.painters.chart import DRAWN_SHARE, MANIFEST, canvas_span
from plugin_core.painters.own import CatalogueEntry, LibraryClip, MouthLibrary, catalogue_of, read_library, sprite_of
from plugin_core.ports import Progress
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .engines import Engines
from .own_footage import hear_clip
from .ready import open_source, span_of
from .scene import look, survey_clip
from .voice import cut_for, listen


@dataclass(frozen=True, slots=True)
class WrittenDrawing:
    """A drawing that was written: its file's name, what is known of it, and whether the chart uses it by its name."""

    file: str
    entry: CatalogueEntry
    used: bool


def write_chart(job: Job, folder: Path, engines: Engines, progress: Progress) -> tuple[WrittenDrawing, ...]:
    """Recognise the clip's drawings, name them, and write them with a chart.toml.

    Args:
        job: its clip, range and options; its voice is the clip's own dialogue, wherever that lies.
        folder: to make, or an empty one; appears whole or not at all.
        engines: detector and ear.
        progress: told while the clip is looked at and read.
    Returns:
        every drawing, in the order of the house chart. A name that several drawings bear is the surest one's.

    Raises:
        InputError: the clip or a voice named with --audio can't be read, the clip shows nobody, or its mouths are no
            chart that can be named.
        OutputError: the folder is not empty, or can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(folder, "is there already: name a new folder, or empty it first")
    with (
        _library(job, engines, progress) as library,
        whole_or_nothing(folder) as unfinished,
        told_as_output_error(folder),
    ):
        unfinished.mkdir()
        drawings = _written(library, unfinished, Path(job.clip).name)
        if folder.exists():  # and empty; Windows would not replace it
            folder.rmdir()
    return drawings


@contextmanager
def _library(job: Job, engines: Engines, progress: Progress) -> Iterator[MouthLibrary]:
    source = open_source(job, engines)
    span = span_of(job, source.facts)
    shapes = _dialogue(job, source, span, engines)
    survey = survey_clip(job, source, span, engines, progress=progress)
    scene = look(job, source, span, survey, opening=None if shapes is None else shapes.opening, progress=progress)
    faces: Sequence[Face | None] = scene.chosen.faces
    library = read_library([LibraryClip(source, span, faces, shapes)], progress) if shapes is not None else None
    try:
        reason = _objection(shapes, library)
        if reason is not None:
            raise ChartError(job.clip, reason)
        assert library is not None, "without one there is an objection"
        yield library
    finally:
        if library is not None:
            library.close()


def _dialogue(job: Job, source: FrameSource, span: FrameRange, engines: Engines) -> MouthShapes | None:
    if job.voice.path == job.clip:
        return hear_clip(job.clip, source, span, engines.ear)
    rate = source.facts.rate
    return engines.ear.hear(listen(job, cut_for(job, span, rate)), len(span), rate)


def _objection(shapes: MouthShapes | None, library: MouthLibrary | None) -> str | None:
    if shapes is None:
        return "the clip carries no dialogue that could tell its drawings' names: give it with --audio"
    if library is None:
        return "the face has too little to hold on to"
    if library.drawings is None:
        return "its mouths are no finite set of drawings: every one looks different, or the head turns"
    if not library.verdict.accepted:
        return f"what is said must tell the drawings' names, and here it can't: {library.verdict.reason}"
    return None


def _written(library: MouthLibrary, folder: Path, clip: str) -> tuple[WrittenDrawing, ...]:
    drawings: list[WrittenDrawing] = []
    pictures: list[Picture] = []
    taken: dict[str, int] = {}
    for entry in catalogue_of(library):
        name = "unnamed" if entry.name is None else str(entry.name)
        taken[name] = taken.get(name, 0) + 1
        used = entry.name is not None and taken[name] == 1
        file = f"{name}.png" if taken[name] == 1 else f"{name}-{taken[name]}.png"
        pictures.append(sprite_of(library, entry.row))
        write_picture(folder / file, pictures[-1])
        drawings.append(WrittenDrawing(file, entry, used))
    (folder / MANIFEST).write_text(_manifest(library, pictures, drawings, clip), encoding="utf-8")
    return tuple(drawings)


def _manifest(library: MouthLibrary, pictures: Sequence[Picture], drawings: Sequence[WrittenDrawing], clip: str) -> str:
    """The text of chart.toml: drawings come to lie where they lay, on a face that is found as this one was."""
    face = library.finder.anchors[0].face
    room = 1.0 if face.detector == "hand" else DRAWN_SHARE
    used = [picture for picture, drawing in zip(pictures, drawings, strict=True) if drawing.used]
    shown = "".join(letter if letter.isprintable() else "?" for letter in clip)  # a comment holds no line break
    width = canvas_span(used) / (face.mouth.width * room)
    x, y = face.mouth.x - library.region.left, face.mouth.y - library.region.top
    lines = [
        f"# {len(drawings)} drawings of {shown}, named by lipflap after what is said while each is shown.",
        "version = 1",
        'kind = "sprites"',
        f"width = {width:.6f}",
        f"anchor = [{x:.3f}, {y:.3f}]",
        "erase = false",
        "",
        "[mouths]",
    ]
    return "\n".join([*lines, *(_line(drawing) for drawing in drawings)]) + "\n"


def _line(drawing: WrittenDrawing) -> str:
    entry = drawing.entry
    told = f"# sure {entry.confidence:.2f}, opening {entry.opening:.2f}, shown in {entry.shown} frames"
    if drawing.used:
        return f'{entry.name} = "{drawing.file}"  {told}'
    return f'# {entry.name or "?"} = "{drawing.file}"  {told}'
