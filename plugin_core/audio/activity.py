"""When somebody speaks: level against the sound's own floor and top."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .mel import PRE_EMPHASIS
from .sound import Samples, Sound

HOPS_A_SECOND = 100  # levels are taken every 10 ms
SMOOTHED_HOPS = 3  # over 30 ms: more than a period of the lowest voice
LOWEST_DB = -120.0  # level of digital silence
FAINTEST_VOICE_DB = -80.0  # pre-emphasised; a voice below it is not meant to be heard
FLOOR_PERCENTILE, TOP_PERCENTILE = 5, 98
# A voice's own pauses and closures lie 35 dB and more below its top (eight recordings: 36 to 60); a room's noise
# varies by 12 dB at most.
LEAST_RANGE_DB = 14.0
DEEPEST_RANGE_DB = 45.0  # what lies lower is no voice, however quiet the pauses are
ON, OFF = 0.42, 0.30  # of the range from floor to top: speech starts above the one, ends below the other
SHORTEST_SPEECH = 5  # hops: shorter is a click or a lip smack
SHORTEST_PAUSE = 15  # hops: shorter is the closure of a stop, in the middle of speech


def speaking_frames(sound: Sound, frames: int, rate: Fraction) -> NDArray[np.bool_]:
    """Voice activity, for each video frame.

    The level over 30 ms is set against the sound's own floor (5th percentile) and top (98th), so neither the gain
    nor steady noise matters. Speech starts where the level rises above 0.42 of that range and lasts until it falls
    below 0.30; runs under 50 ms are dropped, pauses under 150 ms filled. A sound whose levels span less than 14 dB
    (room noise, hum, digital silence) has no speech at all. Music and other voices count as speech.

    Args:
        sound: any rate, any level.
        frames: number of video frames; what lies past the sound is silent.
        rate: video frames per second.
    Returns:
        (frames,) bool: somebody speaks in at least half of the frame's time.
    """
    active = active_hops(level_db(sound))
    until = np.concatenate(([0], np.cumsum(active)))
    edges = [int(i * HOPS_A_SECOND / rate) for i in range(frames + 1)]
    starts = np.minimum(edges[:-1], len(active)).astype(np.intp)
    stops = np.minimum(np.maximum(edges[1:], np.add(edges[:-1], 1)), len(active)).astype(np.intp)
    return np.asarray((until[stops] - until[starts]) * 2 >= np.maximum(stops - starts, 1))


def level_db(sound: Sound) -> NDArray[np.float32]:
    """Level every 10 ms, smoothed over 30 ms: (hops,) float32, dB under full scale of the pre-emphasised sound."""
    if not len(sound):
        return np.zeros(0, np.float32)
    hop = sound.rate // HOPS_A_SECOND
    hops = -(-len(sound) // hop)
    power = np.array([_power(sound.samples, i * hop, hop) for i in range(hops)], np.float64)
    smooth = np.convolve(
        np.pad(power, SMOOTHED_HOPS // 2, mode="edge"), np.full(SMOOTHED_HOPS, 1 / SMOOTHED_HOPS), "valid"
    )
    return np.asarray(10 * np.log10(np.maximum(smooth, 10 ** (LOWEST_DB / 10))), np.float32)


def _power(samples: Samples, start: int, hop: int) -> float:
    part = samples[max(0, start - 1) : start + hop]
    emphasised = part[1:] - PRE_EMPHASIS * part[:-1]
    return float(np.mean(np.square(emphasised))) if len(emphasised) else 0.0


def active_hops(levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Speech or not for each 10 ms of `levels`."""
    if not len(levels):
        return np.zeros(0, np.bool_)
    low, top = (float(v) for v in np.percentile(levels, (FLOOR_PERCENTILE, TOP_PERCENTILE)))
    if top - low < LEAST_RANGE_DB or top < FAINTEST_VOICE_DB:
        return np.zeros(len(levels), np.bool_)
    floor = max(low, top - DEEPEST_RANGE_DB)
    height = (levels - floor) / (top - floor)
    active = _hysteresis(height > ON, height > OFF)
    active = _without_short_runs(active, value=False, shortest=SHORTEST_PAUSE)
    return _without_short_runs(active, value=True, shortest=SHORTEST_SPEECH)


def _hysteresis(sure: NDArray[np.bool_], possible: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The runs of `possible` that hold at least one `sure`."""
    active = np.zeros_like(possible)
    for start, stop in runs(possible):
        active[start:stop] = sure[start:stop].any()
    return active


def _without_short_runs(active: NDArray[np.bool_], *, value: bool, shortest: int) -> NDArray[np.bool_]:
    """Runs of `value` under `shortest` hops are turned over; pauses at either end of the sound stay."""
    result = active.copy()
    for start, stop in runs(active == value):
        at_an_end = start == 0 or stop == len(active)
        if stop - start < shortest and (value or not at_an_end):
            result[start:stop] = not value
    return result


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, stop) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
