"""What of a render a person should look at before it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from plugin_core.quality.record import SURE_CONFIDENCE, TOLD_CHOICE
from plugin_core.shots import Outcome

# What viewers notice: sound that comes before its picture by 45 ms, or after it by 125 ms (ITU-R BT.1359).
LATEST_MOUTH, EARLIEST_MOUTH = 0.045, 0.125  # seconds
WEAK_CORRELATION = 0.3  # of `sync`: a mouth that was painted for this voice has more


def doubts_of(outcome: Outcome, record: Mapping[str, Any]) -> tuple[str, ...]:
    """What to look at, each in a sentence; empty where nothing is to be said.

    Args:
        outcome: what became of the shot.
        record: of its render; empty where there is none.
    """
    return tuple(dict.fromkeys((*outcome.shot.doubts, *_warnings(outcome, record), *_measured(record))))


def is_sure(judged: Mapping[str, Any]) -> bool:
    """Whether the offset that the expert found is to be believed. Args: judged: `sync_by_expert` of a record."""
    return bool(judged["confidence"] >= SURE_CONFIDENCE)


def _warnings(outcome: Outcome, record: Mapping[str, Any]) -> Iterator[str]:
    told: Sequence[str] = outcome.render.warnings if outcome.render is not None else record.get("warnings", ())
    names = tuple(f"{speaker.name}: " for speaker in outcome.shot.speakers)  # before each, where several speak
    for warning in told:
        bare = next((warning.removeprefix(name) for name in names if warning.startswith(name)), warning)
        if not bare.startswith(TOLD_CHOICE):
            yield warning


def _measured(record: Mapping[str, Any]) -> Iterator[str]:
    sync, judged = record.get("sync"), record.get("sync_by_expert")
    if sync is not None and sync["correlation"] < WEAK_CORRELATION:
        yield f"the painted mouth hardly follows the voice (correlation {sync['correlation']:.2f})"
    if judged is None or not is_sure(judged):
        return
    frames = judged["offset_frames"]
    seconds = float(frames / Fraction(record["rate"]))
    if seconds > LATEST_MOUTH or -seconds > EARLIEST_MOUTH:
        yield f"the mouth comes {abs(frames)} frames {'after' if frames > 0 else 'before'} the voice"
