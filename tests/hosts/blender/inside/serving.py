"""Serves the functions of one script: a JSON line in, a JSON line that begins with "lipflap " out, until stdin ends."""

import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path

errand = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text())
project, script = Path(errand["project"]), Path(errand["script"])
sys.path[:0] = [str(project), str(project / "tests"), str(script.parent)]
spec = importlib.util.spec_from_file_location("served", script)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        told = {"answer": getattr(module, asked["function"])(**asked["arguments"])}
    except BaseException as error:  # the outermost rim: the test shows it
        told = {"error": type(error).__name__, "message": str(error), "trace": traceback.format_exc()}
    sys.stdout.write(f"\nlipflap {json.dumps(told)}\n")
    sys.stdout.flush()
os._exit(0)  # Blender may hang at its exit while decoders are open
