"""Lay down the longer form that a short one leads to, in the same sitting, with the answers that it has already.

Called by `finish_response`, in its transaction. Nothing is laid down where the longer form can't be asked, or where it was
answered on that day. What comes over is kept in the long form's own history under the name of who gave it; everything else
of the long form is asked, and what a person must see raises its alert here too.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from openhour.care.sitting import carried_answers, facts_of, leads_to
from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.measures import Score, score
from openhour.records.models import Answer, Response
from openhour.records.queries.due import why_not_asked
from openhour.records.shelf import shelf
from openhour.workflows.safety.raising import raise_alerts
from openhour.workflows.safety.record_answer import lay_down


def lead_on(actor: Actor, short: Response, instrument: Instrument, result: Score, *, at: datetime) -> Response | None:
    """The longer form, open; None where the answers lead to none."""
    long = _longer(leads_to(instrument, result.total), short)
    if long is None:
        return None
    form = _standing(short, long) or _new(short, long, at)
    if form.state != "open" or form.episode_id != short.episode_id:
        return None
    missing = {
        item: value
        for item, value in carried_answers(instrument, long, short.answers).items()
        if form.answers.get(item) is None
    }
    try:
        with transaction.atomic():
            _carry(actor, form, long, missing, at)
    except IntegrityError:  # asked by somebody else at this very moment: it stands there, and nothing is asked twice
        return None
    trail.write(
        actor, "measures.led-on", form, at=at, by=short.instrument, instrument=form.instrument, carried=len(missing)
    )
    return form


def _longer(slug: str, short: Response) -> Instrument | None:
    try:
        found = shelf().instrument(slug, on=short.due_on) if slug else None
    except NotOnShelf:
        return None
    return found if found is not None and not why_not_asked(found, on=short.due_on) else None


def _standing(short: Response, long: Instrument) -> Response | None:
    """The same form of the same day, if it was asked already."""
    rows = Response.objects.select_for_update(of=("self",), no_key=True).select_related(
        "episode__therapist", "visit", "patient"
    )
    same = rows.filter(patient_id=short.patient_id, instrument=long.pin.slug, due_on=short.due_on)
    return same.exclude(state="withdrawn").first()


def _new(short: Response, long: Instrument, at: datetime) -> Response:
    return Response(
        patient=short.patient,
        episode=short.episode,
        visit=short.visit,
        instrument=long.pin.slug,
        instrument_key=long.pin.key,
        instrument_digest=long.pin.digest,
        due_on=short.due_on,
        mode=short.mode,
        language=long.wording or "en",
        answered_on=short.answered_on,
        entered_by_id=short.entered_by_id,
        made_at=at,
    )


def _carry(actor: Actor, form: Response, long: Instrument, missing: dict[str, int], at: datetime) -> None:
    form.answers = {**form.answers, **missing}
    form.carried = sorted({*form.carried, *missing})
    form.started_at, form.saved_at = form.started_at or at, at
    form.revision += 1
    lay_down(form, score(long, form.answers, facts_of(form.patient.sex)))
    form.save()
    Answer.objects.bulk_create(
        Answer(response=form, item=item, value=value, by=actor.label, made_at=at) for item, value in missing.items()
    )
    for item, value in missing.items():
        raise_alerts(actor, form, long, item, value, news=False, at=at)
