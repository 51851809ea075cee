"""A shot as the page knows it: one JSON object, and its pictures beside it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from face_detection.pictures import Bgr8
from plugin_core.errors import InputError
from plugin_core.job import Job
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange

from .judging import doubts_of, is_sure
from .pictures import Pair, open_pair
from .proxy import Layout, write_proxy
from .sound import hear_shot, peaks_of

POSTER_HEIGHT = 72
POSTER_QUALITY = 72  # of 100, JPEG
FIGURES = ("size", "codec", "painter", "coverage", "sync", "sync_by_expert", "curves", "left_unpainted")


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to see and hear of a shot.

    Attributes:
        facts: of the pictures, for the page; plain JSON.
        proxy: the WebM of before, after and voice; empty where the shot can't be shown.
    """

    facts: dict[str, Any]
    proxy: bytes = b""


def facts_of(outcome: Outcome, record: Mapping[str, Any], plan: Plan | None) -> dict[str, Any]:
    """What the page's list and curves show of a shot; plain JSON.

    Args:
        outcome: what became of the shot.
        record: of its render; empty where there is none.
        plan: says where the timeline begins; None counts from the clip's own frames.
    """
    facts = {**_told(outcome, plan), "doubts": list(doubts_of(outcome, record))}
    facts.update({name: record[name] for name in FIGURES if name in record}, rendered=record.get("range"))
    judged = record.get("sync_by_expert")
    if judged is not None:
        facts["sync_by_expert"] = {**judged, "sure": is_sure(judged)}
    return facts


def see_shot(outcome: Outcome, record: Mapping[str, Any], height: int, told: Callable[[int], None]) -> Seen:
    """A shot's pictures and voice. What can't be read is said in the facts and stops nothing.

    Args:
        outcome: what became of the shot.
        record: of its render; empty where there is none.
        height: of the proxy's pictures, at most.
        told: called with the number of frames that are done; what it raises goes on.
    """
    if not outcome.shot.clip:
        return Seen({"unseen": "there is no picture to show"})
    try:
        return _seen(outcome, record, height, told)
    except InputError as error:
        return Seen({"unseen": str(error)})


def _told(outcome: Outcome, plan: Plan | None) -> dict[str, Any]:
    shot, render = outcome.shot, outcome.render
    rate = shot.rate if plan is None else plan.rate
    return {
        "id": shot.id,
        "name": shot.name,
        "track": shot.track,
        "status": outcome.status,
        "message": outcome.message or shot.problem or "",
        "at": shot.timeline.start + (0 if plan is None else plan.start_frame),
        "length": len(shot.timeline),
        "timelineRate": [rate.numerator, rate.denominator],
        "drop": plan is not None and plan.drop_frame,
        "start": shot.range.start,
        "frames": len(shot.range),
        "rate": [shot.rate.numerator, shot.rate.denominator],
        "clip": shot.clip,
        "render": None if render is None else render.output,
        "speakers": [{"name": speaker.name, "text": speaker.text} for speaker in shot.speakers],
        "retime": None if shot.retime is None else str(shot.retime.step),
    }


def _seen(outcome: Outcome, record: Mapping[str, Any], height: int, told: Callable[[int], None]) -> Seen:
    shot = outcome.shot
    job = Job.from_json(record["job"]) if "job" in record else None
    by_time = job is not None and job.clip == shot.clip and job.retime is None and job.options.rate is not None
    is_patch = job is not None and job.options.form == "patch"
    pair = open_pair(shot, outcome.render, is_patch=is_patch, by_time=by_time)
    layout = Layout.of(pair.facts, height, 1 if pair.after is None else 2)
    voice = hear_shot(shot, job, outcome.render)
    poster = _Poster(_telling_frame(record, pair.span))
    proxy = write_proxy(_laid(pair, layout, poster, told), layout, shot.rate, voice)
    return Seen({
        "start": pair.span.start,
        "frames": len(pair.span),
        "half": [layout.width, layout.height],
        "halves": layout.halves,
        "picture": [pair.facts.width, pair.facts.height],
        "poster": poster.jpeg,
        "wave": "" if voice is None else _base64(peaks_of(voice, len(pair.span)).tobytes()),
    }, proxy)  # fmt: skip


class _Poster:
    """Keeps one picture of those that come by."""

    def __init__(self, frame: int) -> None:
        self.frame = frame
        self.jpeg = ""

    def take(self, picture: Bgr8) -> None:
        width = max(1, round(picture.shape[1] * POSTER_HEIGHT / picture.shape[0]))
        small = cv2.resize(picture, (width, POSTER_HEIGHT), interpolation=cv2.INTER_AREA)
        done, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, POSTER_QUALITY])
        self.jpeg = _base64(jpeg.tobytes()) if done else ""


def _laid(pair: Pair, layout: Layout, poster: _Poster, told: Callable[[int], None]) -> Iterator[Bgr8]:
    for number, pictures in enumerate(pair.pictures((layout.width, layout.height))):
        laid = np.hstack(pictures)
        if number == poster.frame:
            poster.take(laid[:, -layout.width :])
        yield laid
        told(number + 1)


def _telling_frame(record: Mapping[str, Any], span: FrameRange) -> int:
    """The frame of `span`, from 0, whose mouth is widest; the middle where that isn't known."""
    opening = record.get("curves", {}).get("opening", [])
    first = span.start - record.get("range", [0])[0]
    asked = opening[first : first + len(span)]
    return asked.index(max(asked)) if asked else len(span) // 2


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
