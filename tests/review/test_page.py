"""What stands in the page, and how it is written."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.edits import AFTER, BEFORE, FIRST, NASTY, rendered_outcome
from fakes.frames import number_of

from plugin_core.errors import Cancelled, OutputError
from plugin_core.job import Retime
from plugin_core.review import write_page
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange


class Blocks(HTMLParser):
    """The scripts and the tags of a page, as a browser parses them."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.scripts: dict[str, str] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self._open: str | None = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._open = dict(attrs).get("id") or "code" if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.scripts[self._open] = self.scripts.get(self._open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    @property
    def shots(self) -> list[dict[str, object]]:
        return json.loads(self.scripts["facts"])["shots"]  # type: ignore[no-any-return]

    def movie(self, shot: int) -> io.BytesIO:
        return io.BytesIO(base64.b64decode(self.scripts[f"proxy{shot}"]))


@pytest.fixture(scope="session")
def blocks(page_path: Path) -> Blocks:
    return Blocks(page_path)


def numbers_in(movie: io.BytesIO) -> list[tuple[int, int]]:
    with av.open(movie) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    middle = pictures[0].shape[1] // 2
    return [(number_of(picture[:, :middle]), number_of(picture[:, middle:])) for picture in pictures]


@pytest.mark.parametrize("shot", [0, 1, 2])
def test_each_half_of_a_movie_has_exactly_the_frames_of_the_shot(
    blocks: Blocks, outcomes: list[Outcome], shot: int
) -> None:
    frames = len(outcomes[shot].shot.range)
    expected = [(BEFORE + FIRST + at, AFTER + FIRST + at) for at in range(frames)]
    assert numbers_in(blocks.movie(shot)) == expected


def test_movies_can_be_scrubbed_and_their_times_are_those_of_the_rate(blocks: Blocks, outcomes: list[Outcome]) -> None:
    for shot in range(3):
        rate = outcomes[shot].shot.rate
        with av.open(blocks.movie(shot)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        keys = [at for at, packet in enumerate(packets) if packet.is_keyframe]
        assert keys[0] == 0
        assert max(np.diff([*keys, len(packets)])) <= 12
        for at, packet in enumerate(packets):
            assert packet.pts is not None
            assert abs(packet.pts * packet.time_base - at / rate) <= Fraction(1, 1000)


def test_the_voice_lies_under_the_pictures_without_the_handles(tmp_path: Path) -> None:
    """The voice swells four times a second; a shift by the handles (8 frames of 25) would turn it upside down."""
    page = write_page(
        tmp_path / "page.html", "page", [rendered_outcome(tmp_path, "shot", Fraction(25), frames=50, handles=8)]
    )
    with av.open(Blocks(page).movie(0)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert abs(len(heard) / 48_000 - 2) < 0.05
    loud = np.array([np.abs(heard[at : at + 480]).max() for at in range(0, 96_000, 480)])
    seconds = np.arange(200) / 100 + 8 / 25  # the render's sound begins with its first handle
    assert np.corrcoef(loud, 0.55 - 0.45 * np.cos(8 * np.pi * seconds))[0, 1] > 0.9


def test_nothing_from_an_edit_becomes_markup(blocks: Blocks) -> None:
    assert blocks.tags.count("img") == 0
    assert [tag for tag in blocks.tags if tag == "script"] == ["script"] * (2 + 4)  # facts, code, four movies
    assert blocks.shots[3]["name"] == NASTY
    assert not [name for name, _ in blocks.attributes if name.startswith("on")]


def test_nothing_in_the_page_names_another_place(page_path: Path, blocks: Blocks) -> None:
    policy = next(value for name, value in blocks.attributes if name == "content" and "default-src" in (value or ""))
    assert "default-src 'none'" in str(policy)
    assert not re.findall(r"(?:https?:)?//[a-z]", blocks.scripts["code"])
    assert not {"src", "href", "srcset", "action"} & {name for name, _ in blocks.attributes}
    assert "@import" not in page_path.read_text(encoding="utf-8")
    assert "url(" not in page_path.read_text(encoding="utf-8")


def test_the_same_shots_give_the_same_page(
    page_path: Path, outcomes: list[Outcome], plan: Plan, tmp_path: Path
) -> None:
    again = write_page(tmp_path / "again.html", f"An edit {NASTY}", outcomes, plan, notes=(NASTY,))
    assert again.read_bytes() == page_path.read_bytes()


def test_a_page_that_is_stopped_leaves_what_was_there(outcomes: list[Outcome], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("yesterday's")

    def stop(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("review", sum(len(outcome.shot.range) for outcome in outcomes))
        if done > 70:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_page(path, "page", outcomes, progress=stop)
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text() == "yesterday's"


def test_a_page_that_cannot_be_written_says_so(outcomes: list[Outcome], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="review page can't be written"):
        write_page(tmp_path / "nowhere" / "page.html", "page", outcomes[:1])


def test_a_shot_whose_media_went_away_stays_on_the_page(outcomes: list[Outcome], tmp_path: Path) -> None:
    gone = replace(outcomes[0], shot=replace(outcomes[0].shot, clip=str(tmp_path / "gone.mov")))
    shot = Blocks(write_page(tmp_path / "page.html", "page", [gone, outcomes[1]])).shots[0]
    assert "gone.mov" in str(shot["unseen"])
    assert shot["proxy"] is None


def test_a_page_without_shots_can_be_written(tmp_path: Path) -> None:
    assert Blocks(write_page(tmp_path / "page.html", "page", [])).shots == []


def test_before_is_retimed_as_the_render_was(tmp_path: Path) -> None:
    made = rendered_outcome(tmp_path, "shot", Fraction(25), frames=40)
    backward = Retime(Fraction(30), Fraction(-1, 2), 50, Fraction(25))
    page = write_page(tmp_path / "page.html", "page", [replace(made, shot=replace(made.shot, retime=backward))])
    numbers = numbers_in(Blocks(page).movie(0))
    # The shot's range counts frames of the retimed clip: its frame 10 shows the clip's 25, its frame 49 the 5.
    assert [before for before, _ in numbers[:3]] == [BEFORE + 25, BEFORE + 24, BEFORE + 24]
    assert numbers[-1] == (BEFORE + 5, AFTER + 49)


def test_the_record_of_a_last_pass_is_moved_to_the_shots_own_frames(tmp_path: Path) -> None:
    """With several speakers, the clip of the last pass begins with the first frame of the one before."""
    made = rendered_outcome(tmp_path, "shot", Fraction(25), frames=40)
    assert made.render is not None
    moved = replace(made, render=replace(made.render, range=FrameRange(110, 150)))
    moved = replace(moved, shot=replace(moved.shot, range=FrameRange(110, 150), clip=""))
    plain, later = (
        Blocks(write_page(tmp_path / f"{at}.html", "page", [outcome])).shots[0]
        for at, outcome in enumerate((made, moved))
    )
    assert later["rendered"] == [110, 150]
    for name in ("faces", "face_boxes", "speaking"):
        runs = zip(plain["curves"][name], later["curves"][name], strict=True)  # type: ignore[index]
        assert all(after[0] - before[0] == 100 for before, after in runs)
    assert later["coverage"]["missing"][0][0] == plain["coverage"]["missing"][0][0] + 100  # type: ignore[index]
