"""The builder makes two zips, whole, small and alike at each build; it refuses sources that Blender would not run."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from blender import zipped
from blender_lint import code_faults, faults_of
from blender_sources import SourceError, extension_files, legacy_files, needed_modules, opened_here, project_version

PROJECT = Path(__file__).resolve().parents[2]
INSTALL = PROJECT / "install"

VERSION = project_version()
MANIFEST = "blender_manifest.toml"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return extension_files()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of both zips, made by the script as a person starts it."""
    folder = tmp_path_factory.mktemp("zips")
    said = subprocess.run(
        [sys.executable, "-I", str(INSTALL / "blender.py"), "--out", str(folder)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


def test_two_zips_are_made_and_nothing_else_is_left(built: Path) -> None:
    assert sorted(path.name for path in built.iterdir()) == [f"lipflap-{VERSION}-legacy.zip", f"lipflap-{VERSION}.zip"]
    assert all(path.stat().st_size < 1_000_000 for path in built.iterdir())


def test_the_extension_has_its_files_at_the_top_and_the_add_on_has_them_in_its_folder(built: Path) -> None:
    with zipfile.ZipFile(built / f"lipflap-{VERSION}.zip") as extension:
        names = extension.namelist()
    with zipfile.ZipFile(built / f"lipflap-{VERSION}-legacy.zip") as legacy:
        older = legacy.namelist()
    assert {MANIFEST, "__init__.py", "LICENSE", "core.py", "plugin_core/client.py"} <= set(names)
    # Blender 4.2 takes a zip with a manifest for an extension, wherever the manifest lies in it.
    assert older == [f"lipflap/{name}" for name in names if name != MANIFEST]


def test_the_same_sources_make_the_same_bytes(built: Path, files: dict[str, bytes]) -> None:
    assert (built / f"lipflap-{VERSION}.zip").read_bytes() == zipped(dict(reversed(files.items())))
    assert zipped(legacy_files(files)) == zipped(legacy_files(extension_files()))


def test_the_version_is_that_of_the_project_in_both_places_that_blender_reads(files: dict[str, bytes]) -> None:
    assert tomllib.loads(files[MANIFEST].decode())["version"] == VERSION
    told = next(node for node in ast.parse(files["__init__.py"]).body if isinstance(node, ast.Assign))
    assert ast.literal_eval(told.value)["version"] == tuple(map(int, VERSION.split(".")))


def test_of_the_host_only_the_door_the_version_lines_and_nothing_else_differ(files: dict[str, bytes]) -> None:
    changed = {
        name
        for name, content in files.items()
        if (source := PROJECT / "hosts" / "blender" / name).exists() and source.read_bytes() != content
    }
    assert changed == {"core.py", "__init__.py", MANIFEST}
    before = (PROJECT / "hosts" / "blender" / "core.py").read_text().splitlines()
    after = files["core.py"].decode().splitlines()
    assert len(before) == len(after)
    different = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert different
    assert all(new == old.replace("from plugin_core", "from .plugin_core") for old, new in different)


def test_modules_of_the_core_come_along_as_they_are_and_only_those_that_are_needed(files: dict[str, bytes]) -> None:
    brought = {name for name in files if name.startswith("plugin_core/")}
    assert all(files[name] == (PROJECT / name).read_bytes() for name in brought)
    assert {"plugin_core/__init__.py", "plugin_core/client.py", "plugin_core/errors.py"} <= brought
    assert brought.isdisjoint({"plugin_core/worker.py", "plugin_core/doctor.py", "plugin_core/__main__.py"})


def test_imports_are_followed_through_packages_and_relative_names(tmp_path: Path) -> None:
    texts = {
        "plugin_core/__init__.py": "",
        "plugin_core/near.py": "from .desk import far\n",
        "plugin_core/desk/__init__.py": "",
        "plugin_core/desk/far.py": "def later():\n    from ..timing import x\n",
        "plugin_core/desk/unused.py": "",
        "plugin_core/timing.py": "x = 1\n",
        "plugin_core/heavy.py": "import torch\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    needed = needed_modules("from plugin_core.near import y\nfrom .facts import z\n", tmp_path)
    assert needed == sorted(set(texts) - {"plugin_core/desk/unused.py", "plugin_core/heavy.py"})


def test_a_door_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"plugin_core\.gone"):
        needed_modules("from plugin_core.gone import x\n", tmp_path)
    with pytest.raises(SourceError, match="write `from"):
        needed_modules("import plugin_core.client\n", tmp_path)


def test_a_long_import_of_the_door_is_made_local_too() -> None:
    text = "from plugin_core.errors import (\n    A,\n)\n# from plugin_core import nothing\n"
    assert opened_here(text) == text.replace("from plugin_core.errors", "from .plugin_core.errors")


@pytest.mark.parametrize("name", ["__init__.py", MANIFEST])
def test_a_version_written_anywhere_but_in_the_project_is_refused(name: str, tmp_path: Path) -> None:
    host = tmp_path / "host"
    for source in ("__init__.py", "core.py", MANIFEST):
        host.mkdir(exist_ok=True)
        text = (PROJECT / "hosts" / "blender" / source).read_text()
        (host / source).write_text(
            text.replace("0, 0, 0", "0, 1, 0").replace('"0.0.0"', '"0.1.0"') if source == name else text
        )
    with pytest.raises(SourceError, match=name):
        extension_files(host)


def test_steps_of_a_publish_stay_out(tmp_path: Path) -> None:
    host = tmp_path / "host"
    (host / "publish" / "__pycache__").mkdir(parents=True)
    for source in ("__init__.py", "core.py", MANIFEST):
        shutil.copy(PROJECT / "hosts" / "blender" / source, host)
    (host / "publish" / "collect.py").write_text("import pyblish.api\n")
    assert [name for name in extension_files(host) if "publish" in name] == []


def test_a_stray_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "test.blend1").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"test\.blend1"):
        extension_files(tmp_path)


