"""Ask the measures that are due before a visit: one open form for each, pinned to the very version that is asked.

Called when a link is issued and when a patient checks in, inside their transaction. Nothing is asked twice on a day,
and asking again changes nothing. Refuses nothing of its own: where nothing is due, nothing is asked. Forms that were
laid down for a visit that has moved since move with it, with the answers they hold.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.records.models import Battery, Response, Visit
from openhour.records.queries.due import due_before, history_of
from openhour.records.shelf import shelf


@transaction.atomic
def request_measures(actor: Actor, visit_id: UUID, *, at: datetime) -> tuple[UUID, ...]:
    """Ids of the forms that were laid down now; empty where all of them lie there already. Raises NotAllowed."""
    visit = visit_to_ask(visit_id)
    require(actor, "link.issue", visit)
    return ask(actor, visit, at=at)


def visit_to_ask(visit_id: UUID) -> Visit:
    """The visit, locked, with all that says what is due. Raises NotAllowed where there is none."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True)
    visit = rows.select_related("episode", "site", "therapist").filter(pk=visit_id).first()
    if visit is None:
        raise NotAllowed("link.issue")
    return visit


def ask(actor: Actor, visit: Visit, *, at: datetime) -> tuple[UUID, ...]:
    """The same for a visit that is locked and allowed."""
    day = visit.starts_at.astimezone(visit.site.tz).date()
    _move_along(visit, day)
    rows = Response.objects.filter(patient_id=visit.patient_id, due_on=day).exclude(state="withdrawn")
    asked = set(rows.values_list("instrument", flat=True))
    battery = (
        Battery.objects.filter(episode_id=visit.episode_id, state="active").values_list("forms", flat=True).first()
    )
    due = due_before(visit, visit.episode, history_of(visit, on=day), battery, on=day)
    slugs = [one.instrument for one in due if one.instrument not in asked]
    # A microsecond apart, so that they are asked in the order of the battery.
    laid = [_form(visit, slug, day, at + timedelta(microseconds=place)) for place, slug in enumerate(slugs)]
    if not laid:
        return ()
    # Another visit of the same day may be asking at this moment: the constraint decides, and that is fine.
    Response.objects.bulk_create(laid, ignore_conflicts=True)
    there = set(Response.objects.filter(pk__in=[row.pk for row in laid]).values_list("pk", flat=True))
    new = [row for row in laid if row.pk in there]
    trail.write(actor, "measures.requested", visit, at=at, instruments=[row.instrument for row in new])
    return tuple(row.pk for row in new)


def _form(visit: Visit, slug: str, day: date, at: datetime) -> Response:
    instrument = shelf().instrument(slug, on=day)
    return Response(
        patient_id=visit.patient_id,
        episode_id=visit.episode_id,
        visit_id=visit.pk,
        instrument=slug,
        instrument_key=instrument.pin.key,
        instrument_digest=instrument.pin.digest,
        due_on=day,
        language=instrument.wording or "en",
        made_at=at,
    )


def _move_along(visit: Visit, day: date) -> None:
    for row in Response.objects.filter(visit_id=visit.pk, state="open").exclude(due_on=day):
        try:
            with transaction.atomic():
                Response.objects.filter(pk=row.pk).update(due_on=day)
        except IntegrityError:  # asked for that day by another visit; the older form stays where it was
            continue
