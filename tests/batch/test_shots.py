from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from fakes.desk import talking_head
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.render_jobs import BOX, FakeRunner, Studio, contents, failing_with, quiet
from fakes.voices import clicks, silence, tone, write_pcm

from plugin_core.batch import render_shot
from plugin_core.errors import Cancelled, EngineError, NoFaceError
from plugin_core.job import Retime
from plugin_core.media import SoundTrack
from plugin_core.pipeline.work_folder import LOCK, work_path
from plugin_core.shots import Cue, Shot, Speaker
from plugin_core.timing import FrameRange

STEM = "edit_s1_lipflap"


def test_a_shot_is_rendered_once_and_kept_from_then_on(studio: Studio, renders: Path) -> None:
    runner = FakeRunner()
    first = render_shot(studio.task(renders), runner, quiet)
    before = contents(renders)
    second = render_shot(studio.task(renders), runner, quiet)
    assert (first.status, second.status) == ("rendered", "kept")
    assert first.render == second.render
    assert first.render is not None
    assert Path(first.render.output).name == f"{STEM}_v001.mov"
    assert len(runner.jobs) == 1
    assert contents(renders) == before
    assert set(before) == {
        f"{STEM}_v001.mov", f"{STEM}_v001.mov.lipflap.json", f"{STEM}_v001.mov.shot.json"
    }  # fmt: skip


def test_the_shot_file_tells_what_the_render_is_of_and_names_no_folder(studio: Studio, renders: Path) -> None:
    task = studio.task(renders)
    render_shot(task, FakeRunner(), quiet)
    record = json.loads((renders / f"{STEM}_v001.mov.shot.json").read_text())
    assert record["schema"] == "lipflap.shot/1"
    assert Shot.from_json(record["shot"]) == task.shot
    assert record["render"]["output"] == f"{STEM}_v001.mov"
    assert record["speakers"] == [{"name": "dialogue", "painter": "fake", "speaks": record["speakers"][0]["speaks"]}]
    assert str(renders) not in json.dumps(record["render"])


def changed_tasks(studio: Studio) -> dict[str, Shot]:
    shot = studio.shot()
    later = Speaker("dialogue", (studio.cue(at=Fraction(1, 5)),))
    return {
        "a later line": replace(shot, speakers=(later,)),
        "another voice": replace(shot, speakers=(Speaker("dialogue", (studio.cue("other"),)),)),
        "its words": replace(shot, speakers=(Speaker("dialogue", (studio.cue(),), text="oh"),)),
        "another face": replace(shot, speakers=(Speaker("dialogue", (studio.cue(),), "left"),)),
        "another range": replace(shot, range=FrameRange(6, 46)),
        "a retime": replace(shot, retime=Retime(Fraction(0), Fraction(2), 60, Fraction(25))),
    }


@pytest.mark.parametrize("change", ["a later line", "another voice", "its words", "another face", "another range",
                                    "a retime"])  # fmt: skip
def test_what_changes_a_shot_gives_it_a_new_version_and_leaves_the_old_one(
    studio: Studio, renders: Path, change: str
) -> None:
    runner = FakeRunner()
    render_shot(studio.task(renders), runner, quiet)
    before = contents(renders)
    again = render_shot(studio.task(renders, changed_tasks(studio)[change]), runner, quiet)
    assert again.status == "rendered"
    assert again.render is not None
    assert Path(again.render.output).name == f"{STEM}_v002.mov"
    assert before.items() < contents(renders).items()
    assert render_shot(studio.task(renders), runner, quiet).status == "kept"


def test_what_changes_no_pixel_renders_nothing_anew(studio: Studio, renders: Path, tmp_path: Path) -> None:
    runner = FakeRunner()
    render_shot(studio.task(renders), runner, quiet)
    moved = tmp_path / "moved.mkv"
    moved.write_bytes(Path(studio.shot().clip).read_bytes())
    shot = replace(studio.shot(), clip=str(moved), timeline=FrameRange(900, 940), name="renamed", doubts=("look",))
    assert render_shot(studio.task(renders, shot), runner, quiet).status == "kept"


def test_other_options_and_other_media_of_the_same_name_are_another_content(
    studio: Studio, renders: Path, tmp_path: Path
) -> None:
    runner = FakeRunner()
    clip = tmp_path / "clip.mkv"
    clip.write_bytes(Path(studio.shot().clip).read_bytes())
    task = studio.task(renders, studio.shot(clip=str(clip)))
    assert render_shot(task, runner, quiet).status == "rendered"
    louder = replace(task, options=replace(task.options, gain=1.5))
    assert render_shot(louder, runner, quiet).status == "rendered"
    write_movie(clip, FakeSource.numbered(60, 240, 240, studio.shot().rate))
    assert render_shot(task, runner, quiet).status == "rendered"


