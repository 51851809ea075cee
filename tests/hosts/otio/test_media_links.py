"""From what edits call their media to files on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from hosts.otio.finding import MediaFinder, MediaPlaces, MissingMediaError, PathMap, read_url
from plugin_core.errors import OptionError


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///Volumes/Media/a.mov", "/Volumes/Media/a.mov"),
        ("file://localhost/Volumes/a.mov", "/Volumes/a.mov"),
        ("file://localhost/D%3a/media/a.mov", "D:/media/a.mov"),
        ("file:///D:/media/a%20b.mov", "D:/media/a b.mov"),
        ("file:///D|/media/a.mov", "D:/media/a.mov"),
        ("file://D:/media/a.mov", "D:/media/a.mov"),
        ("file://D%3A/media/a.mov", "D:/media/a.mov"),
        ("file://VSD/Tools_Media/a%20b.mxf", "//VSD/Tools_Media/a b.mxf"),
        ("file:////server/share/a.mov", "//server/share/a.mov"),
        ("file:/Users/me/a.mov", "/Users/me/a.mov"),
        ("file:media/a.mov", "media/a.mov"),
        ("S:\\path\\x.0001.png", "S:/path/x.0001.png"),
        ("\\\\server\\share\\a.mov", "//server/share/a.mov"),
        ("C:/media/a.mov", "C:/media/a.mov"),
        ("/Users/me/a b#1.mov", "/Users/me/a b#1.mov"),
        ("file:///a b/c#1.mov", "/a b/c#1.mov"),
        ("file:///a/what?.mov", "/a/what?.mov"),
        ("media\\a.mov", "media/a.mov"),
        ("./media/a.mov", "./media/a.mov"),
        ("file:///Users/me/%E5%A0%B4%E9%9D%A2.mov", "/Users/me/場面.mov"),
    ],
)
def test_every_spelling_is_read(url: str, path: str) -> None:
    assert read_url(url)[0].path == path


@pytest.mark.parametrize("url", ["http://a/b.mov", "https://a/b.mov", "ftp://a/b.mov", "smb://a/b.mov", "data:,x"])
def test_other_schemes_are_told_from_drives(url: str) -> None:
    assert read_url(url)[0].scheme == url.split(":")[0]


def shelf(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def find(url: str, folder: Path, maps: tuple[str, ...] = (), search: tuple[Path, ...] = ()) -> Path:
    return MediaFinder(MediaPlaces(folder, tuple(PathMap.parse(text) for text in maps), search)).find(url)


def test_a_relative_name_begins_at_the_edits_folder(tmp_path: Path) -> None:
    shelf(tmp_path, "media/a.mov")
    assert find("media/a.mov", tmp_path) == tmp_path / "media/a.mov"


def test_a_percent_sign_may_be_a_blank_or_part_of_the_name(tmp_path: Path) -> None:
    shelf(tmp_path, "a%20b.mov", "c d.mov")
    assert find((tmp_path / "a%20b.mov").as_uri(), tmp_path).name == "a%20b.mov"
    assert find(f"file://{tmp_path}/a%20b.mov", tmp_path).name == "a%20b.mov"
    assert find(str(tmp_path / "c%20d.mov"), tmp_path).name == "c d.mov"


def test_a_moved_project_is_found_by_the_tail_of_its_paths(tmp_path: Path) -> None:
    shelf(tmp_path, "project/media/day1/a.mov")
    assert find("/Volumes/Old/project/media/day1/a.mov", tmp_path / "project") == tmp_path / "project/media/day1/a.mov"


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("/Volumes/Media", "file:///Volumes/Media/day1/a.mov"),
        ("/Volumes/Media/", "/Volumes/Media/day1/a.mov"),
        ("D:/media", "file://localhost/D%3a/media/day1/a.mov"),
        ("d:\\MEDIA", "D:\\media\\day1\\a.mov"),
        ("\\\\server\\share", "file://SERVER/Share/day1/a.mov"),
        ("file://localhost/D%3a/media", "D:/media/day1/a.mov"),
        ("smb://server/share", "smb://server/share/day1/a.mov"),
    ],
)
def test_a_map_leads_from_their_folder_to_ours(source: str, url: str, tmp_path: Path) -> None:
    shelf(tmp_path / "here", "day1/a.mov")
    assert find(url, tmp_path / "edit", (f"{source}={tmp_path / 'here'}",)) == tmp_path / "here/day1/a.mov"


def test_a_map_ends_at_a_folders_name(tmp_path: Path) -> None:
    shelf(tmp_path / "here", "2/a.mov")
    with pytest.raises(MissingMediaError):
        find("/Volumes/Media2/a.mov", tmp_path / "edit", (f"/Volumes/Media={tmp_path / 'here'}",))


def test_capitals_that_windows_does_not_mind_are_found_under_a_map(tmp_path: Path) -> None:
    shelf(tmp_path / "here", "Day1/A.MOV")
    found = find("D:/media/day1/a.mov", tmp_path / "edit", (f"D:/media={tmp_path / 'here'}",))
    assert found.samefile(tmp_path / "here/Day1/A.MOV")


def test_the_first_map_that_leads_to_a_file_wins(tmp_path: Path) -> None:
    shelf(tmp_path, "two/a.mov", "three/a.mov")
    maps = tuple(f"/m={tmp_path / name}" for name in ("one", "two", "three"))
    assert find("/m/a.mov", tmp_path / "edit", maps) == tmp_path / "two/a.mov"


@pytest.mark.parametrize("text", ["", "=", "/a=", "=/b", "/a"])
def test_a_map_has_two_sides(text: str) -> None:
    with pytest.raises(OptionError, match="FROM=TO"):
        PathMap.parse(text)


def test_a_search_finds_a_name_wherever_it_lies(tmp_path: Path) -> None:
    shelf(tmp_path / "archive", "x/y/A.mov")
    assert find("D:/lost/a.MOV", tmp_path / "edit", search=(tmp_path / "archive",)).name == "A.mov"


def test_of_several_files_of_a_name_the_one_whose_folders_fit_is_taken(tmp_path: Path) -> None:
    archive = shelf(tmp_path / "archive", "2024/day1/a.mov", "2024/day2/a.mov")
    assert find("D:/Day2/a.mov", tmp_path / "edit", search=(archive,)) == archive / "2024/day2/a.mov"


def test_files_that_fit_equally_well_are_not_guessed_between(tmp_path: Path) -> None:
    archive = shelf(tmp_path / "archive", "one/a.mov", "two/a.mov")
    with pytest.raises(MissingMediaError, match=r"2 files could be 'a\.mov'"):
        find("D:/media/a.mov", tmp_path / "edit", search=(archive,))


def test_a_clip_without_a_file_name_is_found_by_its_own_name(tmp_path: Path) -> None:
    archive = shelf(tmp_path / "archive", "reels/SC00.mov", "reels/other.mov")
    finder = MediaFinder(MediaPlaces(tmp_path, search=(archive,)))
    assert finder.find_named(["sq001_s001", "sc00"]) == archive / "reels/SC00.mov"
    with pytest.raises(MissingMediaError, match="'nobody'"):
        finder.find_named(["nobody"])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.mov", "ftp://host/a.mov", "smb://server/share/a.mov"])
def test_nothing_is_fetched_from_a_network(url: str, tmp_path: Path) -> None:
    with pytest.raises(MissingMediaError, match="network"):
        find(url, tmp_path, search=(shelf(tmp_path / "archive", "a.mov"),))


def test_missing_media_tells_what_was_tried(tmp_path: Path) -> None:
    with pytest.raises(MissingMediaError) as missing:
        find("file:///Volumes/Media/a.mov", tmp_path, (f"/Volumes={tmp_path / 'vol'}",))
    assert str(tmp_path / "vol/Media/a.mov") in str(missing.value)
    assert "--map" in str(missing.value)


def test_an_address_is_looked_for_once_and_its_failure_is_remembered(tmp_path: Path) -> None:
    finder = MediaFinder(MediaPlaces(tmp_path))
    for _ in range(2):
        with pytest.raises(MissingMediaError, match="missing"):
            finder.find("late.mov")
        (tmp_path / "late.mov").touch()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    shelf(tmp_path, "bundle/media/a.mov", "secret/s.mov")
    return tmp_path / "bundle"


@pytest.mark.parametrize(
    "spelling", ["../secret/s.mov", "media/../../secret/s.mov", "{}/secret/s.mov", "file://{}/secret/s.mov"]
)
def test_an_edit_from_a_bundle_leads_to_nothing_outside(spelling: str, bundle: Path) -> None:
    finder = MediaFinder(MediaPlaces(bundle, confined=True))
    assert finder.find("media/a.mov") == bundle / "media/a.mov"
    with pytest.raises(MissingMediaError, match="outside the bundle"):
        finder.find(spelling.format(bundle.parent))


def test_a_link_in_a_bundle_leads_to_nothing_outside(bundle: Path) -> None:
    (bundle / "media/link.mov").symlink_to(bundle.parent / "secret/s.mov")
    with pytest.raises(MissingMediaError, match="outside the bundle"):
        MediaFinder(MediaPlaces(bundle, confined=True)).find("media/link.mov")


def test_folders_that_the_user_named_are_open_to_an_edit_from_a_bundle(bundle: Path) -> None:
    secret = bundle.parent / "secret"
    assert MediaFinder(MediaPlaces(bundle, search=(secret,), confined=True)).find("gone/s.mov") == secret / "s.mov"
    maps = (PathMap("/theirs", secret),)
    assert MediaFinder(MediaPlaces(bundle, maps, confined=True)).find("/theirs/s.mov") == secret / "s.mov"
