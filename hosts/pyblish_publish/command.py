"""An edit published by studio steps: collected, checked, rendered, and integrated with versions."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugin_core.commands.batch_flags import check_scheduler
from plugin_core.commands.edit_flags import add_edit_flags, read_edit_request
from plugin_core.errors import OptionError

if TYPE_CHECKING:
    from .publishing import Published
    from .steps import Settings

INVALID, FAILED = 2, 1


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    add_edit_flags(parser)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="publish into DIR/SHOT/lipflap/v###")
    parser.add_argument(
        "--plugins", action="append", default=[], type=Path, metavar="DIR", help="a studio's own pyblish steps, too"
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="of steps: TOML or JSON, a table for each step's class"
    )
    parser.add_argument(
        "--repair", action="append", default=[], metavar="STEP",
        help="run this validator's Repair on what fails it, and validate again",
    )  # fmt: skip
    parser.add_argument("--engine", choices=("local", "dask", "openjd"), help="what renders (default: local)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="Dask's, as tcp://host:8786")
    parser.add_argument("--comment", default="", metavar="WORDS", help="told in the sidecars")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what became of everything")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Publish; see `exit_code_of`."""
    from .collecting import STAGING
    from .publishing import Request, publish

    check_scheduler(arguments)
    request = Request(
        edit=read_edit_request(arguments, arguments.root / STAGING),
        root=arguments.root,
        plugins=tuple(arguments.plugins),
        settings=_settings(arguments),
        repairs=tuple(arguments.repair),
        comment=arguments.comment,
    )
    terminal = Terminal()
    try:
        published = publish(request, terminal.told, terminal.stepped)
    finally:
        terminal.end()
    _print(published)
    if arguments.json is not None:
        from plugin_core.pipeline.work_folder import write_whole

        write_whole(arguments.json, json.dumps(asdict(published), indent=2, ensure_ascii=False) + "\n")
    return exit_code_of(published)


def exit_code_of(published: Published) -> int:
    """2 where validation stopped it, 1 where a shot or a step failed, else 0."""
    if not published.valid:
        return INVALID
    return FAILED if published.faults or any(shot.status == "failed" for shot in published.shots) else 0


def _settings(arguments: argparse.Namespace) -> Settings:
    settings = {} if arguments.settings is None else _read_settings(arguments.settings)
    if arguments.engine is not None:
        renders = {"engine": arguments.engine, "scheduler": arguments.scheduler or ""}
        settings["ExtractLipflapRenders"] = {**settings.get("ExtractLipflapRenders", {}), **renders}
    return settings


def _read_settings(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        read = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:  # both parsers' errors are of this kind
        raise OptionError("settings", f"{file} can't be read: {error}") from error
    if not isinstance(read, dict) or not all(isinstance(values, dict) for values in read.values()):
        raise OptionError("settings", f"{file}: write a table for each step, as [ValidateLipflapFaces] least = 0.8")
    return read


def _print(published: Published) -> None:
    for fault in published.faults:
        offer = f"\n    or --repair {fault.step}" if fault.repair and not published.valid else ""
        print(f"{fault.step}{f' ({fault.shot})' if fault.shot else ''}: {fault.message}{offer}")
    for note in published.notes:
        print(f"note: {note}")
    width = max((len(shot.id) for shot in published.shots), default=0)
    for shot in published.shots:
        version = f"v{shot.version:03d}" if shot.status == "published" else "    "
        why = shot.message if published.valid else ""  # else it stands above
        print(f"{shot.id:<{width}}  {version}  {shot.status:<9}  {why}".rstrip())
    for place in (published.edit, published.page):
        if place is not None:
            print(place)
    if not published.valid:
        print("nothing was rendered or published: validation failed")


class Terminal:
    """What is being done, on stderr: one line that changes on a terminal, a line for each kind of step elsewhere."""

    def __init__(self) -> None:
        self._stream, self._open, self._step = sys.stderr, False, ""

    def told(self, words: str, done: int, total: int) -> None:
        """See `engine.Told`."""
        if self._stream.isatty():
            self._stream.write(f"\r\x1b[K{words} {done}/{total}")
            self._stream.flush()
            self._open = True

    def stepped(self, label: str, shot: str) -> None:
        """A step was run."""
        if self._stream.isatty():
            self.told(f"{label} {shot}".rstrip(), 1, 1)
        elif label != self._step:
            self._step = label
            self._stream.write(f"{label}\n")

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            self._stream.write("\n")
            self._open = False
