from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.checkpoints import random_network, write_bare

from face_detection.s3fd.detector import MEANS, S3fdDetector, network_input
from face_detection.s3fd.network import S3fd
from plugin_core.wav2lip.networks import LipSyncExpert
from weights.errors import FileShapeError
from weights.state import StateDict

GOLDEN = Path(__file__).parent.parent / "golden" / "keys_s3fd.tsv"


@pytest.fixture(scope="module")
def network() -> S3fd:
    torch.manual_seed(11)
    return S3fd()


@pytest.fixture(scope="module")
def state(network: S3fd) -> StateDict:
    return StateDict(Path("random"), network.state_dict())


def looking_for_blobs(network: S3fd) -> StateDict:
    """Random weights whose last level calls every cell a face, each box its prior: a detector with a known answer."""
    tensors = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for name, tensor in tensors.items():
        if "_mbox_" in name:
            tensor.zero_()
        if name.endswith("_mbox_conf.bias"):
            tensor[0] = 20
    tensors["conv6_2_mbox_conf.bias"][:] = torch.tensor([0.0, 2.0])
    return StateDict(Path("blobs"), tensors)


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_every_key_and_shape_is_the_published_one(network: S3fd) -> None:
    # Dumped from the published network's own code.
    have = {name: "x".join(map(str, tensor.shape)) for name, tensor in network.state_dict().items()}
    rows = [row.split("\t") for row in GOLDEN.read_text("utf-8").splitlines()[1:]]
    assert have == {name: shape for name, shape, _ in rows}
    assert sum(parameter.numel() for parameter in network.parameters()) == 22_459_110


def test_the_six_maps_have_the_published_sizes() -> None:
    # On torch's "meta" device only shapes are worked out.
    with torch.device("meta"):
        levels = S3fd()(torch.zeros(1, 3, 480, 640))
    sizes = [tuple(classes.shape[2:]) for classes, _ in levels]
    assert sizes == [(120, 160), (60, 80), (30, 40), (19, 24), (10, 12), (5, 6)]  # spec/wav2lip.md, section 3.1
    assert all(classes.shape[1] == 2 and offsets.shape[1] == 4 for classes, offsets in levels)


def test_official_weights_of_noise_run_through_and_give_faces_of_a_kind(state: StateDict) -> None:
    (faces,) = S3fdDetector(state, 128).detect([picture(90, 128)])
    assert faces == sorted(faces, key=lambda face: -face.score)
    assert all(0.5 < face.score <= 1 for face in faces)


def test_boxes_come_back_in_the_pictures_own_pixels(network: S3fd) -> None:
    blobs = looking_for_blobs(network)
    (small,) = S3fdDetector(blobs, 160).detect([picture(160, 160)])
    (large,) = S3fdDetector(blobs, 160).detect([picture(320, 320)])
    assert small
    assert [face.box.corners for face in large] == [face.box.scaled(2).corners for face in small]
    # Stride 64, prior 256: the first cell's centre lies at 32.
    assert small[0].box.corners == (-96, -96, 160, 160)
    assert {face.detector for face in small} == {"s3fd"}
    assert not small[0].measured


def test_pictures_of_several_sizes_are_answered_in_their_order(network: S3fd) -> None:
    detector = S3fdDetector(looking_for_blobs(network), 128)
    pictures = [picture(96, 128), picture(64, 64), picture(96, 128), picture(1, 1), picture(64, 64)]
    together = detector.detect(pictures)
    assert together == [detector.detect([one])[0] for one in pictures]
    assert together[0] == together[2] != together[1]


def test_company_does_not_change_what_is_found(state: StateDict) -> None:
    detector = S3fdDetector(state, 64)
    pictures = [picture(48, 64, seed) for seed in range(3)]
    assert detector.detect(pictures) == [detector.detect([one])[0] for one in pictures]


def test_no_pictures_give_no_answers(state: StateDict) -> None:
    assert S3fdDetector(state, 64).detect([]) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (17, 33), (300, 2)])
def test_odd_and_tiny_pictures_are_no_trouble(state: StateDict, size: tuple[int, int]) -> None:
    assert len(S3fdDetector(state, 64).detect([picture(*size)])) == 1


def test_the_same_picture_gives_the_same_faces(state: StateDict) -> None:
    detector = S3fdDetector(state, 96)
    shown = picture(70, 96)
    assert detector.detect([shown]) == detector.detect([shown])


def test_red_loses_the_mean_of_blue_as_in_wav2lip_and_the_other_way_on_request() -> None:
    shown = np.zeros((1, 40, 40, 3), np.uint8)
    shown[..., 0], shown[..., 2] = 200, 10  # blue, red
    as_published = network_input(shown, bgr=False)
    assert as_published.shape == (1, 3, 40, 40)
    means = np.float32(MEANS)
    np.testing.assert_array_equal(as_published[0, :, 0, 0], np.float32([10, 0, 200]) - means)
    np.testing.assert_array_equal(network_input(shown, bgr=True)[0, :, 0, 0], np.float32([200, 0, 10]) - means)


def test_another_networks_file_is_named(tmp_path: Path) -> None:
    path = write_bare(tmp_path / "s3fd.pth", random_network(LipSyncExpert, 0.1))
    with pytest.raises(FileShapeError, match=r"lip-sync expert.*conv1_1.weight is missing, expected 64x3x3x3"):
        S3fdDetector(path, 64)


def test_the_official_form_of_file_loads(tmp_path: Path, network: S3fd) -> None:
    path = write_bare(tmp_path / "s3fd-619a316812.pth", network)
    assert abs(path.stat().st_size - 89_843_225) < 50_000  # the published file's size; torch's own framing differs
    shown = picture(50, 64)
    given = S3fdDetector(StateDict(path, network.state_dict()), 64)
    assert S3fdDetector(path, 64).detect([shown]) == given.detect([shown])
