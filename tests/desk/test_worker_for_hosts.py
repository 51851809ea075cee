"""What hosts ask a real worker process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import drawn_face
from fakes.frames import FakeSource, number_of, numbered_picture
from fakes.movies import call_ffmpeg, write_movie
from fakes.render_jobs import BOX, Studio

from plugin_core.client import Event, Worker
from plugin_core.desk.looking import SMALLEST
from plugin_core.errors import LipSyncError, OptionError, RangeError
from plugin_core.media import open_clip, write_picture
from plugin_core.options import Options
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange

NEUTRAL = Options(painter="neutral", face_box=BOX, codec="ffv1")
RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(sys.executable, sys.stderr) as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio.built(tmp_path_factory.mktemp("studio"))


def test_a_clip_is_probed_without_torch(studio: Studio) -> None:
    clip = str(studio.folder / "clip.mkv")
    program = f"""
import sys
from plugin_core.desk.verbs import VERBS
from plugin_core.worker import Errand
event, told = VERBS["probe"]({{"clip": {clip!r}}}, None)
assert told["frames"] == 60, told
sys.exit(" ".join(sorted({{"torch", "librosa", "scipy"}} & set(sys.modules))) or 0)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def test_an_even_movie_is_constant_and_tells_its_own_rate(worker: Worker, tmp_path: Path) -> None:
    for rate in RATES:
        for name in ("a.mkv", "a.mp4", "a.mov"):
            write_movie(tmp_path / name, FakeSource.numbered(30, rate=rate))
            told = worker.probe(tmp_path / name, Fraction(60)).fields
            assert told == {
                "clip": str(tmp_path / name), "kind": "movie", "frames": 30, "rate": str(rate), "size": [64, 48],
                "constant": True, "turned": False, "alpha": False, "sound": False, "problem": None,
            }  # fmt: skip


def test_stills_and_sequences_take_the_rate_that_is_asked(worker: Worker, tmp_path: Path) -> None:
    for number in range(7, 12):
        write_picture(tmp_path / f"shot.{number:04d}.png", numbered_picture(number))
    sequence = worker.probe(tmp_path / "shot.%04d.png", Fraction(30000, 1001)).fields
    assert (sequence["kind"], sequence["frames"], sequence["rate"]) == ("sequence", 5, "30000/1001")
    still = worker.probe(tmp_path / "shot.0007.png", Fraction(25)).fields
    assert (still["kind"], still["frames"], still["rate"], still["constant"]) == ("still", 1, "25", True)


def uneven(folder: Path, expression: str) -> Path:
    """A movie of 40 pictures at 25 whose timestamps an ffmpeg expression moves."""
    write_movie(folder / "even.mkv", FakeSource.numbered(40))
    out = folder / "uneven.mp4"
    call_ffmpeg("-i", str(folder / "even.mkv"), "-vf", f"settb=1/12800,setpts={expression}", "-fps_mode", "passthrough",
                "-enc_time_base", "1/12800", "-c:v", "libx264", "-crf", "5", "-bf", "0", str(out))  # fmt: skip
    return out


@pytest.mark.parametrize(
    "expression",
    ["PTS+if(gt(N\\,20)\\,2560\\,0)", "PTS+100*mod(N\\,2)", "if(lt(N\\,20)\\,N*512\\,10240+(N-20)*1024)"],
    ids=["a held picture", "a jitter of a fifth of a frame", "two rates"],
)
def test_a_movie_whose_pictures_come_unevenly_is_not_constant(worker: Worker, tmp_path: Path, expression: str) -> None:
    told = worker.probe(uneven(tmp_path, expression)).fields
    assert (told["problem"], told["constant"]) == (None, False)


def test_a_movie_whose_container_rounds_a_picture_out_of_its_frame_is_not_constant(
    worker: Worker, tmp_path: Path
) -> None:
    """Blender 3.4, 4.5 and 5.2 show picture 29 at frame 30: its stamp, 500.5 ms, was rounded up."""
    write_movie(tmp_path / "a.mkv", FakeSource.numbered(40, rate=Fraction(60000, 1001)))
    told = worker.probe(tmp_path / "a.mkv").fields
    assert (told["rate"], told["frames"], told["constant"]) == ("60000/1001", 40, False)


