"""The flags that say which edit is read and what of it shall speak."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from plugin_core.edits import EditRequest
from plugin_core.errors import OptionError

from .options_flags import add_option_flags, read_options

EDIT_HANDLES = 8  # frames before and after each render, so that an editor can trim and dissolve


def add_edit_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `read_edit_request`, those of `Options` among them."""
    parser.add_argument("edit", type=Path, metavar="EDIT", help=".otio .otioz .otiod .edl .xml .fcpxml .aaf .kdenlive")
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


def _add_media_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--map", action="append", default=[], metavar="FROM=TO", help="what the edit calls a folder, and where it is"
    )
    group.add_argument(
        "--search", action="append", default=[], type=Path, metavar="FOLDER", help="look for media in it and below"
    )


def read_edit_request(arguments: argparse.Namespace, renders: Path) -> EditRequest:
    """What the flags ask for.

    Args:
        arguments: with the flags of `add_edit_flags`.
        renders: folder for the renders.
    Raises:
        OptionError: a flag can't be read, or is at odds with another.
    """
    options = read_options(arguments)
    for folder in arguments.search:
        if not folder.is_dir():
            raise OptionError("search", f"there is no folder {folder}: check the path")
    return EditRequest(
        edit=str(arguments.edit),
        renders=str(renders),
        timeline=arguments.timeline,
        rate=arguments.edit_rate,
        dialogue=tuple(arguments.dialogue),
        voice=None if arguments.voice is None else str(arguments.voice),
        pictures=tuple(arguments.pictures),
        clips=tuple(arguments.clips),
        text_file=options.text_file,
        maps=tuple(arguments.map),
        search=tuple(map(str, arguments.search)),
        options=replace(options, text_file=None),
    )
