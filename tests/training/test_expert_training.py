from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from plugin_core.audio import MEL_BANDS
from plugin_core.errors import EngineError, WeightsShapeError
from plugin_core.quality.expert import EXPERT, NetworkExpert
from plugin_core.speech.visemes import PROTOTYPES, Viseme
from plugin_core.training.expert.batches import picture_batches, spread_frames, stacked, step_of
from plugin_core.training.expert.clips import (
    FRAMES,
    Cast,
    SpokenClip,
    draw_shards,
    make_clip,
    read_shard,
    shapes_at,
    steps_under,
)
from plugin_core.training.expert.evaluate import figures, found_offset
from plugin_core.training.expert.losses import agreement_loss, contrastive_loss, expert_loss, strangers
from plugin_core.training.expert.optimiser import Optimiser
from plugin_core.training.expert.shipping import ship
from plugin_core.training.expert.trainer import Plan, Trainer
from plugin_core.training.hearing.corpus import Talk
from plugin_core.training.studio import HELD_OUT_HEADS, HELD_OUT_MOUTHS
from plugin_core.wav2lip.checkpoint import load_expert, save_network
from plugin_core.wav2lip.networks import LipSyncExpert, VisualDiscriminator

SECONDS = 8


def babble(seed: int) -> Talk:
    """A talk that nobody synthesized: the mouth opens and shuts by chance, and the mel is loud where it is open."""
    rng = np.random.default_rng(seed)
    steps = 80 * SECONDS + 1
    is_open = np.repeat(rng.random(steps // 10 + 1) < 0.5, 10)[:steps]
    values = np.where(is_open[:, None], PROTOTYPES[Viseme.AA], PROTOTYPES[Viseme.REST]).astype(np.float32)
    mel = np.where(is_open, 0.5, -4.0) + rng.normal(0, 0.1, (MEL_BANDS, steps)) * is_open
    return Talk(mel.astype(np.float32), values, 1 - is_open.astype(np.float32), is_open.astype(np.int64), is_open, 0.0)


@pytest.fixture(scope="module")
def clips() -> list[SpokenClip]:
    return [make_clip(np.random.default_rng(seed), babble(seed)) for seed in range(4)]


def test_a_clip_is_the_same_each_time_and_shows_a_mouth_that_moves() -> None:
    one, other = (make_clip(np.random.default_rng(5), babble(5)) for _ in range(2))
    np.testing.assert_array_equal(one.mouths, other.mouths)
    assert one.mouths.shape == (FRAMES, 48, 96, 3)
    assert one.mel.shape == (MEL_BANDS, steps_under(FRAMES))
    change = np.abs(one.mouths.astype(float) - one.mouths[:1]).mean(axis=(1, 2, 3))
    opened = one.shapes[:, 0] != one.shapes[0, 0]
    assert change[opened].mean() > change[~opened].mean()


def test_clips_are_drawn_from_the_families_that_are_asked_for() -> None:
    clip = make_clip(np.random.default_rng(1), babble(1), 60, Cast(HELD_OUT_HEADS, HELD_OUT_MOUTHS))
    assert not np.array_equal(clip.mouths, make_clip(np.random.default_rng(1), babble(1), 60).mouths)


def test_the_mouth_of_a_frame_is_the_one_in_its_middle() -> None:
    talk = babble(2)
    frames = np.arange(100)
    shapes = shapes_at(talk, (frames + 0.5) * 3.2)
    middle = ((frames + 0.5) * 3.2).astype(int)
    assert np.corrcoef(shapes[:, 0], talk.values[middle, 0])[0, 1] > 0.97


def test_shards_are_read_as_they_were_written_and_never_drawn_twice(tmp_path: Path) -> None:
    talks = [babble(seed) for seed in range(2)]
    draw_shards(tmp_path, talks, 1, seed=3)
    stamp = (tmp_path / "clips_000.npy").stat().st_mtime_ns
    draw_shards(tmp_path, talks, 1, seed=3)
    assert (tmp_path / "clips_000.npy").stat().st_mtime_ns == stamp
    kept = read_shard(tmp_path, 0)
    assert len(kept) == 2
    rng = np.random.default_rng((3, 0))
    first = make_clip(rng, talks[rng.permutation(2)[0]])
    np.testing.assert_array_equal(kept[0].mouths, first.mouths)
    np.testing.assert_allclose(kept[0].mel, first.mel, atol=2e-3)


def test_windows_of_a_batch_lie_five_frames_apart_and_start_with_their_sound(clips: list[SpokenClip]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        frames = spread_frames(rng, FRAMES, 6)
        assert np.diff(frames).min() >= 5
        assert frames[0] >= 0
        assert frames[-1] <= FRAMES - 5
    assert [step_of(frame) for frame in (0, 1, 5, 55)] == [0, 3, 16, 176]
    batch = next(picture_batches(clips, rng, (2, 6)))
    assert batch.mouths is not None
    assert batch.mouths.shape == (12, 15, 48, 96)
    assert 0 <= float(batch.mouths.min()) <= float(batch.mouths.max()) <= 1
    assert batch.mel.shape == (12, 1, 80, 16)


def test_pictures_are_stacked_in_order_of_time(clips: list[SpokenClip]) -> None:
    window = stacked(clips[0].mouths, np.array([7]))[0]
    for place in range(5):
        np.testing.assert_allclose(
            window[3 * place : 3 * place + 3], clips[0].mouths[7 + place].transpose(2, 0, 1) / 255, atol=1e-6
        )


def test_only_windows_five_frames_apart_or_of_other_clips_are_strangers() -> None:
    wrong = strangers(torch.tensor([0, 0, 0, 1]), torch.tensor([10, 14, 15, 10]))
    assert wrong.tolist() == [
        [False, False, True, True],
        [False, False, False, True],
        [True, False, False, True],
        [True, True, True, False],
    ]


def test_losses_are_small_where_pairs_agree_and_large_where_they_do_not() -> None:
    codes = torch.eye(6)
    wrong = ~torch.eye(6, dtype=torch.bool)
    scale = torch.tensor(10.0)
    moved = codes.roll(1, 0)
    assert contrastive_loss(codes, codes, wrong, scale) < 0.01 < 5 < contrastive_loss(codes, moved, wrong, scale)
    assert agreement_loss(codes, codes, wrong) < 0.01 < 1 < agreement_loss(codes, moved, wrong)


def test_a_painter_learns_through_the_expert_and_the_expert_stays_as_it_is() -> None:
    expert = LipSyncExpert(0.125).eval().requires_grad_(False)
    painted = torch.rand(3, 5, 3, 48, 96, requires_grad=True)
    mel = torch.rand(3, 1, 80, 16)
    loss = expert_loss(expert, painted, mel)
    loss.backward()
    assert painted.grad is not None
    assert float(painted.grad.abs().sum()) > 0
    assert all(parameter.grad is None for parameter in expert.parameters())
    np.testing.assert_allclose(loss.item(), expert_loss(expert, painted.flatten(1, 2), mel).item(), rtol=1e-5)


@pytest.mark.parametrize("start", [None, EXPERT], ids=["anew", "from a file"])
def test_training_goes_on_where_it_was_stopped(tmp_path: Path, clips: list[SpokenClip], start: Path | None) -> None:
    if start is not None and not hasattr(torch.optim, "Muon"):
        pytest.skip(f"torch {torch.__version__} has no Muon")
    plan = Plan(ear_steps=2, eye_steps=3, start=start)
    talks = [babble(seed) for seed in range(14)]
    trainer = Trainer(tmp_path / "trainer.pt", plan)
    trainer.read(talks, clips * 4)
    while trainer.step < plan.steps - 1:
        trainer.advance()
    trainer.keep()
    resumed = Trainer(tmp_path / "trainer.pt", plan)
    assert resumed.step == plan.steps - 1
    resumed.read(talks, clips * 4)
    before = resumed.network.get_parameter("face_encoder.0.conv_block.0.weight").clone()
    resumed.advance()
    assert not torch.equal(before, resumed.network.get_parameter("face_encoder.0.conv_block.0.weight"))


def test_a_state_of_an_earlier_version_is_named(tmp_path: Path) -> None:
    plan, path = Plan(ear_steps=1, eye_steps=1), tmp_path / "trainer.pt"
    Trainer(path, plan).keep()
    state = torch.load(path, weights_only=True)
    torch.save({**state, "optimiser": state["optimiser"]["adam"]}, path)
    with pytest.raises(EngineError, match=r"trainer\.pt was written by an earlier version"):
        Trainer(path, plan)


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason=f"torch {torch.__version__} has no Muon")
def test_kernels_take_orthogonal_steps_and_all_else_adams() -> None:
    layer = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stub
    kernel, scale = layer.get_parameter("0.weight"), layer.get_parameter("1.weight")
    optimiser = Optimiser([list(layer.parameters())], orthogonal=True)
    optimiser.set_rates([0.02])
    before, scale_before = kernel.detach().clone(), scale.detach().clone()
    loss = (layer(torch.rand(4, 3, 9, 9)) * torch.rand(8, 1, 1)).square().sum()
    optimiser.step(loss, largest=5.0)
    moved = torch.linalg.svdvals((kernel.detach() - before).flatten(1))
    length = 0.01 * 0.2 * 27**0.5  # half the rate; as long as Adam's steps are on the mean, which is a fifth
    assert moved[0] < 1.4 * length
    assert moved[5] > 0.5 * length  # the normalisation leaves kernels' last directions without a slope
    assert 0.019 < float((scale.detach() - scale_before).abs().max()) < 0.021


def test_a_torch_that_is_too_old_to_go_on_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.optim, "Muon", raising=False)
    with pytest.raises(EngineError, match=r"torch 2\.9"):
        Optimiser([list(nn.Conv2d(3, 8, 3).to(memory_format=torch.channels_last).parameters())], orthogonal=True)  # type: ignore[call-overload] # torch's stub


def test_the_shipped_file_is_in_half_precision_and_loads_as_an_expert(tmp_path: Path) -> None:
    network = LipSyncExpert(0.125).eval()
    path = ship(network, tmp_path / "expert.safetensors", steps=1, of=2, seed=0)
    assert path.stat().st_size < 2.3 * sum(value.numel() for value in network.state_dict().values())
    loaded = load_expert(path)
    assert loaded.width == 0.125
    mel, mouths = torch.rand(2, 1, 80, 16), torch.rand(2, 15, 48, 96)
    with torch.no_grad():
        torch.testing.assert_close(loaded(mel, mouths)[1], network(mel, mouths)[1], atol=0.01, rtol=0.05)


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    save_network(tmp_path / "d.safetensors", VisualDiscriminator(0.125), {})
    with pytest.raises(WeightsShapeError):
        NetworkExpert.load(tmp_path / "d.safetensors")


def test_the_offset_of_a_clip_is_read_off_its_products_with_the_right_sign() -> None:
    products = np.eye(80)
    assert [found_offset(products, late) for late in (-3, 0, 4)] == [-3, 0, 4]


class Oracle:
    """Fits `SyncExpert`: hears and sees the same thing, the opening, in the toy clips of this file."""

    def hear(self, windows: np.ndarray) -> np.ndarray:
        return _code(windows[:, :, (1, 4, 8, 11, 14)].mean(axis=1) > -2)

    def see(self, halves: np.ndarray) -> np.ndarray:
        return _code(halves[:, :, 0, 0, 0] > 100)


def _code(flags: np.ndarray) -> np.ndarray:
    return np.concatenate([flags, ~flags], axis=1).astype(np.float32) / np.float32(np.sqrt(5))


def lamp_clip(seed: int) -> SpokenClip:
    """Not a mouth but a lamp, which is lit in the frames that are loud."""
    clip = make_clip(np.random.default_rng(seed), babble(seed))
    lit = np.array([clip.mel[:, step_of(frame) + 1].mean() > -2 for frame in range(FRAMES - 4)] + [False] * 4)
    mouths = np.ones((FRAMES, 48, 96, 3), np.uint8) * (lit * 200).astype(np.uint8)[:, None, None, None]
    return replace(clip, mouths=mouths)


def test_an_expert_that_knows_reaches_the_figure_and_its_controls_stay_at_chance() -> None:
    films = [lamp_clip(seed) for seed in range(3)]
    named = {figure.name: figure for figure in figures(Oracle(), films, "toy")}
    one = named["toy: true against shifted by 5 or more frames, one window of 0.2 s, pauses included"]
    assert one.value > 0.8
    assert abs(one.controls["another clip's sound"] - 0.5) < 0.15
    assert abs(one.controls["zero sound"] - 0.5) < 0.15
    assert named["toy: offset of an 8 s clip found within 1 frame"].value > 0.9
