"""The facts of the hour: minutes face to face, the marks on the clock, the agenda, and what a visit still lacks.

Called by the session room, by `stop_session` and by the Today page. The minutes are those that passed, with breaks
taken out, counted in UTC, so that an hour during which the clocks change is still an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from openhour.care.batteries import DueMeasure
from openhour.care.consents import ConsentFacts, consent_gaps
from openhour.care.plans import PlanFacts, plan_needed, review_gaps
from openhour.care.wording import day_in_words
from openhour.catalog.forms import ConsentForm
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Interval

PLAN_BY_VISIT = 3
"""From this visit on a missing plan is shown as missing. [local policy] Intake and plan within three sessions."""


def minutes_of(started_at: datetime, stopped_at: datetime, breaks: Iterable[Interval] = ()) -> int:
    """Whole minutes face to face: what passed between the two aware times, less the breaks; seconds are dropped.

    Breaks that overlap count once, and only their part inside the session. Raises ValueError where the session
    doesn't stop after it starts or a time knows no zone.
    """
    hour = Interval(_utc(started_at), _utc(stopped_at))
    passed = hour.end - hour.start
    counted_to = hour.start
    for pause in sorted(breaks, key=lambda one: _utc(one.start)):
        begins = max(_utc(pause.start), counted_to)
        ends = min(_utc(pause.end), hour.end)
        if ends > begins:
            passed -= ends - begins
            counted_to = ends
    return int(passed // timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class ClockMark:
    """A minute on the clock of the session. kind: `code`, from here the minutes support `code`; `planned`, the end of
    the planned time (`code` is then the planned procedure's)."""

    minute: int
    kind: Literal["code", "planned"]
    code: str
    text: str


def clock_marks(family: Iterable[Procedure], planned: Procedure) -> tuple[ClockMark, ...]:
    """The minutes worth seeing from the planned procedure on, in order; for 60 planned minutes the 53rd and the 60th.

    Marks: where the planned code begins to be supported, where a longer one of the family does, and the planned end.
    All of them stand in the definitions; an untimed procedure has its planned end only.
    """
    begins = planned.time.billed_from
    codes = [] if begins is None else [one for one in family if (one.time.billed_from or 0) >= begins]
    marks = {
        ClockMark(one.time.billed_from, "code", one.code.value, f"From here the minutes support {one.code.value}")
        for one in codes
        if one.time.billed_from is not None
    }
    end = ClockMark(planned.time.planned_minutes, "planned", planned.code.value, "The planned time ends")
    return tuple(sorted({*marks, end}, key=lambda mark: (mark.minute, mark.kind)))


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A step of the hour. minutes: a prompt for the therapist, never a ground for billing."""

    slug: str
    title: str
    minutes: int


# The order of a session in cognitive therapy (Beck); the split of sixty minutes is a suggestion, unconfirmed.
_AGENDA: tuple[tuple[str, str, int], ...] = (
    ("check-in", "How the week was, and what the measures show", 5),
    ("bridge", "What stayed from last time", 5),
    ("agenda", "What to work on today", 5),
    ("homework-review", "What came of the homework", 10),
    ("work", "Work on today's topics", 25),
    ("homework-next", "What to try until next time", 5),
    ("summary", "Sum up, and ask how it was", 5),
)


def agenda(planned_minutes: int = 60) -> tuple[AgendaItem, ...]:
    """The usual steps, their minutes in proportion to the planned time and adding up to it.

    Every step keeps at least a minute. Raises ValueError for less time than there are steps.
    """
    if planned_minutes < len(_AGENDA):
        raise ValueError(f"an agenda needs at least {len(_AGENDA)} minutes")
    total = sum(minutes for _, _, minutes in _AGENDA)
    shares = [max(1, minutes * planned_minutes // total) for _, _, minutes in _AGENDA]
    # What the rounding leaves goes to the longest step, the work itself.
    longest = shares.index(max(shares))
    shares[longest] += planned_minutes - sum(shares)
    return tuple(AgendaItem(slug, title, share) for (slug, title, _), share in zip(_AGENDA, shares, strict=True))


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the Today page knows of one visit. visit_number: 1 for the first of the episode.
    measures_due: what was due for this visit and hasn't been answered; unsigned_notes: days of earlier sessions."""

    day: date
    procedure: Procedure
    visit_number: int
    consent_forms: tuple[ConsentForm, ...]
    consents: tuple[ConsentFacts, ...]
    plan: PlanFacts | None
    measures_due: tuple[DueMeasure, ...]
    unsigned_notes: tuple[date, ...]


def missing_for_visit(facts: VisitFacts) -> tuple[Finding, ...]:
    """What a visit still lacks: consents, plan (from the third visit on) or its overdue review, measures, and notes
    of earlier sessions. Places: `consents.<slug>`, `plan`, `plan.review`, `measures.<slug>`, `notes.<day>`."""
    return (*_consents(facts), *_plan(facts), *_measures(facts), *_notes(facts))


def _consents(facts: VisitFacts) -> tuple[Finding, ...]:
    return tuple(
        finding for form in facts.consent_forms for finding in consent_gaps(form, facts.consents, on=facts.day)
    )


def _plan(facts: VisitFacts) -> tuple[Finding, ...]:
    if not plan_needed(facts.procedure):
        return ()
    if facts.plan is not None and facts.plan.active:
        return review_gaps(facts.plan, on=facts.day)
    if facts.visit_number < PLAN_BY_VISIT:
        return ()
    return (Finding("plan.missing", "There is no plan in force yet.", "plan"),)


def _measures(facts: VisitFacts) -> tuple[Finding, ...]:
    return tuple(
        Finding("measure.due", f"{due.instrument.upper()} isn't answered yet.", f"measures.{due.instrument}")
        for due in facts.measures_due
    )


def _notes(facts: VisitFacts) -> tuple[Finding, ...]:
    return tuple(
        Finding("note.unsigned", f"The note of {day_in_words(day)} isn't signed.", f"notes.{day.isoformat()}")
        for day in sorted(facts.unsigned_notes)
        if day <= facts.day
    )


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a session needs times that know their zone")
    return at.astimezone(UTC)
