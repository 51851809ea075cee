"""One notice that stays in the panel until it is dismissed: of what was asked for and has no job."""

from __future__ import annotations

_notices: list[str] = []


def say(text: str) -> None:
    """Show it, in the place of an older one; "" shows none."""
    _notices[:] = [text] if text else []


def said() -> str:
    """What is shown; "" for nothing."""
    return _notices[0] if _notices else ""
