from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import drawn_face, mouth_sprite

from plugin_core.errors import ChartError
from plugin_core.painters.chart import Chart
from plugin_core.painters.chart.manifest import read_manifest
from plugin_core.speech.visemes import Viseme

OPENINGS = {"rest": 0.0, "GK": 0.5, "AA": 1.0}


@pytest.fixture
def sprites(tmp_path: Path) -> Path:
    for name, opening in OPENINGS.items():
        cv2.imwrite(str(tmp_path / f"mouth_{name}.png"), mouth_sprite(opening))
    return tmp_path


def toml(folder: Path, text: str) -> Path:
    path = folder / "chart.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_of_sprites_is_a_chart(sprites: Path) -> None:
    chart = Chart.load(sprites)
    assert chart.drawings.keys() == {Viseme.REST, Viseme.GK, Viseme.AA}
    assert chart.scene is None
    assert chart.erase
    assert not chart.backed


def test_the_drawings_openness_is_measured(sprites: Path) -> None:
    openness = Chart.load(sprites).openness
    assert openness[Viseme.REST] == 0
    assert openness[Viseme.GK] == pytest.approx(0.5, abs=0.08)
    assert openness[Viseme.AA] == 1


def test_a_sprites_span_is_the_width_of_what_moves(tmp_path: Path) -> None:
    for name, half in (("closed", 10), ("open", 20)):
        sprite = np.zeros((60, 100, 4), np.uint8)
        sprite[28:32, 50 - half : 50 + half] = 255
        cv2.imwrite(str(tmp_path / f"{name}.png"), sprite)
    assert Chart.load(tmp_path).span == 40


def test_whole_pictures_are_told_from_sprites(tmp_path: Path) -> None:
    for name, opening in OPENINGS.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), drawn_face(opening, channels=4).picture)
    chart = Chart.load(tmp_path)
    assert chart.scene is not None
    assert not chart.erase
    assert max(chart.drawings[Viseme.AA].layer.shape[:2]) < 90  # cut down to the mouth
    assert chart.openness[Viseme.AA] == 1
    assert chart.openness[Viseme.REST] == 0


def test_mouths_with_skin_round_them_are_not_erased_under(tmp_path: Path) -> None:
    for name, opening in OPENINGS.items():
        face = drawn_face(opening)
        patch = np.zeros((70, 100, 4), np.uint8)
        patch[..., :3] = face.picture[125:195, 70:170]
        cv2.ellipse(patch, (50, 35), (48, 33), 0, 0, 360, (0, 0, 0), -1)
        alpha = np.zeros((70, 100), np.uint8)
        cv2.ellipse(alpha, (50, 35), (46, 31), 0, 0, 360, 255, -1)
        patch[..., :3] = face.picture[125:195, 70:170]
        patch[..., 3] = cv2.GaussianBlur(alpha, (7, 7), 0)
        cv2.imwrite(str(tmp_path / f"{name}.png"), patch)
    chart = Chart.load(tmp_path)
    assert chart.scene is None
    assert chart.backed
    assert not chart.erase


def test_drawings_of_different_sizes_sit_on_their_own_middle(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "rest.png"), mouth_sprite(0.0, side=90))
    cv2.imwrite(str(tmp_path / "AA.png"), mouth_sprite(1.0, side=120))
    chart = Chart.load(tmp_path)
    assert chart.drawings[Viseme.REST].anchor == pytest.approx((45, 30), abs=1)
    assert chart.drawings[Viseme.AA].anchor == pytest.approx((60, 40), abs=1)


def test_grey_palette_and_16_bit_pictures_are_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "rest.png"), mouth_sprite(0.0, depth=np.uint16))
    cv2.imwrite(str(tmp_path / "AA.png"), np.full((80, 120), 90, np.uint8))
    chart = Chart.load(tmp_path)
    assert chart.drawings[Viseme.AA].layer[..., 3].min() == 1
    assert chart.drawings[Viseme.REST].layer.max() <= 1


