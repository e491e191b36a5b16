"""Settle where two passes of one paper differ: for each question the one or the other, with a reason for all.

What is kept from the second pass is added to the form's history, and the form is scored again. Refuses a paper without open
differences, a question that nobody decided, and no reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.sitting import facts_of
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.measures import score
from openhour.records.models import Answer, Response, SecondEntry
from openhour.records.shelf import shelf
from openhour.workflows.measures.type_again import paper_to_check
from openhour.workflows.safety.record_answer import lay_down

REASON_AT_MOST = 400


@transaction.atomic
def settle_differences(
    actor: Actor, response_id: UUID, kept: Mapping[str, str], *, reason: str, at: datetime
) -> None:
    """kept: item id -> `first` or `second`, for each that differs. Raises NotAllowed, or Refused with places `k<item>`
    and `reason`."""
    form = paper_to_check(actor, response_id)
    second = SecondEntry.objects.select_for_update().filter(response=form).first()
    if second is None or second.state != "differs":
        raise Refused(Finding("paper.nothing-differs", "There is nothing left to settle here."))
    items = differing(second)
    gaps = [*_gaps(items, kept), *writable_gaps(reason, "reason", REASON_AT_MOST, asked="Say what decided it.")]
    if gaps:
        raise Refused(gaps)
    chosen = {item: second.answers.get(item) for item in items if kept[item] == "second"}
    _write(actor, form, chosen, at)
    second.state, second.kept, second.reason = "resolved", {item: kept[item] for item in items}, tidied(reason)
    second.resolved_at, second.resolved_by_id = at, actor.user_id
    second.save(update_fields=["state", "kept", "reason", "resolved_at", "resolved_by"])
    trail.write(actor, "paper.settled", form, at=at, differing=len(items), changed=len(chosen))


def differing(second: SecondEntry) -> tuple[str, ...]:
    """Ids of the items that were typed differently."""
    items = {**second.first, **second.answers}
    return tuple(item for item in items if second.first.get(item) != second.answers.get(item))


def _gaps(items: Iterable[str], kept: Mapping[str, str]) -> Iterator[Finding]:
    for item in items:
        if kept.get(item) not in ("first", "second"):
            yield Finding("paper.undecided", "Choose what stands on the paper.", f"k{item}")


def _write(actor: Actor, form: Response, chosen: Mapping[str, int | None], at: datetime) -> None:
    if not chosen:
        return
    Answer.objects.bulk_create(
        Answer(response=form, item=item, value=value, by=actor.label, made_at=at) for item, value in chosen.items()
    )
    form.answers = {**form.answers, **chosen}
    form.saved_at = at
    form.revision += 1
    instrument = shelf().instrument_pinned(form.instrument_key)
    lay_down(form, score(instrument, form.answers, facts_of(form.patient.sex)))
    form.save()
