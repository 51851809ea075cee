"""The page in a real browser, opened from disk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes.edits import AFTER, BEFORE, FIRST, NASTY
from playwright.sync_api import Browser, Page

from plugin_core.shots import Outcome, Plan
from plugin_core.timing import Timecode

CODE_BITS = 10
READ_NUMBERS = """() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [player.canvas.width, player.canvas.height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(player.canvas, 0, 0);
    const numbers = [0, 1].map((half) => {
        let code = 0;
        for (let bit = 0; bit < 10; bit++) {
            const x = Math.floor((half + (bit + 0.5) / 10) * canvas.width / 2);
            const [red, green, blue] = context.getImageData(x, canvas.height / 2, 1, 1).data;
            const level = (red + green + blue) / 765;
            if (Math.abs(level - 0.5) < 0.2) return null;
            code = code * 2 + (level > 0.5 ? 1 : 0);
        }
        let number = 0;
        for (; code; code >>= 1) number ^= code;
        return number;
    });
    return { numbers, frame: player.frame, time: player.video.currentTime };
}"""
READ_COLOUR = """(share) => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(player.canvas, -Math.floor(player.canvas.width * share), -20);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
COUNT_MOVIES = """
    window.movies = 0;
    const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = (movie) => (window.movies++, make.call(URL, movie));
    URL.revokeObjectURL = (movie) => (window.movies--, drop.call(URL, movie));
"""


