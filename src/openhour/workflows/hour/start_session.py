"""Start the clock of an hour: one press, from which the face-to-face minutes count.

A second press changes nothing. Refuses a visit that was cancelled or missed, and one that is booked for another day.
A licence that isn't in force is told in the room and keeps the note from being signed; it doesn't stop a patient
who sits there from being heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.notes import NOT_HELD
from openhour.care.wording import day_in_words
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Session, Visit
from openhour.workflows.hour.opening import open_hour


@transaction.atomic
def start_session(actor: Actor, visit_id: UUID, *, at: datetime) -> Session:
    """The session, started at `at` or, where it was already, unchanged. Raises Refused, NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    if hour.session.started_at is not None:
        return hour.session
    if gaps := tuple(_start_gaps(hour.visit, at)):
        raise Refused(gaps)
    hour.session.started_at = at
    hour.session.save(update_fields=["started_at"])
    _arrive(hour.visit, at)
    hour.note_in_hand(at)
    trail.write(actor, "session.started", hour.session, at=at, started_at=at)
    return hour.session


def _start_gaps(visit: Visit, at: datetime) -> Iterator[Finding]:
    if visit.state in NOT_HELD:
        yield Finding("visit.not-held", f"This visit is {visit.state}; book it anew to hold it.", "visit")
    booked, today = (moment.astimezone(visit.site.tz).date() for moment in (visit.starts_at, at))
    if booked != today:
        sentence = f"This visit is booked for {day_in_words(booked)}. Move it to today, or enter the times by hand."
        yield Finding("session.another-day", sentence, "times")


def _arrive(visit: Visit, at: datetime) -> None:
    """Whoever sits in the room has arrived, even where nobody checked them in."""
    if visit.state == "booked":
        visit.state, visit.arrived_at = "arrived", at
        visit.save(update_fields=["state", "arrived_at"])
