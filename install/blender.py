#!/usr/bin/env python3
"""Make the two zips that Blender installs: the extension for 4.2 and newer, the add-on for 3.4 to 4.1.

    python3 install/blender.py                            into dist/
    python3 install/blender.py --out DIR
    python3 install/blender.py --blender-python PATH      asks the validator of the Blender (bpy) that this Python has

Both hold `hosts/blender` and those modules of `plugin_core` that it needs; no package is needed in Blender. Without
--blender-python, the bpy of `install/blender_for_tests.py` is asked where it is there. The same sources make the same
bytes. Exit code 1, and no zip, where anything is wrong with them. Python 3.11 or newer, standard library only.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from blender_lint import faults_of
from blender_sources import LEGACY_FOLDER, PROJECT, SourceError, extension_files, legacy_files, project_version

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell; all files have it, so that builds are alike
OURS = PROJECT / "work" / "bpy" / "bin" / "python"


def main(words: list[str]) -> int:
    """0, or 1 where the sources are at fault (every fault is printed)."""
    asked = _parser().parse_args(words)
    try:
        extension, version = extension_files(), project_version()
    except SourceError as error:
        print(f"lipflap: {error}", file=sys.stderr)
        return 1
    faults = faults_of(extension, version)
    if faults:
        print("\n".join(f"lipflap: {fault}" for fault in faults), file=sys.stderr)
        return 1
    return _write(asked.out, version, extension, asked.blender_python)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PROJECT / "dist", help="folder for the zips")
    parser.add_argument("--blender-python", type=Path, help="Python of an environment with the bpy wheel")
    return parser


def _write(out: Path, version: str, extension: Mapping[str, bytes], python: Path | None) -> int:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as folder:
        parts = {
            f"lipflap-{version}.zip": zipped(extension),
            f"lipflap-{version}-legacy.zip": zipped(
                {f"{LEGACY_FOLDER}/{name}": text for name, text in legacy_files(extension).items()}
            ),
        }
        for name, content in parts.items():
            (Path(folder) / name).write_bytes(content)
        refused = _refused_by_blender(Path(folder) / f"lipflap-{version}.zip", python)
        if refused:
            print(f"lipflap: Blender's validator says:\n{refused}", file=sys.stderr)
            return 1
        for name, content in parts.items():
            (Path(folder) / name).replace(out / name)
            print(f"{out / name}  {len(content) / 1000:.0f} kB")
    return 0


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, the same bytes for the same files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix on every system, as far as permissions are told
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return held.getvalue()


def _refused_by_blender(zip_file: Path, python: Path | None) -> str:
    """Why Blender's own validator refuses it; "" where it accepts, or where there is none."""
    python = python or (OURS if OURS.exists() else None)
    if python is None:
        print("lipflap: no bpy here (install/blender_for_tests.py makes one): Blender's own validator was not asked")
        return ""
    validator = _validator(python)
    if validator is None:
        return f"{python} has no bpy of 4.2 or newer: give the Python of an environment with the bpy wheel"
    said = subprocess.run(
        [str(python), "-I", str(validator), "validate", str(zip_file)], capture_output=True, text=True, check=False
    )
    return "" if said.returncode == 0 else said.stdout + said.stderr


def _validator(python: Path) -> Path | None:
    ask = "import importlib.util as u; s = u.find_spec('bpy'); print(s.origin if s else '')"
    said = subprocess.run([str(python), "-I", "-c", ask], capture_output=True, text=True, check=False).stdout.strip()
    return next(Path(said).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"), None) if said else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
