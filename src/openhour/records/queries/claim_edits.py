"""What holds an hour back from a claim, and what is told about it: the edits of `billing` over rows.

Called by the claim queue, the page of one charge, and the batch, which asks again under its lock. Two questions are put
to the database here because no single claim can answer them: was this service claimed before, and does it wait twice?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from openhour.billing.claims import assemble
from openhour.billing.edits import Edit, EditContext, ServiceKey, edits_of
from openhour.catalog.forms import Payer
from openhour.catalog.icd10 import diagnosis_finding
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding
from openhour.records.models import Charge, ClaimLine
from openhour.records.queries.billed_values import Desk, payer_on, signed_hour
from openhour.records.shelf import shelf

NEEDED = ("patient", "therapist", "coverage", "session__visit__site")
"""What an edit looks at besides the charge."""
_WORDS_OF_THE_HOUR = ("people", "agenda", "interventions", "objectives", "risk", "review_waiver", "set_aside")
UNREAD = tuple(f"session__{name}" for name in (*_WORDS_OF_THE_HOUR, "times_reason", "procedure"))
"""Columns of the hour that no biller's query reads."""
_UNKNOWN_PAYER = Edit(
    Finding(
        "claim.payer-unknown",
        "The shelf holds no definition of this payer, so nobody knows where the claim goes.",
        "payer",
    )
)
_TWIN = Edit(
    Finding(
        "claim.twice-waiting",
        "Another hour of this day with the same patient, therapist and code waits before this one; "
        "a payer takes one of them.",
        "line 1",
    )
)


def with_what_edits_need(rows: QuerySet[Charge]) -> QuerySet[Charge]:
    """The rows with everything joined that `judged` reads, and no word of the session."""
    before = Q(made_at__lt=OuterRef("made_at")) | Q(made_at=OuterRef("made_at"), pk__lt=OuterRef("pk"))
    same = {name: OuterRef(name) for name in ("patient", "therapist", "code", "served_on", "payer")}
    twin = Exists(Charge.objects.filter(before, state="ready", **same))
    return rows.select_related(*NEEDED).defer(*UNREAD).annotate(has_twin=twin)


def judged(rows: Sequence[Charge], desk: Desk) -> Mapping[UUID, tuple[Edit, ...]]:
    """The edits of each charge as a claim of its own, those that hold first. One query for all rows."""
    claimed = services_claimed(rows)
    contexts = {slug: context_of(slug, desk.today, claimed) for slug in {row.payer for row in rows}}
    return {row.pk: _edits(row, desk, contexts[row.payer]) for row in rows}


def _edits(row: Charge, desk: Desk, context: EditContext | None) -> tuple[Edit, ...]:
    if context is None:
        return (_UNKNOWN_PAYER,)
    (claim,) = assemble([signed_hour(row, desk.organisation, on=desk.today)], desk.organisation, batch=1)
    found = edits_of(claim, context)
    return (_TWIN, *found) if getattr(row, "has_twin", False) else found


def context_of(slug: str, on: date, claimed: frozenset[ServiceKey]) -> EditContext | None:
    """What the edits know besides the claim; None where no such payer is on the shelf."""
    payer: Payer | None = payer_on(slug, on)
    if payer is None:
        return None
    return EditContext(on, payer, _procedures(), diagnosis_finding, claimed)


def _procedures() -> dict[str, Procedure]:
    return {one.pin.key: one for one in shelf().procedures}


def services_claimed(rows: Iterable[Charge]) -> frozenset[ServiceKey]:
    """What stands in live claims for the patients of these rows. One query."""
    patients = {row.patient_id for row in rows}
    if not patients:
        return frozenset()
    live = ClaimLine.objects.filter(live=True, charge__patient_id__in=patients)
    keys = live.values_list("charge__patient_id", "charge__therapist__npi", "charge__code", "charge__served_on")
    return frozenset((str(patient), npi, code, day) for patient, npi, code, day in keys)
