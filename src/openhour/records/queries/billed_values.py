"""Rows as the values that billing knows: practice, patient, coverage, therapist, place, hour.

Used by the claim queue, the batch and the superbill, so that the page that shows an edit and the verb that refuses for
it look at the very same claim. Nothing is judged here; what is missing stays empty, and the edits say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Subquery

from openhour.billing.claims import (
    Address,
    Clinician,
    Coverage,
    Facility,
    Organisation,
    Patient,
    PayerParty,
    Person,
    SignedHour,
    Submitter,
    payer_party,
)
from openhour.billing.codes import SELF
from openhour.billing.timecode import Charge
from openhour.catalog import NotOnShelf, Payer, Procedure
from openhour.kernel import Money
from openhour.records import models
from openhour.records.queries.practice_day import first_zone
from openhour.records.shelf import shelf

RELATIONS = {"self": SELF, "spouse": "01", "child": "19", "other": "G8"}
"""What the patient is to the subscriber, as loop 2000C of 005010X222A1 writes it."""
_NOWHERE = Address("", "", "", "")
_NO_PRACTICE = Organisation("", "", "", "", _NOWHERE)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where claims are written: the practice as it bills, its clock, and the day on its wall. ready: it is set up."""

    ready: bool
    organisation: Organisation
    submitter: Submitter
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """The day on which a claim would be sent."""
        return self.now.date()


def desk(at: datetime) -> Desk:
    """One query. Before the practice is set up everything is empty, and the edits say what is missing."""
    row = models.Practice.objects.annotate(zone=Subquery(first_zone())).first()
    zone = ZoneInfo(getattr(row, "zone", None) or "UTC")
    now = at.astimezone(zone)
    if row is None:
        return Desk(False, _NO_PRACTICE, Submitter("", "", "", ""), zone, now)
    made = Organisation(
        name=row.name,
        npi=row.npi,
        taxonomy=row.taxonomy,
        tax_id=row.tax_id,
        address=Address(row.address, row.city, row.state, row.zip_code),
        phone=row.phone,
        contact=row.name,
    )
    return Desk(True, made, Submitter(row.name, row.submitter_id, row.name, row.phone), zone, now)


def signed_hour(row: models.Charge, organisation: Organisation, *, on: date) -> SignedHour:
    """One charge as the hour of a claim. Reads coverage, patient, therapist and `session.visit.site` of the row."""
    return SignedHour(
        key=str(row.pk),
        patient=patient_value(row.patient),
        coverage=coverage_value(row.coverage, on=on),
        rendering=clinician_value(row.therapist),
        place=row.place_of_service,
        diagnoses=tuple(row.diagnoses),
        charge=charge_value(row),
        facility=facility_value(row.session.visit.site, organisation),
        authorization=row.coverage.authorization if row.coverage else "",
    )


def charge_value(row: models.Charge) -> Charge:
    """The charge as it was frozen when the note was signed."""
    procedure = procedure_pinned(row.procedure_key)
    payer = payer_pinned(row.payer_key)
    return Charge(
        code=row.code,
        title=procedure.title if procedure else "",
        modifiers=tuple(row.modifiers),
        units=1,
        amount=Money(row.amount_cents),
        minutes=row.minutes,
        day=row.served_on,
        procedure=row.procedure_key,
        procedure_digest=procedure.pin.digest if procedure else "",
        payer=row.payer_key,
        payer_digest=payer.pin.digest if payer else "",
    )


def patient_value(row: models.Patient) -> Patient:
    """As on the insurance card: the legal name, never the one they are called by."""
    address = Address(row.address, row.city, row.state, row.zip_code)
    return Patient(str(row.pk), Person(row.last_name, row.first_name), row.birth_date, row.sex, address)


def coverage_value(row: models.Coverage | None, *, on: date) -> Coverage:
    """What pays, with the payer's definition in force on the day; empty where there is none."""
    payer = payer_on(row.payer, on) if row else None
    party = payer_party(payer) if payer else PayerParty("", "", "")
    if row is None:
        return Coverage(party, member_id="")
    relation = RELATIONS.get(row.relation, "")
    named = row.subscriber_last_name and relation != SELF
    holder = Person(row.subscriber_last_name, row.subscriber_first_name) if named else None
    return Coverage(party, row.member_id, row.group_number, relation, holder)


def clinician_value(row: models.Therapist) -> Clinician:
    """Who held the hour."""
    return Clinician(Person(row.last_name, row.first_name), row.npi, row.taxonomy)


def facility_value(row: models.Site, organisation: Organisation) -> Facility | None:
    """The site, where it isn't at the address from which the practice bills."""
    site = Address(row.address, row.city, row.state, row.zip_code)
    return None if _where(site) == _where(organisation.address) else Facility(row.name, site)


def _where(address: Address) -> tuple[str, ...]:
    parts = (address.line1, address.city, address.state, address.zip[:5])
    return tuple(" ".join(part.split()).casefold() for part in parts)


def payer_on(slug: str, on: date) -> Payer | None:
    """The payer's definition in force on the day, or None."""
    try:
        return shelf().payer(slug, on=on)
    except NotOnShelf:
        return None


def payer_pinned(key: str) -> Payer | None:
    """The very definition that priced a charge, or None where the shelf doesn't hold it any more."""
    return next((one for one in shelf().payers if one.pin.key == key), None)


def procedure_pinned(key: str) -> Procedure | None:
    """The very definition that coded a charge, or None where the shelf doesn't hold it any more."""
    return next((one for one in shelf().procedures if one.pin.key == key), None)


def payer_title(slug: str) -> str:
    """What a person reads; the slug where the shelf has no such payer."""
    return next((one.title for one in reversed(shelf().payers) if one.pin.slug == slug), slug)


def self_pay() -> tuple[str, ...]:
    """Slugs of payers that are the patients themselves: a superbill, never a claim."""
    return tuple(sorted({one.pin.slug for one in shelf().payers if one.kind == "self-pay"} | {"self-pay"}))


def insurers() -> tuple[tuple[str, str], ...]:
    """Slug and title of every payer that takes claims, by title."""
    titles = {one.pin.slug: one.title for one in shelf().payers if one.kind != "self-pay"}
    return tuple(sorted(titles.items(), key=lambda pair: pair[1].casefold()))
