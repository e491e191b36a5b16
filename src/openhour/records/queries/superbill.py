"""Superbills: the hours that wait for one, those that were made, one of them, and its file.

Called by the biller's pages. Refuses everyone whom the policy gives no `charge.read`, and hands out no file whose
digest doesn't fit any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Money, Refused
from openhour.records.models import Charge, Superbill
from openhour.records.queries.billed_values import payer_title, self_pay
from openhour.records.queries.practice_day import practice_zone
from openhour.records.queries.scoping import within

PAGE = 50


@dataclass(frozen=True, slots=True)
class BillHour:
    """An hour that may stand on a superbill, or does. payer: title, empty where the patient pays."""

    id: UUID
    day: date
    code: str
    minutes: int
    amount: Money
    diagnoses: tuple[str, ...]
    payer: str


@dataclass(frozen=True, slots=True)
class BillGroup:
    """Hours of one patient with one therapist: what one superbill may hold."""

    patient_id: UUID
    patient: str
    number: str
    therapist: str
    hours: tuple[BillHour, ...]

    @property
    def total(self) -> Money:
        """What they come to."""
        return Money(sum(hour.amount.cents for hour in self.hours))


@dataclass(frozen=True, slots=True)
class Waiting:
    """everybody: also hours that an insurer could be asked for."""

    groups: tuple[BillGroup, ...]
    found: int
    page: int
    pages: int
    everybody: bool


@dataclass(frozen=True, slots=True)
class SuperbillLine:
    """A superbill in the list. by: who made it."""

    id: UUID
    number: str
    patient: str
    patient_number: str
    total: Money
    paid: Money
    digest: str
    by: str
    made_at: datetime

    @property
    def balance(self) -> Money:
        """What is still owed."""
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class Made:
    """Those that were made, newest first."""

    superbills: tuple[SuperbillLine, ...]
    found: int
    page: int
    pages: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class SuperbillDetail:
    """hours: what stands on it; zone: the practice's."""

    superbill: SuperbillLine
    hours: tuple[BillHour, ...]
    zone: ZoneInfo


@transaction.atomic
def waiting(
    actor: Actor, *, everybody: bool = False, patient_id: UUID | None = None, page: int = 1, at: datetime
) -> Waiting:
    """Hours without a superbill, by patient and therapist; one trail entry names the patients. Raises NotAllowed.

    patient_id: only this patient's.
    """
    require(actor, "charge.read")
    rows = within(actor, "charge.read", Charge.objects.filter(state="ready"))
    rows = rows if everybody or patient_id else rows.filter(payer__in=self_pay())
    rows = rows.filter(patient_id=patient_id) if patient_id else rows
    found = rows.count()
    page, pages = _page_of(page, found)
    ordered = rows.select_related("patient", "therapist").order_by(
        "patient__sort_name", "patient_id", "therapist_id", "served_on", "pk"
    )
    shown = list(ordered[(page - 1) * PAGE : page * PAGE])
    patients = sorted({str(row.patient_id) for row in shown})
    trail.write(actor, "charge.read", at=at, page="superbills", patients=patients)
    groups = groupby(shown, key=lambda row: (row.patient_id, row.therapist_id))
    return Waiting(tuple(_group(list(held)) for _, held in groups), found, page, pages, everybody)


@transaction.atomic
def made(actor: Actor, *, page: int = 1, at: datetime) -> Made:
    """The list of what was handed out; one trail entry names the patients. Raises NotAllowed."""
    require(actor, "charge.read")
    rows = Superbill.objects.select_related("patient", "by").defer("file").order_by("-made_at", "-number")
    found = rows.count()
    page, pages = _page_of(page, found)
    shown = list(rows[(page - 1) * PAGE : page * PAGE])
    patients = sorted({str(row.patient_id) for row in shown})
    trail.write(actor, "charge.read", at=at, page="superbills-made", patients=patients)
    return Made(tuple(_line(row) for row in shown), found, page, pages, practice_zone())


@transaction.atomic
def superbill_of(actor: Actor, superbill_id: UUID, *, at: datetime) -> SuperbillDetail:
    """One with its hours, with one trail entry. Raises NotAllowed where it isn't there."""
    row = _row(actor, superbill_id, "file")
    hours = row.charges.order_by("served_on", "pk")
    trail.write(actor, "charge.read", row, at=at, page="superbill")
    return SuperbillDetail(_line(row), tuple(_hour(one) for one in hours), practice_zone())


@transaction.atomic
def superbill_file(actor: Actor, superbill_id: UUID, *, at: datetime) -> tuple[str, bytes]:
    """Number and PDF as it was handed out, trailed. Raises NotAllowed, and Refused where the digest doesn't fit."""
    row = _row(actor, superbill_id)
    file = bytes(row.file)
    if hashlib.sha256(file).hexdigest() != row.digest:
        sentence = "The file isn't the one that was made: its digest doesn't fit. Don't hand it out."
        raise Refused(Finding("superbill.digest", sentence, "digest"))
    trail.write(actor, "superbill.downloaded", row, at=at, digest=row.digest)
    return row.number, file


def _row(actor: Actor, superbill_id: UUID, *unread: str) -> Superbill:
    require(actor, "charge.read")
    rows = Superbill.objects.select_related("patient", "by").defer(*unread)
    row = rows.filter(pk=superbill_id).first()
    if row is None:
        raise NotAllowed("charge.read")
    return row


def _page_of(wanted: int, found: int) -> tuple[int, int]:
    pages = max(1, -(-found // PAGE))
    return min(max(wanted, 1), pages), pages


def _group(rows: list[Charge]) -> BillGroup:
    patient, therapist = rows[0].patient, rows[0].therapist
    name = f"{patient.first_name} {patient.last_name}"
    return BillGroup(patient.pk, name, patient.number, therapist.name, tuple(_hour(row) for row in rows))


def _hour(row: Charge) -> BillHour:
    payer = "" if row.payer in self_pay() else payer_title(row.payer)
    amount = Money(row.amount_cents)
    return BillHour(row.pk, row.served_on, row.code, row.minutes, amount, tuple(row.diagnoses), payer)


def _line(row: Superbill) -> SuperbillLine:
    return SuperbillLine(
        row.pk,
        row.number,
        f"{row.patient.first_name} {row.patient.last_name}",
        row.patient.number,
        Money(row.total_cents),
        Money(row.paid_cents),
        row.digest,
        row.by.name if row.by else "Command line",
        row.made_at,
    )
