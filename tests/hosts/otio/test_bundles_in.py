"""Bundles that arrive, some of them from people one should not trust."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.cuts import VIDEO, clip, timeline, track

from hosts.otio.reading import media_places, open_edit, unpack_media
from plugin_core.errors import InputError


def bundle(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    edit = otio.adapters.write_to_string(timeline(track(VIDEO, clip("one", media="media/a.mov"))), "otio_json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.otio", edit)
        archive.writestr("version.txt", "1")
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_an_otioz_is_read_and_its_media_unpacked_into_our_folder(tmp_path: Path) -> None:
    path = bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving"))
    assert open_edit(path).name == "cut"
    places = media_places(path, unpack_into=tmp_path / "ours")
    assert (places.folder / "media/a.mov").read_bytes() == b"moving"
    assert places.confined
    assert sorted(file.name for file in tmp_path.iterdir()) == ["edit.otioz", "ours"]


def test_reading_an_otioz_unpacks_nothing(tmp_path: Path) -> None:
    open_edit(bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving")))
    assert [file.name for file in tmp_path.iterdir()] == ["edit.otioz"]


def test_what_is_unpacked_already_is_kept(tmp_path: Path) -> None:
    path = bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving"))
    unpack_media(path, tmp_path / "ours")
    before = (tmp_path / "ours/media/a.mov").stat().st_mtime_ns
    unpack_media(path, tmp_path / "ours")
    assert (tmp_path / "ours/media/a.mov").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "name",
    ["../evil.mov", "media/../../evil.mov", "/tmp/evil.mov", "..\\evil.mov", "C:/evil.mov", "media/a.mov:hidden"],
)
def test_a_member_that_leads_out_of_the_bundle_is_refused(name: str, tmp_path: Path) -> None:
    path = bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving"), (name, b"evil"))
    with pytest.raises(InputError, match="leads out of the bundle"):
        unpack_media(path, tmp_path / "ours")
    assert [file.name for file in tmp_path.iterdir()] == ["edit.otioz"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("media/link.mov")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = bundle(tmp_path / "edit.otioz", (link, b"/etc/passwd"))
    with pytest.raises(InputError, match="link"):
        unpack_media(path, tmp_path / "ours")


def test_a_link_that_waits_in_our_folder_is_not_followed(tmp_path: Path) -> None:
    path = bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/media").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="leads out of our folder"):
        unpack_media(path, tmp_path / "ours")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_archive_that_breaks_off_is_told_and_leaves_no_half_file(tmp_path: Path) -> None:
    path = bundle(tmp_path / "edit.otioz", ("media/a.mov", b"moving" * 1000))
    raw = bytearray(path.read_bytes())
    at = raw.index(b"movingmoving")
    raw[at : at + 6] = b"MOVING"
    path.write_bytes(raw)
    with pytest.raises(InputError, match="can't be unpacked"):
        unpack_media(path, tmp_path / "ours")
    assert [file for file in (tmp_path / "ours").rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"{}"])
def test_what_is_no_archive_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "edit.otioz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"edit\.otioz"):
        open_edit(path)


def test_an_archive_without_an_edit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "edit.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.txt", "x")
    with pytest.raises(InputError, match=r"holds no content\.otio"):
        open_edit(path)


def test_an_otiod_folder_is_read_where_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "edit.otiod"
    folder.mkdir()
    otio.adapters.write_to_file(timeline(track(VIDEO, clip("one"))), str(folder / "content.otio"))
    assert open_edit(folder).name == "cut"
    assert media_places(folder).folder == folder
    assert media_places(folder).confined


def test_other_edits_may_lead_anywhere_on_this_machine(tmp_path: Path) -> None:
    assert not media_places(tmp_path / "edit.otio").confined
