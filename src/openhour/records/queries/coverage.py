"""What pays for a patient: all coverages, the one that holds today first, and the payers there are to choose from.

Called by the pages on which the front desk and the biller keep them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openhour.catalog import NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.records.models import Coverage, Patient
from openhour.records.queries.json_rows import day_of
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """title: the payer's name on the shelf, its slug where the shelf no longer has it. standing: `holds`, `over` or
    `later`."""

    id: UUID
    payer: str
    title: str
    member_id: str
    group_number: str
    authorization: str
    relation: str
    subscriber: str
    valid_from: date
    valid_to: date | None
    standing: str


@dataclass(frozen=True, slots=True)
class Payable:
    """A patient whose coverage is written. row: the coverage to change, None for a new one."""

    patient_id: UUID
    patient: str
    number: str
    row: Coverage | None


@transaction.atomic
def patient_to_cover(actor: Actor, patient_id: UUID, *, at: datetime) -> Payable:
    """For a new coverage; with one trail entry. Raises NotAllowed."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotAllowed("coverage.write")
    require(actor, "coverage.write", patient)
    trail.write(actor, "patient.read", patient, at=at, page="coverage")
    return Payable(patient.pk, patient.full_name, patient.number, None)


@transaction.atomic
def coverage_to_change(actor: Actor, coverage_id: UUID, *, at: datetime) -> Payable:
    """With one trail entry. Raises NotAllowed."""
    row = Coverage.objects.select_related("patient").filter(pk=coverage_id).first()
    if row is None:
        raise NotAllowed("coverage.write")
    require(actor, "coverage.write", row.patient)
    trail.write(actor, "patient.read", row.patient, at=at, page="coverage")
    return Payable(row.patient_id, row.patient.full_name, row.patient.number, row)


def payers_on(day: date) -> tuple[tuple[str, str], ...]:
    """Slug and name of everybody who may pay, paying oneself first."""
    slugs = sorted({payer.pin.slug for payer in shelf().payers if payer.pin.effective <= day})
    held = [shelf().payer(slug, on=day) for slug in slugs]
    in_order = sorted(held, key=lambda payer: (payer.kind != "self-pay", payer.title))
    return tuple((payer.pin.slug, payer.title) for payer in in_order)


def coverage_lines(found: list[dict[str, Any]] | None, today: date) -> tuple[CoverageLine, ...]:
    """From JSON rows: what holds today, then what is to come, then what is over."""
    lines = [_line(one, today) for one in found or []]
    order = {"holds": 0, "later": 1, "over": 2}
    return tuple(sorted(lines, key=lambda line: (order[line.standing], -line.valid_from.toordinal())))


def _line(one: dict[str, Any], today: date) -> CoverageLine:
    first, last = date.fromisoformat(one["valid_from"]), day_of(one["valid_to"])
    standing = "later" if today < first else "over" if last is not None and last < today else "holds"
    return CoverageLine(
        id=UUID(str(one["id"])),
        payer=one["payer"],
        title=_title(one["payer"], max(first, min(today, last or today))),
        member_id=one["member_id"],
        group_number=one["group_number"],
        authorization=one["authorization"],
        relation=one["relation"],
        subscriber=" ".join(part for part in (one["subscriber_first_name"], one["subscriber_last_name"]) if part),
        valid_from=first,
        valid_to=last,
        standing=standing,
    )


def _title(slug: str, on: date) -> str:
    try:
        return shelf().payer(slug, on=on).title
    except NotOnShelf:
        return slug
