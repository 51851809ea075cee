"""Every kind of strip, frame by frame: what a real Blender's sequencer renders is what the footage holds.

The media carries its frame numbers in its pictures. For each feature Blender renders the sequencer itself; the footage
is decoded by the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import pytest
from fakes.blenders import RealBlender, found_blenders
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie

from hosts.blender.timeline.facts import StripFacts
from hosts.blender.timeline.mapping import Probed, contradiction
from plugin_core.desk.probing import probe
from plugin_core.media import open_clip
from plugin_core.timing import FrameRange

B_FRAMES = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "12", "-g", "12", "-bf", "3"]
FRAMES = 45
SIZE = (80, 48)
RATES = {  # of the scene in Blender's own words, with the rate of the movie
    "24 with 29.97": ((24, 1.0), Fraction(30000, 1001)),
    "25 with 24": ((25, 1.0), Fraction(24)),
    "29.97 with 25": ((30, 1.001), Fraction(25)),
}
DIRECT = {"plain", "hard_trims", "soft_trims", "both_trims", "sequence", "sequence_part", "still", "movie_in_meta"}


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Callable[[RealBlender, str], dict[str, Any]]:
    """What one Blender says of all strips at one of `RATES`; asked once a session."""
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def studied(blender: RealBlender, rates: str) -> dict[str, Any]:
        if (str(blender.program), rates) not in known:
            folder = tmp_path_factory.mktemp("strips of ä kind")
            (fps, rate), movie = RATES[rates], folder / "grey ü.mp4"
            write_movie(movie, FakeSource.numbered(FRAMES, *SIZE, rate), "h264")
            known[str(blender.program), rates] = blender.call(
                "exactness", "study", movie=str(movie), pictures=numbered_pictures(folder), size=SIZE, fps=fps,
                folder=str(folder), lent=lent(blender, movie, fps, folder),
            )  # fmt: skip
        return known[str(blender.program), rates]

    return studied


def numbered_pictures(folder: Path) -> list[str]:
    inside = folder / "pictures ö"
    inside.mkdir()
    paths = [inside / f"shot.{number + 3:04d}.png" for number in range(FRAMES)]
    for number, path in enumerate(paths):
        assert cv2.imwrite(str(path), numbered_picture(number, *SIZE))
    return [str(path) for path in paths]


def lent(blender: RealBlender, movie: Path, fps: tuple[int, float], folder: Path) -> str:
    """A .blend of an older Blender with a strip that Blender 5 can't make without a window; "" where there is none."""
    if int(blender.version.split(".")[0]) < 5:
        return ""
    older = [one for one in found_blenders() if one.version.startswith("4.")]
    home = folder / "lent"
    home.mkdir()
    return older[0].call("exactness", "lend", movie=str(movie), size=SIZE, fps=fps, folder=str(home)) if older else ""


def numbers_of(footage: dict[str, Any]) -> list[int]:
    span = FrameRange(*footage["range"])
    if footage["still"]:
        return [number_of(next(open_clip(Path(footage["clip"])).frames(FrameRange(0, 1))))] * len(span)
    return [number_of(picture) for picture in open_clip(Path(footage["clip"])).frames(span)]


@pytest.mark.parametrize("rates", RATES)
def test_footage_shows_what_the_sequencer_shows_at_each_frame(
    blender: RealBlender, study: Callable[[RealBlender, str], dict[str, Any]], rates: str
) -> None:
    wrong = {}
    for feature, told in study(blender, rates).items():
        shown = [number_of(cv2.imread(path)) for path in told["shown"]]
        footage = numbers_of(told["footage"])
        if feature == "looked_after":  # muted, so nothing is shown
            shown = list(reversed(range(FRAMES)))
        assert len(set(footage)) > 2 or feature == "still", f"{feature} proves nothing"
        if shown != footage:
            wrong[feature] = (told["reason"] or "direct", shown, footage)
    assert wrong == {}


