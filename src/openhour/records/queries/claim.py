"""Claim files that were written: the list, one with its claims, and the file itself.

Called by the biller's pages and by `openhour claims`. Refuses everyone whom the policy gives no `charge.read`, and
hands out no file whose digest doesn't fit any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Money, Refused
from openhour.records.models import Claim, ClaimBatch, ClaimLine
from openhour.records.queries.billed_values import payer_title
from openhour.records.queries.practice_day import practice_zone

PAGE = 50


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A file in the list. control: its interchange control number; by: who wrote it, `Command line` where nobody."""

    id: UUID
    control: int
    payer: str
    claims: int
    total: Money
    digest: str
    file_name: str
    by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BatchList:
    """zone: the practice's."""

    batches: tuple[BatchLine, ...]
    found: int
    page: int
    pages: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class ClaimedHour:
    """A line of a claim, by the charge it came from."""

    charge_id: UUID
    day: date
    code: str
    minutes: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """One claim of a file. number: what comes back in the remittance."""

    number: str
    patient: str
    patient_number: str
    state: str
    total: Money
    hours: tuple[ClaimedHour, ...]


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """sound: the file's digest still fits its text."""

    batch: BatchLine
    claims: tuple[ClaimDetail, ...]
    sound: bool
    zone: ZoneInfo


def batches(actor: Actor, page: int = 1) -> BatchList:
    """Newest first, without a patient's name. Raises NotAllowed."""
    require(actor, "charge.read")
    rows = ClaimBatch.objects.select_related("by").defer("content").order_by("-control")
    found = rows.count()
    pages = max(1, -(-found // PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(_line(row) for row in rows[(page - 1) * PAGE : page * PAGE])
    return BatchList(shown, found, page, pages, practice_zone())


@transaction.atomic
def batch_of(actor: Actor, batch_id: UUID, *, at: datetime) -> BatchDetail:
    """With its claims; one trail entry names the patients. Raises NotAllowed where it isn't there."""
    row = _batch(actor, batch_id)
    lines = Prefetch("lines", ClaimLine.objects.select_related("charge").order_by("charge__served_on", "pk"))
    rows = Claim.objects.filter(batch=row).select_related("patient").prefetch_related(lines)
    claims = tuple(_claim(one) for one in sorted(rows, key=lambda one: _place(one.number)))
    patients = sorted({str(one.patient_id) for one in rows})
    trail.write(actor, "charge.read", row, at=at, page="batch", patients=patients)
    return BatchDetail(_line(row), claims, _is_sound(row), practice_zone())


@transaction.atomic
def batch_file(actor: Actor, batch_id: UUID, *, at: datetime) -> ClaimBatch:
    """The file as it was written, trailed as handed out. Raises NotAllowed, and Refused where the digest doesn't fit."""
    row = _batch(actor, batch_id)
    if not _is_sound(row):
        sentence = "The file isn't the one that was written: its digest doesn't fit. Don't send it."
        raise Refused(Finding("batch.digest", sentence, "digest"))
    patients = sorted({str(pk) for pk in row.claims.values_list("patient_id", flat=True)})
    trail.write(actor, "batch.downloaded", row, at=at, digest=row.digest, patients=patients)
    return row


def _batch(actor: Actor, batch_id: UUID) -> ClaimBatch:
    require(actor, "charge.read")
    row = ClaimBatch.objects.select_related("by").filter(pk=batch_id).first()
    if row is None:
        raise NotAllowed("charge.read")
    return row


def _is_sound(row: ClaimBatch) -> bool:
    return hashlib.sha256(row.content.encode()).hexdigest() == row.digest


def _place(number: str) -> tuple[int, str]:
    """`B42-10` after `B42-9`."""
    last = number.rpartition("-")[2]
    return (int(last), number) if last.isascii() and last.isdigit() else (0, number)


def _line(row: ClaimBatch) -> BatchLine:
    return BatchLine(
        row.pk,
        row.control,
        payer_title(row.payer),
        row.claim_count,
        Money(row.total_cents),
        row.digest,
        row.file_name,
        row.by.name if row.by else "Command line",
        row.made_at,
    )


def _claim(row: Claim) -> ClaimDetail:
    hours = tuple(
        ClaimedHour(
            line.charge_id,
            line.charge.served_on,
            line.charge.code,
            line.charge.minutes,
            Money(line.charge.amount_cents),
        )
        for line in row.lines.all()
    )
    name = f"{row.patient.first_name} {row.patient.last_name}"
    return ClaimDetail(row.number, name, row.patient.number, row.state, Money(row.total_cents), hours)
