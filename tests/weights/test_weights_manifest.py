from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
import torch
from fakes.checkpoints import random_network, write_bare, write_compact

from plugin_core.wav2lip.networks import Generator, LipSyncExpert
from weights.errors import FileFormatError, FileShapeError, UnknownFileError, WeightsFileError
from weights.finding import default_folders, find_entry, find_weights, user_folder
from weights.layout import SIGNATURES, describe, recognise
from weights.manifest import known_weights
from weights.state import load_state, save_state
from weights.verifying import add, verify


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIPFLAP_WEIGHTS", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def test_every_entry_tells_where_it_comes_from_and_what_one_may_do() -> None:
    entries = known_weights()
    names = [entry.name for entry in entries]
    assert len(set(names)) == len(names)
    assert {"wav2lip", "wav2lip_gan", "lipsync_expert", "visual_quality_disc", "s3fd", "syncnet_v2", "yunet"} <= {
        *names
    }
    for entry in entries:
        assert entry.licence, entry.name
        assert entry.source, entry.name
        assert entry.summary, entry.name
        assert entry.files, entry.name
        assert entry.embedded or entry.page, entry.name
        assert not entry.url or entry.url.startswith("https://"), entry.name
        assert len(entry.sha256) <= 64, entry.name
        assert set(entry.sha256) <= set("0123456789abcdef"), entry.name


def test_no_model_trained_on_lrs2_is_called_commercial() -> None:
    for entry in known_weights():
        assert not (entry.commercial and "non-commercial" in entry.licence)
    assert not next(entry for entry in known_weights() if entry.name == "wav2lip_gan").commercial


def test_a_published_prefix_of_a_hash_is_enough_to_tell_another_file() -> None:
    s3fd = next(entry for entry in known_weights() if entry.name == "s3fd")
    assert s3fd.matches("619a316812" + "0" * 54) is True
    assert s3fd.matches("f" * 64) is False
    assert next(entry for entry in known_weights() if entry.name == "wav2lip").matches("f" * 64) is None


def test_lipflaps_own_models_are_listed_from_their_headers(tmp_path: Path) -> None:
    save_state(tmp_path / "hearing.safetensors", {"a": torch.zeros(1)}, {"lipflap.network": "hearing"})
    own = known_weights(tmp_path)[0]
    assert (own.name, own.network, own.embedded, own.commercial) == ("hearing", "hearing", True, True)


def test_the_users_folder_can_be_chosen_and_has_a_place_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIPFLAP_WEIGHTS", "/somewhere/models")
    assert user_folder() == Path("/somewhere/models")
    monkeypatch.delenv("LIPFLAP_WEIGHTS")
    monkeypatch.setenv("XDG_DATA_HOME", "/x")
    monkeypatch.setenv("LOCALAPPDATA", "/appdata")
    for platform, expected in {
        "linux": Path("/x/lipflap/weights"),
        "win32": Path("/appdata/lipflap/weights"),
        "darwin": Path.home() / "Library/Application Support/lipflap/weights",
    }.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert user_folder() == expected
    assert default_folders()[0] == user_folder()


@pytest.mark.parametrize("asked", ["wav2lip_gan", "wav2lip_gan.pth", "Wav2Lip_GAN.pth", "wav2lip-gan.pth"])
def test_a_known_model_is_found_by_any_of_its_names(folder: Path, asked: str) -> None:
    (folder / "Wav2Lip-GAN.pth").write_bytes(b"...")
    assert find_weights(asked) == folder / "Wav2Lip-GAN.pth"


def test_a_file_of_ones_own_is_found_by_path_by_name_and_without_suffix(folder: Path) -> None:
    path = folder / "mine.safetensors"
    path.write_bytes(b"...")
    assert find_weights(path) == find_weights("mine.safetensors") == find_weights("mine") == path


def test_what_is_not_there_is_told_with_the_way_to_get_it(folder: Path) -> None:
    with pytest.raises(UnknownFileError, match=r"weights add FILE --name wav2lip_gan"):
        find_weights("wav2lip_gan")
    with pytest.raises(UnknownFileError, match=r"weights fetch s3fd"):
        find_weights("s3fd")
    with pytest.raises(UnknownFileError, match=r"did you mean wav2lip_gan.*Known: "):
        find_weights("wav2lip-gun")
    with pytest.raises(UnknownFileError, match="no such file"):
        find_weights("some/folder/wav2lip.pth")
    with pytest.raises(FileFormatError, match="folder"):
        find_weights(folder)
    assert find_entry(next(entry for entry in known_weights() if entry.name == "s3fd")) is None


