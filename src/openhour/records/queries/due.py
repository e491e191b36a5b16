"""Which measures are due before a visit, from what the patient has answered in this episode.

Called by `request_measures` and by the Today page, so that what is shown as missing is what would be asked. The rule
itself is `care.batteries`; here stand only the rows that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from django.db.models import Q

from openhour.care.batteries import Answered, DueMeasure, MeasureHistory, due_measures
from openhour.catalog import NotOnShelf, Procedure
from openhour.records.models import Episode, Response, Visit
from openhour.records.shelf import shelf


def due_before(visit: Visit, episode: Episode, history: MeasureHistory, *, on: date) -> tuple[DueMeasure, ...]:
    """What to ask before the visit of that day. Nothing for a kind of hour that the shelf doesn't hold."""
    procedure = battery_of(visit, episode, on=on)
    if procedure is None:
        return ()
    known = {indication.slug for indication in procedure.indications}
    indications = [slug for slug in episode.indications if slug in known]
    return due_measures(procedure, indications, history, on=on, on_shelf=askable(on))


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


def askable(on: date) -> frozenset[str]:
    """Slugs of the instruments in force on the day."""
    return frozenset(one.pin.slug for one in shelf().instruments if one.pin.effective <= on)


def history_of(visit: Visit, *, on: date) -> MeasureHistory:
    """What was answered in the episode so far, and the days of the visits that were held before; two queries."""
    zone = visit.site.tz
    rows = Response.objects.filter(episode_id=visit.episode_id, state="complete", completed_at__isnull=False)
    begun = Q(state="held") | Q(session__started_at__isnull=False)
    held = Visit.objects.filter(begun, episode_id=visit.episode_id, starts_at__lt=visit.starts_at)
    latest = held.order_by("-starts_at").values_list("starts_at", flat=True)[:1]
    return MeasureHistory(
        answered=answered_of(rows.order_by("completed_at"), visit, on=on),
        visits_held=tuple(start.astimezone(zone).date() for start in latest),
    )


class Finished(Protocol):
    """What is asked of a form: a row of `Response`, or as little of one."""

    @property
    def instrument(self) -> str:
        """Slug."""

    @property
    def completed_at(self) -> datetime | None:
        """When it was finished, UTC."""


def answered_of(rows: Iterable[Finished], visit: Visit, *, on: date) -> tuple[Answered, ...]:
    """Finished responses with the day on which they were finished, at the site; none later than the visit."""
    zone = visit.site.tz
    days = ((row.instrument, row.completed_at) for row in rows)
    return tuple(Answered(slug, min(done.astimezone(zone).date(), on)) for slug, done in days if done is not None)
