"""A voice that the footage knows chooses by its very sound; another one, or another recording, by its mouth shapes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from fakes.frames import FakeSource
from fakes.talking_head import FACE, RATE, draw_head, sound_of, talk

from plugin_core.audio import Sound, mel_spectrogram
from plugin_core.painters.own.choose import choose_mouths
from plugin_core.painters.own.kernel import CHUNK, like_sounds_say
from plugin_core.painters.own.library import LibraryClip
from plugin_core.painters.own.reading import read_library
from plugin_core.painters.own.same_voice import OwnSound
from plugin_core.speech.cepstra import AROUND, BANDS, cepstra_of
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

LEVELS = (0.0, 0.3, 0.6, 1.0)


def timbre(openings: np.ndarray, seed: int, speaker: int = 0) -> np.ndarray:
    """(frames, 39) a sound that tells the drawing plainly, in a speaker's own way."""
    rng, way = np.random.default_rng(seed), np.random.default_rng(1000 + speaker)
    of = np.searchsorted(LEVELS, openings)
    colours = way.normal(0, 1, (len(LEVELS), len(AROUND) * BANDS))
    return np.asarray(colours[of] + rng.normal(0, 0.3, (len(of), colours.shape[1])), np.float32)


def vague(openings: np.ndarray, seed: int) -> MouthShapes:
    """What a network hears of it when it hears badly."""
    return sound_of(openings, seed, noise=4.0)


def test_cepstra_stand_where_their_frames_do() -> None:
    burst = np.zeros(16000, np.float32)
    burst[8000:8800] = np.random.default_rng(0).normal(0, 0.3, 800)
    level = cepstra_of(mel_spectrogram(Sound(burst)), 25, Fraction(25))[:, AROUND.index(0) * BANDS]
    assert int(level.argmax()) in (12, 13)
    assert cepstra_of(mel_spectrogram(Sound(burst)), 40, Fraction(25)).shape == (40, len(AROUND) * BANDS)


def test_like_sounds_say_what_was_shown_with_them() -> None:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 1, (300, 6)).astype(np.float32)
    shown = np.stack([np.sin(2 * sound[:, 0]), np.ones(300)], axis=1)
    said = like_sounds_say((sound[:250], shown[:250]), sound[250:])
    assert np.corrcoef(said[:, 0], shown[250:, 0])[0, 1] > 0.8
    assert np.allclose(said[:, 1], 1, atol=1e-6)


def test_a_long_voice_says_the_same_as_its_parts() -> None:
    rng = np.random.default_rng(2)
    known = rng.normal(0, 1, (60, 6)).astype(np.float32), rng.normal(0, 1, (60, 2))
    voice = rng.normal(0, 1, (CHUNK + 90, 6)).astype(np.float32)
    parts = [like_sounds_say(known, part) for part in (voice[:70], voice[70:])]
    assert np.allclose(like_sounds_say(known, voice), np.concatenate(parts))


def test_a_voice_is_known_again_and_another_is_not() -> None:
    openings = talk(400)
    voice = replace(sound_of(openings), cepstra=timbre(openings, 1))
    own = OwnSound.of([voice], [(0, frame) for frame in range(400)], Fraction(25))
    assert own is not None
    more = talk(250, seed=5)
    same = replace(sound_of(more), cepstra=timbre(more, 2))
    again = own.again_in(same)
    assert again is not None
    assert again.shape == (250, own.rows.shape[1])
    assert own.again_in(replace(same, cepstra=timbre(more, 2, speaker=7))) is None
    assert own.again_in(replace(same, cepstra=None)) is None
    assert own.again_in(replace(same, speaking=np.zeros(250, np.bool_))) is None
    assert own.part(np.array([3, 5])).rows.shape == (2, own.rows.shape[1])


def test_footage_without_its_sound_knows_no_voice() -> None:
    voice = sound_of(talk(50))
    assert OwnSound.of([voice, None], [(0, 1)], Fraction(25)) is None
    silent = replace(voice, cepstra=timbre(talk(50), 1), speaking=np.zeros(50, np.bool_))
    assert OwnSound.of([silent], [(0, 1)], Fraction(25)) is None


def test_its_own_voice_finds_the_drawings_that_shapes_alone_miss() -> None:
    openings = talk(400)
    shapes = replace(vague(openings, 0), cepstra=timbre(openings, 1))
    source = FakeSource([draw_head(opening) for opening in openings], rate=RATE)
    library = read_library([LibraryClip(source, FrameRange(0, 400), [FACE] * 400, shapes)], lambda *_: None)
    assert library is not None
    assert library.drawings is not None
    try:
        more = talk(200, seed=9)
        by_shapes, by_sound = vague(more, 3), replace(vague(more, 3), cepstra=timbre(more, 4))
        other = replace(by_shapes, cepstra=timbre(more, 4, speaker=7))
        right = [float((openings[choose_mouths(library, one, RATE)] == more).mean()) for one in (by_shapes, by_sound)]
        assert right[1] > 0.85
        assert right[1] > right[0] + 0.1
        assert np.array_equal(choose_mouths(library, other, RATE), choose_mouths(library, by_shapes, RATE))
    finally:
        library.close()
