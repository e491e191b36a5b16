"""Sign the note of an hour: freeze its words and facts, hold the visit, and charge what the minutes support.

Refuses with every gap at once, and where the note isn't the one that the therapist has read. Too few minutes for any
code: signed, and not charged. Two presses at once sign once. What is frozen is one text with its SHA-256; from then on
the database itself refuses every change of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from openhour.billing.timecode import charge_for, charge_gaps
from openhour.care.notes import blocking
from openhour.catalog import NotOnShelf, Payer, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Charge, Coverage, Note, Session, Visit
from openhour.records.queries.hour_facts import gaps_of
from openhour.records.queries.note_content import Content, billed_as, canonical, content_of, digest_of
from openhour.records.queries.session import Hour, hour_for_signing
from openhour.records.shelf import shelf
from openhour.workflows.hour.opening import open_hour
from openhour.workflows.progress.take_stock import take_stock

SELF_PAY = "self-pay"


@dataclass(frozen=True, slots=True)
class Signed:
    """charge: None where the minutes support no code."""

    note: Note
    charge: Charge | None


@transaction.atomic
def sign_note(
    actor: Actor, visit_id: UUID, *, at: datetime, code: str | None = None, reading: str | None = None
) -> Signed:
    """Freeze and charge. code: the billing code that the therapist was shown; reading: `digest_of(canonical(content))`
    of what they read. Either may be left out. Raises Refused with every gap, NotAllowed.
    """
    note = open_hour(actor, visit_id, at=at).note_in_hand(at)
    require(actor, "note.sign", note)
    hour = hour_for_signing(visit_id)
    content = content_of(hour)
    findings = blocking(gaps_of(hour, at=at, code=code))
    if reading is not None and reading != digest_of(canonical(content)):
        sentence = "The note has changed since you opened this page; read it once more before you sign."
        findings = (*findings, Finding("note.read-again", sentence, "reading"))
    if findings:
        raise Refused(findings)
    _freeze(note, hour, content, at)
    charge = _charge(hour, at)
    Session.objects.filter(visit_id=visit_id).update(sealed_at=at)
    Visit.objects.filter(pk=visit_id).update(state="held")
    code = charge.code if charge else ""
    trail.write(actor, "note.signed", note, at=at, digest=note.digest, code=code, minutes=content["minutes"])
    take_stock(actor, hour.visit.episode_id, at=at)
    return Signed(note, charge)


def _freeze(note: Note, hour: Hour, content: Content, at: datetime) -> None:
    signature = _signature(hour, at)
    note.content = canonical({**content, "note": str(note.pk), "signature": signature})
    note.digest = digest_of(note.content)
    note.signature = f"{signature['name']}, licence {signature['licence_state']} {signature['licence_number']}"[:200]
    note.signed_at, note.state = at, "signed"
    note.save(update_fields=["content", "digest", "signature", "signed_at", "state"])


def _signature(hour: Hour, at: datetime) -> dict[str, Any]:
    """Name, credential and the licence in force that day; the gaps have made sure that there is one."""
    therapist, site = hour.visit.therapist, hour.visit.site
    licence = next(one for one in hour.licences if one.state == site.state and one.holds_on(hour.day))
    return {
        "name": therapist.signature,
        "credential": therapist.credential,
        "npi": therapist.npi,
        "licence_state": licence.state,
        "licence_number": licence.number,
        "signed_at": at.astimezone(site.tz).isoformat(timespec="seconds"),
    }


def _charge(hour: Hour, at: datetime) -> Charge | None:
    """One hour as money. Where the payer lists no fee, the amount is 0 and the biller's checks hold the line back:
    a missing fee is no reason for a missing record."""
    billed = billed_as(hour)
    if not isinstance(billed, Procedure) or hour.session is None:
        return None
    visit, minutes = hour.visit, hour.session.minutes
    coverage = _coverage(hour)
    slug = coverage.payer if coverage else SELF_PAY
    payer = _payer(slug, hour)
    made = None
    if payer is not None and not charge_gaps(billed, payer, minutes=minutes, on=hour.day):
        made = charge_for(billed, payer, minutes=minutes, on=hour.day, taxonomy=visit.therapist.taxonomy)
    return Charge.objects.create(
        session=hour.session,
        patient=visit.patient,
        therapist=visit.therapist,
        coverage=coverage,
        payer=slug,
        payer_key=payer.pin.key if payer else slug,
        procedure_key=billed.pin.key,
        code=billed.code.value,
        modifiers=list(made.modifiers) if made else [],
        minutes=minutes or 0,
        served_on=hour.day,
        place_of_service=visit.site.place_of_service,
        diagnoses=[one.code for one in hour.diagnoses],
        amount_cents=made.amount.cents if made else 0,
        made_at=at,
    )


def _coverage(hour: Hour) -> Coverage | None:
    """What pays on the day, the latest where several do; None = the patient pays."""
    on_the_day = Q(valid_to__isnull=True) | Q(valid_to__gte=hour.day)
    rows = Coverage.objects.filter(on_the_day, patient=hour.visit.patient, valid_from__lte=hour.day)
    return rows.order_by("-valid_from", "-made_at").first()


def _payer(slug: str, hour: Hour) -> Payer | None:
    try:
        return shelf().payer(slug, on=hour.day)
    except NotOnShelf:
        return None
