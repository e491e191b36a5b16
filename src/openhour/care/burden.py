"""How many minutes a month a patient spends on forms, as it was and as the battery makes it.

Called by the battery's page. Minutes are those of the definitions. The limit is the practice's own to judge: it warns and
stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openhour.care.batteries import NO_SHORT_FORMS, BatteryForm
from openhour.kernel import Finding

MINUTES_A_MONTH = 40
"""More than this is a burden. [local policy] Two short forms before each of four or five hours stay below it."""

DAYS_IN_A_MONTH = 365.25 / 12
MONTHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Month:
    """first: its first day. forms, minutes: what was answered in it."""

    first: date
    forms: int
    minutes: int

    @property
    def is_much(self) -> bool:
        """Above the limit."""
        return self.minutes > MINUTES_A_MONTH


def months_of(answered: Iterable[tuple[date, int]], *, on: date, count: int = MONTHS_SHOWN) -> tuple[Month, ...]:
    """The last `count` months up to that of the day, the newest first, quiet ones too.

    answered: day and minutes of each form; those outside are left out.
    """
    held = [(day.replace(day=1), minutes) for day, minutes in answered if day <= on]
    firsts = _firsts(on.replace(day=1), count)
    return tuple(
        Month(first, sum(day == first for day, _ in held), sum(minutes for day, minutes in held if day == first))
        for first in firsts
    )


def _firsts(newest: date, count: int) -> tuple[date, ...]:
    months = [newest.year * 12 + newest.month - 1 - back for back in range(count)]
    return tuple(date(month // 12, month % 12 + 1, 1) for month in months)


def expected_minutes(
    forms: Iterable[BatteryForm],
    minutes: Mapping[str, int],
    *,
    days_between_visits: int,
    short_of: Mapping[str, str] = NO_SHORT_FORMS,
) -> float:
    """What the battery asks for in a month once the intake is over. minutes: by slug; a form without is left out.

    A short form that is asked in the place of a long one counts with its own minutes: the least that is asked.
    """
    visits = DAYS_IN_A_MONTH / days_between_visits
    return sum(_times(form, visits) * _minutes(form, minutes, short_of) for form in forms if not form.dropped)


def _minutes(form: BatteryForm, minutes: Mapping[str, int], short_of: Mapping[str, str]) -> int:
    short = short_of.get(form.instrument, "") if form.short_first else ""
    return minutes[short] if short in minutes else minutes.get(form.instrument, 0)


def _times(form: BatteryForm, visits: float) -> float:
    """How often in a month; never more often than there are visits."""
    if form.when == "intake":
        return 0.0
    if form.when == "session":
        return visits
    by_sessions = visits / form.every_sessions if form.every_sessions else 0.0
    by_days = DAYS_IN_A_MONTH / form.every_days if form.every_days else 0.0
    return min(visits, max(by_sessions, by_days))


def burden_finding(minutes: float) -> Finding | None:
    """The warning above the limit; None below it."""
    if minutes <= MINUTES_A_MONTH:
        return None
    sentence = (
        f"About {round(minutes)} minutes of questions a month; this practice asks for no more than {MINUTES_A_MONTH}. "
        "Short forms first, or longer turns, make it less."
    )
    return Finding("burden.much", sentence)
