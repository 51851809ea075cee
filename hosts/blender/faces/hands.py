"""The face chosen by hand, where it lies: on the picture strip that a press would use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import host
from ..core import OptionError
from ..timeline import compat, strips
from ..timeline.facts import StripFacts
from .boxes import Hand, content_frame, hand_of
from .pointing import Showing

HAND = "lipflap_face"  # name of the strip's custom property


@dataclass(frozen=True, slots=True)
class Held:
    """A picture strip with what was chosen on it.

    Attributes:
        picture: the strip.
        hand: what is chosen; an empty one of the picture's size where nothing is, or where it can't be read.
        frame: content frame that the timeline shows now.
        shown: how its picture lies in the Preview.
    """

    picture: StripFacts
    hand: Hand
    frame: int
    shown: Showing


def held(context: Any) -> Held | None:
    """The strip that a press would lip-sync, or the first of several; None where there is none."""
    picture = next((choice.picture for choice in host.preview_of(context)), None)
    strip = None if picture is None else strips.find_strip(picture)
    scene = compat.shown_scene(context)
    if picture is None or strip is None or scene is None:
        return None
    size = picture.size if all(picture.size) else (scene.render.resolution_x, scene.render.resolution_y)
    frame = content_frame(scene.frame_current, picture.content_start)
    return Held(picture, readable(picture).sized(size), frame, showing_of(scene, strip, size))


def readable(picture: StripFacts) -> Hand:
    """What is chosen on a strip; an empty hand where nothing is, or where it can't be read."""
    try:
        return hand_of(picture.hand) or Hand(picture.size)
    except OptionError:
        return Hand(picture.size)


def lay(picture: StripFacts, hand: Hand) -> bool:
    """Keep `hand` on the strip, or take it off where it is empty; False where the strip is gone."""
    strip = strips.find_strip(picture)
    if strip is None:
        return False
    if not hand.empty:
        strip[HAND] = hand.to_json()
    elif HAND in strip:
        del strip[HAND]
    return True


def showing_of(scene: Any, strip: Any, size: tuple[int, int]) -> Showing:
    """How the Preview shows a strip whose picture has that size, at the current frame."""
    turned, cut, render = strip.transform, strip.crop, scene.render
    return Showing(
        size,
        offset=(turned.offset_x, turned.offset_y),
        scale=(turned.scale_x, turned.scale_y),
        rotation=turned.rotation,
        origin=tuple(turned.origin),
        flip=(strip.use_flip_x, strip.use_flip_y),
        crop=(cut.min_x, cut.max_x, cut.max_y, cut.min_y),
        aspect=render.pixel_aspect_x / render.pixel_aspect_y,
    )
