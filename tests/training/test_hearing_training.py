from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from plugin_core.audio import SILENT_MEL, MelWindows, Sound, mel_spectrogram
from plugin_core.errors import TextError
from plugin_core.speech.hearing import Hearing, HearingNetwork, shift_of, shifted
from plugin_core.speech.visemes import Viseme
from plugin_core.training.figures import correlation
from plugin_core.training.hearing.augment import Augmenter
from plugin_core.training.hearing.calibrate import answers, calibrate
from plugin_core.training.hearing.corpus import Talk, as_talk, build_diphone_shards, read_shard, write_shard
from plugin_core.training.hearing.crops import BATCH, LABEL_STEP, STEPS, WINDOW_LOSS, Cutter
from plugin_core.training.hearing.evaluate import (
    as_clip,
    human_readings,
    measure,
    silence_figure,
    speed_figure,
    with_text_figures,
)
from plugin_core.training.hearing.fit import CONTINUED_RATE, Plan, Trainer, train
from plugin_core.training.hearing.readings import (
    Reading,
    as_speech,
    build_reading_shards,
    folder_readings,
    folder_speeches,
    prototype_opening,
)
from plugin_core.training.voices import CHARACTER, NEW_VOICE, demo_speech, demo_voice_path


@pytest.fixture(scope="module")
def talk() -> Talk:
    return as_talk(demo_speech(NEW_VOICE))


def test_a_talk_has_one_truth_for_every_mel_step(talk: Talk) -> None:
    steps = talk.mel.shape[1]
    assert len(talk) == len(talk.values) == len(talk.viseme) == len(talk.speaking) == steps


