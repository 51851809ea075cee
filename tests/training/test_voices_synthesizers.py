# ruff: noqa: RUF001 - the IPA is full of letters that look like others
"""These need espeak-ng and flite, which only people who train have; without them the tests say so and skip."""

from __future__ import annotations

import ctypes.util
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from plugin_core.errors import EngineError, TextError
from plugin_core.speech.visemes import Viseme
from plugin_core.training.voices import (
    CHARACTER,
    FESTIVAL_VOICES,
    NEW_VOICE,
    Espeak,
    Manner,
    Speech,
    Studio,
    articulations,
    cast_speaker,
    demo_speech,
    demo_voice_path,
    festival_voices,
    speak_festival,
    speak_flite,
    studio_speech,
    write_demo_voices,
)
from plugin_core.training.voices.cast import FLITE_HELD_OUT, HELD_OUT_VARIANTS, VARIANTS
from plugin_core.training.voices.demo import read_phones
from plugin_core.training.voices.festival import festival_ipa
from plugin_core.training.voices.texts import HELD_OUT_LANGUAGES, LANGUAGES, pick_text

needs_espeak = pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")
needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")


def level(speech: Speech, start: int, stop: int) -> float:
    return float(np.sqrt(np.mean(speech.samples[start:stop] ** 2)))


@needs_espeak
def test_espeak_marks_the_closure_of_a_p_where_the_sound_falls_silent() -> None:
    speech = Espeak().speak("Papa", "en-us")
    second_p = [phone for phone in speech.phones if phone.ipa == "p"][1]
    vowel = next(phone for phone in speech.phones if phone.ipa.startswith("ɑ"))
    closure = (second_p.start + 160, second_p.start + 320)
    assert level(speech, *closure) < 0.2 * level(speech, vowel.start, vowel.stop)


@needs_espeak
def test_espeak_phones_follow_each_other_and_end_inside_the_sound() -> None:
    speech = Espeak().speak("My mother baked a big apple pie. Please, take some!", "en-us+f3")
    for before, after in zip(speech.phones, speech.phones[1:], strict=False):
        assert before.start < before.stop <= after.start
    assert speech.phones[-1].stop <= len(speech.samples) + 1
    assert [phone.ipa for phone in speech.phones[:2]] == ["m", "aɪ"]


@needs_espeak
def test_espeak_says_the_same_words_the_same_way_every_time() -> None:
    espeak = Espeak()
    first = espeak.speak("Mama mia, papa beato.", "it+f2")
    espeak.speak("Something else in between.", "en-us")
    second = espeak.speak("Mama mia, papa beato.", "it+f2")
    assert np.array_equal(first.samples, second.samples)
    assert first.phones == second.phones


@needs_espeak
def test_espeak_speaks_faster_at_a_higher_rate() -> None:
    espeak = Espeak()
    slow, fast = (espeak.speak("One, two, three, four.", "en-us", Manner(rate=rate)) for rate in (120, 240))
    assert fast.seconds < slow.seconds * Fraction(3, 4)


@needs_espeak
def test_a_voice_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(EngineError, match="xx-nobody"):
        Espeak().speak("Hello", "xx-nobody")


@needs_espeak
@pytest.mark.parametrize("language", sorted(LANGUAGES | HELD_OUT_LANGUAGES))
def test_every_language_has_a_voice_and_something_to_say(language: str) -> None:
    text = pick_text(np.random.default_rng(1), language)
    for voice in (LANGUAGES | HELD_OUT_LANGUAGES)[language]:
        speech = Espeak().speak(text, f"{voice}+m3")
        assert len(speech.phones) > 5
        assert np.abs(speech.samples).max() > 0.05


@needs_flite
@pytest.mark.parametrize("voice", ["rms", "kal16", "slt"])
def test_flite_gives_phones_that_lie_inside_its_sound(voice: str) -> None:
    speech = speak_flite("Papa bought a boat. Mama sang.", voice, stretch=1.2, pitch_hz=140)
    assert [phone.ipa for phone in speech.phones[:2]] == ["p", "ɑ"]
    assert all(before.stop <= after.start for before, after in zip(speech.phones, speech.phones[1:], strict=False))
    assert 0.9 * len(speech.samples) < speech.phones[-1].stop + 8_000
    assert speech.phones[-1].stop <= len(speech.samples) + 1_600


