"""Runs one function inside Blender; see `fakes.blenders`. Standard library and bpy only."""

import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path

errand = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text())
project, script = Path(errand["project"]), Path(errand["script"])
sys.path[:0] = [str(project), str(project / "tests"), str(script.parent)]
told = {}
try:
    spec = importlib.util.spec_from_file_location("errand", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    told["answer"] = getattr(module, errand["function"])(**errand["arguments"])
except BaseException:  # the outermost rim: the test shows it
    told["error"] = traceback.format_exc()
part = Path(errand["answer"] + ".part")
part.write_text(json.dumps(told))
part.replace(errand["answer"])
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)  # Blender may hang at its exit while decoders are open
