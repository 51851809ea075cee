"""What Blender's own validator lets pass, and what breaks in one Blender or another. Told as sentences, all at once."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

LARGEST = 1_000_000  # bytes of all files together, before they are packed
OLDEST_PYTHON = (3, 10)  # of Blender 3.4's own builds
BLENDERS_OWN = {"bpy", "bpy_extras", "gpu", "gpu_extras", "mathutils", "blf", "aud", "bl_math", "imbuf"}
NOT_EVERYWHERE = {  # standard library, but not from Python 3.10 (Blender 3.4) to 3.14 (distributions' Blender 5.2)
    "tomllib", "aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr",
    "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau",
    "telnetlib", "uu", "xdrlib",
}  # fmt: skip

# The platform's own lists: docs.blender.org/manual/en/latest/advanced/extensions (tags.html, licenses.html).
TAGS = {
    "3D View", "Add Curve", "Add Mesh", "Animation", "Bake", "Camera", "Compositing", "Development", "Game Engine",
    "Geometry Nodes", "Grease Pencil", "Import-Export", "Lighting", "Material", "Modeling", "Mesh", "Node", "Object",
    "Paint", "Pipeline", "Physics", "Render", "Rigging", "Scene", "Sculpt", "Sequencer", "System", "Text Editor",
    "Tracking", "User Interface", "UV",
}  # fmt: skip
LICENCES = {"SPDX:GPL-3.0-or-later"}
PLATFORMS = {"windows-x64", "windows-arm64", "macos-x64", "macos-arm64", "linux-x64"}
FIRST_WITH_EXTENSIONS = (4, 2, 0)

VERSION_NAMES = {"sequences", "sequences_all", "selected_sequences", "active_sequence_strip"}
COMPAT = "timeline/compat.py"  # the one file that may say them


def faults_of(files: Mapping[str, bytes], version: str) -> list[str]:
    """What is wrong with an extension.

    Args:
        files: content by name in the zip.
        version: that its manifest and its bl_info must say.
    """
    faults = list(_missing(files)) + list(_manifest_faults(files, version))
    for name, content in sorted(files.items()):
        if name.endswith(".py"):
            faults += [f"{name}: {fault}" for fault in code_faults(name, content.decode(), files)]
    size = sum(map(len, files.values()))
    if size > LARGEST:
        faults.append(f"all files together have {size} bytes, more than {LARGEST}: something large came along")
    return faults


def _missing(files: Mapping[str, bytes]) -> Iterator[str]:
    for name in ("__init__.py", "blender_manifest.toml", "LICENSE"):
        if not files.get(name):
            yield f"{name} is missing or empty"
    for name in files:
        if "__pycache__" in name or name.startswith(("/", "..")) or "\\" in name:
            yield f"{name} has no place in a zip"


def _manifest_faults(files: Mapping[str, bytes], version: str) -> Iterator[str]:
    try:
        manifest = tomllib.loads(files.get("blender_manifest.toml", b"").decode())
    except tomllib.TOMLDecodeError as error:
        yield f"blender_manifest.toml is no TOML: {error}"
        return
    for fault in (*_identity_faults(manifest, version), *_list_faults(manifest), *_age_faults(manifest)):
        yield f"blender_manifest.toml: {fault}"
    told = _bl_info(files.get("__init__.py", b"").decode())
    if told.get("version") != tuple(map(int, version.split("."))):
        yield f"__init__.py: bl_info says version {told.get('version')}, the project says {version}"
    for key in ("name", "author", "description", "blender", "category"):
        if not told.get(key):
            yield f"__init__.py: bl_info has no {key}"


def _identity_faults(manifest: Mapping[str, Any], version: str) -> Iterator[str]:
    if manifest.get("schema_version") != "1.0.0":
        yield f"schema_version is {manifest.get('schema_version')!r}; the only one there is is '1.0.0'"
    if manifest.get("version") != version:
        yield f"version is {manifest.get('version')!r}; the project says {version!r}"
    if "blender" in str(manifest.get("name", "")).lower():
        yield "the platform takes no name with 'Blender' in it"
    if manifest.get("wheels"):
        yield "wheels have no place here: extensions share one folder of them, and break one another there"
    permissions = manifest.get("permissions", {})
    if not isinstance(permissions, dict) or set(permissions) != {"files"}:
        yield "permissions must be a table that says why it needs files, and nothing else: nothing else is done"


def _list_faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    for key, known, needed in (("tags", TAGS, True), ("license", LICENCES, True), ("platforms", PLATFORMS, False)):
        said = manifest.get(key, [])
        if needed and not said:
            yield f"{key} is missing"
        for word in said:
            if word not in known:
                yield f"{key} has {word!r}; known are {', '.join(sorted(known))}"


def _age_faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    oldest = _numbers(manifest.get("blender_version_min", ""))
    newest = _numbers(manifest.get("blender_version_max", "999.0.0"))
    if oldest is None or oldest < FIRST_WITH_EXTENSIONS:
        yield f"blender_version_min is {manifest.get('blender_version_min')!r}; extensions began with 4.2.0"
    elif newest is None or newest <= oldest:
        yield f"blender_version_max is {manifest.get('blender_version_max')!r}; it must be newer than the oldest"


def _numbers(text: object) -> tuple[int, ...] | None:
    return tuple(map(int, str(text).split("."))) if re.fullmatch(r"\d+\.\d+\.\d+", str(text)) else None


def _bl_info(text: str) -> dict[str, Any]:
    """As Blender reads it: without running the file."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "bl_info" for to in node.targets):
            told = ast.literal_eval(node.value)
            return told if isinstance(told, dict) else {}
    return {}


