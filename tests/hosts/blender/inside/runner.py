"""Runs one function inside Blender; see `fakes.blenders`. Standard library and bpy only."""

import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path

errand = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text())
sys.path[:0] = [errand["project"], os.path.join(errand["project"], "tests"), os.path.dirname(errand["script"])]
told = {}
try:
    spec = importlib.util.spec_from_file_location("errand", errand["script"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    told["answer"] = getattr(module, errand["function"])(**errand["arguments"])
except BaseException:  # the outermost rim: the test shows it
    told["error"] = traceback.format_exc()
Path(errand["answer"] + ".part").write_text(json.dumps(told))
os.replace(errand["answer"] + ".part", errand["answer"])
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)  # Blender may hang at its exit while decoders are open
