"""One shot as a piece of work: plain, so that another process or another machine can take it up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from plugin_core.errors import OptionError
from plugin_core.job import read_options
from plugin_core.options import Options
from plugin_core.shots import Plan, Shot

TASK_VERSION = 1


@dataclass(frozen=True, slots=True)
class ShotTask:
    """What one render needs to know.

    Attributes:
        plan_name: of the plan, for file names.
        shot: to render.
        options: the plan's, with the shot's own laid over them.
        folder: where renders go, absolute.
    """

    plan_name: str
    shot: Shot
    options: Options
    folder: str

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal task back."""
        return {
            "version": TASK_VERSION,
            "plan_name": self.plan_name,
            "shot": self.shot.to_json(),
            "options": asdict(self.options),
            "folder": self.folder,
        }

    @classmethod
    def from_json(cls, record: Any) -> ShotTask:
        """Read what `to_json` wrote.

        Raises:
            OptionError: another version, or fields that are missing or of the wrong kind.
        """
        try:
            if record["version"] != TASK_VERSION:
                raise OptionError("task", f"version {record['version']} was given, this lipflap reads {TASK_VERSION}")
            return cls(
                plan_name=str(record["plan_name"]),
                shot=Shot.from_json(record["shot"]),
                options=read_options(record["options"]),
                folder=str(record["folder"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise OptionError("task", f"the task can't be read: {error!r}") from error


def tasks_of(plan: Plan, folder: Path) -> tuple[ShotTask, ...]:
    """One task for each shot, in the plan's order; a shot whose own settings can't be gets them as its `problem`.

    Raises:
        OptionError: what holds for the whole plan can't be: ids that come twice, settings that no shot can have.
    """
    _check_ids(shot.id for shot in plan.shots)
    _check_plan_options(plan)
    return tuple(_task_of(plan, shot, str(folder.absolute())) for shot in plan.shots)


def _task_of(plan: Plan, shot: Shot, folder: str) -> ShotTask:
    try:
        task = ShotTask(plan.name, shot, _merged(plan.options, shot), folder)
        check_task(task)
    except OptionError as error:
        return ShotTask(plan.name, replace(shot, problem=shot.problem or str(error)), plan.options, folder)
    return task


def _merged(options: Options, shot: Shot) -> Options:
    return read_options({**asdict(options), **shot.options}) if shot.options else options


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name.casefold() in seen:  # file systems of editing machines often ignore case
            raise OptionError("plan", f"the shot id {name!r} comes twice: plan the edit anew")
        seen.add(name.casefold())


def _check_plan_options(plan: Plan) -> None:
    options = plan.options
    if options.codec == "png":
        raise OptionError("codec", "the shots of an edit are movies: choose prores, prores4444, dnxhr, ffv1 or h264")
    for name in ("text", "text_file"):
        if getattr(options, name) is not None:
            raise OptionError(name, "one text can't be that of every shot: words come with the lines of each speaker")
    if options.voice_stream or options.voice_channel is not None:
        name = "voice_stream" if options.voice_stream else "voice_channel"
        raise OptionError(name, "each line of an edit names its own: choose the dialogue's stream and channel there")
    crowded = next((shot for shot in plan.shots if len(shot.speakers) > 1), None)
    if options.form == "patch" and crowded is not None:
        raise OptionError(
            "form", f"a patch holds one speaker's mouth, shot {crowded.id} has {len(crowded.speakers)}: render it full"
        )


def check_task(task: ShotTask) -> None:
    """What can be known of one shot without opening a file.

    Raises:
        OptionError: settings that don't go together with its speakers.
    """
    options, speakers = task.options, task.shot.speakers
    if options.codec == "png":
        raise OptionError("codec", "a shot of an edit is a movie: choose prores, prores4444, dnxhr, ffv1 or h264")
    for speaker in speakers:
        face_point_of(speaker.face, (1 << 20, 1 << 20))
    if len(speakers) < 2:
        return
    if options.form == "patch":
        raise OptionError("form", f"a patch holds one speaker's mouth, the shot has {len(speakers)}: render it full")
    faces = [speaker.face for speaker in speakers]
    if "" in faces or len(set(faces)) < len(faces):
        names = ", ".join(speaker.name for speaker in speakers)
        raise OptionError("face_point", f"{names} speak in one shot: say for each which face (left, right or X,Y)")


def face_point_of(face: str, size: tuple[int, int]) -> tuple[float, float] | None:
    """The point that `Options.face_point` takes for a `Speaker.face`.

    Args:
        face: "", "left", "right", or "X,Y" in pixels.
        size: width and height of the picture.
    Returns:
        in pixels of the picture; None for "".
    Raises:
        OptionError: none of these words.
    """
    width, height = size
    if face == "":
        return None
    if face in ("left", "right"):
        return (0.0 if face == "left" else width - 1.0, height / 2)
    try:
        x, y = (float(part) for part in face.split(","))
    except ValueError as error:
        raise OptionError("face_point", f"{face!r} is no face: write left, right, or X,Y in pixels") from error
    return x, y
