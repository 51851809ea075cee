"""Proxies that are kept beside the renders: when they are used again, and when not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.edits import AFTER, rendered_outcome
from fakes.frames import FakeSource, numbered_picture
from fakes.movies import write_movie
from fakes.voices import hum, write_pcm

from plugin_core.errors import Cancelled
from plugin_core.review import write_page
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange

RATE = Fraction(25)


@dataclass
class Edit:
    """A small edit, its folder of renders, and the frames that the last page had to read."""

    folder: Path
    outcomes: list[Outcome]
    read: int = 0

    def page(self, *, name: str = "Reel 1", keep: bool = True) -> bytes:
        self.read = 0
        plan = Plan(name, RATE, tuple(outcome.shot for outcome in self.outcomes))
        renders = self.folder if keep else None
        path = write_page(self.folder / "page.html", "A page", self.outcomes, plan, renders=renders, progress=self.told)
        return path.read_bytes()

    def told(self, stage: str, done: int, total: int) -> None:
        assert stage == "review"
        assert done <= total
        self.read = done

    def kept(self) -> list[Path]:
        return sorted((self.folder / ".review").iterdir())


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Two renders with their shot files, and one that failed."""
    made = [rendered_outcome(tmp_path, name, RATE, frames=frames) for name, frames in (("a", 20), ("b", 30))]
    for outcome in made:
        write_key(outcome, f"content of {outcome.shot.id}")
    clip = rendered_outcome(tmp_path, "c", RATE, frames=15).shot
    return Edit(tmp_path, [*made, Outcome(clip, "failed", message="no face found")])


def write_key(outcome: Outcome, key: str) -> None:
    assert outcome.render is not None
    Path(outcome.render.output + ".shot.json").write_text(json.dumps({"key": key}))


def test_a_second_page_reads_no_frame_and_is_the_same(edit: Edit) -> None:
    without = edit.page(keep=False)
    assert not (edit.folder / ".review").exists()
    assert edit.page() == without
    assert edit.read == 20 + 30 + 15
    assert edit.page() == without
    assert edit.read == 0


def new_key(edit: Edit) -> None:
    write_key(edit.outcomes[0], "other content")


def new_render(edit: Edit) -> None:
    pictures = [numbered_picture(frame + AFTER + 1, 160, 96) for frame in range(10, 30)]
    assert edit.outcomes[0].render is not None
    write_movie(Path(edit.outcomes[0].render.output), FakeSource(pictures, RATE), "ffv1")


def shorter(edit: Edit) -> None:
    shot = replace(edit.outcomes[0].shot, range=FrameRange(12, 30))
    edit.outcomes[0] = replace(edit.outcomes[0], shot=shot)


def not_rendered(edit: Edit) -> None:
    edit.outcomes[0] = Outcome(edit.outcomes[0].shot, "failed")


@pytest.mark.parametrize("change", [new_key, new_render, shorter, not_rendered])
def test_a_changed_shot_is_made_anew_and_the_others_are_not(edit: Edit, change: Callable[[Edit], None]) -> None:
    edit.page()
    old = edit.kept()
    change(edit)
    page = edit.page()
    assert edit.read in (18, 20)
    assert page == edit.page(keep=False)
    assert len(set(edit.kept()) - set(old)) == 1
    assert len(edit.kept()) == 3  # the old one is gone


def test_another_voice_makes_a_shot_without_a_render_anew(edit: Edit) -> None:
    before = edit.page()
    write_pcm(edit.folder / "c.wav", hum(0.4))
    assert edit.page() != before
    assert edit.read == 15


def test_a_render_whose_media_only_got_another_date_is_kept(edit: Edit) -> None:
    edit.page()
    os.utime(edit.outcomes[0].shot.clip, (1, 1))
    edit.page()
    assert edit.read == 0


def test_what_the_list_says_is_never_kept(edit: Edit) -> None:
    edit.page()
    edit.outcomes[0] = replace(edit.outcomes[0], shot=replace(edit.outcomes[0].shot, doubts=("a wide shot?",)))
    assert b"a wide shot?" in edit.page()
    assert edit.read == 0


@pytest.mark.parametrize("damage", [lambda whole: whole[:-100], lambda whole: whole.replace(b"\x1a\x45", b"\x1a\x46"),
                                    lambda whole: whole.replace(b'"start": 10', b'"start": 11'), lambda whole: b""],
                         ids=["cut off", "another byte", "another fact", "empty"])  # fmt: skip
def test_a_damaged_proxy_is_made_anew(edit: Edit, damage: Callable[[bytes], bytes]) -> None:
    before = edit.page()
    path = edit.kept()[0]
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert path.read_bytes() != whole
    assert edit.page() == before
    assert edit.read in (15, 20, 30)
    assert path.read_bytes() == whole


def test_a_page_that_is_stopped_keeps_what_it_has_made(edit: Edit) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if done > 25:
            raise Cancelled

    plan = Plan("Reel 1", RATE, tuple(outcome.shot for outcome in edit.outcomes))
    with pytest.raises(Cancelled):
        write_page(edit.folder / "page.html", "A page", edit.outcomes, plan, renders=edit.folder, progress=stop)
    assert len(edit.kept()) == 1
    edit.page()
    assert edit.read == 30 + 15


def test_the_proxies_of_another_plan_are_left_alone(edit: Edit) -> None:
    edit.page(name="Reel 2")
    edit.outcomes = edit.outcomes[:1]
    edit.page(name="Reel 1")
    assert len(edit.kept()) == 4
    edit.page(name="Reel 2")
    assert edit.read == 0
    assert len(edit.kept()) == 2


def test_what_a_kill_left_half_written_is_removed(edit: Edit) -> None:
    edit.page()
    left = edit.kept()[0]
    left.rename(left.with_name(left.name + ".partial"))
    edit.page()
    assert [path for path in edit.kept() if path.suffix == ".partial"] == []


def test_a_folder_that_takes_no_file_does_not_stop_the_page(edit: Edit) -> None:
    (edit.folder / ".review").write_text("in the way")
    assert edit.page() == edit.page(keep=False)


def test_a_shot_whose_media_went_away_shows_no_old_pictures(edit: Edit) -> None:
    edit.page()
    Path(edit.outcomes[0].shot.clip).unlink()
    assert b'"unseen":"' in edit.page()
    assert len(edit.kept()) == 2
