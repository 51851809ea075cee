"""An edit in a file, from its reading to the lip-synced edit that is written."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from .core import EditRequest, HostError, OptionError, Outcome, Plan, Shot, make_folder, parse_rate, try_to_write
from .delivery import Delivery, check_place
from .finding import MediaFinder, PathMap
from .host import OtioHost
from .placing import Mode
from .planning import Choice, DialogueTrack
from .reading import media_places, open_edit

BEFORE_PLAN, BEFORE_WRITING = "lipflap_pre_render", "lipflap_post_render"  # hooks that studios attach scripts to
BUNDLE_MEDIA = "media of the bundle"  # in the folder of renders


class OtioEdit:
    """Fits `ports.EditHost`.

    Attributes:
        plan: of the edit.
    """

    def __init__(self, request: EditRequest, mode: Mode | None = None) -> None:
        """Read and plan the edit.

        Args:
            request: what is asked.
            mode: how renders are placed; None is what the written format can carry best.
        Raises:
            InputError: the edit can't be read or planned.
            HostError: a studio's script broke.
        """
        self._edit = Path(request.edit)
        maps = tuple(PathMap.parse(text) for text in request.maps)
        timeline = open_edit(self._edit, timeline_name=request.timeline, rate=_edit_rate(request.rate))
        timeline = _through_scripts(BEFORE_PLAN, timeline, self._edit)
        unpacked = Path(request.renders) / BUNDLE_MEDIA
        search = tuple(map(Path, request.search))
        places = media_places(self._edit, maps=maps, search=search, unpack_into=unpacked)
        self._host = OtioHost(timeline, _choice(request), MediaFinder(places), mode)
        self.plan: Plan = self._host.read_plan()
        self._inputs = (self._edit, *(Path(shot.clip) for shot in self.plan.shots if shot.clip))

    @property
    def timeline(self) -> otio.schema.Timeline:
        """The edit in memory, with the renders that were placed."""
        return self._host.timeline

    def read_plan(self) -> Plan:
        """See `TimelineHost`."""
        return self.plan

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """See `TimelineHost`."""
        self._host.place(outcomes)

    def clip_of(self, shot: Shot) -> otio.schema.Clip:
        """The clip that a shot of the plan renders.

        Raises:
            HostError: the plan has no such shot.
        """
        return self._host.clip_of(shot)

    def check(self, output: Path) -> Delivery:
        """Whether the edit can be written there, and what the format loses.

        Raises:
            OutputError: it can't, or it would overwrite what was read.
        """
        check_place(output, self._inputs)
        return self._host.check(output)

    def make_ready(self, output: Path) -> Delivery:
        """`check`, with the folder made and a file tried in it: before a night of work.

        Raises:
            OutputError: it can't be written there.
        """
        delivery = self.check(output)
        make_folder(output.parent)
        try_to_write(output)
        return delivery

    def save(self, output: Path) -> tuple[str, ...]:
        """Write the edit as a whole file; notes on what a person should know of it.

        Raises:
            OutputError, HostError: nothing was written.
        """
        delivery = self.check(output)
        self._host.timeline = _through_scripts(BEFORE_WRITING, self._host.timeline, self._edit)
        return self._host.save(output, delivery, inputs=self._inputs)


def _choice(request: EditRequest) -> Choice:
    return Choice(
        dialogue=tuple(map(DialogueTrack.parse, request.dialogue)),
        voice_file=None if request.voice is None else Path(request.voice),
        pictures=request.pictures,
        clips=request.clips,
        text_file=None if request.text_file is None else Path(request.text_file),
        options=request.options,
    )


def _edit_rate(text: str | None) -> Fraction | None:
    try:
        return None if text is None else parse_rate(text)
    except OptionError as error:
        raise OptionError("edit_rate", error.reason) from error


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
