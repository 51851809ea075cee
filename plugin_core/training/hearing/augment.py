"""Voices as they never were synthesized: warps, colours, rooms, noise and other voices, on the mel itself.

All on whole batches, (batch, 80, steps) float32 tensors in -4..4. One mel unit is 12.5 dB; timing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from torch import Tensor

from ...audio import MEL_BANDS, SILENT_MEL

LOWEST_MEL, HIGHEST_MEL = 55.0, 7600.0  # Hz, as the mel's filter bank


@dataclass(frozen=True, slots=True)
class Augmenter:
    """Draws everything from one generator, so that a seed repeats a run."""

    generator: torch.Generator

    def __call__(self, mel: Tensor, shift: Tensor) -> Tensor:
        """Voices changed at random, then at the level at which the network will hear them.

        Args:
            mel: (batch, 80, steps).
            shift: (batch,) what level each voice needs (`speech.hearing.shift_of`).
        """
        loud = _loudness(mel)
        changed = self._warped(mel)
        changed = self._some(0.5, changed, self._dynamics(changed))
        changed = changed + self._colour(changed) + self._flutter(changed)
        changed = self._some(0.35, changed, _blurred(changed))
        changed = self._some(0.3, changed, self._reverberated(changed))
        changed = self._some(0.25, changed, self._band_limited(changed))
        changed = self._some(0.25, changed, _sum(changed, self._others(mel)))
        changed = self._some(0.65, changed, _sum(changed, self._noise(changed)))
        changed = self._some(0.12, changed, _sum(changed, self._tones(changed)))
        changed = torch.where(
            mel.mean((1, 2), keepdim=True) <= SILENT_MEL + 0.05, mel, self._levelled(changed, shift + loud)
        )
        return self._some(0.3, changed, self._masked(changed)).clamp(SILENT_MEL, -SILENT_MEL)

    def _levelled(self, mel: Tensor, wanted: Tensor) -> Tensor:
        """Recorded at some level, faint ones losing what lies under the mel's floor, then lifted as for hearing."""
        faint = self._some(0.4, torch.zeros(len(mel), 1, 1), 2 * self._uniform(len(mel), 1, 1))
        recorded = (mel - faint).clamp(SILENT_MEL, -SILENT_MEL)
        level = wanted - _loudness(recorded) + self._normal(len(mel)) * 0.22
        return torch.where(recorded <= SILENT_MEL + 1e-3, recorded, recorded + level[:, None, None])

    def silence(self, mel: Tensor) -> Tensor:
        """Rooms in which nobody speaks, of the same size as `mel`: noise, tones, or nothing."""
        quiet = torch.full_like(mel, SILENT_MEL)
        # A recording of noise alone is lifted to a voice's level before the network hears it.
        loud = quiet + 5.5 - 2.5 * self._uniform(len(mel), 1, 1)
        noise = _sum(quiet, self._noise(loud))
        noise = self._some(0.3, noise, _sum(noise, self._tones(loud - 1)))
        return self._some(0.25, noise, quiet).clamp(SILENT_MEL, -SILENT_MEL)

    def _uniform(self, *size: int) -> Tensor:
        return torch.rand(*size, generator=self.generator)

    def _normal(self, *size: int) -> Tensor:
        return torch.randn(*size, generator=self.generator)

    def _some(self, share: float, plain: Tensor, changed: Tensor) -> Tensor:
        picked = self._uniform(len(plain), 1, 1) < share
        return torch.where(picked, changed, plain)

    def _warped(self, mel: Tensor) -> Tensor:
        """Vocal tracts from 17 % shorter to 20 % longer: every band reads from where its frequency would have been."""
        hz = _band_hz()
        factor = 1.2 ** (self._uniform(len(mel), 1) * 2 - 1)
        # Piecewise: the top band stays where it is, or high factors would read past the spectrum's end.
        wanted = torch.minimum(hz * factor, hz[-1] - (hz[-1] - hz) * 0.5)
        upper = torch.searchsorted(hz, wanted).clamp(1, MEL_BANDS - 1)
        share = ((wanted - hz[upper - 1]) / (hz[upper] - hz[upper - 1])).clamp(0, 1).unsqueeze(2)
        steps = mel.shape[2]
        below = mel.gather(1, (upper - 1).unsqueeze(2).expand(-1, -1, steps))
        above = mel.gather(1, upper.unsqueeze(2).expand(-1, -1, steps))
        return below * (1 - share) + above * share

    def _colour(self, mel: Tensor) -> Tensor:
        """Microphones and equalisers: a smooth curve over the bands, some 6 dB, and a tilt."""
        curve = nnf.interpolate(self._normal(len(mel), 1, 7) * 0.4, MEL_BANDS, mode="linear", align_corners=True)
        tilt = torch.linspace(-1, 1, MEL_BANDS) * self._normal(len(mel), 1, 1) * 0.35
        return (curve + tilt).transpose(1, 2)

    def _dynamics(self, mel: Tensor) -> Tensor:
        """Soft moments louder or softer against loud ones, formants flatter or sharper, as people and recorders do."""
        means = mel.mean(1, keepdim=True)
        loud = _loudness(mel)[:, None, None]
        spoken = mel > SILENT_MEL + 1e-3  # what is digitally silent stays so
        level = (means - loud) * (self._uniform(len(mel), 1, 1) - 0.5) * 0.6
        shape = (mel - _blurred(_blurred(mel))) * (self._uniform(len(mel), 1, 1) - 0.3) * 1.2
        return torch.where(spoken, mel + level + shape, mel)

    def _flutter(self, mel: Tensor) -> Tensor:
        """What no synthesizer has: energy that wanders from moment to moment and from band to band."""
        rough = self._normal(len(mel), 1, 14, max(2, mel.shape[2] // 6))
        smooth = nnf.interpolate(rough, (MEL_BANDS, mel.shape[2]), mode="bilinear", align_corners=True).squeeze(1)
        return smooth * self._uniform(len(mel), 1, 1) * 0.5

    def _reverberated(self, mel: Tensor) -> Tensor:
        """A decaying tail of 60 dB in 0.2 to 0.9 s, from -4 to -16 dB under the voice."""
        seconds = 0.2 + 0.7 * self._uniform(len(mel), 1)
        time = torch.arange(1, 32) / 80
        tail = 10 ** (-3 * time / seconds)
        tail = tail / tail.sum(1, keepdim=True) * 10 ** (-0.4 - 1.2 * self._uniform(len(mel), 1))
        kernel = torch.cat([torch.ones(len(mel), 1), tail], 1).flip(1).square().unsqueeze(1)
        power = nnf.pad(_magnitude(mel).square(), (31, 0))
        weights = kernel.repeat_interleave(MEL_BANDS, 0)
        wet = nnf.conv1d(power.flatten(0, 1).unsqueeze(0), weights, groups=len(weights))
        return _level(wet.view_as(mel).sqrt())

    def _band_limited(self, mel: Tensor) -> Tensor:
        """Telephones and low bit rates: bands above or below an edge fall away."""
        band = torch.arange(MEL_BANDS)
        high = 48 + 34 * self._uniform(len(mel), 1)
        low = 14 * self._uniform(len(mel), 1) * (self._uniform(len(mel), 1) < 0.5)
        loss = (band - high).clamp(min=0) * 0.5 + (low - band).clamp(min=0) * 0.3
        return mel - loss.unsqueeze(2)

    def _others(self, mel: Tensor) -> Tensor:
        """Other people in the room: the batch's own voices, 5 to 27 dB down."""
        return mel.roll(1, 0) - (0.6 + 1.6 * self._uniform(len(mel), 1, 1))

    def _noise(self, mel: Tensor) -> Tensor:
        """Steady or slowly changing noise of any colour, from just under the voice to 50 dB down."""
        curve = nnf.interpolate(self._normal(len(mel), 1, 6) * 0.6, MEL_BANDS, mode="linear", align_corners=True)
        slow = nnf.interpolate(self._normal(len(mel), 1, 6) * 0.2, mel.shape[2], mode="linear", align_corners=True)
        grain = self._normal(*mel.shape) * 0.22
        tilt = torch.linspace(-1, 1, MEL_BANDS)[:, None] * self._normal(len(mel), 1, 1) * 0.8
        loud = _loudness(mel)[:, None, None]
        return loud - 0.9 - 3.2 * self._uniform(len(mel), 1, 1) + curve.transpose(1, 2) + tilt + slow + grain

    def _tones(self, mel: Tensor) -> Tensor:
        """Something like music: a few bands that sound on and off."""
        count = max(2, mel.shape[2] // 24)
        notes = (self._uniform(len(mel), MEL_BANDS, count) < 0.08).float()
        played = nnf.interpolate(notes, mel.shape[2], mode="nearest")
        played = torch.maximum(played, played.roll(1, 1) * 0.6)
        loud = _loudness(mel)[:, None, None] + 0.5 - 2.0 * self._uniform(len(mel), 1, 1)
        return torch.where(played > 0, loud + played - 1, torch.tensor(SILENT_MEL))

    def _masked(self, mel: Tensor) -> Tensor:
        """A few bands that say nothing, so that no single one is relied on."""
        band = torch.arange(MEL_BANDS)
        first = self._uniform(len(mel), 1) * MEL_BANDS
        hidden = (band >= first) & (band < first + 10 * self._uniform(len(mel), 1))
        return torch.where(hidden.unsqueeze(2), mel.mean((1, 2), keepdim=True), mel)


def _band_hz() -> Tensor:
    """(80,) centres of the mel bands in Hz, on Slaney's scale: linear to 1000 Hz, logarithmic above."""
    edges = torch.linspace(_to_mel(LOWEST_MEL), _to_mel(HIGHEST_MEL), MEL_BANDS + 2)[1:-1]
    return torch.where(edges < 15, edges * 200 / 3, 1000 * torch.exp((edges - 15) * 0.0687517774))


def _to_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + float(torch.log(torch.tensor(hz / 1000))) / 0.0687517774


def _magnitude(mel: Tensor) -> Tensor:
    return torch.exp((mel - 2.4) * 1.4391157)  # ln(10) / 1.6: the mel's own scale undone


def _level(magnitude: Tensor) -> Tensor:
    return 2.4 + magnitude.clamp(min=1e-5).log() / 1.4391157


def _sum(one: Tensor, other: Tensor) -> Tensor:
    """Two sounds at once: their powers add."""
    return _level((_magnitude(one).square() + _magnitude(other).square()).sqrt())


def _blurred(mel: Tensor) -> Tensor:
    padded = nnf.pad(mel, (0, 0, 1, 1), mode="replicate")
    return (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4


def _loudness(mel: Tensor) -> Tensor:
    """(batch,) the level of the loud steps: 90th percentile of the mean over the bands."""
    return mel.mean(1).quantile(0.9, dim=1)
