"""Reading a library: one pass over the footage, memory flat in its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face, Mouth
from face_detection.pictures import Bgr8, Picture, as_bgr8

from ...ports import Progress
from ...timing import FrameRange
from ..composite import Window
from .affine import Affine, as_affine, identity
from .anchor import make_anchor
from .area import ChangeMeter, mouth_area
from .cuts import Cut, canonical_view, cut_out
from .drawings import LOOK_HEIGHT, LOOK_WIDTH, find_drawings, shrunk_area
from .gate import judge
from .library import LibraryClip, MouthLibrary
from .naming import Said, read_chart
from .pose import SURE_CORE, Pose, PoseFinder
from .reference import region_of, typical_frame, typical_mouth
from .same_voice import OwnSound
from .seen import seen_opening
from .sound import Heard, Statistics, heard
from .store import CutStore
from .views import ViewMeter, place_in_box, pooled_spread, sort_views, within_views

MOST_FRAMES = 2000  # of library; 80 s at 25 fps. More adds little (spec/own-mouth.md) and costs disk and time
RUN_SECONDS = 4  # longer footage is sampled in runs of this length, so that mouths keep their neighbours
MOST_CUT_BYTES = 1 << 30  # of cut-outs on disk
HELD = 0.25  # levels of 255: mean difference up to which a drawing is the one before; codecs stay below it
WELL_KNOWN = 0.8  # likeness below which a recognised picture is remembered as a further anchor


def read_library(clips: Sequence[LibraryClip], progress: Progress) -> MouthLibrary | None:
    """Collect the mouths of one or several clips of the same character.

    Memory does not grow with the footage: small pictures of at most `MOST_FRAMES` mouths stay, the cut-outs lie in
    a nameless file on disk.

    Args:
        clips: the footage; the first clip in which the head is seen gives the canonical pose.
        progress: told under the stage "library"; may raise `Cancelled`.
    Returns:
        the library, whose `verdict` must be asked before it is used; `None` where no face has anything to hold on to.
    Raises:
        MediaError: a clip breaks off.
    """
    for number, clip in enumerate(clips):
        reader = _start(clips, number, clip)
        if reader is not None:
            reader.read_all(progress)
            return reader.finish()
    return None


def _start(clips: Sequence[LibraryClip], number: int, clip: LibraryClip) -> _Reader | None:
    frame = typical_frame(clip.faces)
    if frame is None or (clip.shapes is None and number + 1 < len(clips)):
        return None
    face = clip.faces[frame]
    assert face is not None, "a typical frame has a face"
    at = clip.span.start + frame
    picture = as_bgr8(next(iter(clip.source.frames(FrameRange(at, at + 1)))))
    anchor = make_anchor(picture, face, identity())
    if anchor is None:
        return None
    mouth = typical_mouth(face, clip.faces)
    region = region_of(mouth, picture)
    return None if region is None else _Reader(clips, PoseFinder((anchor,)), mouth, region)


@dataclass(frozen=True, slots=True)
class _Row:
    """One library frame while it is being collected."""

    clip: int
    frame: int
    view: int
    place: NDArray[np.float64]
    cut: Cut


class _Reader:
    """Collects rows; `finish` turns them into a library."""

    def __init__(self, clips: Sequence[LibraryClip], finder: PoseFinder, mouth: Mouth, region: Window) -> None:
        self.clips = clips
        self.finder = finder
        self.mouth = mouth
        self.region = region
        self.meters: dict[int, ViewMeter] = {}
        self.store = CutStore()
        self.rows: list[_Row] = []
        self.looks: list[NDArray[np.uint8]] = []

    def read_all(self, progress: Progress) -> None:
        spans = [_runs(clip, len(self.clips)) for clip in self.clips]
        total = sum(len(run) for runs in spans for run in runs)
        done = 0
        for number, runs in enumerate(spans):
            for run in runs:
                for _ in self._read_run(number, run):
                    done += 1
                    progress("library", done, total)

    def _read_run(self, number: int, run: FrameRange) -> Iterator[None]:
        clip = self.clips[number]
        for frame, picture in zip(run, clip.source.frames(run), strict=True):
            face = clip.faces[frame - clip.span.start]
            if face is not None and self.store.size_bytes < MOST_CUT_BYTES:
                self._take(number, frame, picture, face)
            yield

    def _take(self, number: int, frame: int, picture: Picture, face: Face) -> None:
        small = as_bgr8(picture)
        pose = self.finder.find(small, face) or self._as_detected(face)
        view = self._view(small, face, pose)
        if view is None:
            return
        mouth = canonical_view(small, pose.matrix, self.region)
        meter = self.meters.setdefault(view, ViewMeter(ChangeMeter(self.region.height, self.region.width)))
        place = place_in_box(np.array([self.mouth.x, self.mouth.y]), pose.matrix, face)
        meter.add(mouth, place)
        if self.clips[number].shapes is None:
            return
        look = np.asarray(cv2.resize(mouth, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        self.rows.append(_Row(number, frame, view, place, self._cut(picture, pose.matrix, look)))
        self.looks.append(look)

    def _as_detected(self, face: Face) -> Pose:
        """Where the detector alone puts the mouth of a head that looks like none seen before: a turned one, perhaps.

        A false find gives a view of a few mouths, and those are left out in the end.
        """
        known = self.finder.anchors[0].face.box
        scale = face.box.width / known.width
        dx, dy = face.mouth.x - scale * self.mouth.x, face.mouth.y - scale * self.mouth.y
        return Pose(as_affine(scale, 0.0, dx, dy), 1.0, same_view=False)

    def _view(self, picture: Bgr8, face: Face, pose: Pose) -> int | None:
        """The number of the view; what was not seen like this before is remembered. `None` where nothing is sure."""
        if pose.same_view and pose.likeness >= WELL_KNOWN:
            return pose.view
        view = pose.view if pose.same_view else self.finder.views
        known = len(self.finder.anchors)
        if pose.same_view or pose.likeness >= SURE_CORE:
            self.finder = self.finder.with_anchor(make_anchor(picture, face, pose.matrix, view))
        remembered = len(self.finder.anchors) > known
        return view if pose.same_view or remembered else None

    def _cut(self, picture: Picture, pose: Affine, look: NDArray[np.uint8]) -> Cut:
        if self.rows:
            last = self.rows[-1].cut
            held = float(cv2.absdiff(look, self.looks[-1]).mean()) <= HELD
            if held and np.array_equal(last.pose, pose):
                return last
        return cut_out(picture, pose, self.region, self.store)

    def finish(self) -> MouthLibrary | None:
        if not self.rows:
            return None
        stand_in = self._sort_by_view()
        area = mouth_area(pooled_spread(self.meters), self.mouth_in_region())
        looks = np.stack(self.looks)
        self.looks.clear()  # the same once more
        views = np.array([row.view for row in self.rows], np.intp)
        changing = shrunk_area(area.changing)
        drawings = find_drawings(looks, changing) if len(set(stand_in)) == 1 else None
        sounds, speaking = self._sounds()
        rate = self.clips[self.rows[0].clip].source.facts.rate
        if drawings is None:
            openings, closed = seen_opening(looks[:, changing], views, sounds[:, [0, -1]])
        else:
            chart = read_chart(drawings, looks, changing, self._said())
            drawings, openings, closed = chart.drawings, chart.opening, chart.closed
        features, statistics = self._hear()
        return MouthLibrary(
            finder=self.finder,
            region=self.region,
            area=area,
            looks=looks,
            cuts=tuple(row.cut for row in self.rows),
            origin=np.array([(row.clip, row.frame) for row in self.rows], np.intp),
            view=views,
            stand_in=stand_in,
            heard=features,
            statistics=statistics,
            sound=OwnSound.of([clip.shapes for clip in self.clips], self._places(), rate),
            follows=self._follows(),
            opening=openings,
            closed=closed,
            drawings=drawings,
            verdict=judge(within_views(looks[:, changing], views), sounds, speaking, rate, flat=area.flat),
            rate=self.clips[0].source.facts.rate,
            store=self.store,
        )

    def _sort_by_view(self) -> tuple[int, ...]:
        """Leave out mouths that fit no view well; tells which view's mouths serve each view."""
        found = np.array([row.view for row in self.rows], np.intp)
        views, stand_in = sort_views(found, np.array([row.place for row in self.rows]), self.meters)
        kept = np.flatnonzero(views >= 0)
        self.rows = [replace(self.rows[index], view=int(views[index])) for index in kept]
        self.looks = [self.looks[index] for index in kept]
        return stand_in

    def mouth_in_region(self) -> Mouth:
        """The typical mouth in the region's own pixels."""
        mouth = self.mouth
        return Mouth(mouth.x - self.region.left, mouth.y - self.region.top, mouth.width, mouth.height, mouth.angle)

    def _hear(self) -> tuple[Heard, Statistics]:
        own = [(number, clip.shapes, clip.source.facts.rate) for number, clip in enumerate(self.clips)]
        voices = {number: heard(shapes, rate) for number, shapes, rate in own if shapes is not None}
        picked = np.stack([voices[clip][at] for clip, at in self._places()])
        everything = np.concatenate(list(voices.values()))
        return picked, Statistics.of(everything, self.clips[self.rows[0].clip].source.facts.rate)

    def _places(self) -> list[tuple[int, int]]:
        """Of each row: which clip, and which frame of what is heard in it."""
        return [(row.clip, row.frame - self.clips[row.clip].span.start) for row in self.rows]

    def _follows(self) -> NDArray[np.bool_]:
        places = [(row.clip, row.frame) for row in self.rows]
        return np.array([i > 0 and places[i - 1] == (c, f - 1) for i, (c, f) in enumerate(places)], np.bool_)

    def _said(self) -> Said | None:
        """What the ear heard at each row; None where it heard no mouths."""
        likely, shapes = [], []
        for clip, at in self._places():
            voice = self.clips[clip].shapes
            if voice is None or voice.viseme_probabilities is None:
                return None
            likely.append(voice.viseme_probabilities[at])
            shapes.append(voice.values[at])
        return Said(np.array(likely, np.float32), np.array(shapes, np.float32))

    def _sounds(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """What the ear heard at each row: (n, 7) mouth shapes and sureness that lips touch; (n,) somebody speaks."""
        sound, speaking = [], []
        for clip, at in self._places():
            shapes = self.clips[clip].shapes
            assert shapes is not None, "only clips with a voice give rows"
            sound.append(np.append(shapes.values[at], shapes.closed[at]))
            speaking.append(shapes.speaking[at])
        return np.array(sound, np.float32), np.array(speaking, np.bool_)


def _runs(clip: LibraryClip, clips: int) -> list[FrameRange]:
    """The whole span, or runs spread evenly over it where it is longer than its part of `MOST_FRAMES`."""
    most = max(1, MOST_FRAMES // clips)
    if len(clip.span) <= most:
        return [clip.span]
    length = max(1, min(most, round(RUN_SECONDS * clip.source.facts.rate)))
    count = most // length
    starts = np.linspace(clip.span.start, clip.span.stop - length, count).round().astype(int)
    return [FrameRange(int(start), int(start) + length) for start in starts]