def test_networks_are_recognised_by_their_layers_and_by_their_header(tmp_path: Path) -> None:
    assert recognise(load_state(write_bare(tmp_path / "g.pth", random_network(Generator, 0.1)))) == "generator"
    expert = load_state(write_bare(tmp_path / "e.pth", random_network(LipSyncExpert, 0.1)))
    assert recognise(expert) == "sync-expert"
    save_state(tmp_path / "x", {"a": torch.zeros(1)}, {"lipflap.network": "hearing"})
    assert recognise(load_state(tmp_path / "x")) == "hearing"
    save_state(tmp_path / "y", {"a": torch.zeros(1)}, {})
    assert recognise(load_state(tmp_path / "y")) is None
    assert "1 entries" in describe(load_state(tmp_path / "y"))
    assert len({signature.network for signature in SIGNATURES}) == len(SIGNATURES)


def test_a_file_that_keeps_its_promised_hash_is_genuine_and_a_changed_one_is_not(tmp_path: Path) -> None:
    path = write_compact(tmp_path / "own.safetensors", random_network(Generator, 0.1))
    seen = verify(path)
    assert (seen.network, seen.genuine) == ("generator", True)
    assert seen.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert verify(path).genuine is False


def test_a_file_without_a_published_hash_is_neither(tmp_path: Path) -> None:
    seen = verify(write_bare(tmp_path / "wav2lip.pth", random_network(Generator, 0.1)))
    assert seen.genuine is None
    assert seen.entry is not None
    assert seen.entry.name == "wav2lip"


def test_an_added_file_is_found_by_its_name(folder: Path, tmp_path: Path) -> None:
    path = write_bare(tmp_path / "download (3).pth", random_network(Generator, 0.1))
    added = add(path, "wav2lip_gan")
    assert added == folder / "wav2lip_gan.pth"
    assert find_weights("wav2lip_gan") == added
    assert added.read_bytes() == path.read_bytes()
    assert add(path, "my-own") == find_weights("my-own") == folder / "my-own.pth"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("wav2lip", FileShapeError, "sync-expert"),
        ("yunet", FileShapeError, "not yunet"),
        ("../escape", UnknownFileError, "plain name"),
        ("", UnknownFileError, "plain name"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_not_added(
    folder: Path, tmp_path: Path, name: str, error: type[Exception], words: str
) -> None:
    path = write_bare(tmp_path / "e.pth", random_network(LipSyncExpert, 0.1))
    with pytest.raises(error, match=words):
        add(path, name)
    assert list(folder.iterdir()) == []


def test_a_file_with_another_hash_than_the_published_one_is_not_added(folder: Path, tmp_path: Path) -> None:
    # Layers that look like S3FD's, but it is not the published file.
    state = {
        "conv1_1.weight": torch.zeros(64, 3, 3, 3),
        "conv3_3_norm.weight": torch.zeros(256),
        "fc7_mbox_conf.weight": torch.zeros(2, 1024, 3, 3),
    }
    torch.save(state, tmp_path / "s3fd.pth")
    with pytest.raises(FileFormatError, match="not the published s3fd"):
        add(tmp_path / "s3fd.pth", "s3fd")
    assert list(folder.iterdir()) == []


def test_an_unknown_network_is_not_added(folder: Path, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "x.pth")
    with pytest.raises(FileShapeError, match="no network that lipflap knows"):
        add(tmp_path / "x.pth", "mystery")
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said_with_the_way_out(tmp_path: Path) -> None:
    path = write_bare(tmp_path / "g.pth", random_network(Generator, 0.1))
    with pytest.raises(WeightsFileError, match="LIPFLAP_WEIGHTS"):
        add(path, "wav2lip", path / "below-a-file")


@pytest.mark.shared
def test_a_real_yunet_file_is_added_and_found(folder: Path, shared: Path) -> None:
    added = add(shared / "models" / "yunet_n_320_320.onnx", "yunet")
    assert find_weights("yunet") == added
    assert verify(added).network is None
