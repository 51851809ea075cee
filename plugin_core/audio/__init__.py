"""Sound: any file -> 16 kHz mono -> log-mel spectrogram -> one window for each video frame; and who speaks when."""

from __future__ import annotations

from .activity import speaking_frames
from .mel import HOP, MEL_BANDS, MEL_RATE, SILENT_MEL, Mel, mel_spectrogram
from .reading import read_clip_sound, read_sound
from .sound import SAMPLE_RATE, Samples, Sound
from .voice import VoiceCut, render_voice
from .windows import WINDOW, MelWindows, hearing_lead

__all__ = [
    "HOP",
    "MEL_BANDS",
    "MEL_RATE",
    "SAMPLE_RATE",
    "SILENT_MEL",
    "WINDOW",
    "Mel",
    "MelWindows",
    "Samples",
    "Sound",
    "VoiceCut",
    "hearing_lead",
    "mel_spectrogram",
    "read_clip_sound",
    "read_sound",
    "render_voice",
    "speaking_frames",
]
