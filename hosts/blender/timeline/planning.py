"""From an order to the core's plan: one shot, frames counted from 0."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..core import Cue, FrameRange, HostError, Plan, Shot, Speaker, read_options
from ..faces.boxes import hand_of, keyframe_file
from .facts import Footage, Order

LONGEST_NAME = 40  # characters of a strip's name in its shot's id
BOXES = "boxes"
"""Folder in the folder of renders: the box keyframes that were set by hand."""


def shot_id(order: Order) -> str:
    """Of an order's shot: the same for the same strips of the same scene, whatever the settings; safe in file names."""
    picture = order.picture
    letters = unicodedata.normalize("NFKD", Path(picture.name).stem)
    safe = re.sub(r"[^A-Za-z0-9]+", "_", letters).strip("_")[:LONGEST_NAME] or "strip"
    whole = [order.scene.name, *picture.meta, picture.name, *sorted(sound.name for sound in order.sounds)]
    return f"{safe}_{hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:8]}"


def plan_of(order: Order, footage: Footage, cues: Sequence[Cue]) -> Plan:
    """A plan with the one shot of `shot_of`.

    Raises:
        OptionError: an option of the order can't be.
        HostError: the file of box keyframes can't be written.
    """
    shot = shot_of(order, footage, cues)
    return Plan(order.scene.name, order.scene.rate, (shot,), read_options(dict(order.options)))


def shot_of(order: Order, footage: Footage, cues: Sequence[Cue]) -> Shot:
    """The order's shot; its place on the timeline counts from the scene's start frame.

    Raises:
        OptionError, HostError: as `plan_of`.
    """
    unplanned = problem_shot(order, "")
    return replace(
        unplanned,
        clip=footage.clip,
        range=footage.range,
        rate=footage.rate,
        conform=not footage.baked,
        speakers=(Speaker(", ".join(sound.name for sound in order.sounds), tuple(cues)),),
        options=options_by_hand(order, footage),
        doubts=_doubts(order),
        problem=None,
        footage=order.picture.file if footage.baked else "",
    )


def problem_shot(order: Order, problem: str) -> Shot:
    """The shot of an order that can't be rendered, with the reason."""
    picture, first = order.picture, order.scene.range.start
    return Shot(
        id=shot_id(order),
        name=picture.name,
        track=f"Channel {picture.channel}",
        place=(picture.channel, picture.range.start),
        timeline=FrameRange(picture.range.start - first, picture.range.stop - first),
        clip="",
        range=FrameRange(0, len(picture.range)),
        rate=order.scene.rate,
        problem=problem,
    )


def _doubts(order: Order) -> tuple[str, ...]:
    muted = tuple(f"{sound.name} is muted and speaks all the same" for sound in order.sounds if sound.muted)
    if not order.picture.effects:
        return muted
    named = ", ".join(order.picture.effects)
    return (*muted, f"the new strip lies over the effects of {order.picture.name} ({named}) and hides them")


def options_by_hand(order: Order, footage: Footage) -> dict[str, object]:
    """The face chosen by hand, as options ("face_point", "boxes"); empty where none was chosen.

    Box keyframes are written to a file in the order's folder, named by what is in it.

    Raises:
        OptionError: what lies on the strip can't be read.
        HostError: the file can't be written.
    """
    hand = hand_of(order.picture.hand)
    if hand is None or hand.empty:
        return {}
    keyframes = keyframe_file(hand, footage.first)
    if keyframes is not None:
        return {"boxes": _written(Path(order.folder) / BOXES, shot_id(order), json.dumps(keyframes, indent=1))}
    point = hand.point_in(order.picture.size)
    return {} if point is None else {"face_point": tuple(round(number, 2) for number in point)}


def _written(folder: Path, name: str, text: str) -> str:
    path = folder / f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
    part = path.with_suffix(".part")
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8")
            part.replace(path)
    except OSError as error:
        raise HostError(f"the boxes can't be written to {path}: {error}; choose another output folder") from error
    return str(path)
