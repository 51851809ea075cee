"""Setting the amplitude and the closed lips' threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ...speech.hearing import HearingNetwork, shifted
from ...speech.visemes import Viseme
from .corpus import Talk

LABEL_STEP = 5  # as in fit
MOST_GAIN = 2.0
FALSE_CLOSURES = 0.06  # share of speaking steps with lips apart that may be heard as closed

_MBP = tuple(Viseme).index(Viseme.MBP)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network says and what is true, over many talks, one row for each mel step.

    Attributes:
        shapes, truth: (steps, 6).
        closed_logit, closed: (steps,).
        viseme: (steps,) index.
        speaking: (steps,) true.
    """

    shapes: NDArray[np.float32]
    truth: NDArray[np.float32]
    closed_logit: NDArray[np.float32]
    closed: NDArray[np.float32]
    viseme: NDArray[np.int64]
    speaking: NDArray[np.bool_]


@torch.inference_mode()
def answers(network: HearingNetwork, talks: list[Talk]) -> Answers:
    """Run the network along every talk, uncalibrated."""
    shapes, logits = [], []
    for talk in talks:
        heard = network(torch.from_numpy(shifted(talk.mel, talk.shift))[None])
        shapes.append(torch.sigmoid(heard.shapes[0]).T.numpy())
        logits.append(heard.closed[0].numpy())
    spans = [slice(LABEL_STEP, LABEL_STEP + len(rows)) for rows in shapes]
    pairs = list(zip(talks, spans, strict=True))
    return Answers(
        shapes=np.concatenate(shapes),
        truth=np.concatenate([talk.values[span] for talk, span in pairs]),
        closed_logit=np.concatenate(logits),
        closed=np.concatenate([talk.closed[span] for talk, span in pairs]),
        viseme=np.concatenate([talk.viseme[span] for talk, span in pairs]),
        speaking=np.concatenate([talk.speaking[span] for talk, span in pairs]),
    )


def calibrate(network: HearingNetwork, talks: list[Talk]) -> None:
    """Set the network's `gain`, `centre` and `closed_bias` from `talks`."""
    heard = answers(network.eval(), talks)
    centre = heard.shapes.mean(0)
    # Between the spread of the truth and a slope of one: the latter would overshoot whenever the network is unsure.
    spread = heard.truth.std(0) / np.maximum(heard.shapes.std(0), 1e-3)
    network.centre.copy_(torch.from_numpy(centre))
    network.gain.copy_(torch.from_numpy(np.clip(spread, 1.0, MOST_GAIN).astype(np.float32)))
    apart = heard.speaking & (heard.closed < 0.2)
    threshold = float(np.quantile(heard.closed_logit[apart], 1 - FALSE_CLOSURES))
    network.closed_bias.fill_(-threshold)
