"""Takes what passed to its place, and writes the edit that shows it."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import keys
from .collecting import active_shots, root_of, staging_of
from .core import EditHost, HostError, Outcome, OutputError, Plan
from .engine import desk_of
from .rendering import handles_of
from .results import newest_results
from .versions import product_folder, publish_version

SCHEMA = "lipflap.publish/1"
RECORD_SUFFIX = ".lipflap.json"  # as the core calls a render's record
NAMES = {"thumbnail": "_still", "review": "_review"}


def has_failed(instance: Any) -> bool:
    """Whether any step has failed for this instance since it was last mended."""
    return any(
        result["instance"] is instance and result["action"] is None and result["error"] is not None
        for result in newest_results(instance.context)
    )


def integrate_shot(instance: Any) -> None:
    """Publish the representations of one shot as its version.

    Raises:
        HostError: a step before has failed for it: pyblish itself goes on.
        OutputError: it can't be written; nothing of it is there.
    """
    data = instance.data
    if keys.SKIPPED in data:
        return
    if has_failed(instance):
        raise HostError(f"{data[keys.SHOT].name}: not published, because a step before has failed")
    if not data["representations"]:
        raise HostError(f"{data[keys.SHOT].name}: not published: no step has made a file of it")
    stem = f"{data[keys.SHOT].id}_lipflap_v{data['version']:03d}"
    files = dict(_named(stem, data["representations"]))
    if len({file for names in files.values() for file in names}) < sum(map(_count, data["representations"])):
        raise HostError(f"{data[keys.SHOT].name}: not published: two representations are called the same")
    shot, outcome = data[keys.SHOT], data[keys.OUTCOME]
    place = publish_version(
        product_folder(root_of(instance.context), shot.id),
        data["version"],
        {name: source for names in files.values() for name, source in names.items()},
        {
            "schema": SCHEMA,
            "shot": shot.to_json(),
            "version": data["version"],
            "edit": None
            if instance.context.data.get(keys.REQUEST) is None
            else instance.context.data[keys.REQUEST].edit,
            "comment": instance.context.data.get("comment", ""),
            "rate": data[keys.RATE],
            **{name: data[name] for name in ("frameStart", "frameEnd", "fps")},
            **dict(zip(("handleStart", "handleEnd"), handles_of(outcome, Fraction(data[keys.RATE])), strict=True)),
            "painter": outcome.render.painter,
            "warnings": list(outcome.render.warnings),
            "representations": {name: _one_or_all(list(names)) for name, names in files.items()},
        },
    )
    data["publishDir"] = str(place)
    data[keys.PUBLISHED] = {name: str(place / next(iter(names))) for name, names in files.items()}


def _named(stem: str, representations: list[dict[str, Any]]) -> Any:
    """Representation name, the files' names in the version, and where they lie now.

    A record is called as its movie. Pictures of a sequence keep their numbers.
    """
    movie = movie_of(representations)
    for one in representations:
        ending = "" if one is movie else NAMES.get(one["name"], f"_{one['name']}")
        if one["name"] == "record" and movie is not None:
            names = [f"{stem}.{movie['ext']}{RECORD_SUFFIX}"]
        elif isinstance(one["files"], str):
            names = [f"{stem}{ending}.{one['ext']}"]
        else:
            names = [f"{stem}{ending}.{_number(file, at)}.{one['ext']}" for at, file in enumerate(one["files"], 1)]
        files = [one["files"]] if isinstance(one["files"], str) else one["files"]
        yield one["name"], {name: Path(one["stagingDir"]) / file for name, file in zip(names, files, strict=True)}


def _count(representation: dict[str, Any]) -> int:
    return 1 if isinstance(representation["files"], str) else len(representation["files"])


def _one_or_all(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


def _number(file: str, at: int) -> str:
    """The digits at the end of a picture's name; its place where there are none."""
    digits = re.search(r"(\d+)$", Path(file).stem)
    return digits[1] if digits else f"{at:04d}"


