"""The signed hours that a biller chose, locked, and why some of them can't be taken.

Used by the batch, the superbill and the new pricing of an hour. Whoever comes second finds the hours gone and is told
where they went, in numbers and days: a sentence never names a patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from openhour.kernel import Finding
from openhour.records.models import Charge, ClaimLine, Superbill
from openhour.records.queries.claim_edits import with_what_edits_need

MOST = 5000
"""Hours of one batch or one superbill; the writer's own limit for claims of a transaction."""


def locked(charge_ids: Iterable[UUID]) -> list[Charge]:
    """Those that are there, with what the edits need, locked in the order of their ids so that no two verbs wait
    for each other; then by day."""
    wanted = sorted(set(charge_ids))
    rows = Charge.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",))
    return sorted(with_what_edits_need(rows), key=lambda row: (row.served_on, row.pk))


def gone(wanted: Iterable[UUID], rows: list[Charge], *, asked: str) -> Iterator[Finding]:
    """Nothing chosen, too much chosen, hours that aren't there, and hours that went already. asked: the verb's noun."""
    chosen = set(wanted)
    if not chosen:
        yield Finding("hours.none", f"Choose at least one hour for the {asked}.", "charge")
    if len(chosen) > MOST:
        yield Finding("hours.many", f"A {asked} holds at most {MOST:,} hours.", "charge")
    if missing := chosen - {row.pk for row in rows}:
        count = len(missing)
        words = "One of the hours isn’t" if count == 1 else f"{count} of the hours aren’t"
        yield Finding("hours.unknown", f"{words} there. Open the list again and choose anew.", "charge")
    yield from _went(rows)


def _went(rows: list[Charge]) -> Iterator[Finding]:
    claimed = [row for row in rows if row.state == "claimed"]
    billed = [row for row in rows if row.state == "billed"]
    batches = dict(
        ClaimLine.objects.filter(charge__in=claimed, live=True).values_list("charge_id", "claim__batch__control")
    )
    bills = dict(Superbill.objects.filter(charges__in=billed).values_list("charges", "number"))
    for row in claimed:
        batch = batches.get(row.pk)
        where = f" in batch {batch}" if batch else ""
        yield Finding("hours.claimed", f"{label(row)} was claimed before{where}.", str(row.pk))
    for row in billed:
        yield Finding(
            "hours.billed", f"{label(row)} stands on superbill {bills.get(row.pk, '')} already.", str(row.pk)
        )


def label(row: Charge) -> str:
    """`P-1001, March 2, 2026`: names an hour without naming a patient."""
    return f"{row.patient.number}, {day_words(row.served_on)}"


def day_words(day: date) -> str:
    """`March 2, 2026`"""
    return f"{day:%B} {day.day}, {day.year}"
