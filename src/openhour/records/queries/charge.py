"""Signed hours as money: the queue of claim lines with the edits that hold each back.

Called by the biller's pages. Refuses everyone whom the policy gives no `charge.read`. No word of a note is ever read:
the columns of the session that hold words are left in the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, UUIDField

from openhour.billing.edits import Edit
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Money
from openhour.records.models import Charge, ClaimLine
from openhour.records.queries.billed_values import (
    Desk,
    desk,
    payer_title,
    self_pay,
)
from openhour.records.queries.claim_edits import judged, with_what_edits_need
from openhour.records.queries.scoping import within

PAGE = 50
SCANNED = 2000
"""How many of the oldest hours are judged to find the ready or the held ones among them."""
SHOWS = ("open", "ready", "held", "claimed")


@dataclass(frozen=True, slots=True)
class Asked:
    """payer: slug, empty for all; show: one of SHOWS (`open` = ready and held); since, until: days of service, both
    included; page: from 1."""

    payer: str = ""
    show: str = "open"
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class HourLine:
    """One hour of the queue. patient: legal name; edits: those that hold it back first, empty for claimed hours;
    batch_id, batch: the file that holds it, None and 0 where none does."""

    id: UUID
    day: date
    patient_id: UUID
    patient: str
    number: str
    therapist: str
    code: str
    modifiers: tuple[str, ...]
    minutes: int
    amount: Money
    diagnoses: tuple[str, ...]
    state: str
    coverage_id: UUID | None
    edits: tuple[Edit, ...]
    batch_id: UUID | None
    batch: int

    @property
    def held(self) -> bool:
        """An edit keeps it out of a claim."""
        return any(edit.holds for edit in self.edits)

    @property
    def ready(self) -> bool:
        """It may be claimed now."""
        return self.state == "ready" and not self.held


@dataclass(frozen=True, slots=True)
class PayerGroup:
    """The hours of one payer on this page. count, total: of all pages."""

    slug: str
    title: str
    lines: tuple[HourLine, ...]
    count: int
    total: Money

    @property
    def ready(self) -> tuple[HourLine, ...]:
        """Those of this page that may be claimed."""
        return tuple(line for line in self.lines if line.ready)

    @property
    def ready_total(self) -> Money:
        """What those of this page that may be claimed come to."""
        return Money(sum(line.amount.cents for line in self.ready))

    @property
    def held(self) -> int:
        """How many of this page an edit keeps back."""
        return sum(line.held for line in self.lines)

    @property
    def more(self) -> int:
        """How many hours of this payer stand on other pages."""
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class Queue:
    """found: hours that fit what was asked; cut: only the oldest SCANNED hours were looked at."""

    groups: tuple[PayerGroup, ...]
    found: int
    total: Money
    page: int
    pages: int
    cut: bool


@transaction.atomic
def claim_queue(actor: Actor, asked: Asked, *, at: datetime) -> Queue:
    """One page, by payer, the oldest hour first; one trail entry names the patients. Raises NotAllowed."""
    require(actor, "charge.read")
    rows = within(actor, "charge.read", _asked_for(asked))
    judge = _judged_page if asked.show in ("ready", "held") else _plain_page
    found = judge(rows, asked, desk(at))
    patients = sorted({str(line.patient_id) for group in found.groups for line in group.lines})
    trail.write(actor, "charge.read", at=at, page="claims", patients=patients)
    return found


def _asked_for(asked: Asked) -> QuerySet[Charge]:
    rows = Charge.objects.exclude(payer__in=self_pay())
    rows = rows.filter(state="claimed" if asked.show == "claimed" else "ready")
    if asked.payer:
        rows = rows.filter(payer=asked.payer)
    if asked.since:
        rows = rows.filter(served_on__gte=asked.since)
    return rows.filter(served_on__lte=asked.until) if asked.until else rows


def _plain_page(rows: QuerySet[Charge], asked: Asked, where: Desk) -> Queue:
    """Every hour counts, so the database counts and turns the pages."""
    sums = {
        slug: (count, Money(cents))
        for slug, count, cents in rows.order_by().values_list("payer").annotate(Count("pk"), Sum("amount_cents"))
    }
    found = sum(count for count, _ in sums.values())
    page, pages = _page_of(asked.page, found)
    claimed = asked.show == "claimed"
    order = ("payer", "-served_on" if claimed else "served_on", "pk")
    shown = list(with_batch(rows).order_by(*order)[(page - 1) * PAGE : page * PAGE])
    edits = {} if claimed else judged(shown, where)
    lines = [line_of(row, edits.get(row.pk, ())) for row in shown]
    return _queue(lines, sums, [row.payer for row in shown], page, pages)


def _judged_page(rows: QuerySet[Charge], asked: Asked, where: Desk) -> Queue:
    """What is ready or held is known only when it was judged."""
    looked = list(with_batch(rows).order_by("payer", "served_on", "pk")[: SCANNED + 1])
    cut, looked = len(looked) > SCANNED, looked[:SCANNED]
    edits = judged(looked, where)
    pairs = [(row.payer, line_of(row, edits[row.pk])) for row in looked]
    fitting = [(payer, line) for payer, line in pairs if line.ready == (asked.show == "ready")]
    sums: dict[str, tuple[int, Money]] = {}
    for payer, line in fitting:
        count, total = sums.get(payer, (0, Money(0)))
        sums[payer] = (count + 1, total + line.amount)
    page, pages = _page_of(asked.page, len(fitting))
    shown = fitting[(page - 1) * PAGE : page * PAGE]
    return _queue([line for _, line in shown], sums, [payer for payer, _ in shown], page, pages, cut=cut)


def _queue(
    lines: Sequence[HourLine],
    sums: Mapping[str, tuple[int, Money]],
    payers: Sequence[str],
    page: int,
    pages: int,
    *,
    cut: bool = False,
) -> Queue:
    groups = tuple(
        PayerGroup(
            slug,
            payer_title(slug),
            tuple(line for line, of in zip(lines, payers, strict=True) if of == slug),
            *sums[slug],
        )
        for slug in dict.fromkeys(payers)
    )
    found = sum(count for count, _ in sums.values())
    total = Money(sum(total.cents for _, total in sums.values()))
    return Queue(groups, found, total, page, pages, cut)


def _page_of(wanted: int, found: int) -> tuple[int, int]:
    pages = max(1, -(-found // PAGE))
    return min(max(wanted, 1), pages), pages


def with_batch(rows: QuerySet[Charge]) -> QuerySet[Charge]:
    """With what an edit needs, and the batch that holds each hour."""
    live = ClaimLine.objects.filter(charge=OuterRef("pk"), live=True)
    joined = with_what_edits_need(rows)
    return joined.annotate(
        batch_id=Subquery(live.values("claim__batch_id")[:1], output_field=UUIDField()),
        batch_control=Subquery(live.values("claim__batch__control")[:1]),
    )


def line_of(row: Charge, edits: tuple[Edit, ...]) -> HourLine:
    """A row of `with_batch` as a line."""
    return HourLine(
        id=row.pk,
        day=row.served_on,
        patient_id=row.patient_id,
        patient=f"{row.patient.first_name} {row.patient.last_name}",
        number=row.patient.number,
        therapist=row.therapist.name,
        code=row.code,
        modifiers=tuple(row.modifiers),
        minutes=row.minutes,
        amount=Money(row.amount_cents),
        diagnoses=tuple(row.diagnoses),
        state=row.state,
        coverage_id=row.coverage_id,
        edits=edits,
        batch_id=getattr(row, "batch_id", None),
        batch=getattr(row, "batch_control", None) or 0,
    )
