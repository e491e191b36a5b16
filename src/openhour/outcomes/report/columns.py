"""The rows that a report is made of: which columns there are, what stands in them, and how a file calls them.

One row for each contact and measure: a session with two measures has two rows, one without a measure has one row with an
empty score. Called by everything that feeds a report: files (`reading`) and the practice's own rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from openhour.kernel import Finding

STATES = ("attended", "missed", "cancelled", "measure", "referred")
"""What a row is: a session that was attended, missed or called off; a measure between sessions; or a person who was
referred and has had no visit yet (then there is no session and no score)."""


@dataclass(frozen=True, slots=True)
class Column:
    """kind: text, whole (number), number, day (a date), state or yes-no. needed: a file without it is refused."""

    name: str
    kind: str
    meaning: str
    needed: bool = False


COLUMNS = (
    Column("patient", "text", "who; any code that is the same on all rows of a person", needed=True),
    Column("date", "day", "the day of the contact, 2026-01-31", needed=True),
    Column("score", "number", "the total of the measure; empty where it wasn't filled in", needed=True),
    Column("instrument", "text", "the measure, such as phq-9; the same for all rows with --instrument"),
    Column("episode", "text", "the course of treatment; each patient has one where the column is absent"),
    Column(
        "session",
        "whole",
        "number of the contact in its episode, from 1; told apart by date where it is empty or absent",
    ),
    Column("state", "state", "attended, missed, cancelled, measure or referred; attended where the column is absent"),
    Column("therapist", "text", "a code of the therapist"),
    Column("site", "text", "where"),
    Column("indication", "text", "what for"),
    Column("referred", "day", "the day of referral"),
    Column("began", "day", "the day the episode began; the first contact where the column is absent"),
    Column("ended", "day", "the day it ended, empty while it goes on; all count as ended where the column is absent"),
    Column("planned_end", "yes-no", "whether the end was planned by both: yes or no"),
    Column("age", "number", "age in years at the first contact; evens out cases when therapists are shown"),
)
NAMES = tuple(column.name for column in COLUMNS)
CONSTANT = ("patient", "therapist", "indication", "referred", "began", "ended", "planned_end", "age")
"""Columns that say the same on all rows of an episode."""

GROUPINGS = ("site", "indication", "period")


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both inside it; None = open at that end."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a person asked for. by: one of GROUPINGS, or empty. smallest: no number of people above 0 and below it is
    shown, nor anything from which it could be computed; 1 shows everything. site, indication: only these, or empty."""

    by: str = ""
    period: Period = field(default_factory=Period)
    smallest: int = 5
    site: str = ""
    indication: str = ""


def map_findings(given: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with a mapping of our names to those of a file."""
    for ours in given:
        if ours not in NAMES:
            words = f"There is no such column in a report. There are: {', '.join(NAMES)}."
            yield Finding("map.unknown", words, f"--map {ours}")


def mapped(given: Mapping[str, str], there: Sequence[str]) -> dict[str, str]:
    """Our name -> the file's, for every column that the file has or that was named. Names match in any case."""
    folded = {name.strip().casefold(): name for name in reversed(there)}
    found = {name: folded[name] for name in NAMES if name in folded}
    return found | {ours: theirs for ours, theirs in given.items() if ours in NAMES}
