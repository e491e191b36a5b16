"""Correct when an hour began and ended, with the reason, before its note is signed.

For a clock that was forgotten or pressed late. What stood there before stays in the trail. Refuses times without a
reason, a stop that isn't after the start, a time that hasn't come yet, another day than the visit's, and a time at
which the therapist held another hour: nobody sits in two rooms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Session
from openhour.workflows.hour.opening import OpenHour, open_hour
from openhour.workflows.hour.typed import text_gaps, tidy

REASON_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Times:
    """Aware times. stopped_at: None while the hour goes on. reason: why the clock was wrong."""

    started_at: datetime
    stopped_at: datetime | None
    reason: str


@transaction.atomic
def correct_times(actor: Actor, visit_id: UUID, times: Times, *, at: datetime) -> Session:
    """The session with its new times. Raises Refused with every reason, NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    if gaps := tuple(_time_gaps(hour, times, at)):
        raise Refused(gaps)
    session = hour.session
    was = {"was_started_at": session.started_at, "was_stopped_at": session.stopped_at}
    session.started_at, session.stopped_at = times.started_at, times.stopped_at
    session.times_reason = tidy(times.reason)
    session.save(update_fields=["started_at", "stopped_at", "times_reason"])
    hour.note_in_hand(at)
    trail.write(
        actor,
        "session.times-corrected",
        session,
        at=at,
        started_at=times.started_at,
        stopped_at=times.stopped_at,
        **was,
    )
    return session


def _time_gaps(hour: OpenHour, times: Times, at: datetime) -> Iterator[Finding]:
    if not times.reason.strip():
        yield Finding("times.reason-missing", "Say why the times are corrected.", "reason")
    yield from text_gaps(times.reason, "reason", REASON_AT_MOST)
    if times.stopped_at is not None and times.stopped_at <= times.started_at:
        yield Finding("times.stop-before-start", "The session stops before it starts.", "stopped_at")
    if times.started_at > at:
        yield Finding("times.in-future", "This time hasn't come yet.", "started_at")
    if times.stopped_at is not None and times.stopped_at > at:
        yield Finding("times.in-future", "This time hasn't come yet.", "stopped_at")
    zone = hour.visit.site.tz
    if times.started_at.astimezone(zone).date() != hour.visit.starts_at.astimezone(zone).date():
        yield Finding("times.another-day", "The hour was held on another day than it was booked for.", "started_at")
    if _elsewhere(hour, times):
        yield Finding(
            "times.overlap", "At this time you held another hour; correct the one or the other.", "started_at"
        )


def _elsewhere(hour: OpenHour, times: Times) -> bool:
    """True where the therapist's own finished hours share a moment with these times."""
    others = Session.objects.filter(therapist=hour.visit.therapist, stopped_at__gt=times.started_at)
    return others.filter(started_at__lt=times.stopped_at or times.started_at).exclude(pk=hour.session.pk).exists()
