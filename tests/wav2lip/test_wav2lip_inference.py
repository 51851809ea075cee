from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from plugin_core.devices import choose_device, is_out_of_memory
from plugin_core.errors import EngineError, OptionError
from plugin_core.wav2lip.inference import GeneratorRunner, network_input
from plugin_core.wav2lip.networks import Generator

CPU = torch.device("cpu")


class Echo(Generator):
    """Gives the reference face back, and keeps count of the batches that it saw."""

    def __init__(self, most: int) -> None:
        super().__init__(0.1)
        self.most = most
        self.batches: list[int] = []

    def forward(self, mel: Tensor, faces: Tensor) -> Tensor:
        self.batches.append(len(faces))
        if len(faces) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
        return faces[:, 3:]


def faces(count: int) -> np.ndarray:
    return np.random.default_rng(3).random((count, 96, 96, 3), dtype=np.float32)


def windows(count: int) -> np.ndarray:
    return np.random.default_rng(4).uniform(-4, 4, (count, 80, 16)).astype(np.float32)


def test_the_network_sees_the_upper_half_and_then_the_whole_face() -> None:
    seen = network_input(faces(2))
    assert seen.shape == (2, 6, 96, 96)
    assert (seen[:, :3, 48:] == 0).all()
    np.testing.assert_array_equal(seen[:, :3, :48], seen[:, 3:, :48])
    np.testing.assert_array_equal(seen[0, 5, 90, 7], faces(2)[0, 90, 7, 2])


def test_every_face_comes_back_in_its_place_whatever_the_batch() -> None:
    network = Echo(most=99)
    given = faces(7)
    np.testing.assert_array_equal(GeneratorRunner(network, CPU, 3).paint(given, windows(7)), given)
    assert network.batches == [3, 3, 3]


def test_memory_that_runs_out_halves_the_batch_and_loses_no_face() -> None:
    network = Echo(most=1)
    given = faces(5)
    runner = GeneratorRunner(network, CPU, 4)
    np.testing.assert_array_equal(runner.paint(given, windows(5)), given)
    assert network.batches == [4, 2, 1, 1, 1, 1, 1]
    assert runner.batch_size == 1


def test_no_memory_for_a_single_face_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(EngineError, match="--device cpu"):
        GeneratorRunner(Echo(most=0), CPU, 4).paint(faces(1), windows(1))


def test_a_resumed_run_paints_the_same_bits() -> None:
    runner = GeneratorRunner(Generator(0.25), CPU, 4)
    given, heard = faces(6), windows(6)
    whole = runner.paint(given, heard)
    resumed = np.concatenate([runner.paint(given[:1], heard[:1]), runner.paint(given[1:], heard[1:])])
    np.testing.assert_array_equal(whole, resumed)


def test_what_is_heard_changes_what_is_painted() -> None:
    torch.manual_seed(1)
    runner = GeneratorRunner(Generator(0.25), CPU, 2)
    given = np.repeat(faces(1), 2, axis=0)
    one, other = runner.paint(given, windows(2))
    assert not np.array_equal(one, other)


def test_auto_finds_a_device_and_unknown_ones_are_refused() -> None:
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    assert choose_device("cpu") == CPU
    with pytest.raises(OptionError, match="unknown"):
        choose_device("quantum")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError, match="no cuda"):
        choose_device("cuda")


def test_running_out_of_memory_is_told_from_other_failures() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"))
    assert not is_out_of_memory(RuntimeError("expected scalar type Float but found Half"))
