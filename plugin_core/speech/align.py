"""Known words + their sound -> every phone in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..audio import Sound
from ..audio.activity import HOPS_A_SECOND, active_hops, level_db, runs
from ..errors import TextError
from .english import SILENCE, EnglishAligner, Phone, PlacedWord
from .text import DialogueLine

log = logging.getLogger(__name__)

SUBTITLE_SLACK = Fraction(3, 10)  # seconds that speech may begin before its subtitle, or end after it
JOINED_GAP = Fraction(1)  # seconds: subtitles closer than this are aligned together, so words may cross between them
LONGEST_GROUP = Fraction(30)  # seconds of subtitles aligned together
LONGEST_PIECE = Fraction(10)  # seconds whose phones are found at once: the memory for it grows with its square
MOST_WORDLESS = 0.3  # of the speech heard may have no words before a warning is given; three real texts left 0 to 0.07


@dataclass(frozen=True, slots=True)
class _Passage:
    """Lines that are looked for together, and the stretch of sound they must lie in."""

    lines: tuple[DialogueLine, ...]
    start: Fraction
    stop: Fraction

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for line in self.lines for word in line.words)


def align_phones(sound: Sound, lines: Sequence[DialogueLine]) -> list[Phone]:
    """Where each phone of the dialogue lies in the sound.

    Words are found first, over the whole sound or between the subtitles' times; then phones, in pieces of ten seconds
    cut at pauses, so that memory stays small in long sounds. Words that the dictionary lacks are read by their
    letters. Lines with times that do not fit their sound are spread evenly over the speech heard there, with a
    warning: their times are known, and one bad subtitle must not stop a film. Lines without times that do not fit
    are an error, because nothing else says where they are.

    Args:
        sound: at 16 kHz.
        lines: in the order of speaking; times count from the sound's first sample (see `lines_within`).
    Returns:
        phones from 0 to the sound's end without gaps, silence as "SIL"; times are multiples of 10 ms, except the end.
    Raises:
        TextError: no lines, or lines without times that do not fit the sound; names them.
    """
    if not lines:
        raise TextError("there are no words to align: give a text, or leave it out and let the program listen")
    aligner = EnglishAligner()
    phones: list[Phone] = []
    for passage in _passages(lines, sound.duration):
        found = _align_passage(aligner, sound, passage)
        after = phones[-1].stop if phones else Fraction(0)
        # Passages may share their slack; silence there must not hide the other one's words.
        phones += [phone for phone in found if phone.name != SILENCE and phone.start >= after]
    _warn_of_speech_without_words(sound, phones)
    return fill_with_silence(phones, sound.duration)


def align_part(
    lines: Sequence[DialogueLine], start: Fraction, stop: Fraction, listen: Callable[[Fraction, Fraction | None], Sound]
) -> list[Phone]:
    """The phones of a part of a voice, where the part may begin or end in the middle of a line.

    Lines are aligned whole, because words that lie outside a sound can't be found in it: those with times in the
    stretch that they span, those without in the whole voice.

    Args:
        lines: of the whole voice; times count from the voice's beginning.
        start: of the part, in seconds of the voice.
        stop: its end.
        listen: gives the voice at 16 kHz from a moment on, for so many seconds (None: to its end); may give less.
    Returns:
        phones from 0 to stop - start without gaps, counted from the part's start. Silence alone where no line
        touches the part.
    Raises:
        TextError: as `align_phones`.
    """
    touching = lines_within(lines, start, stop)
    spans = [
        (line.start + start, line.stop + start) for line in touching if line.start is not None and line.stop is not None
    ]
    if not touching:
        return fill_with_silence((), stop - start)
    if len(spans) < len(touching):
        return phones_within(align_phones(listen(Fraction(0), None), touching), start, stop)
    first = max(Fraction(0), min(begin for begin, _ in spans) - SUBTITLE_SLACK)
    last = max(end for _, end in spans) + SUBTITLE_SLACK
    phones = align_phones(listen(first, last - first), lines_within(touching, first - start, last - start))
    return phones_within(phones, start - first, stop - first)


def phones_within(phones: Iterable[Phone], start: Fraction, stop: Fraction) -> list[Phone]:
    """The phones of `start` to `stop` seconds, cut to it and counted from `start`, gaps filled with silence."""
    moved = (Phone(p.name, max(p.start, start) - start, p.stop - start) for p in phones if p.stop > start)
    return fill_with_silence(moved, stop - start)


def _warn_of_speech_without_words(sound: Sound, phones: Sequence[Phone]) -> None:
    """Subtitles may leave a song or a crowd out; but text for a tenth of the speech is the wrong text."""
    wordless = active_hops(level_db(sound))
    heard = int(wordless.sum())
    for phone in phones:
        wordless[int(phone.start * HOPS_A_SECOND) : int(phone.stop * HOPS_A_SECOND)] = False
    if wordless.sum() > MOST_WORDLESS * heard:
        log.warning(
            "%.1f s of the %.1f s of speech heard have no words in the text; the mouth rests there",
            wordless.sum() / HOPS_A_SECOND,
            heard / HOPS_A_SECOND,
        )


def lines_within(lines: Iterable[DialogueLine], start: Fraction, stop: Fraction) -> list[DialogueLine]:
    """The timed lines that touch `start` to `stop` seconds, times counted from `start`; untimed ones as they are."""
    kept = []
    for line in lines:
        if line.start is None or line.stop is None:
            kept.append(line)
        elif line.start < stop and line.stop > start:
            kept.append(DialogueLine(line.words, line.start - start, line.stop - start, line.number))
    return kept


def _passages(lines: Sequence[DialogueLine], duration: Fraction) -> Iterator[_Passage]:
    timed = [line for line in lines if line.start is not None]
    if len(timed) < len(lines):
        yield _Passage(tuple(lines), Fraction(0), duration)
        return
    group: list[DialogueLine] = []
    for line in timed:
        if group and (_start(line) - _stop(group[-1]) > JOINED_GAP or _stop(line) - _start(group[0]) > LONGEST_GROUP):
            yield _passage(group, duration)
            group = []
        group.append(line)
    yield _passage(group, duration)


def _passage(lines: Sequence[DialogueLine], duration: Fraction) -> _Passage:
    start = max(Fraction(0), _start(lines[0]) - SUBTITLE_SLACK)
    stop = min(duration, max(_stop(line) for line in lines) + SUBTITLE_SLACK)
    return _Passage(tuple(lines), start, stop)


def _start(line: DialogueLine) -> Fraction:
    return line.start if line.start is not None else Fraction(0)


def _stop(line: DialogueLine) -> Fraction:
    return line.stop if line.stop is not None else Fraction(0)


def _align_passage(aligner: EnglishAligner, sound: Sound, passage: _Passage) -> list[Phone]:
    part = sound.between(passage.start, passage.stop)
    found = _phones_in_pieces(aligner, part, passage.words)
    if found is None and len(passage.lines) > 1 and passage.lines[0].start is not None:
        alone = (_passage([line], sound.duration) for line in passage.lines)
        return [phone for single in alone for phone in _align_passage(aligner, sound, single)]
    if found is None:
        found = _phones_in_pieces(EnglishAligner(wide=True), part, passage.words)
    if found is None:
        found = _spread_or_refuse(aligner, part, passage)
    return [Phone(p.name, p.start + passage.start, p.stop + passage.start) for p in found]


def _spread_or_refuse(aligner: EnglishAligner, part: Sound, passage: _Passage) -> list[Phone]:
    first, last = passage.lines[0], passage.lines[-1]
    if first.start is None:
        what = f"{first}" if first is last else f"{first} to {last}"
        raise TextError(f"{what}: does not fit the sound: check that the text is English and all of what is said")
    log.warning("subtitle of %s does not fit its sound; its words are spread evenly over it", first)
    return spread_evenly(part, [phone for word in passage.words for phone in aligner.pronunciation(word)])


def _phones_in_pieces(aligner: EnglishAligner, sound: Sound, words: Sequence[str]) -> list[Phone] | None:
    placed = aligner.words(sound, words)
    if placed is None:
        return None
    phones: list[Phone] = []
    for piece, start, stop in _pieces(placed, sound.duration):
        found = aligner.phones(sound.between(start, stop), [words[word.word] for word in piece])
        if found is None:
            return None
        phones += [Phone(p.name, p.start + start, p.stop + start) for p in found]
    return phones


def _pieces(
    placed: Sequence[PlacedWord], duration: Fraction
) -> Iterator[tuple[Sequence[PlacedWord], Fraction, Fraction]]:
    """Runs of words of at most about `LONGEST_PIECE`, with the stretch of sound for each, cut in the widest pause."""
    start = Fraction(0)
    rest = placed
    while rest and duration - start > LONGEST_PIECE:
        cut = _best_cut(rest, start)
        if cut >= len(rest):
            break
        stop = _on_step((rest[cut - 1].stop + rest[cut].start) / 2)
        yield rest[:cut], start, stop
        rest, start = rest[cut:], stop
    if rest:
        yield rest, start, duration


def _best_cut(placed: Sequence[PlacedWord], start: Fraction) -> int:
    """How many words to take: up to the widest pause in the second half of the piece."""
    near = [i for i in range(1, len(placed)) if placed[i].start - start <= LONGEST_PIECE]
    if not near:
        return 1
    late = [i for i in near if placed[i].start - start >= LONGEST_PIECE / 2] or near
    return max(late, key=lambda i: (placed[i].start - placed[i - 1].stop, i))


def _on_step(seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * HOPS_A_SECOND), HOPS_A_SECOND)


def spread_evenly(sound: Sound, phones: Sequence[str]) -> list[Phone]:
    """`phones`, equally long, over the parts of `sound` where somebody speaks, or over all of it."""
    hops = runs(active_hops(level_db(sound))) or [(0, max(1, int(sound.duration * HOPS_A_SECOND)))]
    spoken = sum(stop - start for start, stop in hops)
    placed: list[Phone] = []
    done = Fraction(0)
    for start, stop in hops:
        share = [
            phones[i] for i in range(len(phones)) if done <= Fraction(i * spoken, len(phones)) < done + stop - start
        ]
        done += stop - start
        length = Fraction(stop - start, HOPS_A_SECOND) / max(1, len(share))
        first = Fraction(start, HOPS_A_SECOND)
        placed += [Phone(name, first + i * length, first + (i + 1) * length) for i, name in enumerate(share)]
    return placed


def fill_with_silence(phones: Iterable[Phone], duration: Fraction) -> list[Phone]:
    """The phones from 0 to `duration`, gaps filled with "SIL", silences that touch made one, overlaps cut."""
    filled: list[Phone] = []
    for phone in (*phones, Phone(SILENCE, duration, duration)):
        end = filled[-1].stop if filled else Fraction(0)
        start, stop = min(max(phone.start, end), duration), min(phone.stop, duration)
        if start > end:
            _append(filled, Phone(SILENCE, end, start))
        if stop > start:
            _append(filled, Phone(phone.name, start, stop))
    return filled


def _append(phones: list[Phone], phone: Phone) -> None:
    if phones and phones[-1].name == phone.name == SILENCE:
        phones[-1] = Phone(SILENCE, phones[-1].start, phone.stop)
    else:
        phones.append(phone)
