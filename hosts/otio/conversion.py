"""The use case: an edit in, its shots rendered, the edit with the renders out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from .core import HostError, Outcome, Plan, make_folder, try_to_write
from .delivery import Delivery, check_place
from .finding import MediaFinder, PathMap
from .host import OtioHost
from .placing import Mode
from .planning import Choice
from .reading import media_places, open_edit

BEFORE_PLAN, BEFORE_WRITING = "lipflap_pre_render", "lipflap_post_render"  # hooks that studios attach scripts to
BUNDLE_MEDIA = "media of the bundle"  # in the folder of renders

RenderPlan = Callable[[Plan, Path], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a person asked for.

    Attributes:
        edit: the file.
        renders: the folder for renders.
        output: the edit to write; None only plans.
        choice: who speaks, for which pictures, with which settings.
        timeline: which one, where the file holds several.
        rate: frames per second of an EDL.
        mode: how renders are placed; None is what the output can carry best.
        maps: path maps, tried in order.
        search: folders that are searched for media.
    """

    edit: Path
    renders: Path
    output: Path | None = None
    choice: Choice = field(default_factory=Choice)
    timeline: str | None = None
    rate: Fraction | None = None
    mode: Mode | None = None
    maps: tuple[PathMap, ...] = ()
    search: tuple[Path, ...] = ()


class Converter:
    """One conversion, step by step: made with the edit read and planned, and the output checked.

    Attributes:
        plan: of the edit.
        delivery: how the output will be written; None without an output.

    Raises:
        InputError: the edit can't be read or planned.
        OutputError: the output can't hold it. Before any work.
    """

    def __init__(self, asked: Conversion) -> None:
        self._asked = asked
        if asked.output is not None:
            check_place(asked.output, (asked.edit,))
        timeline = open_edit(asked.edit, timeline_name=asked.timeline, rate=asked.rate)
        timeline = _through_scripts(BEFORE_PLAN, timeline, asked.edit)
        places = media_places(
            asked.edit, maps=asked.maps, search=asked.search, unpack_into=asked.renders / BUNDLE_MEDIA
        )
        self._host = OtioHost(timeline, asked.choice, MediaFinder(places), asked.mode)
        self.plan: Plan = self._host.read_plan()
        self._inputs = (asked.edit, *(Path(shot.clip) for shot in self.plan.shots if shot.clip))
        self.delivery: Delivery | None = None
        if asked.output is not None:
            check_place(asked.output, self._inputs)
            self.delivery = self._host.check(asked.output)

    def convert(self, render_plan: RenderPlan) -> tuple[Sequence[Outcome], tuple[str, ...]]:
        """Render the plan, place what came of it, and write the edit.

        Args:
            render_plan: renders the plan into a folder.
        Returns:
            what became of each shot, in the plan's order, and notes on the written edit.
        Raises:
            OutputError, EngineError, HostError, Cancelled: no edit was written; finished renders are kept.
        """
        asked, delivery = self._asked, self.delivery
        assert asked.output is not None  # a conversion that only plans is never carried out
        assert delivery is not None
        make_folder(asked.output.parent)  # before the work: a night of it would be for nothing
        try_to_write(asked.output)
        outcomes = render_plan(self.plan, asked.renders)
        self._host.place(outcomes)
        self._host.timeline = _through_scripts(BEFORE_WRITING, self._host.timeline, asked.edit)
        return outcomes, self._host.save(asked.output, delivery, inputs=self._inputs)


def _through_scripts(hook: str, timeline: otio.schema.Timeline, edit: Path) -> otio.schema.Timeline:
    """The edit as the scripts leave it that a studio has attached to a hook of ours.

    Raises:
        HostError: a script broke, or gave no timeline back.
    """
    if hook not in otio.hooks.names():  # a studio may switch off plug-ins that come by entry points
        return timeline
    try:
        changed = otio.hooks.run(hook, timeline, {"edit": str(edit)})
    except Exception as error:  # a studio's own program
        raise HostError(f"a script on the hook {hook} broke: {error!r}; mend it, or detach it") from error
    if not isinstance(changed, otio.schema.Timeline):
        raise HostError(f"a script on the hook {hook} gave {changed!r} back: it has to return the timeline")
    return changed
