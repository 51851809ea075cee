"""Whole numbers as they are said in English."""

from __future__ import annotations

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
LARGEST = 10**12  # from here on the digits are said one by one


def in_words(digits: str) -> tuple[str, ...]:
    """How a run of decimal digits is said.

    Numbers from 1100 to 1999 and 2010 to 2099 are said as years ("nineteen thirty six"); a leading zero, or more
    than twelve digits, and they are said one by one.

    Args:
        digits: "0" to "9" only, at least one.
    """
    number = int(digits)
    if (len(digits) > 1 and digits[0] == "0") or number >= LARGEST:
        return tuple(_SMALL[int(digit)] for digit in digits)
    if len(digits) == 4 and (1100 <= number < 2000 or 2010 <= number < 2100):
        return _year(number)
    return _count(number)


def ordinal_in_words(digits: str) -> tuple[str, ...]:
    """How a number is said that counts a place: "21" is "twenty first"."""
    *before, last = _count(int(digits)) if int(digits) < LARGEST else in_words(digits)
    ending = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return (*before, _ORDINALS.get(last, ending))


def _year(number: int) -> tuple[str, ...]:
    century, rest = divmod(number, 100)
    if not rest:
        return (*_count(century), "hundred")
    return (*_count(century), *(("oh",) if rest < 10 else ()), *_count(rest))


def _count(number: int) -> tuple[str, ...]:
    for size, name in _GROUPS:
        if number >= size:
            many, rest = divmod(number, size)
            return (*_count(many), name, *(_count(rest) if rest else ()))
    if number < 20:
        return (_SMALL[number],)
    tens, ones = divmod(number, 10)
    return (_TENS[tens], *((_SMALL[ones],) if ones else ()))
