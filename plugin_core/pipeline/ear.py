"""The ear that renders use: the embedded network, and who speaks when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from plugin_core.audio import MelWindows, Sound, hearing_lead, mel_spectrogram, speaking_frames
from plugin_core.speech.cepstra import cepstra_of
from plugin_core.speech.hearing import Hearing
from plugin_core.speech.visemes import MouthShapes


@dataclass(frozen=True, slots=True)
class NetworkEar:
    """Hears by the network; fits `engines.Ear`."""

    hearing: Hearing

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        """See `engines.Ear`. Who speaks when is told by the sound's own level: a network hears breath as speech."""
        mel = mel_spectrogram(sound)
        windows = MelWindows(mel, frames, rate, lead_steps=hearing_lead(rate))
        heard = self.hearing.hear(windows)
        return replace(
            heard.shapes,
            speaking=speaking_frames(sound, frames, rate),
            viseme_probabilities=heard.viseme_probabilities,
            cepstra=cepstra_of(mel, frames, rate),
        )
