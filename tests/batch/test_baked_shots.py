"""Shots whose clip an editing program has baked: their content, and the footage that they were baked from."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.movies import call_ffmpeg

from plugin_core.batch.content import media_hash
from plugin_core.batch.farm.files import with_paths
from plugin_core.batch.passes import _with_own_mouths
from plugin_core.errors import MediaError
from plugin_core.options import Options
from plugin_core.shots import Plan, Shot
from plugin_core.timing import FrameRange

SHOT = Shot("s", "s", "V1", (0,), FrameRange(0, 4), "/bake.mkv", FrameRange(0, 4), Fraction(24))


def movie(path: Path, first: int = 0, rate: int = 24) -> Path:
    """FFV1 in Matroska, by ffmpeg itself: it writes a random SegmentUID, as editing programs do."""
    source = f"testsrc=size=32x32:rate={rate}"
    call_ffmpeg(
        "-f", "lavfi", "-i", source, "-vf", f"select=gte(n\\,{first})", "-frames:v", "4", "-c:v", "ffv1", str(path)
    )
    return path


def test_equal_bakes_are_equal_content_though_their_files_differ(tmp_path: Path) -> None:
    one, other = movie(tmp_path / "one.mkv"), movie(tmp_path / "other.mkv")
    assert one.read_bytes() != other.read_bytes()
    assert media_hash(one) == media_hash(other)


def test_other_pictures_or_another_rate_are_other_content(tmp_path: Path) -> None:
    one = movie(tmp_path / "one.mkv")
    assert media_hash(movie(tmp_path / "later.mkv", first=1)) != media_hash(one)
    assert media_hash(movie(tmp_path / "faster.mkv", rate=25)) != media_hash(one)


def test_a_file_that_is_no_movie_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.mkv").write_text("no movie")
    with pytest.raises(MediaError):
        media_hash(tmp_path / "text.mkv")


@pytest.mark.shared
def test_a_bake_learns_its_mouths_from_the_movie_that_it_was_baked_from(shared: Path, tmp_path: Path) -> None:
    talks = str(shared / "anim" / "cherry_welcome.mp4")
    options = _with_own_mouths(Options(), replace(SHOT, footage=talks))
    assert options.library == (talks,)
    assert _with_own_mouths(Options(painter="neutral"), replace(SHOT, footage=talks)).library == ()


def test_footage_without_sound_or_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    silent = str(movie(tmp_path / "silent.mkv"))
    for footage in (silent, str(tmp_path / "gone.mov"), ""):
        assert _with_own_mouths(Options(), replace(SHOT, footage=footage)).library == ()


def test_footage_travels_with_a_plan_and_is_mapped_like_media() -> None:
    plan = Plan("p", Fraction(24), (replace(SHOT, footage="/shot/a.mov"),))
    assert Plan.from_json(plan.to_json()) == plan
    moved = with_paths(plan, lambda path: path.replace("/shot/", "/mnt/"))
    assert moved.shots[0].footage == "/mnt/a.mov"


def test_a_file_that_did_not_change_is_read_once(tmp_path: Path) -> None:
    clip = movie(tmp_path / "clip.mkv")
    before, known = media_hash(clip), clip.stat()
    clip.write_bytes(bytes(known.st_size))  # no movie any more: reading it again would fail
    os.utime(clip, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert media_hash(clip) == before
    os.utime(clip)
    with pytest.raises(MediaError):
        media_hash(clip)
