"""eSpeak NG as a source of speech with exact phone times: its library's phoneme events, through ctypes.

A tool for training only; users need none of it. Works where processes can fork (Linux, macOS).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from ...audio import SAMPLE_RATE, Samples
from ...errors import EngineError
from .speech import Speech, TimedPhone

# Numbers of speak_lib.h (API revision 12, eSpeak NG 1.51).
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x1 | 0x2
_CHARS_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_EVENT_LIST_ENDS, _EVENT_PHONEME, _EVENT_SENTENCE_ENDS = 0, 7, 5

_NOISE_FLOOR = 0.06  # of the loudest 10 ms: below it a stop's closure is silent
_CLOSURE_S = 0.09  # longest closure that is looked for before a voiceless stop
_VOICELESS_STOPS = frozenset("ptkcqʈ")


_FORK = multiprocessing.get_context("fork")


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("string", ctypes.c_char * 8),
    )


@dataclass(frozen=True, slots=True)
class Manner:
    """How to say it: `rate` in words a minute (80 to 450), `pitch` and `liveliness` 0 to 99, 50 as the voice has it."""

    rate: int = 175
    pitch: int = 50
    liveliness: int = 50


class Espeak:
    """The synthesizer. `speak` gives sound and phone times.

    Raises:
        EngineError: the library is not on this machine.
    """

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise EngineError("libespeak-ng is missing: training needs it (apt-get install espeak-ng)") from error
        self._rate = int(self._library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, None, _PHONEME_EVENTS_IN_IPA))
        if self._rate <= 0:
            raise EngineError("espeak-ng does not start: its voice files are missing (apt-get install espeak-ng-data)")

    def speak(self, text: str, voice: str, manner: Manner | None = None) -> Speech:
        """Say `text`.

        Args:
            text: words in the voice's language.
            voice: "en-us", or with a variant "de+f3".
            manner: rate and pitch; the voice's own if not given.
        Raises:
            EngineError: no such voice, or nothing was said.
        """
        encoded, manner = text.encode(), manner or Manner()
        # The library carries the end of one utterance (flutter, formants) into the next. A child that is forked before
        # anything was said always begins from the same state, so the same words always sound the same.
        ours, theirs = _FORK.Pipe(duplex=False)
        child = _FORK.Process(target=self._speak_into, args=(theirs, encoded, voice, manner))
        child.start()
        theirs.close()
        try:
            sound, events = ours.recv()
        except EOFError as error:
            raise EngineError(f"espeak-ng failed with voice {voice!r} on {text[:40]!r}") from error
        finally:
            ours.close()
            child.join()
        if sound is None:
            raise EngineError(f"espeak-ng has no voice {voice!r}: see `espeak-ng --voices`")
        if not len(sound):
            raise EngineError(f"espeak-ng voice {voice!r} said nothing for {text[:40]!r}")
        return self._as_speech(sound.astype(np.float32) / np.float32(32768), events)

    def _speak_into(self, pipe: Connection, text: bytes, voice: str, manner: Manner) -> None:
        """In the child: send (samples, events), or (None, []) if there is no such voice."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            pipe.send((None, []))
            return
        for setting, amount in ((_RATE, manner.rate), (_PITCH, manner.pitch), (_RANGE, manner.liveliness)):
            self._library.espeak_SetParameter(setting, amount, 0)
        heard = _Heard()
        callback = _callback_type()(heard.receive)
        self._library.espeak_SetSynthCallback(callback)
        ctypes.CDLL(None).srand(1)  # its breath and noise come from the C library's random numbers
        self._library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _CHARS_UTF8, None, None)
        self._library.espeak_Synchronize()
        pipe.send((np.concatenate([np.zeros(0, np.int16), *heard.sound]), heard.events))

    def _as_speech(self, sound: Samples, events: list[tuple[int, str]]) -> Speech:
        starts = [start for start, _ in events] + [len(sound)]
        phones = [
            TimedPhone(name, start, stop)
            for (start, name), stop in zip(events, starts[1:], strict=True)
            if stop > start
        ]
        phones = _with_closures(_with_tails(phones, sound), sound, self._rate)
        scale = SAMPLE_RATE / self._rate
        at_16k = resample_poly(sound, SAMPLE_RATE, self._rate).astype(np.float32)
        timed = (TimedPhone(phone.ipa, round(phone.start * scale), round(phone.stop * scale)) for phone in phones)
        return Speech(at_16k, tuple(phone for phone in timed if phone.ipa))


class _Heard:
    """Collects what the library says through its callback."""

    def __init__(self) -> None:
        self.sound: list[NDArray[np.int16]] = []
        self.events: list[tuple[int, str]] = []

    def receive(self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        """The library's callback: a block of samples and what happened in it. 0 means: go on."""
        if count > 0:
            self.sound.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while (event := events[index]).type != _EVENT_LIST_ENDS:
            if event.type == _EVENT_PHONEME:
                self.events.append((event.sample, event.string.decode("utf-8", "ignore")))
            elif event.type == _EVENT_SENTENCE_ENDS:
                self.events.append((event.sample, ""))
            index += 1
        return 0


def _callback_type() -> type:
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def _with_tails(phones: list[TimedPhone], sound: Samples) -> list[TimedPhone]:
    """Give a nameless event that sounds to the phone before it: the library splits some vowels so."""
    mended: list[TimedPhone] = []
    for phone in phones:
        before = mended[-1] if mended else None
        if (
            not phone.ipa
            and before is not None
            and before.ipa
            and _loudness(sound, phone) > 0.3 * _loudness(sound, before)
        ):
            mended[-1] = TimedPhone(before.ipa, before.start, phone.stop)
        else:
            mended.append(phone)
    return mended


def _loudness(sound: Samples, phone: TimedPhone) -> float:
    return float(np.sqrt(np.mean(sound[phone.start : phone.stop] ** 2)))


def _with_closures(phones: list[TimedPhone], sound: Samples, rate: int) -> list[TimedPhone]:
    """Start voiceless stops where the sound falls silent: the library's event marks only their burst."""
    mended = list(phones)
    for index in range(1, len(mended)):
        phone, before = mended[index], mended[index - 1]
        if phone.ipa[:1] in _VOICELESS_STOPS and before.ipa:
            start = _closure_start(sound, before, phone.start, rate)
            mended[index - 1] = TimedPhone(before.ipa, before.start, start)
            mended[index] = TimedPhone(phone.ipa, start, phone.stop)
    return mended


def _closure_start(sound: Samples, before: TimedPhone, burst: int, rate: int) -> int:
    step = rate // 200
    first = max(before.start + (before.stop - before.start) // 3, burst - round(_CLOSURE_S * rate))
    floor = _NOISE_FLOOR * float(np.abs(sound[before.start : burst]).max(initial=0.0))
    start = burst
    while start - step >= first and float(np.sqrt(np.mean(sound[start - step : start] ** 2))) < floor:
        start -= step
    return start