def test_talks_come_back_from_their_file(talk: Talk, tmp_path: Path) -> None:
    write_shard(tmp_path / "talks_000.npz", [talk, talk])
    again = read_shard(tmp_path / "talks_000.npz")
    assert len(again) == 2
    assert np.allclose(again[1].mel, talk.mel, atol=0.004)  # half precision: 2^-9 at values up to 4
    assert np.array_equal(again[1].viseme, talk.viseme)
    assert again[1].shift == pytest.approx(talk.shift, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_augmented_mels_keep_size_and_range(talk: Talk, seed: int) -> None:
    augment = Augmenter(torch.Generator().manual_seed(seed))
    mel = torch.from_numpy(np.stack([talk.mel[:, :160], talk.mel[:, 200:360], np.full((80, 160), -4, np.float32)]))
    changed = augment(mel, torch.tensor([talk.shift, talk.shift, 0.0]))
    assert changed.shape == mel.shape
    assert torch.isfinite(changed).all()
    assert changed.min() >= -4
    assert changed.max() <= 4


def test_augmentation_repeats_with_its_seed_and_differs_without(talk: Talk) -> None:
    mel = torch.from_numpy(talk.mel[None, :, :160])
    shift = torch.tensor([talk.shift])
    one, same, other = (Augmenter(torch.Generator().manual_seed(seed))(mel, shift) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_augmented_speech_is_still_louder_than_its_pauses(talk: Talk) -> None:
    augment = Augmenter(torch.Generator().manual_seed(4))
    mel = torch.from_numpy(talk.mel[:, :640]).repeat(24, 1, 1)
    changed = augment(mel, torch.full((24,), talk.shift)).mean((0, 1)).numpy()
    assert changed[talk.speaking[:640]].mean() > changed[~talk.speaking[:640]].mean() + 0.5


def test_augmented_silence_holds_rooms_of_many_levels(talk: Talk) -> None:
    augment = Augmenter(torch.Generator().manual_seed(4))
    rooms = augment.silence(torch.from_numpy(talk.mel[:, :160]).repeat(40, 1, 1))
    levels = rooms.mean((1, 2))
    assert (levels <= SILENT_MEL + 0.01).any()
    assert levels.max() > -1
    assert levels.std() > 0.5


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    talks = [as_talk(demo_speech(name)) for name in (CHARACTER, NEW_VOICE)]
    (tmp_path / "corpus").mkdir()
    write_shard(tmp_path / "corpus" / "talks_000.npz", [_first_steps(talks[i % 2], 640) for i in range(BATCH)])
    return tmp_path


def _first_steps(talk: Talk, steps: int) -> Talk:
    return Talk(
        talk.mel[:, :steps],
        talk.values[:steps],
        talk.closed[:steps],
        talk.viseme[:steps],
        talk.speaking[:steps],
        talk.shift,
    )


def test_training_goes_on_where_it_was_stopped(corpus: Path) -> None:
    torch.set_num_threads(1)
    trainer = Trainer(corpus, seed=3)
    for _ in range(12):
        trainer.advance(40)
    trainer.keep()
    again = Trainer(corpus, seed=3)
    assert again.step == 12
    again.advance(40)
    assert again.step == 13


def test_a_training_from_nothing_writes_a_file_that_hears_and_says_what_it_was_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin_core.training.hearing.corpus.TALKS_A_SHARD", BATCH)
    monkeypatch.setattr("plugin_core.training.hearing.fit.CALIBRATION_TALKS", 2)
    out = train(tmp_path / "state", tmp_path / "new" / "hearing.safetensors", Plan(steps=2, shards=1, diphone_shards=0))
    with safe_open(out, "np") as file:
        facts = file.metadata()
    assert facts["lipflap.steps"] == "2"
    assert facts["lipflap.licence"] == "GPL-3.0-or-later"
    assert "readings" not in facts["lipflap.source"]
    windows = MelWindows(mel_spectrogram(Sound(demo_speech(NEW_VOICE).samples)), 25, Fraction(25))
    assert np.isfinite(Hearing.load(out).hear(windows).shapes.values).all()


def test_calibration_gives_heard_openings_the_spread_of_the_true_ones(talk: Talk) -> None:
    torch.manual_seed(2)
    network = HearingNetwork()
    calibrate(network, [talk])
    heard = answers(network, [talk])
    assert np.allclose(network.centre.numpy(), heard.shapes.mean(0), atol=1e-5)
    assert (network.gain >= 1).all()
    apart = heard.speaking & (heard.closed < 0.2)
    false_closures = (heard.closed_logit[apart] + float(network.closed_bias) > 0).mean()
    assert false_closures == pytest.approx(0.06, abs=0.01)


def test_answers_line_up_with_the_middle_of_the_frame_that_inference_hears(talk: Talk) -> None:
    network = HearingNetwork()
    heard = answers(network, [talk])
    assert len(heard.shapes) == len(talk) - 15
    assert np.array_equal(heard.viseme, talk.viseme[5 : 5 + len(heard.viseme)])


def test_the_embedded_network_beats_its_controls_on_a_voice_left_out() -> None:
    hearing = Hearing.load()
    figures = {f.name: f for f in measure(hearing, [as_clip(demo_speech(CHARACTER))], "slt")}
    opening = figures["slt: correlation of opening"]
    controls = opening.controls
    assert opening.value > 0.8
    assert abs(controls["shuffled sound"]) < 0.35
    assert controls["zero sound"] == 0.0
    closed = figures["slt: p, b, m closed"]
    assert closed.value > closed.controls["share of all frames"] + 0.2
    assert closed.n > 10


def test_silence_is_measured_over_four_rooms() -> None:
    assert silence_figure(Hearing.load()).n == 400


def test_an_answer_that_never_moves_correlates_with_nothing() -> None:
    assert correlation(np.ones(10), np.arange(10.0)) == 0.0
    assert correlation(np.arange(10.0), np.arange(10.0) * 2 + 1) == pytest.approx(1.0)


def test_prototypes_by_the_book_follow_the_phones_of_a_reading() -> None:
    second = Fraction(1)
    reading = Reading(
        "made",
        Sound(np.zeros(48_000, np.float32)),
        (("SIL", 0 * second, second), ("AA", second, 2 * second), ("M", 2 * second, 3 * second)),
    )
    opening = prototype_opening(reading, np.array([0.5, 1.5, 2.5]))
    assert opening == pytest.approx([0.0, 0.95, 0.0])
    assert prototype_opening(reading, np.array([1.0]))[0] == pytest.approx(0.95 / 2, abs=0.05)
    assert [phone.ipa for phone in as_speech(reading).phones] == ["ɑ", "m"]  # noqa: RUF001 - IPA


def test_a_voice_is_levelled_in_training_as_it_is_in_hearing() -> None:
    samples = demo_speech(NEW_VOICE).samples
    mel = mel_spectrogram(Sound(samples))
    quiet = mel_spectrogram(Sound(samples * np.float32(0.25)))
    levelled = [shifted(m, shift_of(m.mean(0))).mean(0) for m in (mel, quiet)]
    assert np.percentile(levelled[0], 90) == pytest.approx(np.percentile(levelled[1], 90), abs=0.25)


def test_every_viseme_can_be_an_answer() -> None:
    assert HearingNetwork().visemes.out_channels == len(Viseme)


def test_texts_are_aligned_to_the_recordings_beside_them(tmp_path: Path) -> None:
    shutil.copy(demo_voice_path(NEW_VOICE), tmp_path / "line.opus")
    words = "Good evening, everybody. This is a brand new voice, but my face is the same one as before. "
    (tmp_path / "line.txt").write_text(words + "Please, play it from the beginning!")
    (reading,) = folder_readings(tmp_path)
    known = demo_speech(NEW_VOICE)
    closures = [phone.start / 16_000 for phone in known.phones if phone.ipa in "pbm"]
    found = [float(start) for name, start, _ in reading.phones if name in ("P", "B", "M")]
    assert len(found) == len(closures)
    assert np.median(np.abs(np.array(found) - np.array(closures))) < 0.04


def test_a_text_without_its_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text("words")
    with pytest.raises(TextError, match="poem"):
        folder_readings(tmp_path)
    with pytest.raises(TextError, match=r"no \.txt"):
        folder_readings(tmp_path / "empty")


def test_reading_shards_hold_the_pieces_of_the_readings(tmp_path: Path) -> None:
    samples = np.tile(demo_speech(CHARACTER).samples, 2)
    reading = Reading("made", Sound(samples), (("AA", Fraction(0), Fraction(20)),))
    build_reading_shards(tmp_path, [as_speech(reading)])
    for number in (900, 901, 902):
        assert len(read_shard(tmp_path / f"talks_{number}.npz")) >= 4


def test_a_text_in_another_language_needs_weights_to_be_aligned_by(tmp_path: Path) -> None:
    (tmp_path / "poem.de.txt").write_text("Worte")
    with pytest.raises(TextError, match=r"poem\.de\.txt"):
        folder_speeches(tmp_path, None)


def test_training_can_begin_with_the_weights_of_an_earlier_one(corpus: Path) -> None:
    first = Trainer(corpus, seed=3)
    first.advance(40)
    first.export(corpus / "first.safetensors")
    continued = Trainer(corpus / "elsewhere", 3, corpus / "first.safetensors")
    kept = first._averaged.state_dict()
    assert all(torch.equal(kept[name], value) for name, value in continued._averaged.state_dict().items())
    assert continued._peak_rate == CONTINUED_RATE


def test_a_crop_at_the_talks_own_pace_is_the_talk(talk: Talk) -> None:
    batch = Cutter([talk] * 10, [30] * 10, [1.0] * 10)(_untouched())
    assert np.allclose(batch.mel[5], talk.mel[:, 30 : 30 + STEPS], atol=1e-5)
    first = 30 + LABEL_STEP
    assert np.allclose(batch.closed[5], talk.closed[first : first + STEPS - WINDOW_LOSS], atol=1e-5)


def test_a_crop_at_another_pace_keeps_sound_and_mouth_together(talk: Talk) -> None:
    for pace in (0.85, 1.2):
        batch = Cutter([talk] * 10, [20] * 10, [pace] * 10)(_untouched())
        loud = batch.mel[5].mean(0)[LABEL_STEP : LABEL_STEP + STEPS - WINDOW_LOSS].numpy()
        opening = batch.values[5, 0].numpy()
        lags = {lag: correlation(loud[10:-10], np.roll(opening, lag)[10:-10]) for lag in range(-8, 9)}
        best = max(lags, key=lambda lag: lags[lag])
        assert abs(best) <= 3
        assert lags[0] > 0.3


def _untouched() -> Augmenter:
    class Untouched(Augmenter):
        def __call__(self, mel: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
            return mel

    return Untouched(torch.Generator().manual_seed(0))


def test_without_festival_its_voices_are_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("plugin_core.training.voices.cast.festival_voices", lambda: ())
    build_diphone_shards(tmp_path, 2)
    assert not list(tmp_path.iterdir())
    assert "festvox" in caplog.text


@pytest.mark.shared
def test_only_hand_labels_are_demanded_to_agree_with_the_text(shared: Path) -> None:
    readings = list(human_readings(shared / "speech"))
    figures = with_text_figures(readings)
    assert len(figures) == len(readings)
    assert [figure.least for figure in figures] == [0.8, None, None]
    for figure in figures:
        assert figure.value > 0.8 > figure.controls["half a sentence late"] + 0.3


def test_speed_is_given_in_frames(talk: Talk) -> None:
    figure = speed_figure(Hearing.load())
    assert figure.n == 500
    assert figure.value > 0
