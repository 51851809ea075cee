from __future__ import annotations

from pathlib import Path

import pytest
import torch
from fakes.checkpoints import random_network, without_batch_counts, write_bare, write_compact, write_wrapped

from face_detection.s3fd.network import S3fd
from plugin_core.errors import UnknownWeightsError, WeightsError, WeightsFormatError, WeightsShapeError
from plugin_core.model_files import open_weights
from plugin_core.wav2lip.checkpoint import load_discriminator, load_expert, load_generator, load_syncnet_v2
from plugin_core.wav2lip.networks import Generator, LipSyncExpert, VisualDiscriminator
from plugin_core.wav2lip.syncnet_v2 import SyncNetV2
from weights.state import save_state


def same(network: torch.nn.Module, other: torch.nn.Module) -> bool:
    state = other.state_dict()
    return all(torch.equal(tensor, state[name]) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("form", ["wrapped", "legacy", "bare"])
def test_official_checkpoints_load_in_every_form_they_come_in(form: str, checkpoints) -> None:
    loaded = load_generator(getattr(checkpoints, form))
    assert same(loaded, checkpoints.network)
    assert not loaded.training


def test_a_compact_checkpoint_loads_through_the_same_door(checkpoints) -> None:
    loaded = load_generator(str(checkpoints.compact))
    assert loaded.width == 0.25
    assert same(loaded, random_network(Generator, 0.25))


@pytest.mark.parametrize("width", [0.125, 0.25, 0.5, 0.75])
def test_an_undeclared_width_is_read_from_the_shapes(tmp_path: Path, width: float) -> None:
    network = random_network(LipSyncExpert, width)
    assert load_expert(write_bare(tmp_path / "e.pth", network)).width == width


def test_missing_batch_counts_are_filled_in(tmp_path: Path) -> None:
    network = random_network(Generator, 0.25)
    path = tmp_path / "old.pth"
    torch.save(without_batch_counts(network.state_dict()), path)
    loaded = load_generator(path)
    counts = {name: tensor for name, tensor in loaded.state_dict().items() if name.endswith("num_batches_tracked")}
    assert len(counts) == 50
    assert all(count == 0 for count in counts.values())
    assert without_batch_counts(loaded.state_dict()).keys() == without_batch_counts(network.state_dict()).keys()


def test_half_precision_numbers_are_widened(tmp_path: Path) -> None:
    network = random_network(Generator, 0.25)
    path = tmp_path / "half.pth"
    torch.save(
        {
            name: tensor.half() if tensor.is_floating_point() else tensor
            for name, tensor in network.state_dict().items()
        },
        path,
    )
    loaded = load_generator(path)
    assert all(parameter.dtype == torch.float32 for parameter in loaded.parameters())


def test_the_other_networks_load_too(tmp_path: Path) -> None:
    judge = random_network(VisualDiscriminator, 0.25)
    assert same(load_discriminator(write_wrapped(tmp_path / "d.pth", judge)), judge)
    scorer = SyncNetV2()
    assert same(load_syncnet_v2(write_bare(tmp_path / "syncnet_v2.model", scorer)), scorer)


def test_the_expert_in_place_of_the_generator_is_named(tmp_path: Path) -> None:
    path = write_wrapped(tmp_path / "wav2lip.pth", random_network(LipSyncExpert, 0.25))
    with pytest.raises(WeightsShapeError) as caught:
        load_generator(path)
    assert "lip-sync expert" in str(caught.value)
    assert "face_encoder_blocks.0.0.conv_block.0.weight is missing, expected 16x6x7x7" in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_face_detector_in_place_of_the_generator_is_named(tmp_path: Path) -> None:
    path = write_bare(tmp_path / "s3fd-619a316812.pth", S3fd())
    with pytest.raises(WeightsShapeError, match="it is the S3FD face detector"):
        load_generator(path)


def test_a_compact_file_that_says_it_is_another_network_is_refused(tmp_path: Path) -> None:
    path = write_compact(tmp_path / "expert.safetensors", random_network(LipSyncExpert, 0.25))
    with pytest.raises(WeightsShapeError, match="lip-sync expert"):
        load_generator(path)


def test_a_wrong_shape_is_named_with_what_was_expected_and_found(tmp_path: Path) -> None:
    state = random_network(Generator, 0.25).state_dict()
    state["output_block.1.weight"] = torch.zeros(4, 8, 1, 1)
    path = tmp_path / "odd.pth"
    torch.save(state, path)
    with pytest.raises(WeightsShapeError, match=r"output_block\.1\.weight has shape 4x8x1x1, expected 3x8x1x1"):
        load_generator(path)


def test_an_unknown_extra_entry_is_named(tmp_path: Path) -> None:
    state = random_network(Generator, 0.25).state_dict() | {"extra.weight": torch.zeros(2)}
    path = tmp_path / "more.pth"
    torch.save(state, path)
    with pytest.raises(WeightsShapeError, match=r"extra.weight \(2\) is unknown"):
        load_generator(path)


@pytest.mark.parametrize("declared", ["wide", "0", "-1", "400"])
def test_a_senseless_declared_width_is_refused(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "w.safetensors"
    save_state(path, random_network(Generator, 0.25).state_dict(), {"lipflap.width": declared})
    with pytest.raises(WeightsFormatError, match="width"):
        load_generator(path)


def test_an_unknown_checkpoint_tells_the_known_names() -> None:
    with pytest.raises(UnknownWeightsError, match="did you mean wav2lip"):
        load_generator("wav2lips")


def test_faults_of_files_come_out_as_the_cores_own_errors(tmp_path: Path) -> None:
    page = tmp_path / "wav2lip.pth"
    page.write_text("<!DOCTYPE html><html>sign in</html>")
    with pytest.raises(WeightsFormatError, match="web page") as caught:
        open_weights(page)
    assert isinstance(caught.value, WeightsError)
    assert caught.value.__cause__ is not None
