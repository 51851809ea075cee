"""Characters that are drawn by a procedure, so that every truth about their faces is known."""

from __future__ import annotations

from .casting import draw_character
from .character import (
    HEAD_FAMILIES,
    HELD_OUT_HEADS,
    HELD_OUT_MOUTHS,
    MOUTH_FAMILIES,
    Character,
)
from .demo import demo_character, demo_film
from .film import FilmFrame, Shot, StudioFilm
from .finish import CLEAN, OLD_FILM, WEB, Finish
from .motion import FULL_CHART, SIX_CHART, Action
from .scene import draw_scene
from .sheet import write_contact_sheet
from .truth import TrueFace

__all__ = [
    "CLEAN",
    "FULL_CHART",
    "HEAD_FAMILIES",
    "HELD_OUT_HEADS",
    "HELD_OUT_MOUTHS",
    "MOUTH_FAMILIES",
    "OLD_FILM",
    "SIX_CHART",
    "WEB",
    "Action",
    "Character",
    "FilmFrame",
    "Finish",
    "Shot",
    "StudioFilm",
    "TrueFace",
    "demo_character",
    "demo_film",
    "draw_character",
    "draw_scene",
    "write_contact_sheet",
]
