"""Make a superbill: signed hours of one patient and one therapist, on paper, for the patient to send to an insurer.

Refuses hours that were claimed or billed, hours of several patients or therapists, an amount paid that can't be read
or is more than the hours cost, and everything that an insurer would miss on the paper, all at once. The printed file
is kept as it was handed out; the hours are billed from then on and can't be claimed any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.billing import superbill as bill
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Money, Refused
from openhour.records.models import Charge, Superbill
from openhour.records.queries.billed_values import Desk, desk
from openhour.workflows.money.hours import gone, label, locked
from openhour.workflows.money.numbers import next_number
from openhour.workflows.money.superbill_words import superbill_of

Typesetter = Callable[[Mapping[str, object]], bytes]
"""From the plain texts of `billing.superbill.printed` to a PDF; the door brings it, because pages are its matter."""
MOST_CENTS = 99_999_999


@transaction.atomic
def make_superbill(
    actor: Actor, charge_ids: Iterable[UUID], *, paid: str, typeset: Typesetter, at: datetime
) -> Superbill:
    """paid: dollars as typed, `0` where nothing was paid. Raises NotAllowed, or Refused with places `paid`, `charge`,
    the id of an hour, `practice.…`, `therapist.…`, `patient.…`."""
    require(actor, "claim.write")
    wanted = tuple(charge_ids)
    rows = locked(wanted)
    money, gaps = read_paid(paid)
    gaps = (*gaps, *gone(wanted, rows, asked="superbill"), *_mixed(rows))
    if not rows:
        raise Refused(gaps)
    where = desk(at)
    value = superbill_of(rows, where, number=f"S-{next_number('superbill'):05d}", paid=money, signed_by=actor.name)
    if findings := (*gaps, *_value_gaps(value, rows, where)):
        raise Refused(findings)
    made = _kept(actor, value, rows, typeset(bill.printed(value)), at)
    trail.write(actor, "superbill.made", made, at=at, number=made.number, hours=len(rows), digest=made.digest)
    return made


def read_paid(text: str) -> tuple[Money, tuple[Finding, ...]]:
    """Dollars with or without `$` and thousands commas; what can't be read is a finding at `paid`."""
    plain = text.strip().removeprefix("$").replace(",", "").strip()
    if not plain:
        return Money(0), (Finding("superbill.paid-missing", "Say what was paid; 0 where nothing was.", "paid"),)
    try:
        money = Money.of(plain) if plain.isascii() and len(plain) <= 12 else None
    except ValueError:
        money = None
    if money is None or abs(money.cents) > MOST_CENTS:
        return Money(0), (
            Finding("superbill.paid-unreadable", "Give the amount in dollars, such as 180.00.", "paid"),
        )
    return money, ()


def _mixed(rows: Sequence[Charge]) -> Iterator[Finding]:
    if len({row.patient_id for row in rows}) > 1:
        yield Finding("superbill.patients", "A superbill is for one patient. Choose hours of one.", "charge")
    if len({row.therapist_id for row in rows}) > 1:
        words = "A superbill names one therapist. Make one for each of them."
        yield Finding("superbill.therapists", words, "charge")


def _value_gaps(value: bill.Superbill, rows: Sequence[Charge], where: Desk) -> Iterator[Finding]:
    if not where.ready:
        yield Finding("practice.missing", "The practice isn’t set up yet.", "practice.name")
    for finding in bill.superbill_gaps(value):
        kind, _, at = finding.place.partition(" ")
        if kind == "line" and at.isdigit():
            row = rows[int(at) - 1]
            yield Finding(finding.code, f"{label(row)}: {finding.sentence}", str(row.pk))
        else:
            yield finding
    if value.paid > value.charged:
        words = f"That is more than these hours cost ({value.charged}). Choose all hours that it paid for."
        yield Finding("superbill.paid-more", words, "paid")


def _kept(actor: Actor, value: bill.Superbill, rows: Sequence[Charge], file: bytes, at: datetime) -> Superbill:
    made = Superbill.objects.create(
        number=value.number,
        patient_id=rows[0].patient_id,
        paid_cents=value.paid.cents,
        total_cents=value.charged.cents,
        file=file,
        digest=hashlib.sha256(file).hexdigest(),
        by_id=actor.user_id,
        made_at=at,
    )
    made.charges.set(rows)
    Charge.objects.filter(pk__in=[row.pk for row in rows]).update(state="billed")
    return made
