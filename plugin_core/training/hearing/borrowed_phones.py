"""Phones of a reading in any language that espeak-ng speaks: its own reading of the text, bent in time onto the voice.

PocketSphinx aligns English only. Here the synthesizer reads the same text, its phones are known to the sample, and
dynamic time warping carries them over. What is compared is not the spectra (they differ by speaker: on an English
reading the phones lay 32 ms off in the middle, and a tenth of them 175 ms) but what a hearing network makes of them.
"""

from __future__ import annotations

import librosa
import numpy as np
import torch
from numpy.typing import NDArray

from ...audio import MEL_RATE, SAMPLE_RATE, SILENT_MEL, WINDOW, Sound, mel_spectrogram
from ...audio.activity import HOPS_A_SECOND, active_hops, level_db, runs
from ...speech.hearing import HearingNetwork, shift_of, shifted
from ..voices import Espeak, Speech, TimedPhone
from ..voices.cast import join

BAND = 0.15  # how far the two readings may drift apart, of their length
STAYING_COSTS = 0.15  # of a step in which only one of the readings goes on
PAUSE_BETWEEN_LINES_S = 0.25
LEAST_PAUSE_S = 0.12  # stretches without any voice that are longer hold no phone, whatever was carried over
EDGE_S = 0.03  # sound that the activity's hops may miss at a word's end
LABEL_STEP = 5  # as in fit
CHUNK_STEPS = 1600


def carry_phones_over(sound: Sound, lines: list[str], voice: str, network: HearingNetwork) -> Speech:
    """A reading with the phones of the synthesizer's reading of the same text.

    Args:
        sound: the person's, at `SAMPLE_RATE`; all of `lines` and nothing else.
        lines: what is read, in order.
        voice: espeak-ng's voice of that language, such as "de".
        network: trained, to compare the readings by.
    Returns:
        the person's samples with phones; phones that fall into a pause are cut away.
    Raises:
        EngineError: espeak-ng or the voice is missing.
    """
    espeak = Espeak()
    pause = Speech(np.zeros(round(PAUSE_BETWEEN_LINES_S * SAMPLE_RATE), np.float32), ())
    spoken = join([part for line in lines for part in (espeak.speak(line, voice), pause)])
    places = _warped(_features(Sound(spoken.samples), network), _features(sound, network))
    hop = SAMPLE_RATE / float(MEL_RATE)
    phones = []
    for phone in spoken.phones:
        start, stop = (round(_at(places, sample / hop) * hop) for sample in (phone.start, phone.stop))
        phones.append(TimedPhone(phone.ipa, start, stop))
    kept = _without_pauses(phones, _pauses(sound))
    return Speech(sound.samples, tuple(phone for phone in kept if phone.stop > phone.start))


def _warped(spoken: NDArray[np.float64], read: NDArray[np.float64]) -> NDArray[np.float64]:
    """(steps of `spoken`,) the step of `read` that each belongs to, rising."""
    _, path = librosa.sequence.dtw(
        spoken, read, metric="euclidean", global_constraints=True, band_rad=BAND,
        weights_add=np.array([0.0, STAYING_COSTS, STAYING_COSTS]),
    )  # fmt: skip
    steps = spoken.shape[1]
    sums = np.bincount(path[:, 0], weights=path[:, 1], minlength=steps)
    return np.maximum.accumulate(sums / np.maximum(1, np.bincount(path[:, 0], minlength=steps)))


@torch.inference_mode()
def _features(sound: Sound, network: HearingNetwork) -> NDArray[np.float64]:
    """(18, steps) what is heard at each mel step: drawings' chances (their roots), shapes, closed lips."""
    mel = mel_spectrogram(sound)
    mel = shifted(mel, shift_of(mel.mean(0)))
    padded = np.pad(mel, ((0, 0), (LABEL_STEP, WINDOW - 1 - LABEL_STEP)), constant_values=SILENT_MEL)
    columns = []
    for first in range(0, mel.shape[1], CHUNK_STEPS):
        part = torch.from_numpy(padded[:, first : first + CHUNK_STEPS + WINDOW - 1])[None]
        logits = network(part)
        shapes, closed = network.calibrated(logits)
        columns.append(torch.cat([torch.softmax(logits.visemes[0], 0).sqrt(), shapes[0], closed]))
    return np.asarray(torch.cat(columns, 1).double().numpy())


def _at(places: NDArray[np.float64], step: float) -> float:
    return float(np.interp(step, np.arange(len(places)), places))


def _pauses(sound: Sound) -> list[tuple[int, int]]:
    """Samples between which nobody speaks."""
    silent = runs(~active_hops(level_db(sound)))
    seconds = [(start / float(HOPS_A_SECOND), stop / float(HOPS_A_SECOND)) for start, stop in silent]
    long = [(start + EDGE_S, stop - EDGE_S) for start, stop in seconds if stop - start >= LEAST_PAUSE_S + 2 * EDGE_S]
    return [(round(start * SAMPLE_RATE), round(stop * SAMPLE_RATE)) for start, stop in long]


def _without_pauses(phones: list[TimedPhone], pauses: list[tuple[int, int]]) -> list[TimedPhone]:
    """Each phone's longest part outside the pauses."""
    return [TimedPhone(phone.ipa, *_longest_part(phone.start, phone.stop, pauses)) for phone in phones]


def _longest_part(start: int, stop: int, pauses: list[tuple[int, int]]) -> tuple[int, int]:
    inside = [(max(first, start), min(last, stop)) for first, last in pauses if first < stop and last > start]
    edges = [start, *(edge for pause in inside for edge in pause), stop]
    parts = list(zip(edges[::2], edges[1::2], strict=True))
    return max(parts, key=lambda part: part[1] - part[0])
