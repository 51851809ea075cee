"""Speech for training: synthesizers, who speaks, what is said, and what the mouth does meanwhile."""

from .cast import Speaker, Studio, StudioSpeech, cast_speaker, studio_speech
from .espeak import Espeak, Manner
from .flite import speak_flite
from .phones import Articulation, articulations, ipa_of
from .speech import Speech, TimedPhone, mouth_shapes, track

__all__ = [
    "Articulation",
    "Espeak",
    "Manner",
    "Speaker",
    "Speech",
    "Studio",
    "StudioSpeech",
    "TimedPhone",
    "articulations",
    "cast_speaker",
    "ipa_of",
    "mouth_shapes",
    "speak_flite",
    "studio_speech",
    "track",
]
