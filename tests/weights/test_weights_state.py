from __future__ import annotations

import json
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from weights.digest import payload_sha256, safetensors_header
from weights.errors import FileFormatError, UnknownFileError, WeightsFileError
from weights.sniffing import LEGACY_TORCH_HEAD
from weights.state import load_state, save_state

STATE = {"conv.weight": torch.arange(6.0).reshape(2, 3), "norm.running_mean": torch.zeros(2)}


class Booby:
    """Makes a file when it is unpickled: what a hostile checkpoint would do, only harmless."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.pth"
    torch.save(STATE, path)
    return path


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize(
    "wrap",
    [lambda s: s, OrderedDict, lambda s: {"state_dict": s, "epoch": 4}, lambda s: {"model": s, "optimizer": {}}],
    ids=["bare", "ordered", "state_dict", "model"],
)
@pytest.mark.parametrize("prefix", ["", "module."])
def test_state_dicts_are_found_in_every_wrapping(tmp_path: Path, legacy: bool, wrap, prefix: str) -> None:
    path = tmp_path / "w.pth"
    named = {prefix + name: tensor for name, tensor in STATE.items()}
    torch.save(wrap(named), path, _use_new_zipfile_serialization=not legacy)
    loaded = load_state(path)
    assert torch.equal(loaded.tensors["conv.weight"], STATE["conv.weight"])
    assert loaded.tensors["norm.num_batches_tracked"].item() == 0
    assert len(loaded.tensors) == 3


def test_the_old_form_begins_as_torch_itself_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    assert path.read_bytes().startswith(LEGACY_TORCH_HEAD)


@pytest.mark.parametrize("form", ["zip", "legacy", "bare pickle", "protocol 0"])
def test_a_pickle_with_a_program_in_it_is_refused_and_never_run(tmp_path: Path, form: str) -> None:
    mark, path = tmp_path / "I-was-run", tmp_path / "wav2lip.pth"
    content = {"state_dict": {"a.weight": Booby(mark)}}
    if form in ("zip", "legacy"):
        torch.save(content, path, _use_new_zipfile_serialization=form == "zip")
    else:
        path.write_bytes(pickle.dumps(content, protocol=0 if form == "protocol 0" else 4))
    with pytest.raises(FileFormatError):
        load_state(path)
    assert not mark.exists()
    # The trap is a real one: Python's own unpickler springs it.
    if form == "bare pickle":
        pickle.loads(path.read_bytes())
        assert mark.exists()


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
def test_a_whole_network_in_place_of_its_numbers_is_explained(tmp_path: Path, legacy: bool) -> None:
    path = tmp_path / "model.pth"
    torch.save(nn.Sequential(nn.Conv2d(3, 3, 1)), path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(FileFormatError, match=r"Python objects \(torch.nn.modules.container.Sequential\)"):
        load_state(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html>\n<html><body>Google Drive can't scan this file</body></html>", "web page"),
        (b"\xef\xbb\xbf  <html>", "web page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1", "Git LFS pointer"),
        (b"Not Found", "text file"),
        (b"\x08\x07\x12\x07pytorch\x1a\x03" + bytes(60), "ONNX"),
        (b"\x1f\x8b\x08" + bytes(60), "gzip"),
        (bytes(range(144, 256)), "no model file of a known form"),
        (b"\x80\x04\x95" + bytes(60), "bare Python pickle"),
    ],
    ids=["empty", "html", "bom", "xml", "lfs", "text", "onnx", "gzip", "noise", "pickle"],
)
def test_what_the_file_is_instead_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "wav2lip_gan.pth"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=words) as caught:
        load_state(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnknownFileError, match="no such file"):
        load_state(tmp_path / "none.pth")
    with pytest.raises(FileFormatError, match="folder"):
        load_state(tmp_path)


def test_a_zip_that_is_no_checkpoint_tells_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.jpg", b"...")
    with pytest.raises(FileFormatError, match=r"holiday\.jpg"):
        load_state(path)


def test_a_torchscript_program_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "script.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("script/data.pkl", b"")
        archive.writestr("script/constants.pkl", b"")
    with pytest.raises(FileFormatError, match="TorchScript"):
        load_state(path)


@pytest.mark.parametrize(
    "content",
    [[1, 2], {}, {"lr": 0.1}, {"state_dict": {"a": 3}}, torch.zeros(3)],
    ids=["list", "nothing", "settings", "numbers", "one tensor"],
)
def test_a_checkpoint_without_named_tensors_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "w.pth"
    torch.save(content, path)
    with pytest.raises(FileFormatError, match="no state dict"):
        load_state(path)


@pytest.mark.parametrize("form", ["zip", "legacy", "safetensors"])
@settings(max_examples=40, deadline=None)
@given(share=st.floats(0.0, 0.999))
def test_a_file_cut_off_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, form: str, share: float) -> None:
    path = tmp_path_factory.mktemp("cut") / "w"
    if form == "safetensors":
        save_state(path, STATE, {})
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=form == "zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(WeightsFileError):
        load_state(path)


@settings(max_examples=250, deadline=None)
@given(place=st.floats(0, 1), value=st.integers(0, 255), form=st.sampled_from(["zip", "legacy", "safetensors"]))
def test_a_damaged_byte_gives_numbers_or_a_clear_refusal_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, place: float, value: int, form: str
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "w"
    if form == "safetensors":
        save_state(path, STATE, {"lipflap.network": "generator"})
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=form == "zip")
    content = bytearray(path.read_bytes())
    content[min(int(place * len(content)), len(content) - 1)] = value
    path.write_bytes(content)
    try:
        loaded = load_state(path)
    except WeightsFileError:
        return
    assert all(isinstance(tensor, torch.Tensor) for tensor in loaded.tensors.values())


def test_saved_numbers_and_facts_come_back_with_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_state(path, STATE, {"lipflap.network": "generator", "lipflap.width": "0.25"})
    loaded = load_state(path)
    assert torch.equal(loaded.tensors["conv.weight"], STATE["conv.weight"])
    assert loaded.network == "generator"
    assert loaded.metadata["lipflap.sha256"] == payload_sha256(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["own.safetensors"]


def test_the_hash_of_the_numbers_does_not_hang_on_the_header(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    save_state(one, STATE, {"note": "short"})
    save_state(other, STATE, {"note": "rather a lot longer than the other one"})
    assert payload_sha256(one) == payload_sha256(other)


def test_a_header_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes((20).to_bytes(8, "little") + b"{" + b"x" * 40)
    with pytest.raises(FileFormatError, match="header"):
        safetensors_header(path)
    path.write_bytes((2).to_bytes(8, "little") + json.dumps([]).encode())
    with pytest.raises(FileFormatError, match="header"):
        safetensors_header(path)
