"""Phones in time -> a drawing and six mouth numbers for every video frame."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..audio import Sound
from ..audio.activity import HOPS_A_SECOND, level_db
from ..timing import frame_at
from .english import SILENCE, Phone
from .visemes import CLOSED_VISEMES, PHONE_VISEMES, PROTOTYPES, MouthShapes, Viseme

LEAST_PAUSE = Fraction(15, 100)  # seconds: lips rest in longer silences; in shorter ones they wait for the next sound
TRANSITION = Fraction(6, 100)  # seconds that lips take at most from one shape halfway to the next
LIPS_MUST = frozenset({Viseme.MBP, Viseme.FV})  # shapes that are read from the lips: they never go missing
# Consonants made inside the mouth: the lips already take the shape of the vowels around them, by this much.
YIELDING: dict[Viseme, float] = {Viseme.GK: 0.5, Viseme.L: 0.3, Viseme.TH: 0.3, Viseme.SH: 0.2}
# What vowels lend to their neighbours, of the six numbers: width and rounding in full, opening by half, because the
# jaw comes up for a consonant even where the lips stay.
LENT = np.array([0.5, 1, 1, 0, 0, 0], np.float32)
# Opening against the phone's level, in dB under the voice's usual one: whispered syllables open less.
SOFTEST_DB, SOFTEST_OPENING = -20.0, 0.65
LOUDEST_DB, LOUDEST_OPENING = 8.0, 1.15


def shapes_from_phones(phones: Sequence[Phone], sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
    """What the mouth does in each frame, from aligned phones; the sound gives the strength.

    A frame shows the drawing of the phone at its middle. Closures (M B P) and lips on teeth (F V) that fall between
    two middles take over the frame that they share with other sounds, as animators do. Silences under 150 ms keep
    the drawing before them. The six numbers pass from phone to phone in raised-cosine transitions of at most 120 ms;
    consonants made inside the mouth lean towards the vowels beside them.

    Args:
        phones: without gaps, as `align_phones` gives them; seconds in `sound`.
        sound: the voice.
        frames: number of video frames; past the last phone the mouth rests.
        rate: video frames per second.
    Returns:
        shapes with `visemes` set, and no embedding.
    """
    track = _without_short_pauses(phones)
    visemes = viseme_per_frame(track, frames, rate)
    values = _values_per_frame(track, _openings(track, sound), frames, rate)
    for viseme in LIPS_MUST:
        # What the frame is labelled is also what it looks like, however short the phone was.
        marked = np.array([v is viseme for v in visemes], np.bool_)
        values[marked] = np.asarray(PROTOTYPES[viseme], np.float32)
    speaking = np.array([v is not Viseme.REST for v in visemes], np.bool_)
    return MouthShapes(values, _closed(values, visemes), speaking, visemes)


def viseme_of(phone: str) -> Viseme:
    """The drawing that a phone asks for; sounds that are no speech rest."""
    return PHONE_VISEMES.get(phone, Viseme.REST)


def viseme_per_frame(phones: Sequence[Phone], frames: int, rate: Fraction) -> tuple[Viseme, ...]:
    """One drawing for each frame: of the phone at its middle, and at least one frame for each lip closure.

    Args:
        phones: in order, not overlapping.
        frames: how many drawings.
        rate: video frames per second.
    """
    chosen = [viseme_of(phone.name) for phone in phones_at(phones, _middles(frames, rate))]
    for phone in phones:
        viseme = viseme_of(phone.name)
        if viseme in LIPS_MUST:
            shared = _frames_touched(phone, rate)
            if not any(0 <= frame < frames and chosen[frame] is viseme for frame in shared):
                best = max(shared, key=lambda frame: _overlap(phone, frame, rate))
                if 0 <= best < frames and chosen[best] not in LIPS_MUST:
                    chosen[best] = viseme
    return tuple(chosen)


def phones_at(phones: Sequence[Phone], times: Sequence[Fraction]) -> list[Phone]:
    """The phone that sounds at each of the rising `times`; silence before, between and after them."""
    found: list[Phone] = []
    i = 0
    for time in times:
        while i < len(phones) and phones[i].stop <= time:
            i += 1
        here = i < len(phones) and phones[i].start <= time
        found.append(phones[i] if here else Phone(SILENCE, time, time))
    return found


def _middles(frames: int, rate: Fraction) -> list[Fraction]:
    return [(frame + Fraction(1, 2)) / rate for frame in range(frames)]


def _frames_touched(phone: Phone, rate: Fraction) -> range:
    return range(frame_at(phone.start, rate), frame_at(phone.stop, rate) + 1)


def _overlap(phone: Phone, frame: int, rate: Fraction) -> Fraction:
    return min(phone.stop, (frame + 1) / rate) - max(phone.start, frame / rate)


def _without_short_pauses(phones: Sequence[Phone]) -> list[Phone]:
    """Silences under `LEAST_PAUSE` become part of the phone before them; at either end they stay."""
    kept: list[Phone] = []
    for i, phone in enumerate(phones):
        if 0 < i < len(phones) - 1 and phone.name == SILENCE and phone.stop - phone.start < LEAST_PAUSE:
            kept[-1] = Phone(kept[-1].name, kept[-1].start, phone.stop)
        else:
            kept.append(phone)
    return kept


def _openings(phones: Sequence[Phone], sound: Sound) -> NDArray[np.float32]:
    """(phones,) how much of its drawing's opening each phone takes, from its level against the voice's usual one."""
    levels = level_db(sound)
    loudest = np.array([_level(levels, phone.start, phone.stop) for phone in phones], np.float32)
    open_ones = [PROTOTYPES[viseme_of(p.name)][0] >= 0.4 for p in phones]
    usual = float(np.median(loudest[open_ones])) if any(open_ones) else 0.0
    share = np.interp(loudest - usual, (SOFTEST_DB, 0, LOUDEST_DB), (SOFTEST_OPENING, 1, LOUDEST_OPENING))
    return np.asarray(share, np.float32)


def _level(levels: NDArray[np.float32], start: Fraction, stop: Fraction) -> float:
    first = min(max(0, int(start * HOPS_A_SECOND)), len(levels) - 1)
    last = max(first + 1, int(stop * HOPS_A_SECOND))
    return float(np.max(levels[first:last]))


def _targets(phones: Sequence[Phone], openings: NDArray[np.float32]) -> NDArray[np.float32]:
    """(phones, 6) the shape that each phone reaches: its drawing's, coloured by its neighbours."""
    visemes = [viseme_of(phone.name) for phone in phones]
    plain = np.array([PROTOTYPES[viseme] for viseme in visemes], np.float32).reshape(-1, 6)
    plain[:, 0] *= openings
    targets = plain.copy()
    for i, viseme in enumerate(visemes):
        share = YIELDING.get(viseme, 0.0)
        beside = [j for j in (_vowel_beside(visemes, i, -1), _vowel_beside(visemes, i, 1)) if j is not None]
        if share and beside:
            targets[i] += share * LENT * (plain[beside].mean(axis=0) - plain[i])
    return np.clip(targets, 0, 1).astype(np.float32)