def test_a_movie_with_pictures_that_nobody_sees_is_not_constant(worker: Worker, tmp_path: Path) -> None:
    """Cut without encoding: the pictures back to the key one are in the file, an edit list hides them."""
    write_movie(tmp_path / "whole.mov", FakeSource.numbered(60), "h264")
    call_ffmpeg("-ss", "0.8", "-i", str(tmp_path / "whole.mov"), "-c", "copy", str(tmp_path / "cut.mov"))
    told = worker.probe(tmp_path / "cut.mov").fields
    assert told["frames"] < 60
    assert not told["constant"]


def test_a_movie_that_lies_on_its_side_is_told(worker: Worker, tmp_path: Path) -> None:
    write_movie(tmp_path / "whole.mp4", FakeSource.numbered(10))
    call_ffmpeg(
        "-display_rotation", "90", "-i", str(tmp_path / "whole.mp4"), "-c", "copy", str(tmp_path / "turned.mp4")
    )
    told = worker.probe(tmp_path / "turned.mp4").fields
    assert (told["size"], told["turned"]) == ([48, 64], True)


def test_a_clip_that_can_not_be_read_is_a_problem_and_no_error(worker: Worker, tmp_path: Path) -> None:
    told = worker.probe(tmp_path / "missing.mp4").fields
    assert "missing.mp4" in told["problem"]
    assert (told["frames"], told["rate"], told["constant"]) == (0, None, False)
    (refused,) = worker.ask("probe", clip="x", rate="never")
    assert isinstance(refused.error, OptionError)


def test_the_engine_describes_itself(worker: Worker) -> None:
    told = worker.describe().fields
    assert (told["protocol"], told["python"]) == (1, sys.executable)
    assert told["device"]
    models = {model["name"]: model for model in told["models"]}
    assert models["hearing"]["state"] == "ok"
    assert models["wav2lip"]["state"] in ("ok", "note")
    assert {finding["state"] for finding in told["findings"]} <= {"ok", "note"}
    assert any("ffmpeg" in finding["what"] for finding in told["findings"])


def look(worker: Worker, clip: Path, frame: int, **options: object) -> Event:
    return worker.look(clip, frame, clip.with_name("face.png"), options)


def test_the_face_of_a_frame_is_found_and_drawn(worker: Worker, studio: Studio) -> None:
    clip = studio.folder / "clip.mkv"
    told = look(worker, clip, 30, detector="toon").fields
    (face,) = told["faces"]
    assert (told["size"], face["chosen"], face["detector"]) == ([240, 240], True, "toon")
    drawn = drawn_face().face
    x, y, width, height = face["box"]
    assert x < drawn.mouth.x < x + width
    assert y < drawn.mouth.y < y + height
    quad = face["mouth"]
    assert quad[0][0] < drawn.mouth.x < quad[1][0]
    assert quad[0][1] < drawn.mouth.y < quad[3][1]
    plain, marked = next(iter(open_clip(clip).frames(FrameRange(30, 31)))), cv2.imread(told["picture"])
    assert marked is not None
    assert max(marked.shape[:2]) == SMALLEST
    scale = SMALLEST / 240
    changed = (np.abs(marked.astype(int) - cv2.resize(plain, marked.shape[1::-1], interpolation=cv2.INTER_CUBIC))).any(
        2
    )
    assert changed[round(y * scale), round(x * scale) : round((x + width) * scale)].all()  # the box's upper edge
    assert not changed[: round(y * scale) - 8].any()


def test_a_frame_without_a_face_is_an_empty_list(worker: Worker, tmp_path: Path) -> None:
    write_picture(tmp_path / "grey.png", numbered_picture(0, 320, 240))
    told = look(worker, tmp_path / "grey.png", 12).fields
    assert told["faces"] == []
    assert Path(told["picture"]).is_file()


