"""Kdenlive projects, whose adapter stumbles over what Kdenlive itself leaves out."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from ..core import InputError

_WHAT_MIXES_LACK = {"reverse": "0"}


def read_kdenlive(path: Path) -> Any:
    """A Kdenlive project.

    Kdenlive leaves properties of mixes out where they have their default; the adapter wants them written.

    Raises:
        InputError: it is no XML, or names parts outside of itself.
    """
    text = path.read_text(encoding="utf-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(f"{path}: declares entities, which no Kdenlive project does: export it again")
    tree = ElementTree.fromstring(text)
    for mix in tree.iter("transition"):
        names = {entry.get("name") for entry in mix.findall("property")}
        if "kdenlive:mixcut" in names:
            for name in _WHAT_MIXES_LACK.keys() - names:
                ElementTree.SubElement(mix, "property", {"name": name}).text = _WHAT_MIXES_LACK[name]
    # The adapter prints that it is deprecated; standard output belongs to our own results.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return otio.adapters.read_from_string(ElementTree.tostring(tree, encoding="unicode"), "kdenlive")
