"""The embedded painter's network: what it reads, and the mouths that are drawn from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.checkpoints import random_network

from plugin_core.errors import WeightsShapeError
from plugin_core.wav2lip.checkpoint import load_look_reader, save_network
from plugin_core.wav2lip.drawn import DrawnGenerator, laid_over
from plugin_core.wav2lip.look_reader import LookReader
from plugin_core.wav2lip.mouth_drawing import COLOURS, NUMBERS, Look, draw_mouths
from plugin_core.wav2lip.mouth_maps import MAPS, mouth_maps
from plugin_core.wav2lip.networks import Generator

#                   x    y    width drop smile angle lips ink  seam  rim  toothy boxy teeth tongue taper
PLAIN = torch.tensor([[0.0, 0.0, 0.5, 0.6, 0.1, 0.0, 0.0, 0.06, 0.06, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
INKS = torch.tensor([[[0.0, 0.0, 0.0], [0.2, 0.1, 0.4], [0.5, 0.4, 0.9], [1.0, 1.0, 1.0], [0.4, 0.4, 0.8]]])


def square(size: int) -> torch.Tensor:
    along = (torch.arange(size) + 0.5) / size * 2 - 1
    return torch.stack(torch.meshgrid(along, along, indexing="xy"))[None]


def drawn(opening: float, size: int = 64, numbers: torch.Tensor = PLAIN, closed: float = 0.0) -> torch.Tensor:
    row = torch.tensor([[opening, 0.5, 0.1, 0.0, 0.0, 0.0, closed]])
    return draw_mouths(Look(numbers, INKS), row, square(size), 2 / size)[0]


def test_a_wider_opening_covers_more_of_the_picture() -> None:
    covers = [float(drawn(opening)[3].mean()) for opening in (0.0, 0.2, 0.5, 1.0)]
    assert covers == sorted(covers)
    assert covers[3] > 3 * covers[0] > 0


def test_lips_that_touch_are_one_line_however_wide_the_row_says_they_open() -> None:
    shut = drawn(0.8, closed=1.0)
    assert torch.equal(shut, drawn(0.0, closed=1.0))
    assert float(shut[:3].max()) == 0.0  # the ink is black, nothing else shows


def test_a_mouth_is_the_same_at_every_size() -> None:
    large, small = drawn(0.6, 256), drawn(0.6, 64)
    assert float((torch.nn.functional.avg_pool2d(large, 4) - small).abs().mean()) < 0.01


def test_a_brush_thins_the_line_of_closed_lips_towards_the_corners() -> None:
    brushed = PLAIN.clone()
    brushed[0, NUMBERS.index("taper")] = 1
    even, thin = (drawn(0.0, 128, numbers, closed=1.0)[3] for numbers in (PLAIN, brushed))
    heights = [(float(cover[:, 64].sum()), float(cover[:, 36].sum())) for cover in (even, thin)]
    assert heights[1][0] == pytest.approx(heights[0][0], abs=0.1)
    assert heights[1][1] < 0.7 * heights[0][1]
    assert torch.equal(drawn(0.6), drawn(0.6, numbers=brushed))


def test_teeth_are_drawn_only_where_the_look_has_them() -> None:
    row = torch.tensor([[0.6, 0.5, 0.0, 0.8, 0.0, 0.0, 0.0]])
    without = PLAIN.clone()
    without[0, NUMBERS.index("teeth")] = 0
    white = [
        float((draw_mouths(Look(numbers, INKS), row, square(64), 1 / 32)[0, :3].amin(dim=0) > 0.9).sum())
        for numbers in (PLAIN, without)
    ]
    assert white[0] > 20
    assert white[1] == 0


def test_every_number_of_an_open_mouth_can_be_learned_from_its_pixels() -> None:
    numbers = PLAIN.clone()
    numbers[0, NUMBERS.index("lips")] = 0.3
    numbers[0, NUMBERS.index("rim")] = 0.04
    numbers[0, NUMBERS.index("toothy")] = 0.5
    numbers[0, NUMBERS.index("boxy")] = 0.3
    numbers[0, NUMBERS.index("teeth")] = 0.8
    numbers.requires_grad_()
    shapes = torch.tensor([[0.7, 0.5, 0.1, 0.0, 0.3, 0.0, 0.0], [0.0, 0.5, 0.1, 0.0, 0.0, 0.0, 1.0]])
    picture = draw_mouths(Look(numbers.expand(2, -1), INKS.expand(2, -1, -1)), shapes, square(64), 1 / 32)
    weights = torch.linspace(-1, 2, picture.numel()).reshape(picture.shape)
    (picture * weights).sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    assert numbers.grad is not None
    assert bool((numbers.grad.abs() > 1e-6).all()), dict(zip(NUMBERS, numbers.grad[0].tolist(), strict=True))


def test_what_is_read_stays_in_reach_whatever_the_picture() -> None:
    network = random_network(LookReader, 0.1)
    faces = torch.rand(3, 6, 96, 96) * 4 - 2
    look = network.read(faces, torch.tensor([0.5, 1.0, 3.0]))
    assert look.numbers.shape == (3, len(NUMBERS))
    assert look.colours.shape == (3, len(COLOURS), 3)
    assert bool(torch.isfinite(look.numbers).all())
    sizes = look.numbers[:, [NUMBERS.index("width"), NUMBERS.index("drop")]]
    assert bool((sizes > 0).all())
    assert bool((sizes < 2).all())


def test_a_reader_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    network = random_network(LookReader, 0.125)
    save_network(tmp_path / "reader.safetensors", network, {})
    again = load_look_reader(tmp_path / "reader.safetensors")
    assert again.width == 0.125
    faces, aspects = torch.rand(1, 6, 96, 96), torch.ones(1)
    assert torch.equal(again.read(faces, aspects).numbers, network.read(faces, aspects).numbers)


def test_a_generator_is_refused_as_a_reader(tmp_path: Path) -> None:
    save_network(tmp_path / "generator.safetensors", random_network(Generator, 0.1), {})
    with pytest.raises(WeightsShapeError, match="Wav2Lip generator"):
        load_look_reader(tmp_path / "generator.safetensors")


@pytest.mark.parametrize("size", [48, 96])
@pytest.mark.parametrize("design", ["maps", "film"])
def test_the_designs_that_give_pixels_paint_squares_of_both_sizes(size: int, design: str) -> None:
    network = DrawnGenerator(0.1, size, design).eval()  # type: ignore[arg-type]  # parametrized with its two words
    faces = torch.rand(2, 6, size, size)
    painted = network(torch.rand(2, 1, 80, 16), faces, torch.tensor([1.0, 2.0]))
    assert painted.shape == (2, 3, size, size)
    nothing = torch.zeros(2, 4, size, size)
    assert torch.equal(laid_over(nothing, faces), faces[:, :3])


def test_maps_tell_how_deep_a_point_lies_in_the_opening() -> None:
    shapes = torch.tensor([[0.9, 0.5, 0.1, 0, 0, 0, 0], [0.0, 0.5, 0.1, 0, 0, 0, 1.0]])
    maps = mouth_maps(shapes, torch.tensor([1.5, 1.5]), 48).numpy()
    assert maps.shape == (2, MAPS, 48, 48)
    assert (maps[0, 2] > 0).sum() > 60
    assert not (maps[1, 2] > 0).any()
    assert np.array_equal(np.unique(maps[0, 5]), np.float32([0.9]))
