"""Days and times as a clinician reads them in a sentence. Used by every module here that writes findings.

Month and weekday names are spelled out here, so a sentence never depends on the locale of the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_in_words(day: date) -> str:
    """`January 5, 2026`"""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def time_in_words(at: datetime) -> str:
    """`9:05 AM`, in the zone that the time carries."""
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"


def moment_in_words(at: datetime) -> str:
    """`Monday, January 5, 2026, 9:05 AM`, in the zone that the time carries."""
    return f"{_WEEKDAYS[at.weekday()]}, {day_in_words(at)}, {time_in_words(at)}"


def list_in_words(words: Sequence[str], joined_by: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`; empty for nothing."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined_by} {words[-1]}"
