"""How times, sums and names are written on a page: the filters of every template.

Pure: a zone or the moment "now" come in as arguments. A time that knows its zone is shown in the zone given, else in
the one that Django has made current for the request; a time without zone is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from openhour.kernel import Money

_STEPS = (
    (86400 * 365, "year"),
    (86400 * 30, "month"),
    (86400 * 7, "week"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def _here(value: datetime, zone: tzinfo | str | None) -> datetime:
    if value.tzinfo is None:
        return value
    if isinstance(zone, str):
        zone = ZoneInfo(zone)
    if zone is None:
        zone = _current_zone()
    return value.astimezone(zone) if zone else value


def _current_zone() -> tzinfo | None:
    from django.conf import settings
    from django.utils import timezone

    return timezone.get_current_timezone() if settings.configured else None


def _day(value: date | datetime, zone: tzinfo | str | None) -> date:
    return _here(value, zone).date() if isinstance(value, datetime) else value


def time_of_day(value: datetime | time | None, zone: tzinfo | str | None = None) -> str:
    """`9:05 am`; empty for None."""
    if value is None:
        return ""
    clock = _here(value, zone) if isinstance(value, datetime) else value
    return f"{clock.hour % 12 or 12}:{clock.minute:02d} {'am' if clock.hour < 12 else 'pm'}"


def long_date(value: date | datetime | None, zone: tzinfo | str | None = None) -> str:
    """`Monday 5 January 2026`: the day first and the month in letters, so that no reader takes one for the other."""
    if value is None:
        return ""
    day = _day(value, zone)
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_date(value: date | datetime | None, zone: tzinfo | str | None = None, *, year: bool = True) -> str:
    """`5 Jan 2026`, or `5 Jan` with `year=False`."""
    if value is None:
        return ""
    day = _day(value, zone)
    return f"{day.day} {day:%b %Y}" if year else f"{day.day} {day:%b}"


def weekday(value: date | datetime | None, zone: tzinfo | str | None = None) -> str:
    """`Mon 5 Jan`."""
    if value is None:
        return ""
    day = _day(value, zone)
    return f"{day:%a} {day.day} {day:%b}"


def moment(value: datetime | None, zone: tzinfo | str | None = None) -> str:
    """`5 Jan 2026, 9:05 am`."""
    return "" if value is None else f"{short_date(value, zone)}, {time_of_day(value, zone)}"


def machine(value: date | datetime | None) -> str:
    """The ISO 8601 form, for `datetime=""` and `data-…` attributes."""
    return "" if value is None else value.isoformat()


def minutes(value: int | timedelta | None) -> str:
    """`53 min`; a stretch of time loses its seconds and never rounds up."""
    if value is None:
        return ""
    whole = int(value.total_seconds() // 60) if isinstance(value, timedelta) else value
    return f"{whole} min"


def ago(value: datetime, now: datetime) -> str:
    """`3 days ago`, `in 2 hours`, `just now`. Both must know their zone, or neither."""
    seconds = int((now - value).total_seconds())
    for length, unit in _STEPS:
        if abs(seconds) >= length:
            span = counted(abs(seconds) // length, unit)
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"


def money(value: Money | None) -> str:
    """`$1,180.50`; a refund reads `−$20.00` with a true minus."""
    if value is None:
        return ""
    return f"−{Money(-value.cents)}" if value.cents < 0 else str(value)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 visit`, `2 visits`; `many` where an s does not make it."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[object], last: str = "and") -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Carla`."""
    parts = [str(word) for word in words]
    return f" {last} ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part) if parts else ""


def telephone(number: str) -> str:
    """`(555) 555-0123` for ten digits as they are kept; anything else as it is."""
    if len(number) == 10 and number.isascii() and number.isdigit():
        return f"({number[:3]}) {number[3:6]}-{number[6:]}"
    return number


def initials(name: str) -> str:
    """`AL` for Ana Lopez: first letters of the first and the last word."""
    parts = name.split()
    return "".join(part[0].upper() for part in (parts[:1] + parts[1:][-1:]))


def possessive(name: str) -> str:
    """`Ana’s`."""
    return f"{name}’s"


FILTERS = {
    function.__name__: function
    for function in (
        time_of_day, long_date, short_date, weekday, moment, machine, minutes, ago, money, counted, listed, initials,
        possessive, telephone,
    )
}  # fmt: skip
