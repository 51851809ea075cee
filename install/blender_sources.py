"""What goes into the Blender zips: the host's own files, and the modules of the core that they need."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOST = PROJECT / "hosts" / "blender"
CORE = "plugin_core"
DOOR = "core.py"  # the one file of the host that imports from the core
MANIFEST = "blender_manifest.toml"
LEGACY_FOLDER = "lipflap"  # an add-on's folder is its module's name
SHIPPED = {".py", ".toml", ".png", ".svg"}
LEFT_OUT = {"__pycache__", "publish"}  # a studio's publish takes the latter from the project
STAYS = {"publish"}  # steps for pyblish: they run where a studio has all of lipflap on Blender's path


class SourceError(Exception):
    """The sources are not as this builder expects them."""


def project_version(project: Path = PROJECT) -> str:
    """The version in pyproject.toml, the only place where it stands."""
    with (project / "pyproject.toml").open("rb") as text:
        version = str(tomllib.load(text)["project"]["version"])
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SourceError(f"pyproject.toml says version {version!r}; Blender takes three numbers only, as 1.2.3")
    return version


def extension_files(host: Path = HOST, project: Path = PROJECT) -> dict[str, bytes]:
    """Every file of the extension by its name in the zip, imports of the core made local, the version written in."""
    own = {path.relative_to(host).as_posix(): path.read_bytes() for path in sorted(_shipped(host))}
    missing = {"__init__.py", DOOR, MANIFEST} - set(own)
    if missing:
        raise SourceError(f"{host} lacks {', '.join(sorted(missing))}")
    version = project_version(project)
    files = {**own, "LICENSE": (project / "LICENSE").read_bytes()}
    for name in needed_modules(own[DOOR].decode(), project):
        files[name] = (project / name).read_bytes()
    files[DOOR] = opened_here(own[DOOR].decode()).encode()
    files["__init__.py"] = _replaced(
        own["__init__.py"].decode(),
        r'"version": \(0, 0, 0\)',
        f'"version": ({version.replace(".", ", ")})',
        "__init__.py",
    ).encode()
    files[MANIFEST] = _replaced(
        own[MANIFEST].decode(), r'(?m)^version = "0\.0\.0"$', f'version = "{version}"', MANIFEST
    ).encode()
    return files


def legacy_files(extension: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same for Blender 3.4 to 4.1, which know no manifest."""
    return {name: content for name, content in extension.items() if name != MANIFEST}


def needed_modules(door: str, project: Path = PROJECT) -> list[str]:
    """Files of the core that the door's imports lead to, with the packages around them, sorted."""
    found: set[str] = set()
    waiting = list(_imported(door, "", project))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        package = str(Path(name).parent.as_posix())
        waiting += _imported((project / name).read_text(encoding="utf-8"), package, project)
    return sorted(found)


def opened_here(door: str) -> str:
    """The door's text with `from plugin_core` made `from .plugin_core`; nothing else differs."""
    lines = door.splitlines(keepends=True)
    for node in ast.walk(ast.parse(door)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _is_core(node.module or ""):
            at = node.lineno - 1
            lines[at] = lines[at].replace(f"from {CORE}", f"from .{CORE}", 1)
    return "".join(lines)


def _shipped(host: Path) -> Iterator[Path]:
    for path in host.rglob("*"):
        inside = path.relative_to(host).parts
        if path.is_file() and not {"__pycache__", "py.typed"}.intersection(inside) and inside[0] not in STAYS:
            if path.suffix not in SHIPPED:
                raise SourceError(f"{path} is no kind of file that goes into the extension: remove it")
            yield path


def _imported(text: str, package: str, project: Path) -> Iterator[str]:
    """Files of the core that this text imports; `package` is the folder it lies in, as "plugin_core/desk"."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import) and any(_is_core(alias.name) for alias in node.names):
            raise SourceError(f"line {node.lineno} of a light module says `import {CORE}...`: write `from ... import`")
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            parts = package.split("/")
            place = "/".join([*parts[: len(parts) - node.level + 1], *(node.module or "").split(".")]).strip("/")
        else:
            place = (node.module or "").replace(".", "/")
        if _is_core(place.replace("/", ".")):
            yield from _files_of(place, [alias.name for alias in node.names], project)


def _files_of(place: str, names: list[str], project: Path) -> Iterator[str]:
    """The file of module `place`, those of its modules that are named, and the packages around them."""
    module, package = f"{place}.py", f"{place}/__init__.py"
    if (project / module).is_file():
        yield module
    elif (project / package).is_file():
        yield package
        for name in names:
            if (project / place / f"{name}.py").is_file() or (project / place / name / "__init__.py").is_file():
                yield from _files_of(f"{place}/{name}", [], project)
    else:
        raise SourceError(f"{place.replace('/', '.')} is imported, but is no module")
    if "/" in place:
        yield from _files_of(place.rpartition("/")[0], [], project)


def _is_core(module: str) -> bool:
    return module == CORE or module.startswith(f"{CORE}.")


def _replaced(text: str, pattern: str, by: str, name: str) -> str:
    written, times = re.subn(pattern, by, text)
    if times != 1:
        raise SourceError(f"hosts/blender/{name} must say its version once, as zeros: the builder writes it")
    return written
