"""Speech for training: synthesizers, who speaks, what is said, and what the mouth does meanwhile."""

from .cast import Speaker, Studio, StudioSpeech, cast_diphone_speaker, cast_speaker, studio_speech
from .demo import CHARACTER, NEW_VOICE, demo_speech, demo_voice_path, write_demo_voices
from .espeak import Espeak, Manner
from .festival import FESTIVAL_VOICES, festival_voices, speak_festival
from .flite import speak_flite
from .phones import Articulation, articulations, ipa_of
from .speech import Speech, TimedPhone, mouth_shapes, track

__all__ = [
    "CHARACTER",
    "FESTIVAL_VOICES",
    "NEW_VOICE",
    "Articulation",
    "Espeak",
    "Manner",
    "Speaker",
    "Speech",
    "Studio",
    "StudioSpeech",
    "TimedPhone",
    "articulations",
    "cast_diphone_speaker",
    "cast_speaker",
    "demo_speech",
    "demo_voice_path",
    "festival_voices",
    "ipa_of",
    "mouth_shapes",
    "speak_festival",
    "speak_flite",
    "studio_speech",
    "track",
    "write_demo_voices",
]
