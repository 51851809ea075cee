"""Which of the footage's mouths stands in each frame of the new voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ...speech.visemes import MouthShapes, Viseme
from .chart import CERTAIN, HMM_SHARE, DrawingClassifier, best_path, transitions, without_flashes
from .drawings import Drawings
from .kernel import like_sounds_say
from .library import MouthLibrary
from .naming import CONFIDENT
from .same_voice import with_sound
from .sound import Heard, heard, normalised_voice
from .units import Units, asked_opening, choose_units, told_opening

# The next three, chart.PENALTY and the averaging in sound.py were set together on cherry (513 frames, five folds) with
# four states of the hearing network: r .69 to .71, M/B/P closed .47 to .70, false closures .11 to .13. Some 40 settings
# were looked at; differences below .03 are noise.
OPENING_WEIGHT = 8.0  # on the squared difference between a drawing's opening and the one that the sound asks for
CLOSED_BIAS = 1.8  # a lost M, B or P is seen at once, one too many hardly
TOUCHING_WEIGHT = 0.2  # on the hearing network's own log odds that lips touch
# The same for the footage's own voice, where sounds tell more. Kernel and cepstra were set on seven studio charts, the
# weights inside training parts of cherry (nested folds gave r .74), where 16 to 24 all came to r .72 to .74.
OWN_OPENING_WEIGHT = 20.0
OWN_CLOSED_BIAS = 2.0
LIKE_SOUNDS_GAIN = 1.3
# OPENING_WEIGHT where a gain asks for other drawings. At 8 the classifier held on to its own: half the gain made
# cherry's open mouths 10 % smaller, at 40 they are 32 % smaller, and half as large again gives 19 % more.
GAIN_WEIGHT = 40.0
WORD_WEIGHT = 2.0  # on the log probability of a drawing whose name is that of the phone which is known to be spoken
CLOSED_FROM = 0.5  # the hearing network's own sureness that lips touch
SHORTEST_PAUSE_SECONDS = 0.12  # a shorter silence is the stop of a P, T or K, not a pause


def choose_mouths(library: MouthLibrary, voice: MouthShapes, rate: Fraction, *, gain: float = 1.0) -> NDArray[np.intp]:
    """The library frame whose mouth is shown in each frame of a voice, were the head always seen as it mostly is.

    Args:
        library: must not be empty.
        voice: what is heard.
        rate: frames per second of `voice`.
        gain: how wide mouths open; 1 as the voice says. Where lips are closed, they stay so.
    Returns:
        (frames,). In pauses and where the lips must touch the mouth is a closed one.
    """
    main = int(np.bincount(library.view).argmax())
    chosen: NDArray[np.intp] = choose_by_view(library, voice, rate, gain=gain)[main]
    return chosen


def choose_by_view(library: MouthLibrary, voice: MouthShapes, rate: Fraction, *, gain: float = 1.0) -> NDArray[np.intp]:
    """The same for each view of the head: which view a picture shows is known when it is painted.

    Returns:
        (views, frames): row v holds the library frames to show where the head is seen in view v.
    """
    if len(voice) == 0:
        return np.zeros((len(library.stand_in), 0), np.intp)
    features = normalised_voice(heard(voice, rate), rate, library.statistics)
    own = library.statistics.normalise(library.heard)
    pauses = long_pauses(voice, rate)
    if library.drawings is not None:
        again = None if library.sound is None else library.sound.again_in(voice)
        if library.sound is None or again is None:
            belief = by_shapes(library, library.drawings, own, features)
        else:
            sounds = with_sound(own, library.sound.rows), with_sound(features, again)
            belief = by_own_sound(library, library.drawings, *sounds)
        if voice.visemes is not None:
            belief = by_words(belief, library.drawings, voice.visemes)
        kinds = choose_drawings(library, library.drawings, belief, (pauses, voice.closed), gain)
        return np.tile(library.drawings.medoids[kinds], (len(library.stand_in), 1))
    must_close = pauses | (voice.closed >= CLOSED_FROM)
    told = asked_opening((own, library.opening), features, must_close, gain)
    chosen = {}
    for view in sorted(set(library.stand_in)):
        rows = np.flatnonzero(library.view == view)
        part = library.part(library.view == view)
        units = Units(own[rows], changing_pixels(part), part.follows, part.opening, part.closed)
        chosen[view] = rows[choose_units(units, features, told, must_close)]
    return np.stack([chosen[view] for view in library.stand_in])


def changing_pixels(library: MouthLibrary) -> NDArray[np.float32]:
    """(n, d) the pixels that tell one mouth from another; distance between rows is RMS in levels of 255."""
    spread = np.stack([row.astype(np.float32).std(axis=0) for row in library.looks.swapaxes(0, 1)]).max(axis=2)
    area = spread > max(3.0, 0.1 * float(spread.max()))
    values = library.looks[:, area].reshape(len(library), -1).astype(np.float32)
    values /= np.float32(np.sqrt(max(1, values.shape[1])))
    return values


@dataclass(frozen=True, slots=True)
class Belief:
    """What the sound says of the drawing of each frame.

    Attributes:
        likely: (frames, k) log of each drawing's probability.
        told: (frames,) how far the mouth should be open.
        opening_weight, closed_bias: how these count, see `OPENING_WEIGHT` and `CLOSED_BIAS`.
    """

    likely: NDArray[np.float64]
    told: NDArray[np.float64]
    opening_weight: float
    closed_bias: float


def by_shapes(library: MouthLibrary, drawings: Drawings, own: Heard, voice: Heard) -> Belief:
    """Any voice: by the mouth shapes that are heard in it.

    Args:
        library: of a character with a finite chart.
        drawings: that chart.
        own: the library's features, normalised.
        voice: the new voice's.
    """
    likely = DrawingClassifier.fit(own, drawings.of, len(drawings)).log_probabilities(voice)
    return Belief(likely, told_opening((own, library.opening), voice), OPENING_WEIGHT, CLOSED_BIAS)


def by_own_sound(library: MouthLibrary, drawings: Drawings, own: Heard, voice: Heard) -> Belief:
    """The footage's own voice: by its sound as well, and by what was shown with the sounds most like each.

    Args:
        library: as in `by_shapes`.
        drawings: that chart.
        own: the library's features with the sound's, normalised.
        voice: the new voice's.
    """
    kinds, mean = len(drawings), float(library.opening.mean())
    shown = np.column_stack([np.eye(kinds)[drawings.of], library.opening])
    said = like_sounds_say((own, shown), voice)
    likely = DrawingClassifier.fit(own, drawings.of, kinds).log_probabilities(voice)
    likely += np.log(np.clip(said[:, :kinds], 0.01, 1))
    # Regression shrinks, as in `told_opening`.
    told = np.clip(mean + LIKE_SOUNDS_GAIN * (said[:, kinds] - mean), 0, 1)
    return Belief(likely, told, OWN_OPENING_WEIGHT, OWN_CLOSED_BIAS)


def by_words(belief: Belief, drawings: Drawings, visemes: Sequence[Viseme]) -> Belief:
    """The words are known: each phone asks for the drawings that bear its name, where that name is sure.

    Phones without a drawing of their own name are left to the sound: the footage knows what stands in for them.

    Args:
        belief: what the sound says.
        drawings: of the chart.
        visemes: (frames,) mouths that the words ask for.
    """
    if drawings.names is None:
        return belief
    sure = [name.viseme if name.confidence >= CONFIDENT else None for name in drawings.names]
    asked = np.array([[viseme is name for name in sure] for viseme in visemes], np.float64)
    return replace(belief, likely=belief.likely + WORD_WEIGHT * asked)


def choose_drawings(
    library: MouthLibrary,
    drawings: Drawings,
    belief: Belief,
    closing: tuple[NDArray[np.bool_], NDArray[np.float32]],
    gain: float = 1.0,
) -> NDArray[np.intp]:
    """The drawing of each frame.

    Args:
        library: of a character with a finite chart.
        drawings: that chart.
        belief: what the sound says.
        closing: (frames,) pauses, and (frames,) sureness that lips touch.
        gain: how wide mouths open; closed drawings stand where they stand at gain 1.
    """
    pauses, touching = closing
    kinds, likely = len(drawings), belief.likely
    closed = closed_drawings(library, drawings)
    open_by = np.array([np.median(library.opening[drawings.of == kind]) for kind in range(kinds)])
    scores = likely - belief.opening_weight * (open_by[None] - belief.told[:, None]) ** 2
    scores[:, closed] += (belief.closed_bias + TOUCHING_WEIGHT * _log_odds(touching))[:, None]
    scores[np.ix_(pauses, ~closed)] += CERTAIN
    steps = HMM_SHARE * transitions(drawings.of, library.follows, kinds)
    path = without_flashes(best_path(scores, steps), scores, closed)
    if gain == 1.0:
        return path
    asked = np.clip(gain * open_by[path], 0, 1)
    scores = likely - GAIN_WEIGHT * (open_by[None] - asked[:, None]) ** 2
    scores += np.where(closed[path][:, None] == closed[None], 0.0, CERTAIN)
    return without_flashes(best_path(scores, steps), scores, closed)


def _log_odds(share: NDArray[np.float32]) -> NDArray[np.float64]:
    kept = np.clip(share.astype(np.float64), 0.02, 0.98)
    return np.asarray(np.log(kept / (1 - kept)))


def closed_drawings(library: MouthLibrary, drawings: Drawings) -> NDArray[np.bool_]:
    """(k,) which drawings have touching lips."""
    return np.array([bool(library.closed[medoid]) for medoid in drawings.medoids])


def long_pauses(voice: MouthShapes, rate: Fraction) -> NDArray[np.bool_]:
    """(frames,) where nobody speaks for longer than a plosive's stop."""
    silent = ~voice.speaking
    shortest = max(1, round(SHORTEST_PAUSE_SECONDS * float(rate)))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    pauses = np.zeros(len(silent), np.bool_)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= shortest:
            pauses[start:stop] = True
    return pauses