def _vowel_beside(visemes: Sequence[Viseme], i: int, step: int) -> int | None:
    """The next phone in one direction whose lips don't yield, if they are not closed."""
    j = i + step
    while 0 <= j < len(visemes) and visemes[j] in YIELDING:
        j += step
    open_lips = 0 <= j < len(visemes) and visemes[j] not in CLOSED_VISEMES and visemes[j] not in LIPS_MUST
    return j if open_lips else None


def _values_per_frame(
    phones: Sequence[Phone], openings: NDArray[np.float32], frames: int, rate: Fraction
) -> NDArray[np.float32]:
    """(frames, 6) the targets, blended in raised cosines round the borders of the phones."""
    rest = np.asarray(PROTOTYPES[Viseme.REST], np.float32)
    if not phones:
        return np.tile(rest, (frames, 1))
    targets = np.vstack((rest, _targets(phones, openings), rest))
    lengths = [float(p.stop - p.start) for p in phones]
    longest = float(TRANSITION)
    spans = [longest, *(length / 2 for length in lengths), longest]
    borders = [float(phones[0].start), *(float(p.stop) for p in phones)]
    times = np.array([float(t) for t in _middles(frames, rate)])
    values = targets[np.searchsorted(borders, times, side="right")]
    for i, border in enumerate(borders):
        # At most half of each phone: so no frame lies in two transitions.
        half = max(min(longest, spans[i], spans[i + 1]), 1e-6)
        first, stop = np.searchsorted(times, (border - half, border + half))
        passed = 0.5 - 0.5 * np.cos(np.pi * (times[first:stop] - border + half) / (2 * half))
        values[first:stop] = targets[i] + passed[:, np.newaxis] * (targets[i + 1] - targets[i])
    return np.clip(values, 0, 1).astype(np.float32)


def _closed(values: NDArray[np.float32], visemes: Sequence[Viseme]) -> NDArray[np.float32]:
    """(frames,) 1 where the drawing has its lips together, falling to 0 at a tenth of the widest opening."""
    drawn = np.array([viseme in CLOSED_VISEMES for viseme in visemes], np.bool_)
    return np.where(drawn, 1, np.clip(1 - values[:, 0] / 0.1, 0, 1) * (values[:, 3] < 0.5)).astype(np.float32)
