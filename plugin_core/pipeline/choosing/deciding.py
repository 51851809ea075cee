"""The rule: which candidate paints a subject, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin_core.painters.fit import Fit

from ..engines import PainterBrief, ShotChoice
from .candidate import Candidate
from .rehearsal import Rehearsal
from .subjects import Subject

# Calibrated on studio films, see `training/evaluate_choosing.py`.
LEAST_PLACED = 0.6  # of the tried frames in which a painter must find a place for its mouth
STEEPEST_SEAM = 12.0  # levels of 255 a pixel
LEAST_OVER_STILL = 0.0  # dB: painted mouths must be nearer to the true ones than one that does not move


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
        fault = fault_of(fits[candidate.name], fits[last.name], must_win=candidate.must_win(subject))
        if fault is None:
            return Decision(subject, candidate, _told(candidate, rehearsal, subject, refused, fits))
        refused[candidate.name] = fault
    return Decision(subject, last, _told(last, rehearsal, subject, refused, fits))


def fault_of(fit: Fit, fallback: Fit, *, must_win: bool) -> str | None:
    """Why a measured painter is not taken; None if it is.

    Args:
        fit: its figures.
        fallback: those of the painter that would be taken in its place.
        must_win: it is taken only where it is better than that one, as far as that can be known.
    """
    if fit.placed < LEAST_PLACED:
        return f"it finds a place for its mouth in {fit.placed:.0%} of the frames"
    if fit.seam > max(STEEPEST_SEAM, fallback.seam):
        return f"its edge shows: seam {fit.seam:.1f}, at the most {max(STEEPEST_SEAM, fallback.seam):.1f}"
    if not must_win or fit.likeness is None or fit.over_mean is None or fallback.likeness is None:
        return None
    if fit.likeness <= fallback.likeness:
        return f"{fit.likeness:.1f} dB like the clip's own mouths, the one after it {fallback.likeness:.1f}"
    if fit.over_mean <= LEAST_OVER_STILL:
        return f"{-fit.over_mean:.1f} dB less like the clip's own mouths than one that does not move"
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
