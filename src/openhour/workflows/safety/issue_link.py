"""Issue a link by which a patient answers what is due before a visit, without an account.

A new link withdraws the older ones of the visit, and asks the measures that are due. Refuses a visit that is over,
cancelled or missed, and one whose day is past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from openhour.care.cadence import on_the_clock
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import PatientLink, Response, Visit
from openhour.records.queries.link import token_of
from openhour.workflows.safety.request_measures import ask, visit_to_ask

WORKS_FOR = timedelta(days=7)
"""A link works until the day of the visit ends at its site, and never longer than this. [local policy] As long as
answers given at home count for a visit (`care.batteries.FRESH_DAYS`)."""

_OPEN = ("booked", "arrived")


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """token: what stands in the address; nobody can be shown it again. open_forms: how many forms wait behind it."""

    id: UUID
    token: str
    expires_at: datetime
    withdrawn: int
    open_forms: int


@transaction.atomic
def issue_link(actor: Actor, visit_id: UUID, *, at: datetime) -> IssuedLink:
    """The link, once. Raises NotAllowed, or Refused with place `visit`."""
    visit = visit_to_ask(visit_id)
    require(actor, "link.issue", visit)
    expires_at = min(_end_of_day(visit), at + WORKS_FOR).replace(microsecond=0)
    if gaps := tuple(_gaps(visit, expires_at, at)):
        raise Refused(gaps)
    older = PatientLink.objects.filter(visit_id=visit.pk, withdrawn_at__isnull=True, expires_at__gt=at)
    withdrawn = older.update(withdrawn_at=at)  # before the forms: answers lock link and form in this order
    ask(actor, visit, at=at)
    link = PatientLink.objects.create(
        patient_id=visit.patient_id, visit=visit, expires_at=expires_at, by_id=actor.user_id, made_at=at
    )
    trail.write(actor, "link.issued", link, at=at, visit=visit.pk, expires_at=expires_at, withdrawn=withdrawn)
    waiting = Response.objects.filter(visit_id=visit.pk, patient_id=visit.patient_id, state="open").count()
    return IssuedLink(link.pk, token_of(link.pk, expires_at), expires_at, withdrawn, waiting)


def _end_of_day(visit: Visit) -> datetime:
    zone = visit.site.tz
    tomorrow = visit.starts_at.astimezone(zone).date() + timedelta(days=1)
    return on_the_clock(datetime.combine(tomorrow, time.min), zone).astimezone(UTC)


def _gaps(visit: Visit, expires_at: datetime, at: datetime) -> Iterator[Finding]:
    if visit.state not in _OPEN:
        words = {"held": "was held", "cancelled": "is cancelled", "missed": "was missed"}[visit.state]
        yield Finding("link.visit-over", f"This visit {words}; a link leads to questions before a visit.", "visit")
    elif expires_at <= at:
        yield Finding("link.day-past", "The day of this visit is past; a link would open nothing.", "visit")
