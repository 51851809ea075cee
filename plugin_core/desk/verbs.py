"""What a host can ask the worker; each verb takes along what it needs when it is asked for the first time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from plugin_core.worker import Answer, Errand, Verb, render_verb


def _plan(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .planned import render_planned

    return render_planned(request, errand)


def _probe(request: Mapping[str, Any], _errand: Errand) -> Answer:
    from .probing import probe

    return probe(request)


def _describe(_request: Mapping[str, Any], _errand: Errand) -> Answer:
    from .describing import describe

    return describe()


def _look(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .looking import look_at_frame

    return look_at_frame(request, errand)


def _page(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .paging import write_review

    return write_review(request, errand)


def _export(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .planned import export_plan

    return export_plan(request, errand)


def _survey(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .surveying import survey

    return survey(request, errand)


def _show(request: Mapping[str, Any], errand: Errand) -> Answer:
    from .showing import show_shot

    return show_shot(request, errand)


VERBS: Final[Mapping[str, Verb]] = {
    "render": render_verb,
    "plan": _plan,
    "probe": _probe,
    "describe": _describe,
    "look": _look,
    "page": _page,
    "survey": _survey,
    "show": _show,
    "export": _export,
}
