"""The verb "survey": what can be known of the shots of a plan before they are rendered.

{"do": "survey", "plan": Plan.to_json(), "folder": "/renders", "frames": 3}
-> {"event": "progress", "stage": "survey", "done": 1, "total": 9}
   {"event": "survey", "shots": [{
       "look": ShotLook.to_json(),
       "clip": {"problem": null | text, "frames": 240, "rate": "25", "size": [1920, 1080], "variable": false} | null,
       "cues": [{"speaker", "path", "wanted": "5/2", "held": "2", "problem": null | text}]}],
    "models": [{"name", "sha256", "licence", "commercial": true | false | null, "genuine": true | false | null}],
    "models_problem": null | text}

`clip` is null where the shot has no media; `wanted` is how long the line is in the edit, `held` how much of that its
file has, both in seconds. `models` are those that a render may use: `genuine` is null where no hash is published,
`commercial` where nothing is known. `models_problem` says which one that was named is missing or can't be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from plugin_core.audio import sound_held
from plugin_core.batch import tasks_of
from plugin_core.batch.content import model_files
from plugin_core.batch.looking import FRAMES_LOOKED_AT, look_at_shots
from plugin_core.batch.passes import open_shot
from plugin_core.errors import LipSyncError
from plugin_core.frames import FrameSource
from plugin_core.model_files import weights_errors
from plugin_core.options import Options
from plugin_core.pipeline.used_files import licence_of
from plugin_core.shots import Cue, Plan, Shot, Speaker
from plugin_core.timing import FrameRange
from plugin_core.worker import Answer, Errand
from weights.manifest import EMBEDDED
from weights.verifying import verify


def survey(request: Mapping[str, Any], errand: Errand) -> Answer:
    """See the module's text. What is wrong with one shot is said in its record.

    Raises:
        OptionError: the plan can't be read, or no shot of it can have its settings.
        Cancelled: nothing was found out.
    """
    plan = Plan.from_json(request["plan"])
    tasks = tasks_of(plan, Path(request["folder"]))
    frames = int(request.get("frames", FRAMES_LOOKED_AT))
    shots = []
    for number, look in enumerate(look_at_shots(tasks, frames)):
        errand.progress("survey", number, len(tasks))
        shot = tasks[number].shot
        cues = [_cue(speaker, cue) for speaker in shot.speakers for cue in speaker.cues]
        shots.append({"look": look.to_json(), "clip": _clip(shot), "cues": cues})
    models, problem = _models(plan.options)
    return "survey", {"shots": shots, "models": models, "models_problem": problem}


def _clip(shot: Shot) -> dict[str, Any] | None:
    if not shot.clip:
        return None
    try:
        source = open_shot(shot)
        _decode_ends(source, shot.range)
    except LipSyncError as error:
        return {"problem": str(error), "frames": 0, "rate": str(shot.rate), "size": [0, 0], "variable": False}
    facts = source.facts
    return {
        "problem": None,
        "frames": facts.frames,
        "rate": str(facts.rate),
        "size": [facts.width, facts.height],
        "variable": facts.variable_rate,
    }


def _decode_ends(source: FrameSource, span: FrameRange) -> None:
    for frame in (span.start, span.stop - 1):
        for _ in source.frames(FrameRange(frame, frame + 1)):
            pass


def _cue(speaker: Speaker, cue: Cue) -> dict[str, Any]:
    held, problem = Fraction(0), None
    try:
        held = sound_held(Path(cue.path), cue.start, cue.duration, cue.stream)
    except LipSyncError as error:
        problem = str(error)
    told = {"speaker": speaker.name, "path": cue.path, "wanted": str(cue.duration), "held": str(held)}
    return {**told, "problem": problem}


def _models(options: Options) -> tuple[list[dict[str, Any]], str | None]:
    try:
        with weights_errors():
            return [_model(path) for path in model_files(options)], None
    except LipSyncError as error:
        return [], str(error)


def _model(path: Path) -> dict[str, Any]:
    seen = verify(path)
    own = path.parent == EMBEDDED  # what lies there ships with lipflap
    commercial = True if own else seen.entry.commercial if seen.entry is not None else None
    return {
        "name": path.name,
        "sha256": seen.sha256,
        "licence": licence_of(path, seen.sha256),
        "commercial": commercial,
        "genuine": seen.genuine,
    }