@dataclass
class Desk:
    """The open page, and everything that it asked for or complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        return self.page.locator("#shots tbody .name").all_text_contents()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at_frame(self, frame: int) -> None:
        """Wait for a frame: its number, and its pictures on the canvas."""
        self.until(f"player.frame === {frame} && !player.video.seeking && player.wanted === null")
        numbers = [BEFORE + FIRST + frame, AFTER + FIRST + frame]
        end = time.monotonic() + 1
        while self.page.evaluate(READ_NUMBERS)["numbers"] != numbers:
            assert time.monotonic() < end, f"frame {frame} shows {self.page.evaluate(READ_NUMBERS)}"
            self.page.wait_for_timeout(5)

    def ready(self) -> None:
        self.until("player.video.readyState >= 2 && !player.video.seeking")

    def until(self, fact: str) -> None:
        """Playwright's own waiting evaluates strings, which the page's policy forbids."""
        end = time.monotonic() + 20
        while not self.page.evaluate(fact):
            assert time.monotonic() < end, f"never came true: {fact}; {self.page.evaluate(READ_NUMBERS)}"
            self.page.wait_for_timeout(10)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(browser: Browser, page_path: Path) -> Iterator[Desk]:
    yield from _open(browser, page_path, "light")


def _open(browser: Browser, path: Path, theme: str) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    context.add_init_script(COUNT_MOVIES)
    page = context.new_page()
    desk = Desk(page)
    page.on("request", lambda request: desk.asked.append(request.url))
    page.on("console", lambda message: desk.complaints.append(message.text))
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (desk.complaints.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    desk.ready()
    yield desk
    outside = [url for url in desk.asked if url != path.as_uri() and not url.startswith(("blob:", "data:"))]
    context.close()
    assert desk.complaints == []
    assert outside == []


def test_it_plays_before_and_after_in_step(desk: Desk) -> None:
    desk.press("Space")
    desk.until("player.video.currentTime > 0.4")
    seen = [desk.page.evaluate(READ_NUMBERS) for _ in range(5)]
    desk.press("Space")
    assert desk.page.evaluate("player.video.paused")
    for look in seen:
        before, after = look["numbers"]
        assert after - before == AFTER - BEFORE
        assert 0 < before - BEFORE - FIRST < 60
    assert seen[-1]["time"] > seen[0]["time"]


@pytest.mark.parametrize(("row", "frames"), [(0, 60), (1, 72), (2, 84)], ids=["23.976", "25", "29.97"])
def test_every_step_is_one_frame_of_the_sources(desk: Desk, row: int, frames: int) -> None:
    desk.press(*["ArrowDown"] * row)
    desk.ready()
    for frame in range(1, frames):
        desk.press("ArrowRight")
        desk.at_frame(frame)
    desk.press("ArrowRight")
    desk.press("ArrowLeft")
    desk.at_frame(frames - 2)


def test_a_click_on_the_curve_goes_there_and_a_drag_scrubs(desk: Desk) -> None:
    scope = desk.page.locator("#scope")
    box = scope.bounding_box()
    assert box is not None
    scope.click(position={"x": box["width"] * 0.505, "y": 40})
    desk.at_frame(30)
    desk.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    desk.page.mouse.down()
    for share in (0.605, 0.705, 0.805, 0.905):
        desk.page.mouse.move(box["x"] + box["width"] * share, box["y"] + 40)
    desk.at_frame(54)
    desk.page.mouse.up()
    assert scope.get_attribute("aria-valuenow") == "54"


def test_the_keys_are_those_of_players(desk: Desk) -> None:
    desk.press("End")
    desk.at_frame(59)
    desk.press("Shift+ArrowLeft")
    desk.at_frame(49)
    desk.press("j", "j")
    assert desk.page.evaluate("player.speed") == -2
    desk.until("player.frame < 30")
    desk.press("k")
    assert desk.page.evaluate("player.speed") == 0
    desk.press("Home")
    desk.at_frame(0)
    desk.press("l", "l", "l")
    assert desk.page.evaluate("player.speed") == 4
    assert desk.page.locator("#speed").text_content() == "4\u00d7"
    desk.until("player.frame > 20")
    desk.press("k", "Home")
    desk.at_frame(0)
    desk.page.keyboard.down("k")
    desk.press("l", "l")
    desk.page.keyboard.up("k")
    desk.at_frame(2)
    desk.press("?")
    assert desk.page.locator("#help").is_visible()
    desk.press("Escape")
    assert not desk.page.locator("#help").is_visible()


def test_views_show_both_or_one(desk: Desk) -> None:
    wide = desk.page.evaluate("player.canvas.width / player.canvas.height")
    desk.press("2")
    assert desk.page.evaluate("player.canvas.width / player.canvas.height") == pytest.approx(wide / 2, rel=0.02)
    desk.press("3")
    after = desk.page.evaluate(READ_COLOUR, 0.05)
    desk.press("x")
    assert sum(abs(a - b) for a, b in zip(after, desk.page.evaluate(READ_COLOUR, 0.05), strict=True)) > 200
    assert desk.page.locator("#label-before").is_visible()
    assert not desk.page.locator("#label-after").is_visible()
    desk.press("1", "b", "z")
    assert desk.page.locator("#zoom").get_attribute("aria-pressed") == "true"


def test_the_list_sorts_by_every_column(desk: Desk) -> None:
    heads = desk.page.locator("#shots thead")
    assert desk.names() == ["shot0", "Kitchen", "shot2", NASTY, "Gone"]
    heads.get_by_role("button", name="Shot").click()
    assert desk.names() == [NASTY, "Gone", "Kitchen", "shot0", "shot2"]
    heads.get_by_role("button", name="Sync").click()
    assert desk.names()[:3] == ["shot0", "Kitchen", "shot2"]
    heads.get_by_role("button", name="Sync").click()
    assert desk.names() == ["shot2", "Kitchen", "shot0", NASTY, "Gone"]  # no figure: last either way
    assert heads.locator("[aria-sort]").get_attribute("aria-sort") == "descending"
    heads.get_by_role("button", name="Status").click()
    assert desk.names() == [NASTY, "Gone", "shot0", "shot2", "Kitchen"]
    heads.get_by_role("button", name="Length").click()
    assert desk.names()[-1] == "Kitchen"
    heads.get_by_role("button", name="Face").click()
    assert desk.names()[-2:] == [NASTY, "Gone"]


def test_the_list_can_be_searched_and_filtered(desk: Desk) -> None:
    desk.press("/")
    desk.page.keyboard.type("kitch")  # the keys of the player are letters here
    assert desk.names() == ["Kitchen"]
    assert desk.page.locator("#shot-name").text_content() == "Kitchen"
    assert desk.page.locator("#shown").text_content() == "1 of 5"
    desk.page.locator("#find").fill("no such shot")
    assert desk.page.locator("#nothing").is_visible()
    desk.page.locator("#find").fill("")
    desk.page.locator("#doubtful").check()
    assert desk.names() == ["Kitchen", NASTY]
    desk.page.locator("#doubtful").uncheck()
    desk.page.locator("#status").select_option("skipped")
    assert desk.names() == ["Gone"]


def test_what_went_wrong_is_said(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Kitchen").click()
    assert "look at this one" in (desk.page.locator("#findings").text_content() or "")
    desk.page.locator("#shots tbody tr").nth(3).click()
    assert desk.page.locator("#findings .error").first.text_content() == f"no face found in {NASTY}"
    desk.ready()  # the clip alone
    assert not desk.page.locator("#label-after").is_visible()
    desk.page.locator("#shots tbody tr").nth(4).click()
    assert desk.page.locator("#no-picture").is_visible()
    assert "the media is missing" in (desk.page.locator("#findings").text_content() or "")


def test_names_from_an_edit_stay_words(desk: Desk) -> None:
    assert desk.page.locator("h1").text_content() == f"An edit {NASTY}"
    assert desk.page.title().startswith("An edit </script>")
    assert desk.page.locator("#notes li").text_content() == NASTY
    assert desk.page.locator("img[src=x]").count() == 0


def test_time_is_that_of_the_timeline(desk: Desk, outcomes: list[Outcome], plan: Plan) -> None:
    shown = desk.page.locator("#shots tbody .time-cell").all_text_contents()
    expected = [str(Timecode(plan.start_frame + outcome.shot.timeline.start, plan.rate)) for outcome in outcomes]
    assert [text[:11] for text in shown] == expected
    codes = desk.page.evaluate("[0, 1799, 1800, 17981, 17982, 107892].map((n) => timecode(n, [30000, 1001], true))")
    assert codes == [
        str(Timecode(frame, plan.rate * 5 / 4, drop_frame=True)) for frame in (0, 1799, 1800, 17981, 17982, 107892)
    ]


def test_only_the_chosen_shot_holds_a_movie(desk: Desk) -> None:
    assert desk.page.evaluate("window.movies") == 1
    for _ in range(4):
        desk.press("n")
        desk.page.wait_for_timeout(60)
        assert desk.page.evaluate("window.movies") <= 1
    assert desk.page.evaluate("window.movies") == 0  # the last one has no picture


def test_both_themes_are_legible(browser: Browser, page_path: Path, theme: str) -> None:
    for desk in _open(browser, page_path, theme):
        for changed in (False, True):
            if changed:
                desk.page.locator("#theme").click()
                desk.page.wait_for_timeout(300)  # colours fade over
            for words in ("h1", "#time", "#frame", ".key.wave", "dt", "tbody .name", "tbody .under", "thead button"):
                assert _contrast(desk.page, words) >= 4.5, (theme, changed, words)


def _contrast(page: Page, words: str) -> float:
    """WCAG 2 contrast of an element's words with the ground below them."""
    ink, ground = page.evaluate(
        """(words) => {
            const element = document.querySelector(words);
            let below = element;
            while (getComputedStyle(below).backgroundColor === "rgba(0, 0, 0, 0)") below = below.parentElement;
            const first = words.startsWith(".key") ? "::first-line" : null;
            const numbers = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
            return [numbers(getComputedStyle(element, first).color), numbers(getComputedStyle(below).backgroundColor)];
        }""",
        words,
    )
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [level / 255 / 12.92 if level <= 10 else ((level / 255 + 0.055) / 1.055) ** 2.4 for level in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_are_the_sources(browser: Browser, page_path: Path) -> None:
    for desk in _open(browser, page_path, "light"):
        grey = desk.page.evaluate(READ_COLOUR, 0.03)
        assert max(abs(level - 255 // 8) for level in grey) <= 6


def test_it_prints_as_a_list(desk: Desk) -> None:
    desk.page.emulate_media(media="print")
    assert not desk.page.locator("#player").is_visible()
    assert "look at this one" in desk.page.locator("#shots").inner_text()
