"""Which measures are due before a visit, from what the patient has answered in this episode.

Called by `request_measures` and by the Today page, so that what is shown as missing is what would be asked. The rule
itself is `care.batteries`; here stand only the rows that it needs: the battery in force, or, where none was written down
yet, what the definition asks for the episode's indications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import OuterRef, Q, Subquery

from openhour.care.batteries import Answered, BatteryForm, DueMeasure, MeasureHistory, due, forms_of
from openhour.care.battery_choice import SESSIONS_AT_MOST
from openhour.care.sitting import shorter_forms
from openhour.catalog import Instrument, NotOnShelf, Procedure
from openhour.catalog.wording import why_not_offered
from openhour.records.models import Battery, Episode, Response, Visit
from openhour.records.shelf import once_a_day, shelf


def due_before(
    visit: Visit, episode: Episode, history: MeasureHistory, battery: list[dict[str, Any]] | None, *, on: date
) -> tuple[DueMeasure, ...]:
    """What to ask before the visit of that day. battery: `forms` of the version in force, None where there is none yet.
    Nothing for a kind of hour that the shelf doesn't hold."""
    if battery is not None:
        forms = forms_in(battery)
    elif (procedure := battery_of(visit, episode, on=on)) is not None:
        known = {indication.slug for indication in procedure.indications}
        forms = forms_of(procedure, [slug for slug in episode.indications if slug in known])
    else:
        return ()
    return due(forms, history, on=on, on_shelf=askable(on), short_of=short_forms(on))


def forms_in(battery: Iterable[Mapping[str, Any]]) -> tuple[BatteryForm, ...]:
    """The forms of a version, as they are kept."""
    return tuple(BatteryForm(**form) for form in battery)


def battery_in_force() -> Subquery:
    """`forms` of the battery of a row's episode, for `annotate`; None where none was written down yet."""
    return Subquery(Battery.objects.filter(episode=OuterRef("episode"), state="active").values("forms")[:1])


def battery_of(visit: Visit, episode: Episode, *, on: date) -> Procedure | None:
    """The definition whose indications say what is asked: the visit's own, else that of the episode."""
    for slug in (visit.procedure, episode.procedure):
        try:
            procedure = shelf().procedure(slug, on=on)
        except NotOnShelf:
            continue
        if procedure.indications:
            return procedure
    return None


@once_a_day
def instruments_on(on: date) -> dict[str, Instrument]:
    """Every instrument in force on the day, by slug; kept for the next who asks, so nobody changes it."""
    slugs = sorted({one.pin.slug for one in shelf().instruments if one.pin.effective <= on})
    return {slug: shelf().instrument(slug, on=on) for slug in slugs}


@once_a_day
def askable(on: date) -> frozenset[str]:
    """Slugs of the instruments that may be sent to a patient for the day."""
    return frozenset(slug for slug, instrument in instruments_on(on).items() if not why_not_sent(instrument, on=on))


def why_not_asked(instrument: Instrument, *, on: date) -> str:
    """Why the form can't be asked at all on the day, for the therapist; empty where it can."""
    found = why_not_offered(instrument, shelf().wording_of(instrument), on)
    return found.sentence if found else ""


def why_not_sent(instrument: Instrument, *, on: date) -> str:
    """Why the form can't be sent to the patient, for the therapist; empty where it can."""
    if words := why_not_asked(instrument, on=on):
        return words
    return (
        "You ask these questions yourself: enter the answers in the room."
        if instrument.respondent == "clinician"
        else ""
    )


@once_a_day
def short_forms(on: date) -> dict[str, str]:
    """Slug of a long form -> slug of the short one that may be asked in its place; kept, so nobody changes it."""
    return shorter_forms(one for one in instruments_on(on).values() if not why_not_sent(one, on=on))


def history_of(visit: Visit, *, on: date) -> MeasureHistory:
    """What was answered in the episode so far, and the days of the visits that were held before; two queries."""
    zone = visit.site.tz
    rows = Response.objects.filter(episode_id=visit.episode_id, state="complete", completed_at__isnull=False)
    held = Visit.objects.filter(begun(), episode_id=visit.episode_id, starts_at__lt=visit.starts_at)
    latest = held.order_by("-starts_at").values_list("starts_at", flat=True)[: SESSIONS_AT_MOST + 1]
    return MeasureHistory(
        answered=answered_of(rows.order_by("completed_at"), visit, on=on),
        visits_held=tuple(start.astimezone(zone).date() for start in latest),
    )


def begun() -> Q:
    """Of visits: those that were held, or whose hour has begun."""
    return Q(state="held") | Q(session__started_at__isnull=False)


class Finished(Protocol):
    """What is asked of a form: a row of `Response`, or as little of one."""

    @property
    def instrument(self) -> str:
        """Slug."""

    @property
    def completed_at(self) -> datetime | None:
        """When it was finished, UTC."""

    @property
    def answered_on(self) -> date | None:
        """The day on the paper, where it was typed or brought in later."""


def answered_of(rows: Iterable[Finished], visit: Visit, *, on: date) -> tuple[Answered, ...]:
    """Finished responses with the day on which they were answered, at the site; none later than the visit."""
    zone = visit.site.tz
    days = (
        (row.instrument, row.answered_on or row.completed_at.astimezone(zone).date())
        for row in rows
        if row.completed_at is not None
    )
    return tuple(Answered(slug, min(day, on)) for slug, day in days)