def test_boxes_that_were_set_by_hand_are_the_only_faces(worker: Worker, studio: Studio, tmp_path: Path) -> None:
    clip = studio.folder / "clip.mkv"
    told = look(worker, clip, 3, face_box=(60, 50, 120, 150)).fields
    assert [(face["box"], face["detector"], face["chosen"]) for face in told["faces"]] == [
        ([60, 50, 120, 150], "hand", True)
    ]
    keyframes = [{"frame": 0, "face": [10, 10, 100, 100]}, {"frame": 20, "off": True}]
    (tmp_path / "boxes.json").write_text(json.dumps({"version": 1, "unit": "pixels", "keyframes": keyframes}))
    boxes = str(tmp_path / "boxes.json")
    assert look(worker, clip, 3, boxes=boxes).fields["faces"][0]["box"] == [10, 10, 100, 100]
    assert look(worker, clip, 30, boxes=boxes).fields["faces"] == []


def test_the_face_that_a_person_points_at_is_the_chosen_one(worker: Worker, tmp_path: Path) -> None:
    one, other = drawn_face().picture, drawn_face(0.5).picture
    write_picture(tmp_path / "two.png", cv2.hconcat([one, other]))
    left = look(worker, tmp_path / "two.png", 0, face_point=(120.0, 120.0)).fields["faces"]
    right = look(worker, tmp_path / "two.png", 0, face_point=(360.0, 120.0)).fields["faces"]
    assert [face["chosen"] for face in left] == [True, False]
    assert [face["chosen"] for face in right] == [False, True]


def test_a_look_that_can_not_be_says_why(worker: Worker, studio: Studio) -> None:
    clip = studio.folder / "clip.mkv"
    with pytest.raises(RangeError):
        look(worker, clip, 60)
    with pytest.raises(OptionError):
        look(worker, clip, 0, no_such_setting=1)
    with pytest.raises(LipSyncError, match="missing"):
        look(worker, studio.folder / "missing.mkv", 0)


def outcomes_of(events: list[Event]) -> list[Outcome]:
    return [event.outcome for event in events if event.name == "outcome"]


def test_a_plan_is_rendered_shot_by_shot_and_a_failing_shot_does_not_end_it(
    worker: Worker, studio: Studio, tmp_path: Path
) -> None:
    missing = studio.shot("s1", clip=str(tmp_path / "gone.mkv"))
    plan = Plan("edit", Fraction(25), (missing, studio.shot("s2", 5, 17), studio.shot("s3", 20, 30)), NEUTRAL)
    events = list(worker.plan(plan, tmp_path / "renders"))
    first, second, third = outcomes_of(events)
    assert (first.shot.id, first.status, second.status, third.status) == ("s1", "failed", "rendered", "rendered")
    assert "gone.mkv" in first.message
    assert second.shot == plan.shots[1]
    assert second.render is not None
    assert open_clip(Path(second.render.output)).facts.frames == 12
    assert events[-1].name == "done"
    told = {(event.fields["shot"], event.fields["stage"]) for event in events if event.name == "progress"}
    assert {("s2", "paint"), ("s3", "paint")} <= told
    again = outcomes_of(list(worker.plan(plan, tmp_path / "renders")))
    assert [outcome.status for outcome in again] == ["failed", "kept", "kept"]
    assert again[1].render == second.render


def test_a_cancelled_plan_keeps_what_was_finished_and_leaves_nothing_half_done(
    worker: Worker, studio: Studio, tmp_path: Path
) -> None:
    plan = Plan("edit", Fraction(25), (studio.shot("s1", 5, 9), studio.shot("s2", 10, 60)), NEUTRAL)
    events = []
    for event in worker.plan(plan, tmp_path):
        events.append(event)
        if event.name == "progress" and event.fields["shot"] == "s2":
            worker.cancel()
    assert events[-1].name == "cancelled"
    assert [outcome.shot.id for outcome in outcomes_of(events)] == ["s1"]
    assert not [path.name for path in tmp_path.iterdir() if "_s2_" in path.name]
    assert worker.alive


