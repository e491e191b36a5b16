"""How often: the visits of a weekly or biweekly series, at the same hour on the wall, whatever the clocks do.

Called when a series is booked. A series is counted in local wall time and only then given the zone, so the ten
o'clock visit stays at ten when summer time begins or ends. Refuses a cadence that the procedure doesn't name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

from openhour.care.wording import list_in_words, moment_in_words, time_in_words
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding

Cadence = Literal["weekly", "biweekly"]

WEEKS_BETWEEN: dict[str, int] = {"weekly": 1, "biweekly": 2}
"""Heading `Recovery` of the source document: weekly, or every other week."""

MOST_VISITS = 104
"""Two years of weekly visits. [local policy] Guards against a slip of the keyboard, not a clinical limit."""


@dataclass(frozen=True, slots=True)
class Series:
    """starts: aware times in the zone of the site, in order. remarks: what the clocks did to any of them;
    they don't stand in the way, and their place is `visits.3` for the third visit."""

    starts: tuple[datetime, ...]
    remarks: tuple[Finding, ...]


def cadence_gaps(procedure: Procedure, cadence: str, count: int) -> tuple[Finding, ...]:
    """Why no such series can be booked: codes `cadence.not-offered`, `series.count`."""
    gaps = []
    if cadence not in procedure.recovery.cadence or cadence not in WEEKS_BETWEEN:
        offered = list_in_words([name for name in procedure.recovery.cadence if name in WEEKS_BETWEEN])
        gaps.append(Finding("cadence.not-offered", f"Visits of this kind repeat {offered}.", "cadence"))
    if not 1 <= count <= MOST_VISITS:
        gaps.append(Finding("series.count", f"A series has from 1 to {MOST_VISITS} visits.", "count"))
    return tuple(gaps)


def series_starts(first_local: datetime, zone: ZoneInfo, cadence: Cadence, count: int) -> tuple[datetime, ...]:
    """The starts of `series`, without its remarks."""
    return series(first_local, zone, cadence, count).starts


def series(first_local: datetime, zone: ZoneInfo, cadence: Cadence, count: int) -> Series:
    """`count` visits from `first_local` (naive: the time on the wall of the site).

    A wall time that the clocks skip moves on by what they skip (2:30 becomes 3:30); one that comes twice is its
    first. Both are told in the remarks. Raises ValueError for a time that knows a zone, an unknown cadence,
    a count outside 1..MOST_VISITS, or a series that leaves the calendar.
    """
    if first_local.tzinfo is not None:
        raise ValueError("a series begins at a time on the wall, without a zone")
    if cadence not in WEEKS_BETWEEN:
        raise ValueError(f"unknown cadence: {cadence!r}")
    if not 1 <= count <= MOST_VISITS:
        raise ValueError(f"a series has from 1 to {MOST_VISITS} visits")
    walls = list(rrule(WEEKLY, interval=WEEKS_BETWEEN[cadence], count=count, dtstart=first_local))
    if len(walls) < count:
        raise ValueError("the series leaves the calendar")
    # rrule drops the parts of a second; a visit starts on the minute anyway.
    starts = tuple(on_the_clock(wall, zone) for wall in walls)
    remarks = tuple(
        remark
        for number, (wall, start) in enumerate(zip(walls, starts, strict=True), start=1)
        for remark in _clock_remarks(wall, start, f"visits.{number}")
    )
    return Series(starts, remarks)


def on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of the zone show `wall`: the first where it comes twice; where the clocks skip
    it, the time that they show instead. Raises ValueError for a time that knows a zone."""
    if wall.tzinfo is not None:
        raise ValueError("a time on the wall has no zone")
    # Through UTC and back: PEP 495 turns a skipped time into a real one by the offset before the change.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def _clock_remarks(wall: datetime, start: datetime, place: str) -> tuple[Finding, ...]:
    if start.replace(tzinfo=None) != wall:
        sentence = f"The clocks skip {time_in_words(wall)} that day; the visit starts {moment_in_words(start)}."
        return (Finding("series.skipped-time", sentence, place),)
    if start.utcoffset() != start.replace(fold=1).utcoffset():
        sentence = f"{moment_in_words(start)} comes twice as the clocks go back; the visit starts the first time."
        return (Finding("series.time-comes-twice", sentence, place),)
    return ()
