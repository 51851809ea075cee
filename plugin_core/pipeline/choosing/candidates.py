"""The candidates: own mouths, a chart, a checkpoint, the neutral mouth."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import as_bgr8
from plugin_core.audio import SAMPLE_RATE, MelWindows, Sound, mel_spectrogram
from plugin_core.errors import OptionError
from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.neutral import NeutralPainter
from plugin_core.painters.own import CatalogueEntry, MouthLibrary, OwnMouthPainter, catalogue_of, read_library
from plugin_core.painters.painter import Painter
from plugin_core.painters.wav2lip import Wav2LipPainter
from plugin_core.wav2lip.inference import GeneratorRunner

from ..engines import PainterBrief
from ..own_footage import Footage
from .subjects import Subject, sights, spread

HEAD_FRAMES = 5  # at which it is tried whether own mouths find their head in a shot
LEAST_RECOGNISED = 0.6  # of them; a shot whose head is lost more often would flicker between two mouths


class OwnCandidate:
    """The footage's own mouths; their library is read when the first subject asks."""

    name = "own"
    models: tuple[str, ...] = ()
    sure = True
    melts = True

    def __init__(self, footage: Footage, stack: ExitStack) -> None:
        """`footage` reads the clips that mouths come from; `stack` closes the library."""
        self._footage = footage
        self._stack = stack
        self._read: tuple[MouthLibrary | None, str] | None = None
        self._painter: OwnMouthPainter | None = None

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        library, reason = self.library(brief)
        if library is None:
            return reason
        frames = spread(subject.frames, HEAD_FRAMES)
        poses = (library.finder.find(as_bgr8(picture), face) for picture, face in sights(brief, frames))
        found = sum(pose is not None for pose in poses)
        if found >= LEAST_RECOGNISED * len(frames):
            return None
        return f"the head that they belong to is recognised in {found} of {len(frames)} frames"

    def library(self, brief: PainterBrief) -> tuple[MouthLibrary | None, str]:
        """The mouths, and what the gate says of them; None where they can't be used."""
        if self._read is None:
            self._read = self._library(brief)
        return self._read

    def drawings(self, brief: PainterBrief) -> tuple[CatalogueEntry, ...]:
        """The chart that was recognised in the footage; empty where its mouths are no finite set."""
        library, _ = self.library(brief)
        return () if library is None else catalogue_of(library)

    def _library(self, brief: PainterBrief) -> tuple[MouthLibrary | None, str]:
        clips = self._footage.clips(brief)
        if all(clip.shapes is None for clip in clips):
            return None, "the clip carries no dialogue of its own"
        library = read_library(clips, brief.progress)
        if library is None:
            return None, "the face has too little to hold on to"
        self._stack.callback(library.close)
        return (library if library.verdict.accepted else None), library.verdict.reason

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return self.library(brief)[1]

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`.

        Raises:
            OptionError: they were asked for by name, and can't be used.
        """
        library, reason = self.library(brief)
        if library is None:
            raise OptionError("painter", f"own mouths can't be used here: {reason}; try --painter auto")
        if self._painter is None:
            rate, gain = brief.source.facts.rate, brief.job.options.gain
            self._painter = OwnMouthPainter.for_voice(library, brief.shapes, rate, gain=gain)
        return self._painter

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return False


class ChartCandidate:
    """The drawings that the user gave."""

    name = "chart"
    models: tuple[str, ...] = ()
    sure = False

    def __init__(self, chart: Chart) -> None:
        """`chart` is loaded."""
        self._chart = chart
        self.melts = chart.backed or chart.scene is not None
        self._painters: dict[bool, ChartPainter] = {}

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        return None

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return f"a chart of {len(self._chart.drawings)} drawings was given"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`."""
        shapes = brief.shapes
        if brief.own_voice not in self._painters:
            likely, gain = shapes.viseme_probabilities, brief.job.options.gain
            self._painters[brief.own_voice] = ChartPainter(self._chart, shapes, likely, gain=gain)
        return self._painters[brief.own_voice]

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return False


class CheckpointCandidate:
    """The user's Wav2Lip checkpoint: trained on people; on drawings it has to show that it can."""

    name = "wav2lip"
    sure = False
    melts = True

    def __init__(self, runner: GeneratorRunner, role: str, file: str) -> None:
        """`role` and `file` name the checkpoint in reports."""
        self._runner = runner
        self.models = (role,)
        self._file = file
        self._painters: dict[bool, Wav2LipPainter] = {}

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        return None

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return f"the checkpoint {self._file} was given"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`."""
        if brief.own_voice not in self._painters:
            self._painters[brief.own_voice] = Wav2LipPainter(self._runner, _windows(brief))
        return self._painters[brief.own_voice]

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return not subject.style.person


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


class NeutralCandidate:
    """Our own plain mouth, or a person's own lips moved: what is left where nothing else fits."""

    name = "neutral"
    models: tuple[str, ...] = ()
    sure = True
    melts = False

    def __init__(self) -> None:
        self._painters: dict[tuple[bool, bool], NeutralPainter] = {}

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        return None

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        if subject.style.person:
            return "a person's own lips are moved, which is coarse: --checkpoint does it better (lipflap weights list)"
        return "a plain mouth in the drawing's own colours"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`."""
        key = brief.own_voice, subject.style.person
        if key not in self._painters:
            self._painters[key] = NeutralPainter(brief.shapes, subject.style, gain=brief.job.options.gain)
        return self._painters[key].in_style(subject.style)

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return False
