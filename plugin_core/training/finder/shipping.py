"""From a training state to the file that ships: half precision, calibrated, with its facts in the header."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from face_detection.toon.decoding import Calibration
from face_detection.toon.detector import NETWORK, ToonDetector
from weights.manifest import OWN_LICENCE
from weights.state import NETWORK_KEY, StateDict, save_state

from .measure import TRAINED, known_scenes, matched

_CALIBRATION_SCENES = 240
_CALIBRATION_SEED = 4_000_001
_LEAST_SCORE = 0.02  # finds below this say nothing about where the threshold should be


def ship(state: Path, target: Path) -> None:
    """Write the finder's weights file from a training state.

    Args:
        state: `finder.pt` as `train` leaves it.
        target: the .safetensors file.
    """
    kept = torch.load(state, map_location="cpu", weights_only=True)
    tensors = {name: _halved(tensor) for name, tensor in kept["average"].items()}
    calibration = calibrate(StateDict(state, tensors))
    facts = {
        NETWORK_KEY: NETWORK,
        "lipflap.version": "1",
        "lipflap.licence": OWN_LICENCE,
        "lipflap.summary": "Finds drawn faces, their eyes and mouths; trained on lipflap's own drawings only",
        "lipflap.seed": str(int(kept["seed"])),
        "lipflap.recipe": f"plugin_core.training.finder, {int(kept['step'])} of {int(kept['steps'])} steps of 16",
        "lipflap.calibration.slope": f"{calibration.slope:.5f}",
        "lipflap.calibration.bias": f"{calibration.bias:.5f}",
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    save_state(target, tensors, facts)


def calibrate(state: StateDict) -> Calibration:
    """The line from heat to log odds that best tells right finds from false ones on scenes of trained families.

    The families held out have no say in it.
    """
    bare = StateDict(state.path, state.tensors, {"lipflap.calibration.slope": "1", "lipflap.calibration.bias": "0"})
    detector = ToonDetector(bare, threshold=_LEAST_SCORE)
    heats, rights = [], []
    scenes = known_scenes(TRAINED, _CALIBRATION_SEED, _CALIBRATION_SCENES)
    for faces, (_, known) in zip(detector.detect([p for p, _ in scenes]), scenes, strict=True):
        right = {id(face) for face, _ in matched(faces, known)}
        for face in faces:
            heats.append(math.log(face.score / (1 - face.score)))
            rights.append(float(id(face) in right))
    return fit_line(np.array(heats), np.array(rights))


def fit_line(heats: NDArray[np.float64], rights: NDArray[np.float64]) -> Calibration:
    """Logistic regression with one slope by Newton's method, held back a little where there are few cases.

    Args:
        heats: (n,) log odds as the network says.
        rights: (n,) 1 where the find was right.
    """
    design = np.stack([heats, np.ones_like(heats)], axis=1)
    line = np.array([1.0, 0.0])
    for _ in range(30):
        share = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        pull = design.T @ (share - rights) + 0.1 * (line - (1.0, 0.0))
        bend = (design * (share * (1 - share))[:, None]).T @ design + 0.1 * np.eye(2)
        line = line - np.linalg.solve(bend, pull)
    return Calibration(float(max(line[0], 0.1)), float(line[1]))


def _halved(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor
