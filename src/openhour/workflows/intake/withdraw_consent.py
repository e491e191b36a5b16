"""Write down that a patient takes a consent back, and from which day. The consent itself stays as it was signed.

Refuses a day before the signature or still to come, and a consent that is withdrawn already.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Consent
from openhour.records.queries.practice_day import practice_zone


@transaction.atomic
def withdraw_consent(actor: Actor, consent_id: UUID, *, on: date | None, at: datetime) -> UUID:
    """The id of the consent. on: the first day on which it no longer holds. Raises NotAllowed, or Refused with the
    place `withdrawn_on`."""
    rows = Consent.objects.select_for_update(of=("self",), no_key=True).select_related("episode__therapist")
    consent = rows.filter(pk=consent_id).first()
    if consent is None:
        raise NotAllowed("consent.take")
    require(actor, "consent.take", consent.episode)
    zone = practice_zone()
    today = at.astimezone(zone).date()
    if gaps := tuple(_gaps(consent, on, today)):
        raise Refused(gaps)
    consent.withdrawn_at = at if on == today or on is None else _noon(on, zone)
    consent.save(update_fields=["withdrawn_at"])
    trail.write(actor, "consent.withdrawn", consent.episode, at=at, consent=consent.pk, on=on)
    return consent.pk


def _gaps(consent: Consent, on: date | None, today: date) -> Iterator[Finding]:
    if consent.withdrawn_at is not None:
        yield Finding("consent.withdrawn-already", "This consent is withdrawn already.", "withdrawn_on")
    elif on is None:
        yield Finding("withdrawn_on.missing", "Give the day as a date, such as 2026-01-31.", "withdrawn_on")
    elif on > today:
        yield Finding("withdrawn_on.ahead", "This day is still to come.", "withdrawn_on")
    elif on < consent.signed_on:
        yield Finding("withdrawn_on.early", "On that day it wasn’t signed yet.", "withdrawn_on")


def _noon(day: date, zone: ZoneInfo) -> datetime:
    # Noon is the same date in every zone of the country, whichever site reads it.
    return datetime.combine(day, time(12), zone)
