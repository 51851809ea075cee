"""Shots with real media and a real record, as a batch leaves them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from fakes.frames import FakeSource, numbered_picture
from fakes.movies import write_movie
from fakes.voices import hum, write_pcm

from plugin_core.job import Job, Render, Voice
from plugin_core.media import SoundTrack
from plugin_core.quality.record import dump_record, record_path
from plugin_core.shots import Cue, Outcome, Shot, Speaker
from plugin_core.timing import FrameRange

BEFORE, AFTER = 100, 600  # added to the frame's number in the clip and in its render
NASTY = '</script><script>alert(1)</script><img src=x onerror="alert(2)">&amp; \'"` ${x} \u2028 <!-- proxies -->'
FIRST = 10  # frame of the clip with which every shot begins


def rendered_outcome(folder: Path, name: str, rate: Fraction, *, frames: int, handles: int = 0) -> Outcome:
    """A shot whose clip shows the number of each frame plus `BEFORE`, and whose render the same plus `AFTER`."""
    span = FrameRange(FIRST, FIRST + frames)
    around = span.with_handles(handles, FIRST + frames + 5)
    clip, voice, output = folder / f"{name}.mkv", folder / f"{name}.wav", folder / f"{name}_lipflap.mkv"
    write_pcm(voice, hum(float(frames / rate) + 0.5))
    _write_numbers(clip, FrameRange(0, FIRST + frames + 5), BEFORE, rate)
    _write_numbers(output, around, AFTER, rate, SoundTrack(voice))
    job = Job(str(clip), Voice(str(voice)), str(output), span)
    record_path(output).write_text(dump_record(record_of(job, around, rate)), encoding="utf-8")
    cue = Cue(str(voice), Fraction(0), frames / rate)
    shot = Shot(
        id=name, name=name, track="V1", place=(0,), timeline=FrameRange(0, frames), clip=str(clip), range=span,
        rate=rate, speakers=(Speaker("Anna", (cue,), text="Hello."),),
    )  # fmt: skip
    return Outcome(shot, "rendered", Render(str(output), str(record_path(output)), around, rate, "neutral"))


def _write_numbers(path: Path, span: FrameRange, added: int, rate: Fraction, sound: SoundTrack | None = None) -> None:
    pictures = [numbered_picture(frame + added, 160, 96) for frame in span]
    write_movie(path, FakeSource(pictures, rate), "ffv1", sound=sound)


def record_of(job: Job, span: FrameRange, rate: Fraction) -> dict[str, Any]:
    """A record whose mouth opens wider from frame to frame, and whose face is gone for the second quarter."""
    quarter = len(span) // 4
    gap = FrameRange(span.start + quarter, span.start + 2 * quarter)
    faces = [[span.start, gap.start, "detected"], [gap.stop, span.stop - 2, "detected"]]
    return {
        "job": job.to_json(),
        "range": [span.start, span.stop],
        "rate": str(rate),
        "codec": "FFV1",
        "painter": {"name": "neutral", "reason": "asked for", "shots": []},
        "coverage": {
            "frames": len(span), "covered": len(span) - quarter, "share": 1 - quarter / len(span),
            "missing": [[gap.start, gap.stop]], "detectors": {"toon": len(span) - quarter},
            "sources": {"detected": len(span) - quarter - 2, "interpolated": 2},
            "mean_score": 0.9, "least_score": 0.7,
        },
        "left_unpainted": [],
        "sync": {"correlation": 0.5 + len(span) / 1000, "offset_frames": 1, "frames": len(span)},
        "sync_by_expert": None,
        "curves": {
            "opening": [round(100 * at / len(span)) for at in range(len(span))],
            "mouth_luma": [None if frame in gap else 40 + at for at, frame in enumerate(span)],
            "speaking": [[span.start, span.stop]],
            "faces": [*faces, [span.stop - 2, span.stop, "interpolated"]],
            "face_boxes": [[span.start, 40, 20, 40, 40], [span.stop - 1, 60, 30, 40, 40]],
        },
        "warnings": [],
    }  # fmt: skip
