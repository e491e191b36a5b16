"""How a course of treatment ends: the reasons and outcomes that are offered, and what must be done before.

Called by the page that ends a treatment, which shows what is left to do, and by the verb, which asks again. The words
are data here, counted by reports; none is a judgement of the patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from openhour.kernel import Finding

REASONS = {
    "completed": "Completed: ended together, as planned",
    "patient-ended": "The patient ended it",
    "no-contact": "No contact any more",
    "moved-away": "The patient moved away",
    "referred": "Referred to somebody else",
    "other-care": "Another kind of care was needed",
    "therapist-left": "The therapist left",
    "died": "The patient died",
    "opened-by-mistake": "Opened by mistake",
}
OUTCOMES = {
    "goals-reached": "Goals reached",
    "goals-partly": "Goals partly reached",
    "no-change": "No change",
    "worse": "Worse than at the beginning",
    "not-known": "Not known",
}
WORDS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Ending:
    """What is said about the end. reason, outcome: slugs; words: the therapist's own, may be empty."""

    reason: str
    outcome: str
    closed_on: date | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What a course of treatment still has open. opened_on, last_hour: days at the practice, None without an hour;
    unsigned: hours held whose note isn't signed; ahead: visits booked; alerts: not answered; draft: a plan that was
    begun and not agreed to."""

    opened_on: date
    last_hour: date | None
    unsigned: int
    ahead: int
    alerts: int
    draft: bool


def open_gaps(left: StillOpen) -> Iterator[Finding]:
    """What must be done before, the most urgent first."""
    if left.alerts:
        yield Finding("ending.open-alerts", f"{_counted(left.alerts, 'alert')} not answered yet.", "alerts")
    if left.unsigned:
        yield Finding("ending.unsigned", f"{_counted(left.unsigned, 'note')} not signed yet.", "notes")
    if left.ahead:
        yield Finding("ending.visits-ahead", f"{_counted(left.ahead, 'visit')} still booked; cancel first.", "visits")
    if left.draft:
        yield Finding(
            "ending.plan-draft", "A plan was begun and not agreed to; agree to it or empty it first.", "plan"
        )


def ending_gaps(ending: Ending, left: StillOpen, *, today: date) -> Iterator[Finding]:
    """What is wrong with what was said. Places: `reason`, `outcome`, `closed_on`."""
    if ending.reason not in REASONS:
        yield Finding("ending.reason", "Choose why it ends.", "reason")
    if ending.outcome not in OUTCOMES:
        yield Finding("ending.outcome", "Choose how it ends.", "outcome")
    day = ending.closed_on
    if day is None:
        yield Finding("ending.day", "Give the day on which it ends.", "closed_on")
    elif day > today:
        yield Finding("ending.day-ahead", "This day is still to come.", "closed_on")
    elif day < left.opened_on:
        yield Finding("ending.day-before", "Treatment began only after this day.", "closed_on")
    elif left.last_hour is not None and day < left.last_hour:
        yield Finding("ending.day-before-hour", "There was an hour after this day.", "closed_on")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"
