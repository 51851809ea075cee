"""From a training state to the file that ships: averaged weights in half precision, with their facts in the header."""

from __future__ import annotations

from pathlib import Path

import torch

from plugin_core.wav2lip.look_reader import LookReader
from weights.manifest import OWN_LICENCE
from weights.state import NETWORK_KEY, WIDTH_KEY, save_state

from .trainer import BATCH


def ship(state: Path, target: Path) -> None:
    """Write the painter's weights file.

    Args:
        state: `painter.pt` of the design "look", as `train` leaves it.
        target: the .safetensors file.
    """
    kept = torch.load(state, map_location="cpu", weights_only=True)
    tensors = {name: value.half() if value.is_floating_point() else value for name, value in kept["averaged"].items()}
    recipe, step = kept["recipe"], int(kept["step"])
    facts = {
        NETWORK_KEY: LookReader.NETWORK,
        WIDTH_KEY: str(recipe["width"]),
        "lipflap.licence": OWN_LICENCE,
        "lipflap.summary": "Reads how a drawn mouth is drawn; trained on lipflap's own drawings only",
        "lipflap.seed": str(recipe["seed"]),
        "lipflap.recipe": f"plugin_core.training.painter, {step} of {recipe['steps']} steps of {BATCH}",
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    save_state(target, tensors, facts)
