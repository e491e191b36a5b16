"""Which measures are due before a visit: the intake battery once, the session battery at each visit, others in turns.

Called when a visit is booked or checked in, and by the Today page. The batteries stand with the indications of the
procedure. Nothing is asked twice on one day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from openhour.catalog.procedure import Battery, Procedure

FRESH_DAYS = 7
"""Answers sent in at home count for the visit when they are at most so many days old and newer than the visit before.
[local policy] Within the two weeks that PHQ-9 and GAD-7 look back on."""

PERIODIC_DAYS = 90
"""Days after which a periodic measure is asked again. [local policy] The longer end of 4-6 sessions or 90 days."""

Why = Literal["intake", "session", "periodic"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A response that was finished. instrument: its slug."""

    instrument: str
    day: date


@dataclass(frozen=True, slots=True)
class MeasureHistory:
    """What a patient has answered in this episode, and the days of the visits that were held. Any order."""

    answered: tuple[Answered, ...] = ()
    visits_held: tuple[date, ...] = ()

    def last_day(self, instrument: str, *, on: date) -> date | None:
        """The last day up to `on` on which it was answered."""
        return max((one.day for one in self.answered if one.instrument == instrument and one.day <= on), default=None)

    def last_visit_before(self, day: date) -> date | None:
        """The last visit held before that day."""
        return max((held for held in self.visits_held if held < day), default=None)


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """An instrument's slug and why it is asked."""

    instrument: str
    why: Why


def due_measures(
    procedure: Procedure,
    indications: Iterable[str],
    history: MeasureHistory,
    *,
    on: date,
    on_shelf: Collection[str] | None = None,
) -> tuple[DueMeasure, ...]:
    """What to ask for a visit on the day, each instrument once, in the order of the batteries.

    indications: slugs of the patient's indications; where none is known yet, the measures that every indication of
    the procedure asks for. on_shelf: the instruments that can be asked; a battery may name one that a site must
    load itself. Raises KeyError for an indication that the procedure doesn't have.
    """
    batteries = _batteries(procedure, tuple(indications))
    due: dict[str, DueMeasure] = {}
    for why, instrument in batteries:
        askable = on_shelf is None or instrument in on_shelf
        if askable and instrument not in due and _is_due(instrument, why, history, on):
            due[instrument] = DueMeasure(instrument, why)
    return tuple(due.values())


def _is_due(instrument: str, why: Why, history: MeasureHistory, on: date) -> bool:
    last = history.last_day(instrument, on=on)
    if last is None:
        return True
    if why == "intake":
        return False
    if why == "periodic":
        return last + timedelta(days=PERIODIC_DAYS) <= on
    visit = history.last_visit_before(on)
    return last < on - timedelta(days=FRESH_DAYS) or (visit is not None and last <= visit)


def _batteries(procedure: Procedure, indications: tuple[str, ...]) -> tuple[tuple[Why, str], ...]:
    by_slug = {indication.slug: indication.battery for indication in procedure.indications}
    chosen = [by_slug[slug] for slug in indications] if indications else [_shared(tuple(by_slug.values()))]
    session: tuple[tuple[Why, str], ...] = tuple(("session", slug) for one in chosen for slug in one.session)
    intake: tuple[tuple[Why, str], ...] = tuple(("intake", slug) for one in chosen for slug in one.intake)
    periodic: tuple[tuple[Why, str], ...] = tuple(("periodic", slug) for one in chosen for slug in one.periodic)
    return (*session, *intake, *periodic)


def _shared(batteries: tuple[Battery, ...]) -> Battery:
    """What all of them ask, in the order of the first."""
    if not batteries:
        return Battery((), (), ())
    first, *others = batteries
    return Battery(
        intake=tuple(slug for slug in first.intake if all(slug in one.intake for one in others)),
        session=tuple(slug for slug in first.session if all(slug in one.session for one in others)),
        periodic=(),
    )
