"""Several detectors as one: for each picture the first that is sure; for a clip, the one that is steady goes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .detector import FaceDetector
from .face import Face
from .pictures import Bgr8

SURE = 0.5  # score of the best face from which on no further detector is asked
SAME_PLACE = 0.3  # overlap of a face with itself a few frames later; less, and it was a phantom
PREFERENCE = 0.8  # an earlier detector keeps its place with this share of the best one's steadiness
LEFT_BEHIND = 0.4  # with less than this share of it, a detector is not asked at all


class DetectorChain:
    """Asks its detectors in order until one is sure; the face itself says who found it.

    Where none is sure, the picture's faces are those of the detector whose best face scores highest.
    """

    def __init__(self, detectors: Sequence[FaceDetector], sure: float = SURE) -> None:
        if not detectors:
            raise ValueError("a chain needs at least one detector")
        self.detectors = tuple(detectors)
        self._sure = sure

    @property
    def name(self) -> str:
        """Always "auto": which detector found a face stands in the face."""
        return "auto"

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """The faces of each picture, all of one detector, best first."""
        found: list[list[Face]] = [[] for _ in pictures]
        open_ = list(range(len(pictures)))
        for detector in self.detectors:
            if not open_:
                break
            for index, faces in zip(open_, detector.detect([pictures[i] for i in open_]), strict=True):
                if _best(faces) > _best(found[index]):
                    found[index] = faces
            open_ = [index for index in open_ if _best(found[index]) < self._sure]
        return found

    def led_by(self, pairs: Sequence[tuple[Bgr8, Bgr8]]) -> tuple[DetectorChain, tuple[Steadiness, ...]]:
        """This chain, led by the detector that suits the clip best, without those that don't; and how each did.

        People and drawings both fool the detectors made for the other now and then, but seldom twice at the same
        place. So each is judged on pairs of pictures a few frames apart: how often it finds a face in both, at
        about the same place, and how sure it is. Who falls far behind the best is left out: its finds would be
        phantoms, in the very frames in which the better one rightly sees nobody. If nobody is steady, all stay.

        Args:
            pairs: pictures of the clip, the second of each shown a few frames after the first, same shot.
        """
        votes = tuple(judge(detector, pairs) for detector in self.detectors)
        best = max(vote.weight for vote in votes)
        lead = next(i for i, vote in enumerate(votes) if vote.weight >= PREFERENCE * best)
        order = [lead, *(i for i in range(len(votes)) if i != lead)]
        kept = [self.detectors[i] for i in order if votes[i].weight >= LEFT_BEHIND * best]
        return DetectorChain(kept, self._sure), votes


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How a detector did on the sample of a clip.

    Attributes:
        detector: its name.
        coverage: share of the sampled pictures with a face, 0 to 1.
        steady: share of the pairs in which the best face stands at about the same place in both, 0 to 1.
        score: mean of the best face's score over the steady pairs, 0 to 1.
    """

    detector: str
    coverage: float
    steady: float
    score: float

    @property
    def weight(self) -> float:
        """What the vote counts: 0 to 1."""
        return self.steady * self.score


def judge(detector: FaceDetector, pairs: Sequence[tuple[Bgr8, Bgr8]]) -> Steadiness:
    """Try one detector on pairs of pictures; zeros without pairs."""
    if not pairs:
        return Steadiness(detector.name, 0.0, 0.0, 0.0)
    firsts = detector.detect([pair[0] for pair in pairs])
    seconds = detector.detect([pair[1] for pair in pairs])
    covered = sum(bool(faces) for faces in (*firsts, *seconds))
    steady = [
        (one[0].score + other[0].score) / 2
        for one, other in zip(firsts, seconds, strict=True)
        if one and other and one[0].box.overlap(other[0].box) >= SAME_PLACE
    ]
    mean = sum(steady) / len(steady) if steady else 0.0
    return Steadiness(detector.name, covered / (2 * len(pairs)), len(steady) / len(pairs), mean)


def _best(faces: Sequence[Face]) -> float:
    return max((face.score for face in faces), default=-1.0)
