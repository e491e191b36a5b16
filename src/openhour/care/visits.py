"""What may happen to a visit that is booked, and the reasons that are offered for it.

Called by the visit page, to show only buttons that will work, and by the verbs, which ask again. The words for why
a visit was moved or cancelled are data here: counted in statistics, printed on no statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from openhour.care.wording import day_in_words
from openhour.kernel import Finding

Step = Literal["move", "cancel", "check-in", "undo-check-in", "miss"]

LATE_WITHIN = timedelta(hours=24)
"""A cancellation this short before the hour is offered as a late one. [local policy]"""

_FROM: Mapping[Step, frozenset[str]] = {
    "move": frozenset({"booked", "arrived"}),
    # A visit that was marked as missed may turn out to have been cancelled by telephone.
    "cancel": frozenset({"booked", "arrived", "missed"}),
    # Who comes late may have been marked as missed already.
    "check-in": frozenset({"booked", "missed", "arrived"}),
    "undo-check-in": frozenset({"arrived"}),
    "miss": frozenset({"booked", "missed"}),
}
_ALREADY: Mapping[str, str] = {
    "held": "This visit has been held; it stays as it was.",
    "cancelled": "This visit was cancelled. Book a new one instead.",
    "missed": "This visit was marked as missed. Book a new one instead.",
    "arrived": "The patient has checked in.",
    "booked": "The patient hasn’t checked in.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """slug: stored and counted; title: what staff choose from."""

    slug: str
    title: str


CANCEL_REASONS = (
    Reason("patient-asked", "The patient asked, in time"),
    Reason("late-cancellation", "The patient asked, less than 24 hours before"),
    Reason("illness", "Illness"),
    Reason("therapist-away", "The therapist is away"),
    Reason("weather", "Weather or travel"),
    Reason("booked-by-mistake", "Booked by mistake"),
)
MOVE_REASONS = (
    Reason("patient-asked", "The patient asked"),
    Reason("therapist-asked", "The therapist asked"),
    Reason("illness", "Illness"),
    Reason("room-needed", "The room is needed or can’t be used"),
    Reason("weather", "Weather or travel"),
    Reason("booked-by-mistake", "Booked at the wrong time"),
)


def reason_in_words(slug: str) -> str:
    """What staff read for a stored reason; the slug itself where it is no longer on the list."""
    titles = {reason.slug: reason.title for reason in (*CANCEL_REASONS, *MOVE_REASONS)}
    return titles.get(slug, slug)


def reason_gaps(slug: str, reasons: tuple[Reason, ...]) -> tuple[Finding, ...]:
    """Code `reason.missing` where the slug isn't one of the reasons."""
    if any(reason.slug == slug for reason in reasons):
        return ()
    return (Finding("reason.missing", "Choose the reason; it is kept with the visit.", "reason"),)


def offered_cancel_reason(starts_at: datetime, *, at: datetime) -> str:
    """The slug that is chosen beforehand: late within 24 hours of the start, nothing before that. Only an offer."""
    return "late-cancellation" if starts_at - at < LATE_WITHIN else ""


def step_gaps(
    step: Step, state: str, starts_at: datetime, *, at: datetime, today: date, day: date, begun: bool = False
) -> tuple[Finding, ...]:
    """Why the step can't be taken now. today and day: of the clock and of the visit, on the wall of the site;
    begun: the session's clock was started. Codes `visit.<state>`, `visit.begun`, `visit.other-day`,
    `visit.not-yet`."""
    if state not in _FROM[step]:
        return (Finding(f"visit.{state}", _ALREADY[state]),)
    if begun:
        return (Finding("visit.begun", "The hour has begun; the therapist ends it in the session room."),)
    if step == "check-in" and state != "arrived" and day != today:
        return (Finding("visit.other-day", f"This visit is on {day_in_words(day)}; check in on that day."),)
    if step == "miss" and at < starts_at:
        return (Finding("visit.not-yet", "The visit hasn’t begun yet; it can’t be missed before."),)
    return ()
