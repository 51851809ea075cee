"""Edits that real programs wrote, converted with real renders, and found again in the file that was written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.desk import FACE_BOX, talking_head
from fakes.drawn_edits import drawn_edit
from fakes.lost_media import supply_media
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

from hosts.otio.reading import open_edit
from plugin_core.media import open_clip
from plugin_core.shots import Plan
from plugin_core.timing import parse_rate

pytestmark = pytest.mark.slow

HOW = ("--painter", "neutral", "--face-box", FACE_BOX, "--handles", "4")


@dataclass(frozen=True)
class Case:
    """An edit, the clips of it that are rendered, and the file that is written."""

    edit: str
    clips: str
    output: str
    shots: int
    flags: tuple[str, ...] = ()


CASES = (
    Case("25fps.edl", "sq001_s004", "out.edl", 1),
    Case("gap_test.edl", "shot[23]", "out.otio", 2),
    Case("screening_example.edl", "ZZ100_501*", "out.edl", 1, ("--edit-rate", "23.976")),
    Case("fcpx_example.fcpxml", "IMG_0268", "out.fcpxml", 1, ("--timeline", "OpenTimeline_Project")),
    Case("premiere_example.fcp7.xml", "sc01_sh010_anim*", "out.xml", 4),
    Case("trims.aaf", "t-hawk*", "out.aaf", 1),
    Case("nested_example.otio", "Normal Clip 2", "out.otio", 1),
    Case("nested_example.otio", "Normal Clip 3", "out.otio", 1, ("--mode", "reference")),
    Case("transition_test.otio", "A", "out.otiod", 1),
    Case("simple_cut.otio", "Clip-00*", "out.otioz", 4),
)  # fmt: skip


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("material")
    write_movie(folder / "head.mkv", talking_head(50))
    bursts = tuple((0.5 * burst, 0.4 + 0.5 * burst) for burst in range(170))
    return folder / "head.mkv", write_pcm(folder / "dub.wav", tone_bursts(85, bursts))


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.edit} to {case.output} {case.clips}")
def test_real_edits_are_converted_and_their_renders_found_again(
    case: Case, material: tuple[Path, Path], shared: Path, tmp_path: Path
) -> None:
    edit = shared / "edits" / case.edit
    flags = dict(zip(case.flags[::2], case.flags[1::2], strict=True))
    rate = parse_rate(flags["--edit-rate"]) if "--edit-rate" in flags else None
    timeline = open_edit(edit, timeline_name=flags.get("--timeline"), rate=rate)
    (tmp_path / "media").mkdir()
    supply_media(timeline, material[0], tmp_path / "media")
    before = edit.read_bytes()
    converted(
        edit, tmp_path / case.output, case.shots,
        ("--voice", str(material[1]), "--search", str(tmp_path / "media"), "--clips", case.clips, *case.flags),
    )  # fmt: skip
    assert edit.read_bytes() == before


@pytest.mark.parametrize("output", ["out.otio", "out.xml", "out.aaf", "out.edl", "out.kdenlive"])
@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(24000, 1001)], ids=["29.97", "23.976"])
def test_ntsc_rates_come_through_every_format_that_holds_them(output: str, rate: Fraction, tmp_path: Path) -> None:
    edit = drawn_edit(tmp_path, 6, rate)
    converted(edit.path, tmp_path / output, 2, ("--clips", "sh00[25]"))


def converted(edit: Path, output: Path, shots: int, flags: tuple[str, ...]) -> None:
    """Convert, and compare where the written file shows the renders with the plan and with the renders themselves."""
    renders = output.with_name("renders")
    said = subprocess.run(
        [sys.executable, "-m", "plugin_core", "convert", str(edit), "-o", str(output), "--renders", str(renders),
         "--plan", str(output.with_name("plan.json")), *HOW, *flags],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[-1] == f"{output}: {shots} rendered"
    plan = Plan.from_json(json.loads(output.with_name("plan.json").read_text(encoding="utf-8")))
    reads_rate = output.suffix == ".edl"
    written = open_edit(output, rate=plan.rate if reads_rate else None)
    shown = sorted(_shown(written))
    assert [(begins, seconds) for begins, seconds, _ in shown] == sorted(
        (shot.timeline.start / plan.rate, len(shot.range) / shot.rate) for shot in plan.shots
    )
    for _, seconds, name in shown:
        shot = next(shot for shot in plan.shots if f"_{shot.id}_lipflap_v001" in name)
        facts = open_clip(renders / name).facts
        assert facts.rate == shot.rate
        assert len(shot.range) <= facts.frames <= len(shot.range) + 8
        assert seconds == len(shot.range) / shot.rate


def _shown(timeline: otio.schema.Timeline) -> Iterator[tuple[Fraction, Fraction, str]]:
    """When each render of ours begins on the timeline, how long it is shown, in seconds, and its file."""
    for track in timeline.video_tracks():
        for clip in track.find_clips():
            url = getattr(clip.media_reference, "target_url", "") or ""
            if "_lipflap_v" in url:
                span = clip.transformed_time_range(clip.visible_range(), timeline.tracks)
                yield _seconds(span.start_time), _seconds(span.duration), url.rpartition("/")[2]


def _seconds(time: Any) -> Fraction:
    """Exact, since every time in these edits is a whole number of frames."""
    rate = parse_rate(time.rate)
    return Fraction(round(time.value)) / rate
