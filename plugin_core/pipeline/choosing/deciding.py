"""The rule: which candidate paints a subject, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin_core.painters.fit import Fit

from ..engines import PainterBrief, ShotChoice
from .candidate import Candidate
from .rehearsal import Rehearsal
from .subjects import Subject

LEAST_PLACED = 0.6  # of the tried frames in which a painter must find a place for its mouth
# The next three were set on 30 studio characters (training families, `training/evaluate_choosing.py`). Levels of 255 a
# pixel at the paint's edge: the character's own drawings 0.0, a stranger's, skin and all, 6 to 24 in nine of ten.
STEEPEST_SEAM = 6.0
# Whoever paints in the drawing's own hand but closes and opens the mouth at random is 3 dB below a mouth that never
# moves; whoever follows with r = .3 is 1.5 dB below it, with r = .5 equal.
LEAST_OVER_STILL = -1.5
LEAST_MOTION = 0.35  # of the true mouths'; a mouth that never moves is like the true ones, too, and of no use
SMALLEST, LARGEST = 0.03, 1.2  # times the face's width: a mouth beyond that belongs to another face


@dataclass(frozen=True, slots=True)
class Decision:
    """A subject and the candidate that paints it."""

    subject: Subject
    candidate: Candidate
    choice: ShotChoice


def decide(candidates: Sequence[Candidate], brief: PainterBrief, subjects: Sequence[Subject]) -> list[Decision]:
    """One decision for each subject.

    Args:
        candidates: in order of preference; the last has no objection to anybody.
        brief: of the render.
        subjects: its subjects.

    Raises:
        MediaError, EngineError: the clip can't be read, or a painter that was tried failed.
    """
    rehearsal = Rehearsal.of(brief)
    return [_decide(candidates, rehearsal, subject) for subject in subjects]


def _decide(candidates: Sequence[Candidate], rehearsal: Rehearsal, subject: Subject) -> Decision:
    refused: dict[str, str] = {}
    contenders: list[Candidate] = []
    for candidate in candidates:
        # Who was asked for by name stands alone, and nobody asks whether it should.
        objection = candidate.objection(rehearsal.brief, subject) if len(candidates) > 1 else None
        if objection is not None:
            refused[candidate.name] = objection
            continue
        contenders.append(candidate)
        if candidate.sure:
            break
    # Who stands alone need not be measured.
    fits = rehearsal.measure(contenders, subject) if len(contenders) > 1 else {}
    last = contenders[-1]
    for candidate in contenders[:-1]:
        fault = fault_of(candidate, subject, fits, last.name)
        if fault is None:
            return Decision(subject, candidate, _told(candidate, rehearsal, subject, refused, fits))
        refused[candidate.name] = fault
    return Decision(subject, last, _told(last, rehearsal, subject, refused, fits))


def fault_of(candidate: Candidate, subject: Subject, fits: Mapping[str, Fit], fallback: str) -> str | None:
    """Why a measured painter is not taken; None if it is.

    Args:
        candidate: the painter.
        subject: who is painted.
        fits: what was measured, the candidate and the fallback among it.
        fallback: the word of the painter that would be taken in its place.
    """
    fit, other = fits[candidate.name], fits[fallback]
    fault = misplaced(fit)
    if fault is None and candidate.melts:
        fault = seen_edge(fit, other)
    if fault is None and candidate.must_win(subject):
        fault = beaten(fit, other, fallback)
    return fault


def misplaced(fit: Fit) -> str | None:
    """Whether a painter finds no place for its mouths, or makes them too small or too large."""
    if fit.placed < LEAST_PLACED:
        return f"it finds a place for its mouth in {fit.placed:.0%} of the frames"
    if not SMALLEST <= fit.size <= LARGEST:
        return f"its mouths are {fit.size:.2f} times as wide as the face"
    return None


def seen_edge(fit: Fit, fallback: Fit) -> str | None:
    """Whether the edge of a paint shows that should melt into the skin."""
    most = max(STEEPEST_SEAM, fallback.seam)
    return f"its edge shows: seam {fit.seam:.1f}, {most:.1f} at the most" if fit.seam > most else None


def beaten(fit: Fit, other: Fit, name: str) -> str | None:
    """Whether another painter is better, as far as the clip's own mouths tell; None where they tell nothing.

    Args:
        fit: of the painter that has to win.
        other: of the one that it has to win against.
        name: of that one.
    """
    if fit.likeness is None or fit.over_mean is None or fit.motion is None or other.likeness is None:
        return None
    if fit.likeness <= other.likeness:
        return f"{fit.likeness:.1f} dB like the clip's own mouths, {name} {other.likeness:.1f}"
    if fit.motion < LEAST_MOTION:
        return f"its mouths hardly move: {fit.motion:.2f} of the clip's own, {LEAST_MOTION} needed"
    if fit.over_mean < LEAST_OVER_STILL:
        return f"it does not follow: {fit.over_mean:+.1f} dB against a still mouth, {LEAST_OVER_STILL} needed"
    return None


def _told(
    candidate: Candidate,
    rehearsal: Rehearsal,
    subject: Subject,
    refused: Mapping[str, str],
    fits: Mapping[str, Fit],
) -> ShotChoice:
    praise = candidate.praise(rehearsal.brief, subject)
    measured = [f"{name} {fit.text()}" for name, fit in fits.items()]
    against = [f"{name} is not taken: {why}" for name, why in refused.items()]
    reason = "; ".join([praise, *measured, *against])
    return ShotChoice(
        subject.shot, subject.tracks, subject.style.person, candidate.name, reason, dict(refused), dict(fits)
    )
