"""The flags of `lipflap convert`, and the conversion that they say."""

from __future__ import annotations

import argparse
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

from plugin_core.commands.options_flags import add_option_flags, read_options

from .conversion import Conversion
from .core import OptionError, parse_rate
from .finding import PathMap
from .placing import Mode
from .planning import Choice, DialogueTrack

EDIT_HANDLES = 8  # frames before and after each render, so that an editor can trim and dissolve


def add_conversion_flags(parser: argparse.ArgumentParser) -> None:
    """Everything that decides which edit comes out; `read_conversion` reads it back."""
    parser.add_argument("edit", type=Path, metavar="EDIT", help=".otio .otioz .otiod .edl .xml .fcpxml .aaf .kdenlive")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="edit to write; its name decides the format")
    _add_choice_flags(parser.add_argument_group("what shall speak"))
    _add_media_flags(parser.add_argument_group("where media lie"))
    add_option_flags(parser)
    parser.set_defaults(handles=EDIT_HANDLES)


def _add_choice_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--timeline", metavar="NAME", help="which one, where the edit holds several")
    group.add_argument("--edit-rate", metavar="RATE", help="frames per second of an EDL, which does not tell")
    group.add_argument(
        "--dialogue", action="append", default=[], metavar="TRACK[=PICTURE][@FACE]",
        help="audio track (name, or number from 1) that speaks; for which video track; with which face: left, right "
        "or X,Y in pixels. Several flags are several speakers (default: the only audio track, or the one that is "
        "called dialogue)",
    )  # fmt: skip
    group.add_argument("--voice", type=Path, metavar="FILE", help="a sound file under the whole edit, in their place")
    group.add_argument(
        "--pictures", action="append", default=[], metavar="TRACK", help="only clips of this video track"
    )
    group.add_argument("--clips", action="append", default=[], metavar="NAMES", help="only clips called like sc01_*")
    group.add_argument(
        "--mode", choices=get_args(Mode),
        help="a LIPFLAP track above the source (default), a second media reference, or the render for the media",
    )  # fmt: skip


def _add_media_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--map", action="append", default=[], metavar="FROM=TO", help="what the edit calls a folder, and where it is"
    )
    group.add_argument(
        "--search", action="append", default=[], type=Path, metavar="FOLDER", help="look for media in it and below"
    )
    group.add_argument(
        "--renders", type=Path, metavar="FOLDER", help="for the renders (default: beside OUT, with its name)"
    )


def read_conversion(arguments: argparse.Namespace) -> Conversion:
    """What the flags ask for.

    Raises:
        OptionError: a flag is missing, or can't be read.
    """
    options = read_options(arguments)
    choice = Choice(
        dialogue=tuple(_dialogue_track(text) for text in arguments.dialogue),
        voice_file=arguments.voice,
        pictures=tuple(arguments.pictures),
        clips=tuple(arguments.clips),
        text_file=None if options.text_file is None else Path(options.text_file),
        options=replace(options, text_file=None),
    )
    return Conversion(
        edit=arguments.edit,
        renders=arguments.renders or _beside(arguments.output or arguments.edit),
        output=arguments.output,
        choice=choice,
        timeline=arguments.timeline,
        rate=None if arguments.edit_rate is None else _edit_rate(arguments.edit_rate),
        mode=arguments.mode,
        maps=tuple(PathMap.parse(text) for text in arguments.map),
        search=tuple(map(_searched, arguments.search)),
    )


def _edit_rate(text: str) -> Fraction:
    try:
        return parse_rate(text)
    except OptionError as error:
        raise OptionError("edit_rate", error.reason) from error


def _searched(folder: Path) -> Path:
    if not folder.is_dir():
        raise OptionError("search", f"there is no folder {folder}: check the path")
    return folder


def _beside(output: Path) -> Path:
    return output.with_name(f"{output.stem} renders")


def _dialogue_track(text: str) -> DialogueTrack:
    """TRACK[=PICTURE][@FACE]; the last signs count, so that a track's name may hold them where both are given."""
    named, at, face = text.rpartition("@") if "@" in text else (text, "", "")
    track, equals, picture = named.rpartition("=") if "=" in named else (named, "", "")
    if not track or (at and not face) or (equals and not picture):
        raise OptionError("dialogue", f"{text!r}: write TRACK, TRACK=PICTURE, TRACK@FACE or TRACK=PICTURE@FACE")
    return DialogueTrack(track, picture, face)
