"""What the panels call the settings of `Options`, and which of them they leave out, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wording:
    """How one setting is shown.

    Attributes:
        label: in Title Case.
        tip: without a full stop; "" takes the setting's own meaning.
        choices: label and tip of each choice.
    """

    label: str
    tip: str = ""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)


SHOWN: Mapping[str, Wording] = {
    "painter": Wording(
        "Painter",
        "What paints the mouth",
        {
            "auto": ("Automatic", "Choose for each shot; the report says which and why"),
            "own": ("Own Drawings", "The footage's own drawn mouths, chosen by the new voice"),
            "chart": ("Mouth Chart", "A folder of mouth drawings that follow the voice"),
            "compact": ("Redrawn (Experimental)", "The drawn mouth is read and drawn anew by a network"),
            "wav2lip": ("Wav2Lip", "The network paints the lower face; needs a checkpoint"),
            "neutral": ("Neutral", "A plain drawn mouth, or a person's own lips moved"),
        },
    ),
    "checkpoint": Wording("Checkpoint", "Wav2Lip weights: a file, or a name that the engine knows"),
    "chart": Wording("Chart", "Folder of mouth drawings, or its chart.toml"),
    "face_kind": Wording(
        "Kind",
        "Whether the face is drawn or a person's",
        {
            "auto": ("Automatic", "Look at it"),
            "drawing": ("Drawing", "A drawn or rendered character"),
            "person": ("Person", "A person in front of a camera"),
        },
    ),
    "library": Wording("Library", "Other clips of the same character, talking"),
    "text": Wording("Words", "What the voice says, in English; the mouth follows it more closely"),
    "text_file": Wording("Words File", "A text, .srt or .vtt file with what the voice says, in English"),
    "detector": Wording(
        "Finder",
        "What finds faces",
        {
            "auto": ("Automatic", "All that are at hand, the best answer counts"),
            "s3fd": ("S3FD", "For people; needs its model file"),
            "yunet": ("YuNet", "For people, fast; needs its model file"),
            "toon": ("Toon", "For drawn characters"),
            "haar": ("Haar", "For people, comes with the engine, the least exact"),
        },
    ),
    "detector_weights": Wording("Model File", "Model of that finder; empty takes the one that the engine knows"),
    "detector_size": Wording("Look Size", "Longer side in pixels of the picture that finders look at"),
    "voice_offset_ms": Wording("Offset (ms)", "Move the voice later, or earlier where negative, in milliseconds"),
    "silence": Wording(
        "Silence",
        "What the mouth does where nobody speaks",
        {
            "closed": ("Closed", "The mouth is closed"),
            "keep": ("Source", "The source's own mouth is left as it is"),
            "model": ("Model", "Whatever the painter makes of silence"),
        },
    ),
    "silence_fade_ms": Wording("Fade (ms)", "Crossfade into and out of the source's own mouth, in milliseconds"),
    "mouth_rate": Wording(
        "Mouth Rate",
        "How often the mouth changes",
        {
            "ones": ("On Ones", "A new mouth on every frame"),
            "twos": ("On Twos", "A new mouth on every second frame"),
            "threes": ("On Threes", "A new mouth on every third frame"),
            "held": ("As Drawn", "With the drawing's own holds"),
        },
    ),
    "gain": Wording("Opening", "How wide mouths open: 1 as heard, 0.5 mumbling, 1.5 shouting"),
    "form": Wording(
        "Form",
        "What the rendered strip holds",
        {
            "full": ("Full Clip", "Whole pictures, which cover the source"),
            "patch": ("Patch", "Only the changed pixels, on transparency, to lie over the source"),
        },
    ),
    "codec": Wording(
        "Format",
        "How the pictures are written",
        {
            "auto": ("Automatic", "ProRes, with transparency for a patch"),
            "prores": ("ProRes 422 HQ", ".mov for editing, no transparency"),
            "prores4444": ("ProRes 4444", ".mov for editing, with transparency"),
            "dnxhr": ("DNxHR", ".mxf for editing, no transparency"),
            "ffv1": ("FFV1", ".mkv, lossless"),
            "h264": ("H.264", ".mp4, small, no transparency"),
            "png": ("PNG Sequence", "Lossless pictures, with transparency"),
        },
    ),
    "sound": Wording(
        "File Sound",
        "Sound in the rendered file; the timeline keeps its own",
        {
            "voice": ("Voice", "The sound strips that speak"),
            "clip": ("Source", "The source's own sound"),
            "none": ("None", "No sound"),
        },
    ),
    "handles": Wording("Handles", "Extra frames rendered before and behind the range, trimmed away on the timeline"),
}

IN_PREFERENCES: Mapping[str, Wording] = {
    "device": Wording(
        "Device",
        "Where networks run",
        {
            "auto": ("Automatic", "The fastest that is there"),
            "cpu": ("CPU", "The processor"),
            "cuda": ("CUDA", "A graphics card of NVIDIA"),
            "mps": ("Metal", "The graphics of an Apple computer"),
        },
    ),
    "batch_size": Wording("Batch Size", "Frames that a network takes at once; fewer need less memory"),
    "ffmpeg": Wording("FFmpeg", "The ffmpeg program to use; empty takes the packaged one"),
}

LEFT_OUT: Mapping[str, str] = {
    "face_point": "picked on the preview, it lies on the strip",
    "face_box": "one box keyframe says the same",
    "face_track": "numbers of `lipflap inspect`, unknown to Blender",
    "boxes": "drawn on the preview, they lie on the strip",
    "voice_stream": "the sound strip says it",
    "voice_channel": "the sound strip says it",
    "rate": "the scene says it",
}

FILES = ("checkpoint", "text_file", "detector_weights", "ffmpeg")  # settings that name a file
FOLDERS = ("chart",)  # those that name a folder
