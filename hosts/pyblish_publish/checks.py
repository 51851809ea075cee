"""Judges shots before the work, and renders after it. Pure: what is known comes in, faults go out as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from .core import Shot

NEVER_LOOKED = (
    "kept",
    "planned",
)  # states of a shot whose faces were not looked for: it is rendered already, or nobody asked


def media_fault(shot: Shot, survey: Mapping[str, Any]) -> str | None:
    """Why the picture can't be read; None where it can."""
    clip = survey["clip"]
    if clip is None:
        return f"{shot.name}: {shot.problem or 'its media is missing'}"
    return None if clip["problem"] is None else f"{shot.name}: {clip['problem']}"


def retime_fault(shot: Shot) -> str | None:
    """Why a shot whose media is there can't be rendered all the same; None where it can."""
    return f"{shot.name}: {shot.problem}" if shot.problem is not None and shot.clip else None


def voice_fault(shot: Shot, survey: Mapping[str, Any], tolerance: Fraction) -> str | None:
    """Which line is not there, or ends before the edit says; None where all are whole.

    Args:
        shot: whose lines.
        survey: of the shot.
        tolerance: seconds that may be missing.
    """
    for cue in survey["cues"]:
        if cue["problem"] is not None:
            return f"{shot.name}: the voice of {cue['speaker']} can't be used: {cue['problem']}"
        missing = Fraction(cue["wanted"]) - Fraction(cue["held"])
        if missing > tolerance:
            return (
                f"{shot.name}: the voice of {cue['speaker']} is too short: {cue['path']} ends {float(missing):.3f} s "
                "before its clip in the edit does"
            )
    return None


def rate_fault(shot: Shot, survey: Mapping[str, Any], rate: Fraction, tolerance: Fraction) -> str | None:
    """Whether the media's rate is another than the edit's; None where they match, or the rate is imposed anyway.

    Args:
        shot: of the edit.
        survey: of the shot.
        rate: frames per second of the edit.
        tolerance: frames per second by which they may differ.
    """
    clip = survey["clip"]
    if clip is None or shot.conform or shot.retime is not None:
        return None
    own = Fraction(clip["rate"])
    if abs(own - rate) <= tolerance:
        return None
    return f"{shot.name}: its media runs at {float(own):.3f} frames per second, the edit at {float(rate):.3f}"


def settings_fault(shot: Shot, survey: Mapping[str, Any]) -> str | None:
    """Why a shot can't be rendered though its media and its voice are in order: settings at odds with its speakers.

    Args:
        shot: of the edit.
        survey: of the shot.
    """
    look, clip = survey["look"], survey["clip"]
    explained = shot.problem or clip is None or clip["problem"] or any(cue["problem"] for cue in survey["cues"])
    if look["state"] != "problem" or explained:
        return None
    return f"{shot.name}: {look['doubts'][-1]}"


def face_fault(shot: Shot, survey: Mapping[str, Any], least: float) -> str | None:
    """Whether too few of the frames that were looked at show a face; None where enough do, or nobody looked.

    Args:
        shot: of the edit.
        survey: of the shot.
        least: share of the frames, 0 to 1.
    """
    look = survey["look"]
    if look["state"] == "no face":
        return f"{shot.name}: no face is found in it"
    looked, found = look["faces"]["looked"], look["faces"]["found"]
    if not looked or look["state"] in NEVER_LOOKED or found >= least * looked:
        return None
    return f"{shot.name}: a face is found in {found} of {looked} frames only, {least:.0%} are asked"


def model_faults(survey: Mapping[str, Any], *, commercial: bool, licences: Sequence[str]) -> Iterator[str]:
    """What is wrong with the models that may be used.

    Args:
        survey: of the context.
        commercial: only models that may be used commercially.
        licences: if any, the only ones that are allowed.
    """
    if survey["problem"] is not None:
        yield survey["problem"]
    for model in survey["models"]:
        name, licence = model["name"], model["licence"]
        if model["genuine"] is False:
            yield f"the model {name} is not the file that it claims to be (sha256 {model['sha256']})"
        if commercial and model["commercial"] is not True:
            known = "is not known to allow" if model["commercial"] is None else "forbids"
            yield f"the model {name} {known} commercial use (licence: {licence})"
        if licences and licence not in licences:
            yield f"the model {name} has the licence {licence}: allowed are {', '.join(licences)}"


def render_faults(
    record: Mapping[str, Any], *, least_correlation: float, most_outside: int, most_offset: int, sure: float
) -> Iterator[str]:
    """What a finished render was measured to be out of bounds in.

    Args:
        record: of the render.
        least_correlation: of the painted mouth with the heard opening, -1 to 1.
        most_outside: largest change of a pixel outside the painted mask, in steps of the picture's depth.
        most_offset: frames by which mouth and voice may lie apart.
        sure: confidence of the expert from which its offset is believed.
    """
    outside = record.get("largest_change_outside_mask", 0)
    if outside > most_outside:
        yield f"pixels outside the mouth changed by up to {outside}, {most_outside} are allowed"
    sync = record.get("sync")
    if sync is not None and sync["correlation"] < least_correlation:
        yield f"the mouth follows the voice with r = {sync['correlation']:.2f}, {least_correlation:.2f} is asked"
    judged = record.get("sync_by_expert")
    if judged is not None and judged["confidence"] >= sure and abs(judged["offset_frames"]) > most_offset:
        yield f"the mouth lies {judged['offset_frames']} frames off the voice, {most_offset} are allowed"