def code_faults(name: str, text: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """What in one Python file of the zip breaks in one Blender or another, as "line 3: ..."."""
    try:
        tree = ast.parse(text, feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        yield f"line {error.lineno}: Python {'.'.join(map(str, OLDEST_PYTHON))} can't read it ({error.msg})"
        return
    for node in ast.walk(tree):
        for fault in (*_import_faults(node, name, files), *_call_faults(node), *_name_faults(node, name)):
            yield f"line {getattr(node, 'lineno', 0)}: {fault}"


def _import_faults(node: ast.AST, name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.level:
        yield from _unresolved(node, name, files)
        return
    if isinstance(node, ast.Import):
        roots = [alias.name.partition(".")[0] for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        roots = [(node.module or "").partition(".")[0]]
    else:
        return
    for root in roots:
        if root in NOT_EVERYWHERE:
            yield f"{root} is not in the Python of every Blender"
        elif root not in BLENDERS_OWN | sys.stdlib_module_names:
            yield f"{root} is neither Python's nor Blender's: it is not there in Blender"


def _unresolved(node: ast.ImportFrom, name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """A relative import that leads out of the zip or to nothing."""
    here = PurePosixPath(name).parent.parts
    if node.level - 1 > len(here):
        yield f"{'.' * node.level}{node.module or ''} leads out of the extension"
        return
    place = "/".join([*here[: len(here) - node.level + 1], *(node.module or "").split(".")]).strip("/")
    if place and f"{place}.py" not in files and f"{place}/__init__.py" not in files:
        yield f"{'.' * node.level}{node.module or ''} is not in the extension"


def _call_faults(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        word = node.attr if isinstance(node, ast.Attribute) else str(node.value)
        if re.fullmatch(r"(sequencer\.)?(movie|sound|image|scene|effect)_strip_add(_multiple)?", word):
            yield f"{word} crashes background Blender 5 and touches scene and disk: use strips.new_movie and its kin"
    if not isinstance(node, ast.Attribute):
        return
    if isinstance(node.value, ast.Name) and (node.value.id, node.attr) == ("sys", "executable"):
        yield "sys.executable may be any Python inside Blender: use bpy.app.binary_path, or the engine's path"
    if node.attr == "add" and isinstance(node.value, ast.Attribute) and node.value.attr == "retiming_keys":
        yield "retiming_keys.add() crashes Blender 4.2 to 5.0"


def _name_faults(node: ast.AST, name: str) -> Iterator[str]:
    if name == COMPAT:
        return
    attribute = node.attr if isinstance(node, ast.Attribute) else None
    string = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    word = attribute or string
    if word in VERSION_NAMES:
        yield f"{word} is one Blender's name: only {COMPAT} knows names by version"
