"""Exact time: rates, ranges and handles. Fractions only; floats appear at the border of a host and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .errors import EmptyClipError, OptionError, RangeError

NTSC = Fraction(1001, 1000)
DELIVERY_RATE = 48_000  # Hz of the sound beside pictures: what editing timelines run at; MXF takes nothing else
MAX_RATE = 1000  # frames per second; above it a "rate" is a clock's tick and the file is not to be believed


def parse_rate(text: str | float | Fraction) -> Fraction:
    """The exact rate that an editor means.

    Args:
        text: "24", "30000/1001", "23.976", 29.97 ... A decimal within 0.01 of an NTSC rate is that NTSC rate.
    Returns:
        frames per second, exact.
    Raises:
        OptionError: not a number, not positive, or above `MAX_RATE`.
    """
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise OptionError("rate", f"{text!r} is no frame rate: write 24, 23.976 or 30000/1001") from error
    if not 0 < rate <= MAX_RATE:
        raise OptionError("rate", f"{text} frames per second is out of range (0 to {MAX_RATE})")
    return rate if rate.denominator in (1, 1001) else _nearest_trade_rate(rate)


def _nearest_trade_rate(rate: Fraction) -> Fraction:
    for whole in (24, 30, 48, 60, 120):
        ntsc = whole / NTSC
        if abs(rate - ntsc) < Fraction(1, 100):
            return ntsc
    whole = round(rate)
    return Fraction(whole) if whole and abs(rate - whole) < Fraction(1, 1000) else rate


@dataclass(frozen=True, slots=True)
class FrameRange:
    """A run of frames, half open: `start` is in it, `stop` is not. Frames count from 0 at the clip's first picture."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if self.stop <= self.start:
            raise EmptyClipError(self.start, self.stop)

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop

    def meets(self, other: FrameRange) -> bool:
        """Whether any frame is in both."""
        return self.start < other.stop and other.start < self.stop

    def within(self, clip_frames: int) -> FrameRange:
        """This range, once it is sure that the clip holds it.

        Raises:
            RangeError: it starts before 0 or ends after `clip_frames`.
        """
        if self.start < 0 or self.stop > clip_frames:
            raise RangeError(
                f"frames {self.start} to {self.stop} were asked, the clip has frames 0 to {clip_frames}: "
                "shorten the range"
            )
        return self

    def with_handles(self, handles: int, clip_frames: int) -> FrameRange:
        """The range grown by `handles` frames at both ends, as far as the clip goes."""
        return FrameRange(max(0, self.start - handles), min(clip_frames, self.stop + handles))


def frame_time(frame: int, rate: Fraction) -> Fraction:
    """Seconds from the clip's first picture to the start of `frame`."""
    return frame / rate


def frame_at(seconds: Fraction, rate: Fraction) -> int:
    """The frame that is on screen at `seconds`: the last one that starts at or before it."""
    return int((seconds * rate).__floor__())


def nearest_frame(seconds: Fraction, rate: Fraction) -> int:
    """The frame whose start lies nearest; of two equally near, the later one."""
    return int((seconds * rate + Fraction(1, 2)).__floor__())


@dataclass(frozen=True, slots=True)
class Timecode:
    """SMPTE timecode as a count of frames since 00:00:00:00, with the rate that counts them."""

    frame: int
    rate: Fraction
    drop_frame: bool = False

    @classmethod
    def parse(cls, text: str, rate: Fraction) -> Timecode:
        """Read "01:00:10:00" or, drop-frame, "01:00:10;00".

        Raises:
            OptionError: not a timecode, or a field beyond its range.
        """
        drop = ";" in text
        try:
            hours, minutes, seconds, frames = (int(field) for field in text.replace(";", ":").split(":"))
        except ValueError as error:
            raise OptionError("timecode", f"{text!r} is no timecode: write HH:MM:SS:FF") from error
        count = _frames_a_second(rate)
        if minutes > 59 or seconds > 59 or frames >= count or min(hours, minutes, seconds, frames) < 0:
            raise OptionError("timecode", f"{text!r} does not exist at {float(rate):g} frames per second")
        total_minutes = hours * 60 + minutes
        frame = (total_minutes * 60 + seconds) * count + frames
        if drop:
            frame -= _dropped_a_minute(count) * (total_minutes - total_minutes // 10)
        return cls(frame, rate, drop)

    def __str__(self) -> str:
        count = _frames_a_second(self.rate)
        frame = self.frame
        if self.drop_frame:
            dropped = _dropped_a_minute(count)
            per_minute = count * 60 - dropped
            per_ten = per_minute * 10 + dropped
            tens, rest = divmod(frame, per_ten)
            frame += dropped * 9 * tens + (dropped * ((rest - dropped) // per_minute) if rest > dropped else 0)
        seconds, frames = divmod(frame, count)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        separator = ";" if self.drop_frame else ":"
        return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}{separator}{frames:02d}"

    def advanced(self, frames: int) -> Timecode:
        """The timecode `frames` later."""
        return Timecode(self.frame + frames, self.rate, self.drop_frame)


def _frames_a_second(rate: Fraction) -> int:
    return int((rate + Fraction(1, 2)).__floor__())


def _dropped_a_minute(count: int) -> int:
    # SMPTE 12M: two labels a minute at 30, four at 60, none in every tenth minute.
    return count // 15
