"""Sound: any file -> 16 kHz mono -> log-mel spectrogram -> one window for each video frame; and who speaks when."""

from __future__ import annotations

from .activity import speaking_frames
from .mel import HOP, MEL_BANDS, MEL_RATE, SILENT_MEL, Mel, mel_spectrogram
from .reading import read_clip_sound, read_sound
from .sound import SAMPLE_RATE, Samples, Sound
from .voice import VoiceCut, render_voice, write_wav
from .windows import WINDOW, MelWindows, cut_windows, hearing_lead, reference_window_count

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
    "cut_windows",
    "hearing_lead",
    "mel_spectrogram",
    "read_clip_sound",
    "read_sound",
    "reference_window_count",
    "render_voice",
    "speaking_frames",
    "write_wav",
]
