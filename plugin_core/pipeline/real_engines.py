"""The real engines: embedded models, and what the user brought."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from face_detection.cascade import DetectorChain
from face_detection.detector import FaceDetector
from face_detection.haar import HaarDetector
from face_detection.s3fd.detector import S3fdDetector
from face_detection.toon import ToonDetector
from face_detection.yunet import YuNetDetector
from plugin_core.devices import choose_device
from plugin_core.errors import OptionError
from plugin_core.media import open_clip
from plugin_core.model_files import weights_errors
from plugin_core.options import Options
from plugin_core.quality.expert import EXPERT, NetworkExpert
from plugin_core.speech.hearing import Hearing
from weights.finding import entry_named, find_entry, find_weights
from weights.manifest import EMBEDDED

from .choosing import prepare_painter
from .ear import NetworkEar
from .engines import Engines
from .own_footage import Footage


def real_engines(options: Options) -> Engines:
    """The engines that the options ask for.

    Raises:
        OptionError: the detector needs a file that was not given.
        WeightsError: a model file is not there or can't be used.
    """
    with weights_errors():
        detector = make_detector(options)
        ear = NetworkEar(Hearing.load(device=str(choose_device(options.device))))
        expert = NetworkExpert.load(device=str(choose_device(options.device)))
    footage = Footage(open_clip, detector, ear)
    models = (("hearing", EMBEDDED / "hearing.safetensors"), ("sync expert", EXPERT), *_detector_models(options))
    return Engines(open_clip, detector, ear, partial(prepare_painter, footage=footage), models, expert)


def _detector_models(options: Options) -> Iterator[tuple[str, Path]]:
    for name in ("s3fd", "yunet"):
        path = _file(name, options) if options.detector in ("auto", name) else None
        if path is not None:
            yield name, path
    if options.detector in ("auto", "toon"):
        yield "toon finder", EMBEDDED / "toon_finder.safetensors"


def make_detector(options: Options) -> FaceDetector:
    """The detector that the options name; "auto" is a chain: the user's S3FD and YuNet if here, ours, Haar."""
    if options.detector == "auto":
        brought = [make for name, make in _MAKERS.items() if name in ("s3fd", "yunet") and _file(name, options)]
        return DetectorChain([make(options) for make in (*brought, _toon, _haar)])
    return _MAKERS[options.detector](options)


def _file(name: str, options: Options) -> Path | None:
    if options.detector_weights is not None and options.detector == name:
        return find_weights(options.detector_weights)
    entry = entry_named(name)
    return find_entry(entry) if entry is not None else None


def _needed(name: str, options: Options) -> Path:
    path = _file(name, options)
    if path is None:
        add = f"lipflap weights add FILE --name {name}"
        raise OptionError("detector", f"{name} needs its file: --detector-weights FILE, or once and for all: {add}")
    return path


def _s3fd(options: Options) -> FaceDetector:
    return S3fdDetector(_needed("s3fd", options), options.detector_size, device=str(choose_device(options.device)))


def _yunet(options: Options) -> FaceDetector:
    return YuNetDetector(_needed("yunet", options), options.detector_size)


def _toon(options: Options) -> FaceDetector:
    return ToonDetector(max_side=options.detector_size, device=str(choose_device(options.device)))


def _haar(options: Options) -> FaceDetector:
    return HaarDetector(options.detector_size)


_MAKERS = {"s3fd": _s3fd, "yunet": _yunet, "toon": _toon, "haar": _haar}