def test_the_extension_as_it_is_has_no_fault(files: dict[str, bytes]) -> None:
    assert faults_of(files, VERSION) == []


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('tags = ["Sequencer", "Pipeline"]', 'tags = ["Sequencing"]', "'Sequencing'"),
        ('license = ["SPDX:GPL-3.0-or-later"]', 'license = ["GPL-3.0-or-later"]', "'GPL-3.0-or-later'"),
        ('license = ["SPDX:GPL-3.0-or-later"]', "license = []", "license is missing"),
        ('type = "add-on"', 'type = "add-on"\nplatforms = ["linux"]', "'linux'"),
        ('type = "add-on"', 'type = "add-on"\nwheels = ["./wheels/gone.whl"]', "wheels"),
        ('blender_version_min = "4.2.0"', 'blender_version_min = "3.4.0"', "4.2.0"),
        ('blender_version_min = "4.2.0"', 'blender_version_min = "4.2"', "4.2.0"),
        ('blender_version_min = "4.2.0"', 'blender_version_min = "4.2.0"\nblender_version_max = "4.1.0"', "newer"),
        ('schema_version = "1.0.0"', 'schema_version = "2.0.0"', "schema_version"),
        (f'version = "{VERSION}"', 'version = "9.9.9"', "9.9.9"),
        ('name = "lipflap"', 'name = "Blender Lip-Sync"', "'Blender'"),
        ("[permissions]", '[permissions]\nnetwork = "Fetch models"', "permissions"),
        ('type = "add-on"', 'type = "add-on', "no TOML"),
    ],
)
def test_what_blenders_validator_lets_pass_in_a_manifest_is_a_fault(
    files: dict[str, bytes], line: str, instead: str, said: str
) -> None:
    text = files[MANIFEST].decode()
    assert line in text
    faults = faults_of({**files, MANIFEST: text.replace(line, instead, 1).encode()}, VERSION)
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("name", ["__init__.py", MANIFEST, "LICENSE"])
def test_a_missing_file_is_a_fault(files: dict[str, bytes], name: str) -> None:
    assert any(name in fault for fault in faults_of({**files, name: b""}, VERSION))


def test_too_much_is_a_fault(files: dict[str, bytes]) -> None:
    assert any("large" in fault for fault in faults_of({**files, "icon.png": bytes(1_000_001)}, VERSION))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bpy.ops.sequencer.movie_strip_add(filepath=p)", "movie_strip_add"),
        ("getattr(bpy.ops.sequencer, 'sound_strip_add')(filepath=p)", "sound_strip_add"),
        ("editor.sequences", "sequences is one Blender's name"),
        ("getattr(editor, 'sequences_all')", "sequences_all is one Blender's name"),
        ("start([sys.executable])", "sys.executable"),
        ("strip.retiming_keys.add()", "retiming_keys"),
        ("import numpy", "numpy is neither"),
        ("from hosts.blender.core import Plan", "hosts is neither"),
        ("from plugin_core.shots import Plan", "plugin_core is neither"),
        ("import tomllib", "every Blender"),
        ("import imp", "every Blender"),
        ("from .nowhere import x", "not in the extension"),
        ("from ..above import x", "leads out"),
        ("try:\n    pass\nexcept* OSError:\n    pass", "3.10"),
        ("def f[T](x: T) -> T: return x", "3.10"),
    ],
)
def test_code_that_breaks_in_one_blender_is_a_fault(files: dict[str, bytes], text: str, said: str) -> None:
    faults = list(code_faults("panel.py", text, files))
    assert len(faults) == 1, faults
    assert said in faults[0]


def test_only_the_shim_may_say_names_of_one_version(files: dict[str, bytes]) -> None:
    assert list(code_faults("timeline/compat.py", "editor.sequences", files)) == []
    assert list(code_faults("compat.py", "editor.sequences", files))


def test_what_every_blender_has_is_no_fault(files: dict[str, bytes]) -> None:
    text = "import bpy, json\nfrom bpy.types import Panel\nfrom ..core import Plan\nfrom . import x\n"
    assert list(code_faults("operators/start.py", text, {**files, "operators/__init__.py": b""})) == []


def test_faulty_sources_make_no_zip(tmp_path: Path) -> None:
    for name in ("install", "hosts/blender", "plugin_core"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "training"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "hosts" / "blender" / "facts.py").write_text("import numpy\n")
    said = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "install" / "blender.py")], capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "facts.py: line 1: numpy" in said.stderr
    assert not list(tmp_path.rglob("*.zip"))


def test_a_zip_opens_as_every_unpacker_expects(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert archive.testzip() is None
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
