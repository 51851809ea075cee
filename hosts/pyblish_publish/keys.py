"""The names under which our steps and a studio's find each other's results in pyblish's `data`.

docs/pyblish.md tells type and unit of each. Those without our prefix are the ones that studios' own steps know.
"""

from __future__ import annotations

FAMILY = "lipflap"

# context.data
REQUEST = "lipflapRequest"  # EditRequest: which edit, and what of it shall speak
ROOT = "lipflapRoot"  # str: folder that is published into
HOST = "lipflapHost"  # TimelineHost; an EditHost where the edit comes from a file
PLAN = "lipflapPlan"  # Plan, as the host has read it
ENGINE = "lipflapEngine"  # str: the engine's Python, where it shall not be looked for
DESK = "lipflapDesk"  # engine.Desk: the running engine
PROGRESS = "lipflapProgress"  # callable (words, done, total), told by long steps; may raise Cancelled
SURVEY = "lipflapSurvey"  # context: models that may be used; instance: what is known of the shot
EDIT = "lipflapEdit"  # str: the written edit
PAGE = "lipflapPage"  # str: the review page
NOTES = "lipflapNotes"  # list of str: what a person should know

# instance.data
SHOT = "lipflapShot"  # Shot; repairs put another in its place
RATE = "lipflapRate"  # str: exact frames per second of the edit, "24000/1001"
OUTCOME = "lipflapOutcome"  # Outcome of the render
RECORD = "lipflapRecord"  # dict: the record of the render
SKIPPED = "lipflapSkipped"  # str: why there is nothing to publish, though nothing failed
PUBLISHED = "lipflapPublished"  # dict: representation name -> absolute path of the published file
