"""Write a batch: signed hours of one payer become claims, one X12 837P file, and are claimed from then on.

Refuses hours that an edit holds back, all of them and every reason at once; hours that were claimed or billed before;
hours of another payer; a practice that can't send claims yet; and any file that our own validator doesn't find clean.
File, claims, lines, the state of each hour and the trail are one transaction: all of it is there, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from openhour.billing.claims import Batch, assemble
from openhour.billing.claims import Claim as ClaimValue
from openhour.billing.edits import Edit, ServiceKey, edits_of, services_of
from openhour.billing.x12 import validate_837p, write_837p
from openhour.catalog.forms import Payer
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Charge, Claim, ClaimBatch, ClaimLine
from openhour.records.queries.billed_values import Desk, desk, payer_on, signed_hour
from openhour.records.queries.claim_edits import context_of, judged, services_claimed
from openhour.workflows.money.hours import MOST, gone, label, locked
from openhour.workflows.money.numbers import next_number

MOST_CENTS = 2**31 - 1
"""What the total of a batch holds in either database."""
CLAIMED_MEANWHILE = Finding(
    "hours.claimed",
    "Somebody claimed one of these hours a moment ago. Open the list again and choose anew.",
    "charge",
)


@dataclass(frozen=True, slots=True)
class Written:
    """left: hours of the payer that edits hold back, where everything ready was asked for; else 0."""

    batch: ClaimBatch
    left: int = 0


def write_batch(actor: Actor, payer: str, charge_ids: Iterable[UUID], *, at: datetime) -> Written:
    """Claim these hours. payer: slug. Raises NotAllowed, or Refused with places `payer`, `practice.…`, `charge`, or the
    id of the hour that is in the way."""
    with transaction.atomic():
        require(actor, "claim.write")
        wanted = tuple(charge_ids)
        rows = locked(wanted[: MOST + 1])
        findings = (*gone(wanted, rows, asked="batch"), *_others(rows, payer))
        return Written(_write(actor, payer, rows, findings, at=at))


def write_ready(actor: Actor, payer: str, *, at: datetime) -> Written:
    """Claim every hour of the payer that nothing holds back, at most MOST, the oldest first. Raises as `write_batch`."""
    with transaction.atomic():
        require(actor, "claim.write")
        waiting = Charge.objects.filter(payer=payer, state="ready").order_by("served_on", "pk")
        rows = [row for row in locked(waiting.values_list("pk", flat=True)[:MOST]) if row.state == "ready"]
        edits = judged(rows, desk(at))
        ready = [row for row in rows if not any(edit.holds for edit in edits[row.pk])]
        nothing = () if ready else (_nothing_ready(rows, edits.values()),)
        return Written(_write(actor, payer, ready, nothing, at=at), len(rows) - len(ready))


def _nothing_ready(rows: Sequence[Charge], edits: Iterable[tuple[Edit, ...]]) -> Finding:
    if not rows:
        return Finding("batch.empty", "No signed hour of this payer waits to be claimed.", "payer")
    reasons = sorted({edit.finding.sentence for found in edits for edit in found if edit.holds})
    words = f"All {len(rows)} waiting hours of this payer are held back: {' '.join(reasons)}"
    return Finding("batch.held", words, "payer")


def _write(actor: Actor, slug: str, rows: list[Charge], findings: tuple[Finding, ...], *, at: datetime) -> ClaimBatch:
    where = desk(at)
    payer = payer_on(slug, where.today)
    taken = {str(row.pk): row for row in rows if row.state == "ready" and row.payer == slug}
    number = next_number("batch")
    claims = _assembled(taken.values(), where, number)
    found = (*_sender_gaps(where), *_payer_gaps(payer), *findings, *_held(claims, slug, where, taken), *_size(claims))
    if found or payer is None:
        raise Refused(found)
    batch = _kept(actor, payer, claims, taken, _text(claims, payer, where, number), number, at)
    patients = sorted({str(row.patient_id) for row in taken.values()})
    counts = {"claims": len(claims), "hours": len(taken)}
    about = {"control": number, "payer": slug, "digest": batch.digest, "patients": patients}
    trail.write(actor, "batch.written", batch, at=at, **counts, **about)
    return batch


def _others(rows: Iterable[Charge], payer: str) -> Iterator[Finding]:
    for row in rows:
        if row.payer != payer and row.state == "ready":
            words = f"{label(row)} is of another payer. A batch goes to one payer."
            yield Finding("batch.mixed", words, str(row.pk))


def _sender_gaps(where: Desk) -> Iterator[Finding]:
    """What the envelope needs and no claim is asked for."""
    if not where.ready:
        yield Finding("practice.missing", "The practice isn’t set up yet.", "practice.name")
        return
    if len(where.submitter.identifier) < 2:
        words = "The practice has no number under which it sends claims. The owner records it as submitter id."
        yield Finding("practice.submitter", words, "practice.submitter-id")
    if not where.submitter.phone:
        yield Finding("practice.phone", "A batch needs the practice’s phone number.", "practice.phone")


def _payer_gaps(payer: Payer | None) -> Iterator[Finding]:
    if payer is None:
        yield Finding("payer.unknown", "The shelf holds no such payer.", "payer")
    elif payer.kind == "self-pay":
        words = "These patients pay themselves: make a superbill instead."
        yield Finding("claim.self-pay", words, "payer")


def _assembled(rows: Iterable[Charge], where: Desk, number: int) -> tuple[ClaimValue, ...]:
    """Claims of one coverage and patient behind one another, so that they share their loops in the file."""
    ordered = sorted(rows, key=lambda row: (row.patient.number, str(row.coverage_id), row.served_on, str(row.pk)))
    hours = [signed_hour(row, where.organisation, on=where.today) for row in ordered]
    return assemble(hours, where.organisation, batch=number)


def _held(claims: Iterable[ClaimValue], slug: str, where: Desk, rows: Mapping[str, Charge]) -> Iterator[Finding]:
    """Every edit that holds, by hour; and services that stand in two claims of this batch."""
    context = context_of(slug, where.today, services_claimed(rows.values()))
    if context is None or context.payer.kind == "self-pay":
        return
    seen: set[ServiceKey] = set()
    for claim in claims:
        yield from (_named(edit.finding, claim, rows) for edit in edits_of(claim, context) if edit.holds)
        for at, key in enumerate(services_of(claim), start=1):
            if key in seen:
                words = "This code of this day stands in two claims of this batch."
                yield _named(Finding("claim.duplicate", words, f"line {at}"), claim, rows)
        seen.update(services_of(claim))


def _named(finding: Finding, claim: ClaimValue, rows: Mapping[str, Charge]) -> Finding:
    """With the hour in front, by number and day, and its id as the place."""
    kind, _, at = finding.place.partition(" ")
    line = claim.lines[int(at) - 1 if kind == "line" and at.isdigit() else 0]
    return Finding(finding.code, f"{label(rows[line.hour])}: {finding.sentence}", line.hour)


def _size(claims: Iterable[ClaimValue]) -> Iterator[Finding]:
    if sum(claim.total.cents for claim in claims) > MOST_CENTS:
        yield Finding(
            "batch.total", "These claims come to more than one batch can say. Send fewer at once.", "charge"
        )


def _text(claims: Iterable[ClaimValue], payer: Payer, where: Desk, number: int) -> str:
    """The file. Raises Refused where our own validator finds anything in it: then nothing is sent."""
    batch = Batch(
        control=number,
        created=where.now.replace(tzinfo=None),
        submitter=where.submitter,
        receiver_id=payer.receiver_id,
        receiver_name=payer.receiver_name or payer.title,
        claims=claims,
        test=settings.DEMO,
    )
    text = "".join(write_837p(batch))
    if findings := validate_837p(text):
        raise Refused(findings)
    return text


def _kept(
    actor: Actor,
    payer: Payer,
    claims: Sequence[ClaimValue],
    rows: Mapping[str, Charge],
    text: str,
    number: int,
    at: datetime,
) -> ClaimBatch:
    batch = ClaimBatch.objects.create(
        control=number,
        payer=payer.pin.slug,
        file_name=f"claims-{number:09d}.txt",
        content=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        claim_count=len(claims),
        total_cents=sum(claim.total.cents for claim in claims),
        by_id=actor.user_id,
        made_at=at,
    )
    kept = [_claim_row(batch, claim, rows, at) for claim in claims]
    Claim.objects.bulk_create(kept)
    lines = [
        ClaimLine(claim=row, charge=rows[line.hour], made_at=at)
        for row, claim in zip(kept, claims, strict=True)
        for line in claim.lines
    ]
    try:
        with transaction.atomic():
            ClaimLine.objects.bulk_create(lines)
    except IntegrityError as error:
        raise Refused(CLAIMED_MEANWHILE) from error
    Charge.objects.filter(pk__in=[row.pk for row in rows.values()]).update(state="claimed")
    return batch


def _claim_row(batch: ClaimBatch, claim: ClaimValue, rows: Mapping[str, Charge], at: datetime) -> Claim:
    first = rows[claim.lines[0].hour]
    assert first.coverage_id is not None, "without a coverage the member id is missing, which an edit holds"
    return Claim(
        number=claim.control,
        batch=batch,
        patient_id=first.patient_id,
        coverage_id=first.coverage_id,
        total_cents=claim.total.cents,
        made_at=at,
    )
