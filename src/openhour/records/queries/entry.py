"""What a therapist may enter for a patient: forms that wait, and the others on the shelf.

Called by the page on which a form is begun. Those of the battery come first, as they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.care.batteries import forms_of
from openhour.care.battery_choice import indications_for
from openhour.guard.actor import Actor
from openhour.records.models import Battery, Response
from openhour.records.queries.chart import EpisodeHead, diagnoses_in, episode_row, head_of
from openhour.records.queries.due import forms_in, instruments_on, why_not_asked
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class Waiting:
    """A form that isn't sent yet. mode: as in `Response`."""

    id: UUID
    title: str
    due_on: date
    mode: str
    answered: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """choices: slug, short name and title of what can be asked, those of the battery first. left_out: short names of the
    battery's forms that can't be, with the reason."""

    head: EpisodeHead
    waiting: tuple[Waiting, ...]
    choices: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]


@transaction.atomic
def entry_page(actor: Actor, episode_id: UUID, *, at: datetime) -> EntryPage:
    """With one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "chart.write", episode_id, at=at, page="enter")
    head = head_of(actor, row, at=at)
    on_shelf = instruments_on(head.today)
    codes = [one.code for one in diagnoses_in(row) if one.stands_on(head.today)]
    held = Battery.objects.filter(episode=episode_id, state="active").values_list("forms", flat=True).first()
    indications = indications_for(head.procedure, row.indications, codes)
    forms = forms_of(head.procedure, indications) if held is None else forms_in(held)
    first = [one.instrument for one in forms if not one.dropped and one.instrument in on_shelf]
    order = dict.fromkeys([*first, *on_shelf])
    return EntryPage(
        head=head,
        waiting=_waiting(episode_id),
        choices=tuple(
            (slug, f"{on_shelf[slug].short}: {on_shelf[slug].title}")
            for slug in order
            if not why_not_asked(on_shelf[slug], on=head.today)
        ),
        left_out=tuple(
            (on_shelf[slug].short, words) for slug in first if (words := why_not_asked(on_shelf[slug], on=head.today))
        ),
    )


def _waiting(episode_id: UUID) -> tuple[Waiting, ...]:
    rows = Response.objects.filter(episode=episode_id, state="open").order_by("due_on", "made_at")
    return tuple(
        Waiting(
            row.pk,
            shelf().instrument_pinned(row.instrument_key).short,
            row.due_on,
            row.mode,
            sum(value is not None for value in row.answers.values()),
        )
        for row in rows
    )
