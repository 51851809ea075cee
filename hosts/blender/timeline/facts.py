"""What is known of a scene and its strips, as plain values: read once, safe across undo, the same in every Blender.

Frames are Blender's own (an edit begins at 1 by custom), ranges are half open. `planning` turns them into the core's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..core import FrameRange


@dataclass(frozen=True, slots=True)
class SceneFacts:
    """A scene with a sequence editor.

    Attributes:
        name: of the scene.
        rate: frames per second, exact.
        size: width and height of what it renders, in pixels, its percentage counted in.
        range: from its start frame to behind its end frame.
        own_rate: frames per second as Blender itself reckons them, in single floats; 0.0 where that is not known.
    """

    name: str
    rate: Fraction
    size: tuple[int, int]
    range: FrameRange
    own_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class StripFacts:
    """One strip.

    Attributes:
        scene: name of its scene.
        name: unique in the scene's sequence editor; a person may change it.
        kind: Blender's `strip.type`: "MOVIE", "IMAGE", "SOUND", "META", "SCENE", "SPEED" ...
        channel: counted from 1.
        range: what it covers of the timeline.
        content_start: timeline frame at which its content (after hard trims) begins; may lie outside `range`, and
            between frames.
        content_frames: how many frames of content there are, by Blender.
        trim_start: frames cut off the media before the content (`animation_offset_start`).
        trim_end: frames cut off behind it.
        file: absolute path of the movie or sound; "" for others.
        files: absolute paths of an image strip's pictures, one for each frame of `range`; empty for others.
        file_frames: how many frames the movie has, as Blender reads it; 0 where that is not known.
        file_rate: frames per second that the movie says it has, 0.0 where it is not known.
        size: of the media in pixels; (0, 0) where it has none of its own.
        stream: which stream of the movie or sound.
        reverse: plays backward.
        strobe: shows every nth frame only; up to 1.0 all.
        speed: factor of Blender 3 (`speed_factor`); 1.0 elsewhere.
        pitch: of a sound; 1.0 is none.
        sound_offset: seconds that a sound is moved by, later where positive.
        retimed: has retiming keys.
        animated: its transform, crop, opacity or another of its properties changes over time.
        effects: names of effect strips that take it as their input.
        meta: names of the meta strips around it, from outside.
        muted: it, its channel or a meta strip around it is muted.
        locked: it or its channel is locked.
        packed: its media lies inside the .blend.
        deinterlaced: Blender makes whole pictures of half ones.
        mark: the JSON text that lipflap laid on a strip of its own making; "" on all others.
        hand: the JSON text of the face that was chosen by hand on this strip (`boxes.Hand`); "" where none was.
    """

    scene: str
    name: str
    kind: str
    channel: int
    range: FrameRange
    content_start: Fraction
    content_frames: int
    trim_start: int = 0
    trim_end: int = 0
    file: str = ""
    files: tuple[str, ...] = ()
    file_frames: int = 0
    file_rate: float = 0.0
    size: tuple[int, int] = (0, 0)
    stream: int = 0
    reverse: bool = False
    strobe: float = 1.0
    speed: float = 1.0
    pitch: float = 1.0
    sound_offset: Fraction = Fraction(0)
    retimed: bool = False
    animated: bool = False
    effects: tuple[str, ...] = ()
    meta: tuple[str, ...] = ()
    muted: bool = False
    locked: bool = False
    packed: bool = False
    mark: str = ""
    hand: str = ""
    deinterlaced: bool = False


@dataclass(frozen=True, slots=True)
class Footage:
    """Pictures on disk that are, frame by frame, what a strip shows.

    Attributes:
        clip: movie, still, or image sequence as a pattern ("shot.%04d.png").
        range: its frames that the strip's range shows, from 0; as many as the strip is long.
        rate: frames per second of the scene, imposed on the clip: one frame of it for each frame of the timeline.
        first: frame of the clip that the strip's content begins with; below 0 where the content begins before the
            clip. What is set by hand counts from there.
        baked: Blender rendered it for this one job.
        still: `clip` is one picture, held over all of `range`.
    """

    clip: str
    range: FrameRange
    rate: Fraction
    first: int = 0
    baked: bool = False
    still: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for with one press: a picture strip, the sound strips that speak in it, and how.

    Attributes:
        scene: the scene.
        picture: the strip to lip-sync.
        sounds: the strips that are heard over it, by time.
        options: of `plugin_core.options.Options`, those that differ from their defaults.
        folder: for renders, absolute.
        replaces: name of the rendered strip whose place the new render takes; "" puts a new strip above.
    """

    scene: SceneFacts
    picture: StripFacts
    sounds: tuple[StripFacts, ...]
    options: dict[str, object]
    folder: str
    replaces: str = ""