def test_a_toml_names_the_mouths(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), mouth_sprite(0.0))
    cv2.imwrite(str(tmp_path / "two.png"), mouth_sprite(1.0))
    path = toml(
        tmp_path,
        'version = 1\nwidth = 1.5\nerase = false\n[mouths]\nrest = "one.png"\n'
        "aa = { file = 'two.png', anchor = [10, 20], width = 0.5, flip = true }\n",
    )
    for given in (path, tmp_path):
        chart = Chart.load(given)
        assert chart.width == 1.5
        assert not chart.erase
        assert chart.drawings[Viseme.AA].anchor == (110, 20)  # mirrored with the drawing
        assert chart.drawings[Viseme.AA].width == 0.5
        assert chart.drawings[Viseme.REST].anchor == (60, 40)


def test_a_toml_without_mouths_goes_by_the_names(sprites: Path) -> None:
    toml(sprites, "anchor = [60, 10]\n")
    assert Chart.load(sprites).drawings[Viseme.GK].anchor == (60, 10)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version = 2", "version 2"),
        ("colour = 1", "unknown: colour"),
        ('[mouths]\nXX = "a.png"', "'XX' is unknown"),
        ("[mouths]\nAA = { width = 2 }", "no file"),
        ('[mouths]\nAA = { file = "a.png", angle = 2 }', "unknown: angle"),
        ("width = -1", "wrong kind"),
        ("width = 'wide'", "wrong kind"),
        ("anchor = [1]", "wrong kind"),
        ("flip = 1", "wrong kind"),
        ("kind = 'puppet'", "sprites or pictures"),
        ("mouths = 3", "wrong kind"),
        ("version = ", "can't be read"),
    ],
)
def test_a_wrong_toml_is_refused_and_says_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ChartError, match=told):
        read_manifest(toml(tmp_path, text))


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match="is not there"):
        Chart.load(tmp_path / "nowhere")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match="holds no drawings"):
        Chart.load(tmp_path)


def test_unknown_names_are_told_with_the_line_to_write(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "mouth0001.png"), mouth_sprite(0.0))
    with pytest.raises(ChartError, match=r'AA = "mouth0001.png"'):
        Chart.load(tmp_path)


def test_a_text_file_named_png_is_told(sprites: Path) -> None:
    (sprites / "mouth_E.png").write_text("no picture")
    with pytest.raises(ChartError, match=r"mouth_E\.png.*not a picture"):
        Chart.load(sprites)


def test_a_file_that_the_toml_names_and_nobody_drew_is_told(tmp_path: Path) -> None:
    toml(tmp_path, '[mouths]\nAA = "gone.png"')
    with pytest.raises(ChartError, match=r"gone\.png"):
        Chart.load(tmp_path)


def test_an_empty_drawing_is_told(sprites: Path) -> None:
    cv2.imwrite(str(sprites / "mouth_E.png"), np.zeros((80, 120, 4), np.uint8))
    with pytest.raises(ChartError, match="wholly transparent"):
        Chart.load(sprites)


def test_pictures_that_are_all_the_same_are_told(tmp_path: Path) -> None:
    for name in OPENINGS:
        cv2.imwrite(str(tmp_path / f"{name}.png"), drawn_face(0.0).picture)
    with pytest.raises(ChartError, match="all the same"):
        Chart.load(tmp_path)


@pytest.mark.shared
def test_real_charts_load(shared: Path) -> None:
    sita = Chart.load(shared / "anim" / "sita")
    assert set(sita.drawings) == set(Viseme)
    assert sita.scene is not None
    assert sita.openness[Viseme.AA] == 1
    assert sita.openness[Viseme.MBP] == 0
    nike = Chart.load(shared / "anim" / "nike_loop" / "mouth")
    assert nike.scene is None
    assert nike.openness == pytest.approx({Viseme.REST: 0, Viseme.GK: 0.5, Viseme.AA: 1}, abs=0.1)
