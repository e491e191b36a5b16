"""Price an hour anew: who pays is asked again for the day of the hour, and what it costs.

For hours that were signed before the insurance was recorded, or before the payer's fee stood on the shelf. Minutes,
code and diagnoses stay as the signed note froze them. Refuses an hour that was claimed or billed, and a payer without
a fee for the code.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from openhour.billing.timecode import charge_for
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Charge, Coverage
from openhour.records.queries.billed_values import payer_on, procedure_pinned
from openhour.workflows.money.hours import gone, locked

SELF_PAY = "self-pay"
_PRICED = ("coverage", "payer", "payer_key", "modifiers", "amount_cents")


@transaction.atomic
def charge_again(actor: Actor, charge_id: UUID, *, at: datetime) -> Charge:
    """The charge, with the coverage in force on its day and that payer's fee. Raises NotAllowed, Refused."""
    rows = locked([charge_id])
    if not rows:
        raise NotAllowed("claim.write")
    (row,) = rows
    require(actor, "claim.write", row)
    if findings := tuple(gone([charge_id], rows, asked="charge")):
        raise Refused(findings)
    was = _priced(row)
    _price(row)
    changed = [name for name, before, after in zip(_PRICED, was, _priced(row), strict=True) if before != after]
    if changed:
        row.save(update_fields=changed)
        trail.write(actor, "charge.changed", row, at=at, fields=changed, payer=row.payer, cents=row.amount_cents)
    return row


def _priced(row: Charge) -> tuple[object, ...]:
    return (row.coverage_id, row.payer, row.payer_key, list(row.modifiers), row.amount_cents)


def _price(row: Charge) -> None:
    coverage = coverage_on(row)
    slug = coverage.payer if coverage else SELF_PAY
    payer, procedure = payer_on(slug, row.served_on), procedure_pinned(row.procedure_key)
    if payer is None:
        raise Refused(Finding("payer.unknown", "The shelf holds no definition of the payer for that day.", "payer"))
    if procedure is None:
        raise Refused(Finding("claim.procedure-unknown", "The shelf doesn’t hold this hour’s procedure.", "code"))
    charge = charge_for(procedure, payer, minutes=row.minutes, on=row.served_on, taxonomy=row.therapist.taxonomy)
    row.coverage, row.payer, row.payer_key = coverage, slug, payer.pin.key
    row.modifiers, row.amount_cents = list(charge.modifiers), charge.amount.cents


def coverage_on(row: Charge) -> Coverage | None:
    """What pays on the day of the hour, the latest where several do; None = the patient pays."""
    holds = Q(valid_to__isnull=True) | Q(valid_to__gte=row.served_on)
    rows = Coverage.objects.filter(holds, patient_id=row.patient_id, valid_from__lte=row.served_on)
    return rows.order_by("-valid_from", "-made_at").first()
