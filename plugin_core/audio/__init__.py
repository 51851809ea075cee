"""Sound: any file -> 16 kHz mono -> log-mel spectrogram -> one window for each video frame; and who speaks when."""

from __future__ import annotations

from .activity import speaking_frames
from .mel import HOP, MEL_BANDS, MEL_RATE, SILENT_MEL, Mel, mel_spectrogram
from .mixing import Line, mixed
from .reading import read_clip_sound, read_sound, sound_held
from .sound import SAMPLE_RATE, Samples, Sound
from .voice import VoiceCut, render_voice, write_sound
from .windows import WINDOW, MelWindows, hearing_lead

__all__ = [
    "HOP",
    "MEL_BANDS",
    "MEL_RATE",
    "SAMPLE_RATE",
    "SILENT_MEL",
    "WINDOW",
    "Line",
    "Mel",
    "MelWindows",
    "Samples",
    "Sound",
    "VoiceCut",
    "hearing_lead",
    "mel_spectrogram",
    "mixed",
    "read_clip_sound",
    "read_sound",
    "render_voice",
    "sound_held",
    "speaking_frames",
    "write_sound",
]
