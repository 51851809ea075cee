"""The page itself: written whole or not at all, with nothing in it that could reach the network."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import IO, Any

from plugin_core.errors import OutputError
from plugin_core.ports import Progress
from plugin_core.shots import Outcome, Plan

from .entry import facts_of, see_shot
from .figures import read_record
from .kept import KeptProxies

PAGE = ("page.html", "page.css")
SCRIPTS = ("words.js", "player.js", "scope.js", "list.js", "findings.js", "main.js")  # in the order of their use
HEIGHT, SMALL_HEIGHT = 360, 270  # pixels of a proxy's pictures
MANY_FRAMES = 15_000  # of all shots together, from which the proxies are smaller


def nobody_listens(stage: str, done: int, total: int) -> None:
    """A `Progress` that shows nothing."""


def write_page(
    path: Path,
    title: str,
    outcomes: Sequence[Outcome],
    plan: Plan | None = None,
    *,
    notes: Sequence[str] = (),
    renders: Path | None = None,
    progress: Progress = nobody_listens,
) -> Path:
    """Write the review page of some shots.

    The same outcomes give the same page, byte for byte. A shot whose media can't be read is on the page with the
    reason.

    Args:
        path: of the HTML file. What was there is replaced by one rename.
        title: of the page, for a person.
        outcomes: in the order in which the page lists them.
        plan: that they come from; it says where the timeline begins and at what rate it counts.
        notes: what else is to be said of the whole edit: what was left out and why.
        renders: folder of the plan's renders, in which proxies are kept for the next page; None keeps none.
        progress: told as "review", in frames that have to be read; may raise `Cancelled`.

    Returns:
        `path`.

    Raises:
        OutputError: the page can't be written. What was there before is untouched.
        Cancelled: from `progress`. The same.
    """
    frames = sum(len(outcome.shot.range) for outcome in outcomes)
    kept = KeptProxies(renders, title if plan is None else plan.name, HEIGHT if frames <= MANY_FRAMES else SMALL_HEIGHT)
    unfinished = path.with_name(path.name + ".partial")
    try:
        with tempfile.TemporaryFile() as proxies, unfinished.open("wb") as page:
            shots = _write_proxies(proxies, outcomes, plan, kept, progress)
            head, foot = _around(title, {"shots": shots, "notes": list(notes)})
            page.write(head)
            proxies.seek(0)
            shutil.copyfileobj(proxies, page)
            page.write(foot)
        unfinished.replace(path)
    except OSError as error:
        raise OutputError(path, f"the review page can't be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return path


def _write_proxies(
    file: IO[bytes], outcomes: Sequence[Outcome], plan: Plan | None, kept: KeptProxies, progress: Progress
) -> list[dict[str, Any]]:
    """Each proxy as a block of text that a browser holds without looking into it. Returns the shots' facts."""
    records = [read_record(outcome) for outcome in outcomes]
    places = [kept.place(outcome, record) for outcome, record in zip(outcomes, records, strict=True)]
    lengths = [
        0 if kept.read(place) else len(outcome.shot.range) for outcome, place in zip(outcomes, places, strict=True)
    ]
    shots: list[dict[str, Any]] = []
    for number, (outcome, record, place) in enumerate(zip(outcomes, records, places, strict=True)):
        told = partial(_tell, progress, sum(lengths[:number]), lengths[number], sum(lengths))
        seen = kept.read(place)
        if seen is None:
            seen = see_shot(outcome, record, kept.height, told)
            kept.write(place, seen)
        told(lengths[number])
        if seen.proxy:
            file.write(f'<script type="application/octet-stream" id="proxy{number}">'.encode())
            file.write(base64.b64encode(seen.proxy))
            file.write(b"</script>\n")
        facts = {**facts_of(outcome, record, plan), **seen.facts}
        shots.append({**facts, "proxy": f"proxy{number}" if seen.proxy else None})
    kept.remove_others(places)
    return shots


def _tell(progress: Progress, before: int, length: int, total: int, frames: int) -> None:
    """A shot whose proxy was kept has no length, even if it is gone by now and made anew."""
    if length:
        progress("review", before + min(frames, length), total)


def _around(title: str, facts: dict[str, Any]) -> tuple[bytes, bytes]:
    """What stands in the file before the proxies and after them."""
    folder = files(__package__).joinpath("web")
    html, style, *scripts = (folder.joinpath(name).read_text(encoding="utf-8") for name in (*PAGE, *SCRIPTS))
    script = "\n".join(scripts)
    whole = Template(html).substitute(
        title=escape(title),
        policy=escape(_policy(style, script)),
        style=style,
        script=script,
        version=escape(version("lipflap")),
        facts=_inert_json(facts),
    )
    head, foot = whole.split("<!-- proxies -->")
    return head.encode(), foot.encode()


def _policy(style: str, script: str) -> str:
    """A content security policy: our own script and style by their hashes, pictures and movies out of the page."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; media-src blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _inert_json(facts: dict[str, Any]) -> str:
    """JSON that no name in it can break out of: the characters that HTML knows are written as escapes."""
    text = json.dumps(facts, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
