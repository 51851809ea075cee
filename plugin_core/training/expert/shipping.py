"""From a trained expert to the file that ships: half precision, with its facts in the header."""

from __future__ import annotations

from pathlib import Path

from plugin_core.wav2lip.networks import LipSyncExpert
from weights.manifest import OWN_LICENCE
from weights.state import NETWORK_KEY, WIDTH_KEY, save_state


def ship(network: LipSyncExpert, out: Path, *, steps: int, of: int, seed: int) -> Path:
    """Write the expert so that `load_expert` reads it.

    Args:
        network: of any width.
        out: the safetensors file.
        steps: that it was trained.
        of: steps that were planned.
        seed: of the training.
    """
    numbers = {
        name: (tensor.half() if tensor.is_floating_point() else tensor) for name, tensor in network.state_dict().items()
    }
    facts = {
        NETWORK_KEY: LipSyncExpert.NETWORK,
        WIDTH_KEY: str(network.width),
        "lipflap.version": "1",
        "lipflap.licence": OWN_LICENCE,
        "lipflap.summary": "Tells whether a drawn mouth belongs to a voice; trained on lipflap's own drawings",
        "lipflap.seed": str(seed),
        "lipflap.recipe": f"plugin_core.training.expert, {steps} of {of} steps",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save_state(out, numbers, facts)
    return out
