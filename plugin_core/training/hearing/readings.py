"""People who read a known text: their phones by alignment, for measuring, and where they are free also for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...audio import MEL_RATE, SAMPLE_RATE, Sound, read_sound
from ...errors import TextError
from ...speech.align import align_phones
from ...speech.hearing import HearingNetwork
from ...speech.text import read_dialogue
from ...speech.visemes import PHONE_VISEMES, PROTOTYPES, Viseme
from ..voices import Speech, TimedPhone, ipa_of
from ..voices.cast import resized
from ..voices.distort import distort
from .borrowed_phones import carry_phones_over
from .corpus import TALK_S, Talk, as_talk, write_shard

RECORDINGS = (".flac", ".wav", ".ogg", ".opus", ".mp3")
ENGLISH_SHARD, FOREIGN_SHARD = 900, 910  # numbers of the files that hold the readings as they were read
PHONE_MEASURE_S = 0.1  # width of the Hann window over the phones' prototypes that human voices are measured against


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's voice with its phones.

    Attributes:
        name: for reports.
        sound: at 16 kHz.
        phones: ARPABET name, start and stop in seconds.
    """

    name: str
    sound: Sound
    phones: tuple[tuple[str, Fraction, Fraction], ...]


def aligned_reading(path: Path, text: str) -> Reading:
    """A recording and what is read in it, aligned by phone.

    Raises:
        SoundError: the file can't be read.
        TextError: the text does not fit.
    """
    sound = read_sound(path)
    phones = align_phones(sound, read_dialogue(text))
    return Reading(path.stem, sound, tuple((phone.name, phone.start, phone.stop) for phone in phones))


def folder_readings(folder: Path) -> list[Reading]:
    """Every text of a folder with the recording of the same name beside it (poem.txt, poem.ogg), aligned.

    Raises:
        TextError: no text, a text without its recording, or one that does not fit it.
        SoundError: a recording can't be read.
    """
    texts = [text for text in sorted(folder.glob("*.txt")) if "." not in text.stem]
    if not texts:
        raise TextError(f"{folder}: holds no .txt of what its recordings say")
    return [aligned_reading(_recording_of(text), text.read_text("utf-8")) for text in texts]


def _recording_of(text: Path) -> Path:
    found = next((sound for sound in map(text.with_suffix, RECORDINGS) if sound.exists()), None)
    if found is None:
        raise TextError(f"{text}: its recording is missing: {text.stem} with one of {', '.join(RECORDINGS)}")
    return found


def labelled_reading(path: Path, labels: Path) -> Reading:
    """A recording with a label file of full-context lines (HTS): start and stop in 100 ns, `...-phone+...`."""
    phones = []
    for line in labels.read_text().splitlines():
        start, stop, context = line.split(maxsplit=2)
        name = context.split("-", 1)[1].split("+", 1)[0].upper()
        phones.append((name, Fraction(int(start), 10_000_000), Fraction(int(stop), 10_000_000)))
    return Reading(path.stem, read_sound(path), tuple(phones))


def as_speech(reading: Reading) -> Speech:
    """The reading as a synthesizer would have given it."""
    phones = tuple(
        TimedPhone(ipa_of(name), round(start * SAMPLE_RATE), round(stop * SAMPLE_RATE))
        for name, start, stop in reading.phones
    )
    return Speech(reading.sound.samples, tuple(phone for phone in phones if phone.ipa))


def folder_speeches(folder: Path, network: HearingNetwork | None) -> tuple[list[Speech], list[Speech]]:
    """A folder's readings with their phones: the English ones (poem.txt), and others (poem.de.txt, poem.es.txt).

    The middle part of a name is espeak-ng's voice of the language; every line of such a text is one phrase.

    Args:
        folder: texts, and the recording of the same name beside each.
        network: to compare readings in other languages by (`borrowed_phones`); None if there are none.
    Raises:
        TextError: no text, one without its recording, one that does not fit, or another language and no network.
        SoundError: a recording can't be read.
    """
    foreign = [text for text in sorted(folder.glob("*.*.txt")) if text.stem.count(".") == 1]
    if foreign and network is None:
        raise TextError(f"{foreign[0]}: aligning other languages than English needs trained weights to start from")
    english = [as_speech(reading) for reading in folder_readings(folder)]
    return english, [_foreign_speech(text, network) for text in foreign if network is not None]


def _foreign_speech(text: Path, network: HearingNetwork) -> Speech:
    lines = [line.strip() for line in text.read_text("utf-8").splitlines() if line.strip()]
    return carry_phones_over(read_sound(_recording_of(text)), lines, text.stem.split(".")[1], network)


def build_reading_shards(
    corpus: Path, readings: Sequence[Speech], *, seed: int = 0, first: int = ENGLISH_SHARD
) -> None:
    """Add free readings to a corpus that has none yet.

    Plain, and as smaller and bigger people in other rooms would have read them.

    Args:
        corpus: folder that `corpus.build_corpus` fills.
        readings: only such as may be trained on.
        seed: of sizes and rooms.
        first: number of the first of the three files.
    """
    if (corpus / f"talks_{first + 2}.npz").exists():
        return
    rng = np.random.default_rng(seed)
    steps = round(TALK_S * MEL_RATE) + 1
    plain = [piece for reading in readings for piece in _overlapping(as_talk(reading), steps)]
    write_shard(corpus / f"talks_{first}.npz", plain)
    for number, low, high in ((first + 1, 0.84, 0.95), (first + 2, 1.04, 1.14)):
        other = [resized(reading, float(rng.uniform(low, high))) for reading in readings]
        heard = [as_talk(speech, distort(rng, speech.samples)) for speech in other]
        write_shard(corpus / f"talks_{number}.npz", [piece for talk in heard for piece in _overlapping(talk, steps)])


def _overlapping(talk: Talk, steps: int) -> list[Talk]:
    """Pieces of `steps`, each beginning a quarter of that after the one before."""
    starts = range(0, len(talk) - steps + 1, steps // 4)
    return [_piece(talk, first, first + steps) for first in starts]


def prototype_opening(reading: Reading, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Opening by the book: each phone's drawing of the house chart, smoothed by a Hann window of `PHONE_MEASURE_S`.

    It knows nothing of the tables that the network was trained with.
    """
    ticks = 200
    steps = round(reading.sound.duration * ticks) + 1
    opening = np.zeros(steps)
    for name, start, stop in reading.phones:
        viseme = PHONE_VISEMES.get(name, Viseme.REST)
        opening[round(start * ticks) : round(stop * ticks)] = PROTOTYPES[viseme][0]
    kernel = np.hanning(round(PHONE_MEASURE_S * ticks) + 2)[1:-1]
    smooth = np.convolve(np.pad(opening, len(kernel) // 2, mode="edge"), kernel / kernel.sum(), mode="same")
    smooth = smooth[len(kernel) // 2 :][:steps]
    return np.interp(seconds * ticks - 0.5, np.arange(steps), smooth)


def _piece(talk: Talk, first: int, stop: int) -> Talk:
    return replace(
        talk,
        mel=talk.mel[:, first:stop],
        values=talk.values[first:stop],
        closed=talk.closed[first:stop],
        viseme=talk.viseme[first:stop],
        speaking=talk.speaking[first:stop],
    )
