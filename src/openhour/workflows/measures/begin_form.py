"""Begin a form that the therapist enters: with the patient in the room, or afterwards from paper.

A form that waits for that day is taken up; otherwise one is laid down. Refuses an instrument that can't be asked here, one
that was answered on that day already, a paper without a day, from a day to come or from before the patient was born, and a
course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Episode, Response, Visit
from openhour.records.queries.due import why_not_asked
from openhour.records.queries.practice_day import practice_day
from openhour.records.shelf import shelf
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write

ASKED = Finding("form.asked-elsewhere", "This form is asked for that day already, and not here.", "instrument")
MODES = {"clinician": "In the room, now", "paper": "From paper"}


@transaction.atomic
def begin_form(
    actor: Actor, episode_id: UUID, instrument: str, *, mode: str, answered_on: date | None, at: datetime
) -> UUID:
    """The id of the open form. answered_on: the day on the paper; taken as today in the room.

    Raises NotAllowed, or Refused with places `instrument`, `mode` and `answered_on`.
    """
    episode = episode_to_write(actor, episode_id, "chart.write")
    today = practice_day(at)
    day = today if mode == "clinician" else answered_on
    found = _instrument(instrument, day or today)
    standing = _standing(episode, instrument, day) if day is not None and found is not None else None
    gaps = [
        *closed_gaps(episode),
        *_instrument_gaps(found, day or today),
        *_mode_gaps(mode),
        *_day_gaps(episode, day, today),
    ]
    if standing is not None and standing.state == "complete":
        gaps.append(Finding("form.answered-already", "This form was answered on that day already.", "instrument"))
    elif standing is not None and standing.episode_id != episode.pk:
        gaps.append(ASKED)
    if gaps or found is None or day is None:
        raise Refused(gaps)
    form = standing or _new(episode, found, day, at)
    form.mode, form.entered_by_id = mode, actor.user_id
    form.answered_on = day if mode == "paper" else None
    _save(form)
    trail.write(actor, "form.begun", form, at=at, instrument=instrument, mode=mode)
    return form.pk


def _save(form: Response) -> None:
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as error:  # somebody begins the same form at this very moment
        raise Refused(ASKED) from error


def _instrument(slug: str, on: date) -> Instrument | None:
    try:
        return shelf().instrument(slug, on=on)
    except NotOnShelf:
        return None


def _standing(episode: Episode, slug: str, day: date) -> Response | None:
    """The form of that day, whichever course of treatment asked it: nothing is asked twice on a day."""
    rows = Response.objects.select_for_update(of=("self",), no_key=True).select_related("episode__therapist")
    return rows.filter(patient_id=episode.patient_id, instrument=slug, due_on=day).exclude(state="withdrawn").first()


def _new(episode: Episode, instrument: Instrument, day: date, at: datetime) -> Response:
    return Response(
        patient=episode.patient,
        episode=episode,
        visit=_visit_of(episode, day),
        instrument=instrument.pin.slug,
        instrument_key=instrument.pin.key,
        instrument_digest=instrument.pin.digest,
        due_on=day,
        language=instrument.wording or "en",
        made_at=at,
    )


def _visit_of(episode: Episode, day: date) -> Visit | None:
    """The visit of that day at its own site, so that an alert knows how long the patient is here."""
    rows = Visit.objects.filter(episode=episode, state__in=("booked", "arrived", "held")).select_related("site")
    near = rows.order_by("starts_at")
    return next((row for row in near if row.starts_at.astimezone(row.site.tz).date() == day), None)


def _instrument_gaps(instrument: Instrument | None, day: date) -> Iterator[Finding]:
    if instrument is None:
        yield Finding("form.unknown", "Choose a form that is on the shelf on that day.", "instrument")
    elif words := why_not_asked(instrument, on=day):
        yield Finding("form.not-asked", words, "instrument")


def _mode_gaps(mode: str) -> Iterator[Finding]:
    if mode not in MODES:
        yield Finding("form.mode", "Say whether it is entered in the room or from paper.", "mode")


def _day_gaps(episode: Episode, day: date | None, today: date) -> Iterator[Finding]:
    if day is None:
        yield Finding("answered_on.missing", "Give the day on the paper, such as 2026-01-31.", "answered_on")
    elif day > today:
        yield Finding("answered_on.ahead", "This day is still to come.", "answered_on")
    elif day < episode.patient.birth_date:
        yield Finding("answered_on.early", "That is before the patient was born.", "answered_on")
