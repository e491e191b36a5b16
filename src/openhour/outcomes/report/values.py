"""A report as values: lines that a page, a PDF, a CSV file and the command line show alike, pictures beside them.

Called by everything that shows a report. A number that may not be shown is None with `hidden` True; a number that there
isn't, such as an effect of one patient, is None with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from openhour.kernel import Finding
from openhour.outcomes.funnel import Funnel

SECTIONS = {
    "intake": "Intake",
    "attendance": "Attendance",
    "measured": "Measures taken",
    "change": "Change",
    "rules": "NHS Talking Therapies rules",
    "time": "Time to improvement",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a report. group: label, empty for the whole. section: one of SECTIONS. measure: its short name, or
    empty. what: stable code; words: the same for reading. n: how many; of: among how many; share, low, high: 0 to 1 with
    the 95 % interval, or value with its interval in `unit`. hidden: not shown because few people are in it.
    why: the reason where there is no number."""

    group: str
    section: str
    measure: str
    what: str
    words: str
    n: int | None = None
    of: int | None = None
    share: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    hidden: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """By so many weeks, a share from 0 to 1 had improved; low, high: its interval."""

    week: int
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Spot:
    """So many people with about this first and last score, in points."""

    pre: float
    post: float
    n: int


@dataclass(frozen=True, slots=True)
class MeasurePictures:
    """What is drawn of one measure, for the whole. spots: of `width` points each way; undrawn: people who aren't drawn
    because few share their spot, None where that number itself is hidden. funnel: None where no therapist is known."""

    slug: str
    short: str
    better: str
    low: float
    high: float
    points: int | None
    caseness: float | None
    confirmed: bool
    spots: tuple[Spot, ...] = ()
    width: float = 1
    undrawn: bool = False
    steps: tuple[Step, ...] = ()
    followed: int | None = None
    funnel: Funnel | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """lines: in the order of reading. notes: what a reader must know. groups: labels beside the whole."""

    by: str
    groups: tuple[str, ...]
    lines: tuple[Line, ...]
    pictures: tuple[MeasurePictures, ...] = ()
    notes: tuple[Finding, ...] = ()
    smallest: int = 5
    facts: Mapping[str, object] = field(default_factory=dict)

    def of(self, group: str, section: str, measure: str = "") -> Iterator[Line]:
        """The lines of a group's section."""
        return (
            line
            for line in self.lines
            if line.group == group and line.section == section and (not measure or line.measure == measure)
        )

    def line(self, what: str, group: str = "", measure: str = "") -> Line:
        """One line. Raises KeyError where there is none."""
        for one in self.lines:
            if one.what == what and one.group == group and (not measure or one.measure == measure):
                return one
        raise KeyError(what)
