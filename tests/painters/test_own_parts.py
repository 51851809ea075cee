"""Small parts: paths, statistics, the store."""

from __future__ import annotations

import itertools
import tempfile
from fractions import Fraction

import numpy as np
import pytest
from fakes.talking_head import sound_of
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin_core.errors import OutputError
from plugin_core.painters.own.chart import DrawingClassifier, best_path, without_flashes
from plugin_core.painters.own.sound import Statistics, heard, normalised_voice
from plugin_core.painters.own.store import CutStore


@given(st.integers(1, 5), st.integers(2, 3), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_the_best_path_is_the_best_of_all_paths(frames, kinds, seed):
    rng = np.random.default_rng(seed)
    scores, steps = rng.normal(size=(frames, kinds)), rng.normal(size=(kinds, kinds))

    def worth(path):
        jumps = sum(steps[a, b] for a, b in itertools.pairwise(path))
        return sum(scores[t, k] for t, k in enumerate(path)) + jumps

    best = max(worth(path) for path in itertools.product(range(kinds), repeat=frames))
    assert worth(best_path(scores, steps)) == pytest.approx(best)


def test_flashes_give_way_to_the_likelier_neighbour_but_closed_lips_stay():
    scores = np.zeros((5, 3))
    scores[2, 1] = 1.0
    path = np.array([0, 0, 2, 1, 1])
    assert without_flashes(path, scores, np.array([False, False, False])).tolist() == [0, 0, 1, 1, 1]
    assert without_flashes(path, scores, np.array([False, False, True])).tolist() == path.tolist()


def test_the_classifier_learns_what_can_be_learned():
    rng = np.random.default_rng(0)
    drawing = rng.integers(0, 3, 300)
    sound = (np.eye(3)[drawing] * 4 + rng.normal(size=(300, 3))).astype(np.float32)
    logs = DrawingClassifier.fit(sound, drawing, 3).log_probabilities(sound)
    assert np.allclose(np.exp(logs).sum(axis=1), 1)
    assert (logs.argmax(axis=1) == drawing).mean() > 0.9


def test_long_voices_are_measured_by_themselves_and_short_ones_by_the_library():
    library = Statistics.of(heard(sound_of(np.linspace(0, 1, 400)), Fraction(25)), Fraction(25))
    loud = heard(sound_of(np.linspace(0, 1, 400), seed=3), Fraction(25)) * 2 + 1
    assert np.abs(normalised_voice(loud, Fraction(25), library).mean(axis=0)).max() < 0.05
    short = loud[:100]
    assert np.array_equal(normalised_voice(short, Fraction(25), library), library.normalise(short))


def test_a_feature_that_never_moves_stays_small():
    still = np.full((300, 4), 7.0, np.float32)
    normal = Statistics.of(still, Fraction(25)).normalise(still)
    assert np.isfinite(normal).all()
    assert np.abs(normal).max() == 0


def test_the_store_gives_back_what_it_got():
    rng = np.random.default_rng(0)
    kept = [rng.integers(0, 255, (5, 7, 3), dtype=np.uint8), rng.integers(0, 65535, (3, 2, 3), dtype=np.uint16)]
    store = CutStore()
    numbers = [store.add(pixels) for pixels in kept]
    for number, pixels in reversed(list(zip(numbers, kept, strict=True))):
        back = store.get(number)
        assert back.dtype == pixels.dtype
        assert np.array_equal(back, pixels)
    assert store.size_bytes == sum(pixels.nbytes for pixels in kept)
    store.close()
    store.close()


@pytest.mark.parametrize("side", [4, 200], ids=["less than a buffer", "more than one"])
def test_a_full_disk_is_told_with_the_folder_and_the_way_out(side):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = CutStore()
    store.add(np.full((2, 2, 3), 7, np.uint8))
    resource.setrlimit(resource.RLIMIT_FSIZE, (32, limits[1]))
    try:
        with pytest.raises(OutputError, match="TMPDIR") as caught:
            store.add(np.zeros((side, side, 3), np.uint8))
        assert str(caught.value.path) == tempfile.gettempdir()
    finally:
        store.close()
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_missing_temporary_folder_is_told_too(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="gone"):
        CutStore()
