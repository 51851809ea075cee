from __future__ import annotations

from pathlib import Path

import pytest
import torch

from plugin_core.wav2lip.blocks import Channels, WideNetwork, fold_time, unfold_time
from plugin_core.wav2lip.networks import Generator, LipSyncExpert, VisualDiscriminator
from plugin_core.wav2lip.syncnet_v2 import SyncNetV2

# Dumped from the published networks' own code: name, shape, dtype of each state-dict entry, in order.
GOLDEN = Path(__file__).parent.parent / "golden"

PUBLISHED = [
    (Generator, "keys_wav2lip.tsv", 36_298_035),
    (LipSyncExpert, "keys_syncnet_color.tsv", 16_435_072),
    (VisualDiscriminator, "keys_wav2lip_disc_qual.tsv", 14_113_793),
    (SyncNetV2, "keys_syncnet_v2.tsv", 13_631_616),
]


@pytest.mark.parametrize(("kind", "table", "parameters"), PUBLISHED, ids=lambda value: getattr(value, "__name__", ""))
def test_every_key_shape_and_type_is_the_published_one(
    kind: type[torch.nn.Module], table: str, parameters: int
) -> None:
    network = kind()
    have = [
        (name, "x".join(map(str, tensor.shape)) or "scalar", str(tensor.dtype).removeprefix("torch."))
        for name, tensor in network.state_dict().items()
    ]
    rows = (GOLDEN / table).read_text("utf-8").splitlines()[1:]
    assert have == [tuple(row.split("\t")) for row in rows]
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize("width", [1.0, 0.5, 0.25, 0.1])
def test_the_generator_gives_faces_of_the_same_size_at_every_width(width: float) -> None:
    network = Generator(width).eval()
    with torch.inference_mode():
        painted = network(torch.randn(2, 1, 80, 16), torch.rand(2, 6, 96, 96))
    assert painted.shape == (2, 3, 96, 96)
    assert 0 <= painted.min() <= painted.max() <= 1


def test_runs_of_frames_are_painted_as_each_frame_alone() -> None:
    network = Generator(0.25).eval()
    mel, faces = torch.randn(2, 5, 1, 80, 16), torch.rand(2, 6, 5, 96, 96)
    with torch.inference_mode():
        together = network(mel, faces)
        alone = network(mel[1, 3][None], faces[1, :, 3][None])
    assert together.shape == (2, 3, 5, 96, 96)
    torch.testing.assert_close(together[1, :, 3], alone[0])


def test_folding_time_puts_all_first_frames_first_and_can_be_undone() -> None:
    clips = torch.arange(2 * 3 * 5).reshape(2, 3, 5, 1, 1)
    folded = fold_time(clips)
    assert torch.equal(folded[0], clips[0, :, 0])
    assert torch.equal(folded[1], clips[1, :, 0])
    assert torch.equal(unfold_time(folded, clips=2), clips)


def test_the_expert_gives_vectors_of_length_one_that_never_disagree_below_zero() -> None:
    network = LipSyncExpert().eval()
    with torch.inference_mode():
        heard, seen = network(torch.randn(3, 1, 80, 16), torch.rand(3, 15, 48, 96))
    assert heard.shape == seen.shape == (3, 512)
    torch.testing.assert_close(heard.norm(dim=1), torch.ones(3))
    agreement = (heard * seen).sum(dim=1)
    assert ((agreement >= 0) & (agreement <= 1.0001)).all()


def test_the_discriminator_looks_at_the_lower_half_only() -> None:
    network = VisualDiscriminator(0.25).eval()
    faces = torch.rand(2, 3, 5, 96, 96)
    other_hair = faces.clone()
    other_hair[..., :48, :] = 0
    other_chin = faces.clone()
    other_chin[..., 48:, :] = 0
    with torch.inference_mode():
        judged = network(faces)
        assert judged.shape == (10, 1)
        assert torch.equal(judged, network(other_hair))
        assert not torch.equal(judged, network(other_chin))


def test_syncnet_v2_gives_1024_numbers_for_each_sense() -> None:
    network = SyncNetV2().eval()
    with torch.inference_mode():
        assert network.hear(torch.randn(2, 1, 13, 20)).shape == (2, 1024)
        assert network.see(torch.rand(1, 3, 5, 224, 224) * 255).shape == (1, 1024)


def test_widths_round_to_eights_and_never_below_eight() -> None:
    assert [Channels(0.25)(count) for count in (16, 32, 64, 384, 512)] == [8, 8, 16, 96, 128]
    assert [Channels(1)(count) for count in (16, 384)] == [16, 384]


@pytest.mark.parametrize("width", [0.0, -1.0, 5.0])
def test_a_senseless_width_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="width"):
        Generator(width)


@pytest.mark.parametrize("kind", [Generator, LipSyncExpert, VisualDiscriminator])
def test_the_layer_that_tells_the_width_exists_and_has_512_channels(kind: type[WideNetwork]) -> None:
    assert len(kind().state_dict()[kind.WIDTH_KEY]) == 512
