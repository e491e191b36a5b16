"""When the demo's visits lie: twelve weeks back and six ahead of the day on which the practice is filled.

Pure: the day comes in. Weekly hours stand on working days, except that there is always something on the day itself.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from openhour.project.demo.people import Person

WEEKS_BACK, WEEKS_AHEAD = 12, 6
_SATURDAY = 5


def working_day(today: date, step: int) -> date:
    """The nearest working day before (-1) or after (1) the day."""
    day = today + timedelta(days=step)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=step)
    return day


def anchor(person: Person, today: date) -> date:
    """A day of the week of the person's hour: their last one up to the day, or the next where they come after it."""
    before, after = working_day(today, -1), working_day(today, 1)
    weekdays = {today.weekday(), before.weekday(), after.weekday()}
    near = [today + timedelta(days=step) for step in (*range(-1, -8, -1), *range(1, 8))]
    others = [day for day in near if day.weekday() < _SATURDAY and day.weekday() not in weekdays]
    days = {"today": today, "day-before": before, "day-after": after, "other-1": others[0], "other-2": others[-2]}
    return days[person.day]


def starts_of(person: Person, today: date) -> tuple[datetime, ...]:
    """Every hour of theirs, on the wall of the site, in order. The first one is the evaluation."""
    step = timedelta(weeks=1 if person.cadence == "weekly" else 2)
    day = anchor(person, today)
    if person.special == "new":
        return tuple(datetime.combine(day + step * number, time(person.hour)) for number in range(WEEKS_AHEAD))
    if person.special == "plan-due":  # between two visits, so that the review is due before the next one
        day -= timedelta(weeks=1)
    back = timedelta(weeks=WEEKS_BACK) // step
    ahead = timedelta(weeks=WEEKS_AHEAD) // step
    return tuple(datetime.combine(day + step * number, time(person.hour)) for number in range(-back, ahead + 1))
