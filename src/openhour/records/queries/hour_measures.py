"""The measures of an hour as a therapist reads them: the latest score, what changed since last time and since the start.

Pure over rows that were already read; used by the room and by the facts that a signature freezes. A form without a
score counts as a form, never as a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from openhour.catalog import Instrument
from openhour.measures import ItemChange, Score, item_changes, reliable_change, score
from openhour.records.models import Response
from openhour.records.shelf import shelf


class Form(NamedTuple):
    """What is read of a `Response` where a year of them is shown: a row costs more to make than to read."""

    instrument: str
    instrument_key: str
    due_on: date
    state: str
    answers: dict[str, Any]
    total: int | None
    band: str
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One form that has answers. flagged: ids of the items that need attention."""

    on: date
    total: int | None
    band: str
    flagged: tuple[str, ...]
    answers: dict[str, int | None]
    complete: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One instrument over the episode, oldest first. since_last, since_first: points; reliable: `better`, `worse` or
    `no reliable change` against the first form, None where there is no confirmed rule. items: what changed between the
    last two forms; empty with fewer than two. result: of the last form, where its total doesn't say everything: parts,
    rules, a level, a maximum of its own; else None."""

    instrument: Instrument
    forms: tuple[Measured, ...]
    since_last: int | None
    since_first: int | None
    reliable: str | None
    items: tuple[ItemChange, ...]
    result: Score | None = None

    @property
    def latest(self) -> Measured:
        """The last form with an answer."""
        return self.forms[-1]


def measures_of(responses: Iterable[Response | Form]) -> tuple[Measure, ...]:
    """Instruments in the order in which they were first answered; those never answered are left out."""
    by_slug: dict[str, list[Response | Form]] = {}
    for row in responses:
        by_slug.setdefault(row.instrument, []).append(row)
    return tuple(_measure(rows) for rows in by_slug.values() if any(row.answers for row in rows))


def unanswered(responses: Iterable[Response | Form], day: date) -> tuple[str, ...]:
    """Short names of what was asked for this day and has no answer at all."""
    return tuple(
        shelf().instrument_pinned(row.instrument_key).short
        for row in responses
        if row.due_on == day and not row.answers
    )


def flagged_items(instrument: Instrument, answers: Mapping[str, int | None]) -> tuple[str, ...]:
    """Ids of the answered items that a person must see, in the order of the definition's flags."""
    held = (
        flag.item
        for flag in instrument.flags
        for value in [answers.get(flag.item)]
        if flag.confirmed and value is not None and value >= flag.at_least and value <= (flag.at_most or value)
    )
    return tuple(dict.fromkeys(held))


def _measure(rows: list[Response | Form]) -> Measure:
    answered = [row for row in rows if row.answers]
    instrument = shelf().instrument_pinned(answered[-1].instrument_key)
    forms = tuple(_measured(row) for row in answered)
    totals = [form.total for form in forms if form.total is not None]
    latest = forms[-1].total
    return Measure(
        instrument=instrument,
        forms=forms,
        since_last=_moved(totals[-2] if len(totals) > 1 else None, latest),
        since_first=_moved(totals[0] if len(totals) > 1 else None, latest),
        reliable=reliable_change(instrument, totals[0], latest) if len(totals) > 1 else None,
        items=item_changes(instrument, forms[-2].answers, forms[-1].answers) if len(forms) > 1 else (),
        result=score(instrument, forms[-1].answers) if _says_more(instrument) else None,
    )


def _says_more(instrument: Instrument) -> bool:
    """Whether a total alone would leave something out."""
    own_maximum = any(not choice.applies for item in instrument.items for choice in item.choices)
    return bool(instrument.subscales or instrument.rules or own_maximum or not instrument.scoring.gives_total)


def _measured(row: Response | Form) -> Measured:
    instrument = shelf().instrument_pinned(row.instrument_key)
    flagged = flagged_items(instrument, row.answers)
    return Measured(row.due_on, row.total, row.band, flagged, row.answers, row.state == "complete")


def _moved(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