def test_a_plan_that_can_not_be_is_an_error(worker: Worker, studio: Studio, tmp_path: Path) -> None:
    twice = Plan("edit", Fraction(25), (studio.shot("s1"), studio.shot("s1")), NEUTRAL)
    (error,) = worker.plan(twice, tmp_path)
    assert isinstance(error.error, OptionError)
    assert "twice" in str(error.error)


def numbered_clips(folder: Path) -> dict[str, Path]:
    """A still, a sequence and a movie at 30 frames per second, each picture with its number."""
    numbered = FakeSource.numbered(40, 240, 160, rate=Fraction(30))
    write_movie(folder / "movie.mkv", numbered)
    for number in range(40):
        write_picture(folder / f"shot.{number:04d}.png", numbered_picture(number, 240, 160))
    return {"movie": folder / "movie.mkv", "sequence": folder / "shot.%04d.png", "still": folder / "shot.0007.png"}


def test_an_imposed_rate_plays_every_kind_of_clip_picture_by_picture(
    worker: Worker, studio: Studio, tmp_path: Path
) -> None:
    """As Blender's sequencer plays them: a frame of the timeline is a frame of the file, whatever rate it has."""
    span = FrameRange(10, 22)
    shots = [
        studio.shot(f"{kind}{number}", span.start, span.stop, clip=str(clip), rate=rate, conform=True)
        for kind, clip in numbered_clips(tmp_path).items()
        for number, rate in enumerate(RATES)
    ]
    options = Options(painter="neutral", face_box=(60, 60, 100, 90), codec="ffv1", handles=3)
    outcomes = outcomes_of(list(worker.plan(Plan("edit", Fraction(24), tuple(shots), options), tmp_path / "renders")))
    assert [outcome.message for outcome in outcomes] == [""] * 9
    for outcome in outcomes:
        assert outcome.render is not None
        assert outcome.render.range == FrameRange(7, 25)
        source = open_clip(Path(outcome.render.output))
        assert source.facts.rate == outcome.shot.rate
        shown = [number_of(picture[:40]) for picture in source.frames(FrameRange(0, source.facts.frames))]
        still = outcome.shot.id.startswith("still")
        assert shown == ([7] * 18 if still else list(range(7, 25))), outcome.shot.id


def test_a_page_of_outcomes_is_written(worker: Worker, studio: Studio, tmp_path: Path) -> None:
    plan = Plan("edit", Fraction(25), (studio.shot("s1", 5, 15),), NEUTRAL)
    outcomes = outcomes_of(list(worker.plan(plan, tmp_path)))
    *told, last = worker.page(tmp_path / "page.html", "Take one", outcomes, plan)
    assert (last.name, last.fields["page"]) == ("page", str(tmp_path / "page.html"))
    assert {event.fields["stage"] for event in told} == {"review"}
    assert "Take one" in (tmp_path / "page.html").read_text(encoding="utf-8")
    *_, failed = worker.page(tmp_path / "no" / "page.html", "Take one", outcomes)
    assert "no/page.html" in str(failed.error)


def test_every_shot_and_outcome_comes_back_from_json_as_it_was(studio: Studio) -> None:
    shot = studio.shot()
    for outcome in (Outcome(shot, "failed", message="why"), Outcome(shot, "skipped")):
        assert Outcome.from_json(json.loads(json.dumps(outcome.to_json()))) == outcome
    with pytest.raises(OptionError, match="no status"):
        Outcome.from_json({**Outcome(shot, "failed").to_json(), "status": "lost"})
    with pytest.raises(OptionError, match="can't be read"):
        Outcome.from_json({"status": "failed"})


def test_a_worker_starts_and_probes_before_torch_could_be_loaded(studio: Studio) -> None:
    """A panel that asks for a clip's length must not wait seconds for it."""
    with Worker(sys.executable) as fresh:
        fresh.probe(studio.folder / "clip.mkv")
        maps = Path(f"/proc/{fresh.pid}/maps")
        if not maps.exists():
            pytest.skip("only Linux tells which libraries a process has loaded")
        assert "libtorch" not in maps.read_text()
