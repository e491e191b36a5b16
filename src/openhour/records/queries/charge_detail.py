"""One signed hour as money, in full: why this code, why this amount, what holds it back, and where it went.

Called by the biller's page of a charge. Refuses everyone whom the policy gives no `charge.read`, and reads no word of the
session or its note.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from openhour.billing.timecode import window
from openhour.catalog.forms import Fee, Payer
from openhour.catalog.icd10 import diagnosis_title
from openhour.catalog.places import place_words
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import Charge, Superbill
from openhour.records.queries.billed_values import desk, payer_pinned, payer_title, procedure_pinned, self_pay
from openhour.records.queries.charge import HourLine, line_of, with_batch
from openhour.records.queries.claim_edits import judged
from openhour.records.queries.scoping import within


@dataclass(frozen=True, slots=True)
class HourDetail:
    """One hour as money. window: `53 minutes or more`, empty where the code is untimed or not on the shelf; fee: the
    entry that priced it, None where the payer lists none; diagnoses: code and title; went: where it went, as
    (kind, id, number) with kind `batch` or `superbill`; may_change: it is neither claimed nor billed."""

    line: HourLine
    payer: str
    payer_key: str
    insured: bool
    procedure: str
    procedure_key: str
    window: str
    started_at: datetime | None
    stopped_at: datetime | None
    zone: ZoneInfo
    place: str
    place_of_service: str
    member_id: str
    authorization: str
    fee: Fee | None
    diagnoses: tuple[tuple[str, str], ...]
    went: tuple[tuple[str, UUID, str], ...]

    @property
    def may_change(self) -> bool:
        """It waits, so its payer and fee may be asked anew."""
        return self.line.state == "ready"


@transaction.atomic
def charge_of(actor: Actor, charge_id: UUID, *, at: datetime) -> HourDetail:
    """One hour in full, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to see."""
    rows = within(actor, "charge.read", Charge.objects.filter(pk=charge_id))
    row = with_batch(rows).first()
    if row is None:
        raise NotAllowed("charge.read")
    trail.write(actor, "charge.read", row, at=at, page="charge")
    insured = row.payer not in self_pay()
    edits = judged([row], desk(at))[row.pk] if insured and row.state == "ready" else ()
    return _detail(row, line_of(row, edits), insured=insured)


def _detail(row: Charge, line: HourLine, *, insured: bool) -> HourDetail:
    procedure, payer, visit = procedure_pinned(row.procedure_key), payer_pinned(row.payer_key), row.session.visit
    timed = procedure is not None and procedure.time.billed_from is not None
    return HourDetail(
        line=line,
        payer=payer_title(row.payer),
        payer_key=row.payer_key,
        insured=insured,
        procedure=procedure.title if procedure else "",
        procedure_key=row.procedure_key,
        window=window(procedure) if procedure and timed else "",
        started_at=row.session.started_at,
        stopped_at=row.session.stopped_at,
        zone=visit.site.tz,
        place=_place(visit.site.name, row.place_of_service),
        place_of_service=row.place_of_service,
        member_id=row.coverage.member_id if row.coverage else "",
        authorization=row.coverage.authorization if row.coverage else "",
        fee=fee_of(payer, row.code, row.served_on),
        diagnoses=tuple((code, diagnosis_title(code)) for code in row.diagnoses),
        went=(*_batches(line), *_superbills(row)),
    )


def _place(site: str, code: str) -> str:
    try:
        return f"{site} ({place_words(code)})"
    except KeyError:
        return site


def fee_of(payer: Payer | None, code: str, on: date) -> Fee | None:
    """The entry of the fee schedule in force on the day."""
    fees = [fee for fee in payer.fees if fee.code == code and fee.since <= on] if payer else []
    return max(fees, key=lambda fee: fee.since) if fees else None


def _batches(line: HourLine) -> Iterable[tuple[str, UUID, str]]:
    if line.batch_id is not None:
        yield "batch", line.batch_id, str(line.batch)


def _superbills(row: Charge) -> Iterable[tuple[str, UUID, str]]:
    if row.state == "billed":
        for pk, number in Superbill.objects.filter(charges=row).values_list("pk", "number"):
            yield "superbill", pk, number