@pytest.mark.parametrize("lost", [".mov", ".mov.lipflap.json", ".mov.shot.json"])
def test_a_render_that_is_not_whole_any_more_is_made_again_under_its_name(
    studio: Studio, renders: Path, lost: str
) -> None:
    runner = FakeRunner()
    render_shot(studio.task(renders), runner, quiet)
    before = contents(renders)
    (renders / f"{STEM}_v001{lost}").unlink()
    assert render_shot(studio.task(renders), runner, quiet).status == "rendered"
    if lost == ".mov.shot.json":
        assert contents(renders) == before
    assert render_shot(studio.task(renders), runner, quiet).status == "kept"


def test_the_voice_of_a_job_is_the_mix_laid_so_that_the_range_begins_after_the_handles(
    studio: Studio, renders: Path, tmp_path: Path
) -> None:
    path = write_pcm(tmp_path / "clicks.wav", clicks(3.0, (0.5, 1.0), 48_000), 48_000)
    cues = (
        Cue(str(path), Fraction(1, 2), Fraction(1, 4), Fraction(1, 25)),
        Cue(str(path), Fraction(1), Fraction(1), Fraction(1)),
    )
    shot = studio.shot(speakers=(Speaker("A", cues),))
    runner = FakeRunner()
    render_shot(studio.task(renders, shot, handles=3, voice_offset_ms=40), runner, quiet)
    (job,), (voice,) = runner.jobs, runner.voices
    assert job.voice.start == Fraction(3, 25)
    assert len(voice) == 46 * 48_000 // 25
    loud = np.flatnonzero(np.abs(voice) > 1_000_000)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-9999) > 1000)]
    assert starts.tolist() == [(3 + 1 + 1) * 1920, (3 + 25 + 1) * 1920]
    assert (job.options.voice_offset_ms, job.sound) == (0, None)


def test_lines_that_pass_full_scale_together_are_lowered_and_never_clipped(
    studio: Studio, renders: Path, tmp_path: Path
) -> None:
    path = write_pcm(tmp_path / "loud.wav", tone(2.4, level=0.9, rate=48_000), 48_000)
    cue = Cue(str(path), Fraction(0), Fraction(12, 5))
    runner = FakeRunner()
    outcome = render_shot(
        studio.task(renders, studio.shot(speakers=(Speaker("A", (cue, cue)),), range=FrameRange(0, 30))), runner, quiet
    )
    peak = np.abs(runner.voices[0]).max()
    assert 2**23 - peak in (0, 1)
    assert (np.abs(runner.voices[0]) >= peak).sum() < 1000  # a clipped sine would lie flat for half of the time
    assert outcome.render is not None
    assert outcome.render.warnings[0] == "the voices together pass full scale: lowered by 5.1 dB"


@pytest.mark.parametrize("speaker", ["nobody", "silence", "elsewhere"])
def test_a_shot_in_which_nobody_speaks_is_skipped_without_work(
    studio: Studio, renders: Path, tmp_path: Path, speaker: str
) -> None:
    silent = Cue(str(write_pcm(tmp_path / "silent.wav", silence(3))), Fraction(0), Fraction(3))
    cues = {"nobody": (), "silence": (silent,), "elsewhere": (studio.cue(at=Fraction(5)),)}[speaker]
    runner = FakeRunner()
    outcome = render_shot(studio.task(renders, studio.shot(speakers=(Speaker("A", cues),))), runner, quiet)
    assert (outcome.status, outcome.message) == ("skipped", "nobody speaks in this shot")
    assert not runner.jobs
    assert contents(renders) == {}


def test_a_line_that_is_heard_in_the_handles_alone_does_not_make_a_shot_speak(studio: Studio, renders: Path) -> None:
    shot = studio.shot(speakers=(Speaker("A", (studio.cue(at=Fraction(41, 25)),)),))
    assert render_shot(studio.task(renders, shot, handles=10), FakeRunner(), quiet).status == "skipped"


def test_a_short_shot_in_the_middle_of_a_vowel_speaks(studio: Studio, renders: Path) -> None:
    shot = studio.shot(start=10, stop=14, speakers=(Speaker("A", (studio.cue(at=Fraction(-1, 2)),)),))
    assert render_shot(studio.task(renders, shot), FakeRunner(), quiet).status == "rendered"


def test_a_shot_with_a_problem_fails_with_it_and_costs_nothing(studio: Studio, renders: Path) -> None:
    runner = FakeRunner()
    outcome = render_shot(studio.task(renders, studio.shot(problem="its media is missing")), runner, quiet)
    assert (outcome.status, outcome.message) == ("failed", "its media is missing")
    assert not runner.jobs


def test_an_error_of_the_job_is_a_failed_outcome_and_leaves_nothing(studio: Studio, renders: Path) -> None:
    outcome = render_shot(studio.task(renders), failing_with(EngineError("the disk caught fire")), quiet)
    assert (outcome.status, outcome.message) == ("failed", "the disk caught fire")
    assert contents(renders) == {}


