"""lipflap as publish steps: register one folder, and a studio's publish gains lip-sync.

The steps are the files in `plugins`; what they do is in the modules beside it, because pyblish runs a plug-in's file
outside any package.
"""

from __future__ import annotations

from pathlib import Path

PLUGINS = Path(__file__).with_name("plugins")
"""For `pyblish.api.register_plugin_path`, or PYBLISHPLUGINPATH."""

__all__ = ["PLUGINS"]
