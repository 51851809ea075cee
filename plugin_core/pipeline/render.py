"""The use case: a clip and a voice in, the same clip lip-synced out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from plugin_core.audio import render_voice
from plugin_core.faces.coverage import Coverage
from plugin_core.job import Job, Render
from plugin_core.media import Delivery, SegmentWriter, SoundTrack, deliver
from plugin_core.painters.schedule import mouth_schedule
from plugin_core.ports import Progress
from plugin_core.quality.record import dump_record, record_path
from plugin_core.quality.sync_by_expert import ExpertFigure, MouthWatch, compare_with_voice
from plugin_core.speech.visemes import MouthShapes

from .engines import Engines, PainterBrief, PainterChoice
from .own_footage import hear_clip
from .painting import Brush, Canvas, paint_clip
from .ready import Ready, make_ready
from .report import Report
from .scene import Scene, frames_to_look_at, look, survey_clip
from .silence import close_in_silence, paint_weights
from .sync_watch import SegmentWatch
from .voice import hear_voice, sound_cut
from .work_folder import WorkFolder, write_whole


def render(
    job: Job, engines: Engines, progress: Progress, on_coverage: Callable[[Coverage], None] = lambda _coverage: None
) -> Render:
    """Lip-sync one clip.

    Args:
        job: what to render, and how.
        engines: what to render it with.
        progress: told how far the work is; what it raises stops the work.
        on_coverage: told, before painting, which frames have a face, from which detector, how sure.

    Returns:
        what lies on disk: exactly the frames of the range with its handles, and the record beside them.

    Raises:
        InputError, WeightsError: before work starts where possible.
        OutputError, EngineError: on the way; the output is as it was before.
        Cancelled: from `progress`; the output is as it was before.
    """
    painter = engines.prepare_painter(job)
    ready = make_ready(job, engines, (*engines.models, *painter.models))
    with WorkFolder(ready.output, ready.fingerprint()) as folder:
        around = frames_to_look_at(ready.job, ready.span, ready.source.facts)
        heard = hear_clip(ready.job.clip, ready.source, around, engines.ear)
        survey = survey_clip(ready.job, ready.source, around, engines, progress=progress, folder=folder)
        opening = None if heard is None else heard.opening
        scene = look(ready.job, ready.source, ready.span, survey, opening=opening, progress=progress)
        on_coverage(scene.coverage)
        shapes = voice_shapes(ready, engines)
        with painter.open(_brief(ready, scene, heard, shapes, progress)) as choice:
            brush, watch = _brush(ready, scene, shapes, choice), _watch(ready, scene, engines, folder)
            segments, painted = paint_clip(
                ready.source, ready.span, brush, _canvas(ready), folder,
                told=lambda done: progress("paint", done, len(ready.span)), watch=watch,
            )  # fmt: skip
        judged = _judged(ready, engines, watch, len(segments))
        report = Report(ready, scene, shapes, brush.weights, choice, painted, judged).with_warnings()
        progress("deliver", 0, len(ready.span))
        deliver(segments, ready.output, Delivery(ready.codec, ready.facts, ready.ffmpeg, _sound(ready, folder)))
        write_whole(record_path(ready.output), dump_record(report.to_json()))
        progress("deliver", len(ready.span), len(ready.span))
    return report.render


def voice_shapes(ready: Ready, engines: Engines) -> MouthShapes:
    """What the mouth does in each frame of the span, silence policy applied."""
    options = ready.job.options
    heard = hear_voice(ready.job, ready.cut, ready.voice, len(ready.span), engines.ear)
    if options.silence == "model":
        return heard
    return close_in_silence(heard, options.silence_fade_ms, ready.source.facts.rate)


def _brief(
    ready: Ready, scene: Scene, heard: MouthShapes | None, shapes: MouthShapes, progress: Progress
) -> PainterBrief:
    return PainterBrief(
        ready.job, ready.source, ready.span, scene.chosen, scene.known, heard, shapes, ready.voice, progress,
        scene.shots(),
    )  # fmt: skip


def _brush(ready: Ready, scene: Scene, shapes: MouthShapes, choice: PainterChoice) -> Brush:
    options = ready.job.options
    frames = len(ready.span)
    moments = mouth_schedule(
        frames, options.mouth_rate, shapes=shapes, held_starts=scene.held_starts(), shots=scene.cuts()
    )
    weights = np.ones(frames, np.float32)
    if options.silence == "keep":
        weights = paint_weights(shapes.speaking, options.silence_fade_ms, ready.source.facts.rate)[moments]
    return Brush(choice.painter, scene.chosen.faces, moments, weights, options.form == "patch", options.batch_size)


def _watch(ready: Ready, scene: Scene, engines: Engines, folder: WorkFolder) -> SegmentWatch | None:
    if engines.expert is None:
        return None
    watch = MouthWatch(engines.expert, ready.source.facts.rate, len(ready.span))
    return SegmentWatch(watch, folder, scene.chosen.faces)


def _judged(ready: Ready, engines: Engines, watch: SegmentWatch | None, segments: int) -> ExpertFigure | None:
    if engines.expert is None or watch is None:
        return None
    rate = ready.source.facts.rate
    return compare_with_voice(engines.expert, watch.seen(segments), ready.voice, len(ready.span), rate)


def _canvas(ready: Ready) -> Canvas:
    suffix = "" if ready.codec.name == "png" else f".{ready.codec.segment_format}"
    return Canvas(lambda path: SegmentWriter(path, ready.codec, ready.facts), suffix)


def _sound(ready: Ready, folder: WorkFolder) -> SoundTrack | None:
    source = ready.source.facts
    if ready.job.options.sound == "voice":
        path, cut = sound_cut(ready.job, ready.span, source.rate)
        return SoundTrack(render_voice(path, folder.path / "voice.wav", cut))
    if ready.job.options.sound == "clip" and source.has_sound:
        return SoundTrack(Path(ready.job.clip), start=source.start_time + ready.span.start / source.rate)
    return None
