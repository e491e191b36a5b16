"""Type a paper a second time, without a look at the first: what differs is shown side by side and settled with a reason.

By whoever may check papers, best somebody else than the first. An answer that a person must see raises its alert at once,
also where the first pass has it otherwise. Refuses a form that isn't from paper or isn't closed, one that was typed twice
already, an empty pass, and values that are none of the choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import Instrument
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Response, SecondEntry
from openhour.records.shelf import shelf
from openhour.workflows.safety.raising import raise_alerts

Given = Mapping[str, int | None]


@transaction.atomic
def type_again(actor: Actor, response_id: UUID, answers: Given, *, at: datetime) -> tuple[SecondEntry, bool]:
    """The second entry, `same` or `differs`, and whether an answer of it raised an alert. answers: item id to value.

    Raises NotAllowed, or Refused with places `q<item>` and `form`.
    """
    form = paper_to_check(actor, response_id)
    instrument = shelf().instrument_pinned(form.instrument_key)
    given = {item: value for item, value in answers.items() if value is not None}
    gaps = [*_state_gaps(form), *_answer_gaps(instrument, given)]
    if gaps:
        raise Refused(gaps)
    first = {item: value for item, value in form.answers.items() if value is not None}
    second = SecondEntry.objects.create(
        response=form,
        answers=given,
        first=first,
        state="same" if given == first else "differs",
        by_id=actor.user_id,
        made_at=at,
    )
    alerts = [
        alert
        for item, value in given.items()
        for alert in raise_alerts(actor, form, instrument, item, value, news=first.get(item) != value, at=at)
    ]
    differing = sum(given.get(item) != first.get(item) for item in given.keys() | first.keys())
    trail.write(actor, "paper.typed-again", form, at=at, differing=differing)
    return second, bool(alerts)


def paper_to_check(actor: Actor, response_id: UUID) -> Response:
    """The form, locked. Raises NotAllowed where it isn't there or isn't theirs to check."""
    rows = Response.objects.select_for_update(of=("self",), no_key=True).exclude(state="withdrawn")
    form = rows.select_related("episode__therapist", "visit", "patient").filter(pk=response_id).first()
    if form is None:
        raise NotAllowed("paper.check")
    require(actor, "paper.check", form)
    return form


def _state_gaps(form: Response) -> Iterator[Finding]:
    if form.mode != "paper":
        yield Finding("paper.none", "Only answers that came from paper are typed a second time.", "form")
    elif form.state != "complete":
        yield Finding("paper.open", "The first pass isn’t closed yet.", "form")
    elif SecondEntry.objects.filter(response=form).exists():
        yield Finding("paper.typed-already", "This paper was typed a second time already.", "form")


def _answer_gaps(instrument: Instrument, given: Given) -> Iterator[Finding]:
    choices = {item.id: {choice.score for choice in item.choices} for item in instrument.items}
    if not given:
        yield Finding("response.empty", "No question is answered yet.", "form")
    for item, value in given.items():
        if item not in choices:
            yield Finding("answer.unknown-item", "There is no such question here.", "form")
        elif value not in choices[item]:
            yield Finding("answer.outside-choices", "Please choose one of the answers below.", f"q{item}")