def test_media_that_plays_at_another_rate_than_planned_fails(studio: Studio, renders: Path) -> None:
    shot = studio.shot(rate=Fraction(24000, 1001))
    outcome = render_shot(studio.task(renders, shot), FakeRunner(), quiet)
    assert outcome.status == "failed"
    assert "plays at 25 frames per second, the plan says 23.976" in outcome.message


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_a_rate_that_is_imposed_on_a_movie_takes_its_pictures_one_by_one(
    studio: Studio, renders: Path, rate: Fraction
) -> None:
    runner = FakeRunner()
    shot = studio.shot(rate=rate, conform=True)
    assert render_shot(studio.task(renders, shot), runner, quiet).status == "rendered"
    assert (runner.jobs[0].options.rate, runner.jobs[0].retime) == (None, Retime(Fraction(0), Fraction(1), 60, rate))
    own = studio.shot(name="s2", conform=True)
    assert render_shot(studio.task(renders, own), runner, quiet).status == "rendered"
    assert (runner.jobs[1].options.rate, runner.jobs[1].retime) == ("25", None)


def test_a_wide_shot_without_a_face_is_skipped_and_not_looked_at_again(studio: Studio, renders: Path) -> None:
    nobody = failing_with(NoFaceError("clip.mkv", 40))
    task = studio.task(renders, face_box=None)
    outcomes = [render_shot(task, nobody, quiet) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == ["skipped", "skipped"]
    assert outcomes[0].message == outcomes[1].message == "no face found in this shot"
    assert len(nobody.jobs) == 1
    assert set(contents(renders)) == {f"{STEM}_none.shot.json"}
    pointed = studio.shot(speakers=(Speaker("dialogue", (studio.cue(),), "100,100"),))
    assert render_shot(studio.task(renders, pointed, face_box=None), FakeRunner(), quiet).status == "rendered"


@pytest.mark.parametrize("face", ["100,100", ""])
def test_a_face_that_was_pointed_at_and_is_not_there_is_a_failure(studio: Studio, renders: Path, face: str) -> None:
    shot = studio.shot(speakers=(Speaker("A", (studio.cue(),), face),))
    task = studio.task(renders, shot, face_box=None if face else BOX)
    outcome = render_shot(task, failing_with(NoFaceError("clip.mkv", 40)), quiet)
    assert outcome.status == "failed"
    assert "no face found" in outcome.message


def test_a_cancelled_shot_leaves_nothing_behind(studio: Studio, renders: Path) -> None:
    def stop(_stage: str, _done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render_shot(studio.task(renders), FakeRunner(), stop)
    assert list(renders.iterdir()) == []


def test_a_shot_that_another_process_renders_is_waited_for(studio: Studio, renders: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lock = work_path(renders / f"{STEM}_v001.mov.shot") / LOCK
    lock.parent.mkdir()
    lock.write_text(f"{other.pid} {psutil.Process(other.pid).create_time()}")
    runner, stages = FakeRunner(), list[str]()

    def end_the_other(stage: str, _done: int, _total: int) -> None:
        stages.append(stage)
        if stages == ["wait", "wait"]:
            assert not runner.jobs
            other.communicate(b"\n")

    assert render_shot(studio.task(renders), runner, end_the_other).status == "rendered"
    assert stages[:2] == ["wait", "wait"]


def test_what_a_kill_left_after_the_last_file_is_cleared_by_the_next_run(studio: Studio, renders: Path) -> None:
    render_shot(studio.task(renders), FakeRunner(), quiet)
    before = contents(renders)
    left = work_path(renders / f"{STEM}_v001.mov.shot")
    left.mkdir()
    (left / "voice1.wav").write_bytes(b"RIFF")
    assert render_shot(studio.task(renders), FakeRunner(), quiet).status == "kept"
    assert contents(renders) == before
    assert {path.name for path in renders.iterdir()} == set(before)


def test_the_codec_decides_the_suffix(studio: Studio, renders: Path) -> None:
    for codec, suffix in (("h264", ".mp4"), ("ffv1", ".mkv"), ("dnxhr", ".mxf"), ("prores4444", ".mov")):
        outcome = render_shot(studio.task(renders, codec=codec), FakeRunner(), quiet)
        assert outcome.render is not None
        assert Path(outcome.render.output).suffix == suffix


def test_file_names_are_safe_whatever_the_edit_is_called(studio: Studio, renders: Path) -> None:
    task = replace(studio.task(renders), plan_name="Ep. 3: a/b\\c %04d *?")
    outcome = render_shot(task, FakeRunner(), quiet)
    assert outcome.render is not None
    assert Path(outcome.render.output).name == "Ep._3_a_b_c_04d_s1_lipflap_v001.mov"
    assert render_shot(task, FakeRunner(), quiet).status == "kept"


def trio(studio: Studio) -> Shot:
    voices, faces = ("voice", "other", "voice"), ("left", "120,90", "right")
    return studio.shot(
        speakers=tuple(
            Speaker(name, (studio.cue(voice),), face, text=f"said {name}")
            for name, voice, face in zip("ABC", voices, faces, strict=True)
        )
    )


def test_each_speakers_render_is_the_clip_of_the_next_and_the_last_has_all_voices(
    studio: Studio, renders: Path
) -> None:
    runner = FakeRunner()
    outcome = render_shot(studio.task(renders, trio(studio), handles=7, face_box=None), runner, quiet)
    first, second, third = runner.jobs
    assert outcome.render is not None
    assert outcome.render.range == FrameRange(0, 52)  # the clip has 5 frames before the range, not 7
    assert (second.clip, third.clip) == (first.output, second.output)
    assert [job.range for job in runner.jobs] == [FrameRange(5, 45)] * 3
    assert [job.options.codec for job in runner.jobs] == ["ffv1", "ffv1", "auto"]
    assert [job.options.sound for job in runner.jobs] == ["clip", "clip", "voice"]
    assert [job.options.rate for job in runner.jobs] == [None, "25", "25"]
    assert [job.options.text for job in runner.jobs] == ["said A", "said B", "said C"]
    assert [job.options.face_point for job in runner.jobs] == [(0, 120), (120, 90), (239, 120)]
    assert runner.sounds[:2] == [None, None]
    mix = runner.sounds[2]
    assert mix is not None
    np.testing.assert_allclose(mix, sum(voice.astype(int) for voice in runner.voices), atol=2)
    assert [path.name for path in renders.iterdir() if path.name.startswith(".")] == []


def test_passes_that_a_kill_left_whole_are_not_painted_again(studio: Studio, renders: Path) -> None:
    task = studio.task(renders, trio(studio), handles=2, face_box=None)
    undisturbed = FakeRunner()
    render_shot(task, undisturbed, quiet)
    before = contents(renders)
    for path in renders.iterdir():
        path.unlink()
    killed = FakeRunner()
    program = subprocess.run(
        [sys.executable, "-c", KILLED_IN_THE_THIRD_PASS, json.dumps(task.to_json()), str(Path(__file__).parents[1])],
        check=False,
    )
    assert program.returncode == -9
    assert render_shot(task, killed, quiet).status == "rendered"
    assert len(killed.jobs) == 1
    assert contents(renders) == before


@pytest.mark.parametrize(("sound", "painter", "library"), [(True, "auto", True), (True, "neutral", False),
                                                            (False, "auto", False)])  # fmt: skip
def test_a_retimed_shot_learns_mouths_from_its_clip_as_it_was_shot(
    studio: Studio, renders: Path, tmp_path: Path, sound: bool, painter: str, library: bool
) -> None:
    track = SoundTrack(Path(studio.cue().path)) if sound else None
    write_movie(tmp_path / "clip.mkv", talking_head(60), sound=track)
    retime = Retime(Fraction(50), Fraction(-1), 40, Fraction(25))
    shot = studio.shot("s1", 0, 40, clip=str(tmp_path / "clip.mkv"), retime=retime)
    runner = FakeRunner()
    assert render_shot(studio.task(renders, shot, painter=painter), runner, quiet).status == "rendered"
    assert runner.jobs[0].options.library == ((shot.clip,) if library else ())


KILLED_IN_THE_THIRD_PASS = """
import json, os, signal, sys
sys.path.insert(0, sys.argv[2])
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.render_jobs import FakeRunner, quiet
from plugin_core.batch import ShotTask, render_shot

def die_in_the_third(job):
    if len(runner.jobs) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

runner = FakeRunner(die_in_the_third)
render_shot(ShotTask.from_json(json.loads(sys.argv[1])), runner, quiet)
"""


def test_a_speaker_who_says_nothing_is_heard_but_not_painted(studio: Studio, renders: Path, tmp_path: Path) -> None:
    room = Cue(str(write_pcm(tmp_path / "room.wav", silence(3) + np.float32(0.001))), Fraction(0), Fraction(3))
    speakers = (Speaker("A", (studio.cue(),), "left"), Speaker("B", (room,), "right"))
    runner = FakeRunner()
    outcome = render_shot(studio.task(renders, studio.shot(speakers=speakers), face_box=None), runner, quiet)
    assert len(runner.jobs) == 1
    assert runner.jobs[0].options.face_point == (0, 120)
    mix = runner.sounds[0]
    assert mix is not None
    assert (mix != runner.voices[0]).any()
    assert outcome.render is not None
    assert outcome.render.warnings[0] == "B says nothing in this shot and is left as drawn"
