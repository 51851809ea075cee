"""The verb "describe": what the engine is, can do and lacks.

    {"do": "describe"}
    -> {"event": "description", "lipflap": "0.1.0", "protocol": 1, "python": "/env/bin/python",
        "device": "2 processor threads", "models": [{"name", "state", "what", "mend"}],
        "findings": [{"state", "what", "mend"}]}

`state` is "ok", "note" (works without it) or "broken". `device` is "" where torch can't be loaded.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib.metadata import version

from plugin_core.doctor import examine, name_device
from plugin_core.job import PROTOCOL_VERSION
from plugin_core.worker import Answer


def describe() -> Answer:
    """See the module's text. Loads every library and reads every model file: seconds."""
    findings = examine()
    models = [asdict(finding) for finding in findings if finding.model]
    others = [asdict(finding) for finding in findings if not finding.model]
    return "description", {
        "lipflap": version("lipflap"),
        "protocol": PROTOCOL_VERSION,
        "python": sys.executable,
        "device": name_device(),
        "models": [{"name": model.pop("model"), **model} for model in models],
        "findings": [{name: told for name, told in other.items() if name != "model"} for other in others],
    }
