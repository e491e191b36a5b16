"""What is wrong between rows: a session that stands there twice, days out of order, an episode that says two things.

Called by `engine` before anything is counted, on either engine. A report is refused while there is one such row, because
no choice between two rows would be right. One question says which checks found something; only those are asked for rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ibis

from openhour.outcomes.places import NAMED
from openhour.outcomes.report.columns import CONSTANT

Ask = Callable[[Any], list[dict[str, Any]]]
"""Runs an expression and gives its rows."""


@dataclass(frozen=True, slots=True)
class Check:
    """wrong: a column of truth values of the table that is looked at. column: ours, where the fault is shown."""

    code: str
    sentence: str
    column: str
    wrong: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """records: positions in the file, from 0, at most as many as are named; beyond: how many more there are."""

    code: str
    sentence: str
    column: str
    records: tuple[int, ...]
    beyond: int


def faults(rows: Any, ask: Ask) -> Iterator[Fault]:
    """Everything that is wrong between the rows of `Definition.filtered`."""
    for table, checks in (_repeated(rows), _contacts(rows), _in_order(rows), _episodes(rows)):
        yield from _found(table, checks, ask)


def _found(table: Any, checks: tuple[Check, ...], ask: Ask) -> Iterator[Fault]:
    flagged = {
        f"wrong_{place}": ibis.coalesce(check.wrong, False).cast("int64") for place, check in enumerate(checks)
    }
    marked = table.mutate(**flagged)
    (counts,) = ask(marked.aggregate(**{name: marked[name].sum() for name in flagged}))
    for place, check in enumerate(checks):
        many = int(counts[f"wrong_{place}"] or 0)
        if many:
            wrong = marked.filter(marked[f"wrong_{place}"] == 1).select("last_row")
            records = tuple(int(one["last_row"]) for one in ask(wrong.order_by("last_row").limit(NAMED)))
            yield Fault(check.code, check.sentence, check.column, records, many - len(records))


def _repeated(rows: Any) -> tuple[Any, tuple[Check, ...]]:
    found = rows.group_by("episode", "slot", "instrument").aggregate(n=rows.count(), last_row=rows.row.max())
    words = "The session stands there twice with the same measure, so it isn't known which score holds."
    return found, (Check("session.twice", words, "session", found.n > 1),)


def _contacts(rows: Any) -> tuple[Any, tuple[Check, ...]]:
    several = rows.group_by("episode", "slot").aggregate(
        last_row=rows.row.max(),
        **{
            f"{name}_{end}": getattr(rows[name], end)() for name in ("day", "state", "site") for end in ("min", "max")
        },
    )
    checks = (("date", "day", "days"), ("state", "state", "states"), ("site", "site", "sites"))
    return several, tuple(
        Check(
            f"session.two-{words}",
            f"One session has two {words}.",
            column,
            several[f"{name}_min"] != several[f"{name}_max"],
        )
        for column, name, words in checks
    )


def _in_order(rows: Any) -> tuple[Any, tuple[Check, ...]]:
    visits = rows.filter(rows.slot > 0)
    before = visits.day.lag().over(group_by=visits.episode, order_by=[visits.slot, visits.day, visits.instrument])
    visits = visits.mutate(before=before, last_row=visits.row)
    words = "The session has a higher number than one before it, and an earlier day."
    return visits, (Check("date.out-of-order", words, "date", visits.before > visits.day),)


def _episodes(rows: Any) -> tuple[Any, tuple[Check, ...]]:
    ends: dict[str, Any] = {}
    for name in CONSTANT:
        known = rows[name].notnull() & (rows[name] != "") if rows[name].type().is_string() else rows[name].notnull()
        ends |= {f"{name}_min": rows[name].min(where=known), f"{name}_max": rows[name].max(where=known)}
    contact = rows.state != "referred"
    found = rows.group_by("episode").aggregate(
        last_row=rows.row.max(), first_day=rows.day.min(where=contact), last_day=rows.day.max(where=contact), **ends
    )
    two = tuple(
        Check(
            "episode.two-values",
            f"The rows of one episode say two things of {name}.",
            name,
            found[f"{name}_min"] != found[f"{name}_max"],
        )
        for name in CONSTANT
    )
    began, ended, referred = found.began_min, found.ended_min, found.referred_min
    return found, (
        *two,
        Check("date.out-of-order", "The episode ended before it began.", "ended", ended < began),
        Check("date.out-of-order", "The episode began before it was referred.", "began", began < referred),
        Check(
            "date.before-start", "A contact lies before the day the episode began.", "began", found.first_day < began
        ),
        Check("date.after-end", "A contact lies after the day the episode ended.", "ended", found.last_day > ended),
    )