@pytest.mark.parametrize("rates", RATES)
def test_a_bake_is_as_long_as_its_strip_at_the_scenes_exact_rate_and_opaque(
    blender: RealBlender, study: Callable[[RealBlender, str], dict[str, Any]], rates: str
) -> None:
    baked = {name: told for name, told in study(blender, rates).items() if told["footage"]["baked"]}
    assert len(baked) > 10
    for feature, told in baked.items():
        facts = open_clip(Path(told["footage"]["clip"])).facts
        start, stop = told["range"]
        assert (facts.frames, facts.rate) == (stop - start, Fraction(told["rate"])), feature
        assert (facts.width, facts.height, facts.has_alpha, facts.variable_rate) == (*SIZE, False, False), feature


def test_only_what_is_certain_is_read_directly(
    blender: RealBlender, study: Callable[[RealBlender, str], dict[str, Any]]
) -> None:
    told = study(blender, "24 with 29.97")
    assert {name for name, one in told.items() if not one["footage"]["baked"]} == DIRECT
    assert told["hard_trims"]["footage"]["range"] == [7, FRAMES - 5]
    if "adjusted" in told:  # 45 frames of 29.97 are 36 of 24
        assert told["adjusted"]["reason"] == "its playback rate is adjusted"
        assert told["adjusted"]["range"] == [10, 46]


def odd_movies(folder: Path) -> dict[str, Path]:
    """Files whose pictures lie in another order than they are shown in, begin late, or come unevenly."""
    whole, half_turn = folder / "whole.mkv", ("-display_rotation", "180")
    write_movie(whole, FakeSource.numbered(FRAMES, *SIZE, Fraction(24)), "ffv1")
    made = {
        name: folder / name.replace("_", ".") for name in ("b_mp4", "late_mkv", "uneven_mkv", "cut_mp4", "turned_mp4")
    }
    made["old_avi"] = folder / "old.avi"
    call_ffmpeg("-i", str(whole), *B_FRAMES, str(made["b_mp4"]))
    call_ffmpeg("-i", str(whole), *B_FRAMES, "-output_ts_offset", "1.5", str(made["late_mkv"]))
    uneven = ("-vf", "select='not(eq(mod(n\\,7)\\,3))'", "-fps_mode", "vfr")
    call_ffmpeg("-i", str(whole), *uneven, *B_FRAMES, str(made["uneven_mkv"]))
    call_ffmpeg("-ss", "0.7", "-i", str(made["b_mp4"]), "-c", "copy", str(made["cut_mp4"]))
    call_ffmpeg(*half_turn, "-i", str(made["b_mp4"]), "-c", "copy", str(made["turned_mp4"]))
    call_ffmpeg("-i", str(whole), "-c:v", "mpeg4", "-q:v", "1", "-bf", "2", str(made["old_avi"]))
    return made


def refusal(told: dict[str, Any], movie: Path) -> str | None:
    """Why that file is not read directly: because of its strip, or of what the engine says."""
    known = told["facts"]
    strip = StripFacts(
        "", "", "MOVIE", 1, FrameRange(0, 1), Fraction(0), 1,
        size=SIZE, file_frames=int(known["file_frames"]), file_rate=float(known["file_rate"]),
    )  # fmt: skip
    return told["reason"] or contradiction(strip, Probed.of(probe({"clip": str(movie)})[1]))


def test_odd_files_are_read_directly_only_where_the_engine_sees_what_blender_shows(
    blender: RealBlender, tmp_path: Path
) -> None:
    movies = odd_movies(tmp_path)
    named = {name: str(path) for name, path in movies.items()}
    told = blender.call("exactness", "study_movies", movies=named, size=SIZE, fps=(24, 1.0), folder=str(tmp_path))
    for name, one in told.items():
        shown = [number_of(cv2.imread(path)) for path in one["shown"]]
        assert numbers_of(one["baked"]) == shown, name
        if refusal(one, movies[name]) is None:
            assert numbers_of(one["footage"]) == shown, name
    direct = {name for name, one in told.items() if refusal(one, movies[name]) is None}
    assert direct == {"b_mp4", "late_mkv"}