def movie_of(representations: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The one that an edit shows: the first for review without words in it. A studio's may have no tags at all."""
    tags = [one.get("tags") or () for one in representations]
    shown = (one for one, own in zip(representations, tags, strict=True) if "review" in own and "burnin" not in own)
    return next(shown, None)


def published_outcomes(context: Any) -> tuple[Outcome, ...]:
    """What became of every shot, those that were published with the published file as their render."""
    outcomes = []
    for instance in active_shots(context):
        outcome: Outcome | None = instance.data.get(keys.OUTCOME)
        if outcome is None:
            continue
        files = instance.data.get(keys.PUBLISHED)
        if files is not None and outcome.render is not None:
            outcome = _as_published(outcome, movie_of(instance.data["representations"]), files)
        elif outcome.render is not None:
            outcome = Outcome(outcome.shot, "failed", message="rendered, but it did not pass the checks")
        outcomes.append(outcome)
    return tuple(outcomes)


def _as_published(outcome: Outcome, movie: dict[str, Any] | None, files: dict[str, str]) -> Outcome:
    if outcome.render is None or movie is None or movie["name"] not in files:
        return Outcome(outcome.shot, "failed", message="published without a movie that an edit could show")
    record = files.get("record", outcome.render.record)
    return replace(outcome, render=replace(outcome.render, output=files[movie["name"]], record=record))


def integrate_edit(context: Any, suffix: str) -> None:
    """Place the published renders, and write the edit into the root where it comes from a file.

    Args:
        context: of pyblish.
        suffix: of the written edit, ".otio".
    Raises:
        HostError, OutputError: no edit was written; what was published stays.
    """
    outcomes = published_outcomes(context)
    if not any(outcome.render is not None for outcome in outcomes):
        return
    host = context.data[keys.HOST]
    host.place(outcomes)
    if not hasattr(host, "save"):  # an editing program: its own file is the user's to save
        return
    edit_host: EditHost = host
    output = next_edit(root_of(context), Path(context.data[keys.REQUEST].edit).stem, suffix)
    context.data[keys.NOTES] += edit_host.save(output)
    context.data[keys.EDIT] = str(output)
    context.data["otioTimeline"] = edit_host.timeline


def next_edit(root: Path, name: str, suffix: str) -> Path:
    """The next free name of a written edit, counted as the shots are."""
    taken = {path.stem for path in root.glob("*_v[0-9]*")}
    version = 1
    while f"{name}_lipflap_v{version:03d}" in taken:
        version += 1
    return root / f"{name}_lipflap_v{version:03d}{suffix}"


def write_page(context: Any) -> None:
    """Write the review page of all shots beside the edit.

    Raises:
        LipSyncError: it can't be written.
    """
    plan: Plan = context.data[keys.PLAN]
    outcomes = published_outcomes(context)
    if not outcomes:
        return
    edit = context.data.get(keys.EDIT)
    page = Path(edit).with_suffix(".html") if edit else next_edit(root_of(context), _page_name(context), ".html")
    desk_of(context).answer("the review page", lambda worker: worker.page(page, plan.name, outcomes, plan))
    context.data[keys.PAGE] = str(page)


def _page_name(context: Any) -> str:
    """Of a page without a written edit: the edit's all the same; an editing program may call its scene anything."""
    request = context.data.get(keys.REQUEST)
    name: str = context.data[keys.PLAN].name if request is None else Path(request.edit).stem
    return re.sub(r"[^\w. -]+", "_", name).strip("._- ") or "scene"


def check_output(instance: Any) -> None:
    """Whether the version can be written.

    Raises:
        OutputError: it is taken, or the folder refuses.
    """
    folder = product_folder(root_of(instance.context), instance.data[keys.SHOT].id)
    place = folder / f"v{instance.data['version']:03d}"
    if place.exists():
        raise OutputError(place, "is taken: collect again, so that the next version is chosen")
    for needed in (folder, staging_of(instance.context)):
        try_to_write(needed)


def try_to_write(folder: Path) -> None:
    """Write and remove a file in a folder, or in the nearest one above that exists; no folder is made.

    Raises:
        OutputError: it refuses.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise OutputError(folder, f"can't be written to: {error.strerror or error}") from error
