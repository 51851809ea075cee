"""Which painter a render gets, and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture
from plugin_core.audio import SAMPLE_RATE, MelWindows, Sound, mel_spectrogram
from plugin_core.devices import choose_device
from plugin_core.errors import OptionError
from plugin_core.faces.choose import ChosenFaces
from plugin_core.frames import FrameSource
from plugin_core.job import Job
from plugin_core.model_files import weights_errors
from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.neutral import NeutralPainter, estimate_style
from plugin_core.painters.own import MouthLibrary, OwnMouthPainter, read_library
from plugin_core.painters.wav2lip import Wav2LipPainter
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.checkpoint import load_generator
from plugin_core.wav2lip.inference import GeneratorRunner
from weights.finding import find_weights

from .engines import PainterBrief, PainterChoice, PreparedPainter
from .own_footage import Footage

log = logging.getLogger(__name__)

STYLE_FRAMES = 5  # from which the neutral mouth takes its colours


def prepare_painter(job: Job, footage: Footage) -> PreparedPainter:
    """Load what the options name, before any work; the painter itself is made when the clip is known.

    Args:
        job: its options say what paints.
        footage: reads the clips that own mouths come from.

    Raises:
        OptionError: a painter without what it needs.
        ChartError, WeightsError: the chart or the checkpoint can't be used.
    """
    options = job.options
    wanted = options.painter
    if wanted == "wav2lip" or (wanted == "auto" and options.checkpoint is not None):
        return _wav2lip(job)
    if wanted == "chart" or (wanted == "auto" and options.chart is not None):
        if options.chart is None:
            raise OptionError("painter", "chart needs the mouth drawings: give --chart FOLDER")
        return _chart(Chart.load(Path(options.chart)))
    if wanted == "neutral":
        return PreparedPainter(lambda brief: _neutral(brief, "asked for"))
    return PreparedPainter(lambda brief: _own_or_neutral(brief, footage))


def _wav2lip(job: Job) -> PreparedPainter:
    options = job.options
    if options.checkpoint is None:
        raise OptionError("painter", "wav2lip needs weights: give --checkpoint FILE (see lipflap weights list)")
    with weights_errors():
        path = find_weights(options.checkpoint)
    runner = GeneratorRunner(load_generator(path), choose_device(options.device), options.batch_size)

    @contextmanager
    def open_painter(brief: PainterBrief) -> Iterator[PainterChoice]:
        painter = Wav2LipPainter(runner, _windows(brief))
        yield PainterChoice(painter, f"the checkpoint {path.name} was given")

    return PreparedPainter(open_painter, (("generator", path),))


def _windows(brief: PainterBrief) -> MelWindows:
    rate = brief.source.facts.rate
    # The network opens mouths by the voice's level: half the amplitude lowers its mel by 0.48.
    voice = Sound(brief.voice.samples * np.float32(brief.job.options.gain))
    if brief.job.options.silence == "closed":
        voice = hushed(voice, brief.shapes.speaking, rate)
    return MelWindows(mel_spectrogram(voice), len(brief.span), rate)


def hushed(voice: Sound, speaking: NDArray[np.bool_], rate: Fraction) -> Sound:
    """The voice with digital silence in the frames where nobody speaks: a network hears breath and hum as speech."""
    frames = (np.arange(len(voice)) * rate.numerator) // (SAMPLE_RATE * rate.denominator)
    return Sound(voice.samples * speaking[np.minimum(frames, len(speaking) - 1)])


def _chart(chart: Chart) -> PreparedPainter:
    @contextmanager
    def open_painter(brief: PainterBrief) -> Iterator[PainterChoice]:
        shapes = brief.shapes
        painter = ChartPainter(chart, shapes, shapes.viseme_probabilities, gain=brief.job.options.gain)
        yield PainterChoice(painter, f"a chart of {len(chart.drawings)} drawings was given")

    return PreparedPainter(open_painter)


@contextmanager
def _own_or_neutral(brief: PainterBrief, footage: Footage) -> Iterator[PainterChoice]:
    library, reason = _library(brief, footage)
    if library is None:
        if brief.job.options.painter == "own":
            raise OptionError("painter", f"own mouths can't be used here: {reason}; try --painter auto")
        log.info("own mouths are not used: %s", reason)
        with _neutral(brief, f"own mouths can't be used: {reason}") as choice:
            yield choice
        return
    try:
        rate, gain = brief.source.facts.rate, brief.job.options.gain
        painter = OwnMouthPainter.for_voice(library, brief.shapes, rate, gain=gain)
        yield PainterChoice(painter, reason)
    finally:
        library.close()


def _library(brief: PainterBrief, footage: Footage) -> tuple[MouthLibrary | None, str]:
    clips = footage.clips(brief)
    if all(clip.shapes is None for clip in clips):
        return None, "the clip carries no dialogue of its own"
    library = read_library(clips, brief.progress)
    if library is None:
        return None, "the face has too little to hold on to"
    if not library.verdict.accepted:
        library.close()
        return None, library.verdict.reason
    return library, library.verdict.reason


@contextmanager
def _neutral(brief: PainterBrief, reason: str) -> Iterator[PainterChoice]:
    style = estimate_style(_sample(brief.source, brief.span, brief.chosen))
    if style.person:
        reason += "; a person's own lips are moved, which is coarse: --checkpoint does it better (lipflap weights list)"
    yield PainterChoice(NeutralPainter(brief.shapes, style, gain=brief.job.options.gain), reason)


def _sample(source: FrameSource, span: FrameRange, chosen: ChosenFaces) -> list[tuple[Picture, Face]]:
    """A few frames with their faces, spread over the span."""
    seen = [frame for frame in span if chosen.face(frame) is not None]
    picked = (
        sorted({seen[(len(seen) - 1) * i // max(1, STYLE_FRAMES - 1)] for i in range(STYLE_FRAMES)}) if seen else []
    )
    pairs = []
    for frame in picked:
        face = chosen.face(frame)
        assert face is not None  # it was picked for that
        pairs.append((next(iter(source.frames(FrameRange(frame, frame + 1)))), face))
    return pairs