@pytest.mark.parametrize("voice", FESTIVAL_VOICES)
def test_festivals_phones_lie_inside_its_sound_and_are_known(voice: str) -> None:
    if voice not in festival_voices():
        pytest.skip(f"festival's voice {voice} is not installed")
    language = FESTIVAL_VOICES[voice]
    speech = speak_festival(pick_text(np.random.default_rng(1), language), voice)
    assert len(speech.phones) > 5
    assert speech.phones[-1].stop <= len(speech.samples) + 1_600
    assert all(before.stop <= after.start for before, after in zip(speech.phones, speech.phones[1:], strict=False))
    assert all(articulations(phone.ipa)[0].viseme is not Viseme.REST for phone in speech.phones)


@pytest.mark.parametrize(
    ("name", "language", "ipa"),
    [
        ("er", "en", "ɝ"),
        ("pau", "en", ""),
        ("r~*", "cs", "ʃ"),
        ("a:", "cs", "a"),
        ("E1", "it", "ɛ"),
        ("tS", "it", "tʃ"),
    ],
)
def test_festivals_phone_names_are_read_by_language(name: str, language: str, ipa: str) -> None:
    assert festival_ipa(name, language) == ipa


def test_a_festival_voice_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(EngineError, match="nobody_diphone"):
        speak_festival("Hello", "nobody_diphone")


@needs_espeak
@needs_flite
def test_studio_speech_has_the_asked_length_and_repeats_with_its_seed() -> None:
    rate, seconds = Fraction(30000, 1001), Fraction(7, 2)
    one, other = (studio_speech(np.random.default_rng(5), seconds, rate) for _ in range(2))
    assert len(one.samples) == 56_000
    assert len(one.shapes) == 104
    assert np.array_equal(one.samples, other.samples)
    assert np.array_equal(one.shapes.values, other.shapes.values)
    assert one.shapes.opening.max() > 0.3


@needs_espeak
@needs_flite
def test_people_who_are_left_out_are_never_cast_for_training() -> None:
    trained = [cast_speaker(np.random.default_rng(seed)) for seed in range(300)]
    left_out = [cast_speaker(np.random.default_rng(seed), held_out=True) for seed in range(300)]
    assert not {speaker.voice for speaker in trained} & {speaker.voice for speaker in left_out}
    assert not set(VARIANTS) & set(HELD_OUT_VARIANTS)
    assert FLITE_HELD_OUT not in {speaker.voice for speaker in trained}
    assert not {speaker.language for speaker in trained} & set(HELD_OUT_LANGUAGES)


def test_sentences_that_are_left_out_are_never_picked_for_training() -> None:
    rng = np.random.default_rng(2)
    left_out = {pick_text(rng, "en", held_out=True) for _ in range(100)}
    trained = {pick_text(rng, "en") for _ in range(300)}
    assert len(left_out) > 3
    assert not left_out & trained


@needs_espeak
def test_a_studio_speaker_talks_for_exactly_as_long_as_asked() -> None:
    rng = np.random.default_rng(8)
    speaker = cast_speaker(rng)
    speech = Studio().talk(rng, speaker, 2.5)
    assert len(speech.samples) == 40_000
    assert all(phone.stop <= 40_000 for phone in speech.phones)


@pytest.mark.parametrize(("name", "least_s", "most_s"), [(CHARACTER, 8, 15), (NEW_VOICE, 6, 10)])
def test_the_demo_lines_ship_with_phones_that_match_their_sound(name: str, least_s: float, most_s: float) -> None:
    speech = demo_speech(name)
    assert least_s < speech.seconds < most_s
    vowels = [phone for phone in speech.phones if phone.ipa in "ɑæʌɛ"]
    middle = [level(speech, (p.start + p.stop) // 2 - 160, (p.start + p.stop) // 2 + 160) for p in vowels]
    outside = level(speech, 0, speech.phones[0].start // 2)
    assert np.median(middle) > 10 * outside
    assert sum(phone.ipa in "pbm" for phone in speech.phones) >= 5
    assert demo_voice_path(name).stat().st_size < 100_000


@needs_flite
def test_the_demo_lines_can_be_made_again(tmp_path: Path) -> None:
    write_demo_voices(tmp_path)
    for name in (CHARACTER, NEW_VOICE):
        assert demo_speech(name, tmp_path).phones == demo_speech(name).phones


def test_a_damaged_table_of_phones_is_named(tmp_path: Path) -> None:
    table = tmp_path / "broken.tsv"
    table.write_text("phone\tstart\tstop\np\tearly\tlate\n")
    with pytest.raises(TextError, match=r"broken\.tsv"):
        read_phones(table)
