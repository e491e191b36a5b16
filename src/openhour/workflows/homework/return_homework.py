"""Keep what a patient writes on homework, entry by entry, and hand it back to the therapist when they send it.

Called by the patient's page behind a signed link, for homework of the link's own episode. Everything that can be kept is
kept as it is given; sending closes the form. Refuses words that a field can't hold, words that began from older ones
than those that stand there now, an empty form that is sent, and writing on what was sent or looked at already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import HomeworkForm, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records.models import Assignment
from openhour.records.shelf import shelf
from openhour.workflows.homework.entries import gaps, laid, neat, place_of, said
from openhour.workflows.safety.answering import link_in_hand

SENT = Finding("homework.sent", "This was sent or looked at already, and stays as it is.")
GONE = Finding("homework.form-gone", "This form can't be filled in here any more. Please ask the practice.")
OVERTAKEN = Finding("homework.changed-meanwhile", "You wrote something else meanwhile, perhaps on another device.")
EMPTY = Finding("homework.empty", "There is nothing to send yet. Write down one thing first.")


@transaction.atomic
def return_homework(
    actor: Actor, assignment_id: UUID, words: Mapping[str, str], *, base: int | None, send: bool, at: datetime
) -> Assignment:
    """The assignment as it stands now. words: `<entry>.<field>` to text; what isn't named stays. base: the revision
    that the words began from, None = unknown. send: it goes to the therapist and is closed.

    Raises NotAllowed where the link doesn't reach it; Refused with every reason (places: names of fields, or `form`).
    """
    given = _in_hand(actor, assignment_id, at)
    if given.state != "given":
        raise Refused(SENT)
    form = _form(given)
    if found := tuple(gaps(form, words)):
        raise Refused(found)
    fresh = _fresh(form, given, words)
    if fresh and base != given.revision:
        raise Refused(OVERTAKEN)
    rows = laid(given.answers, fresh)
    if send and not any(rows):
        raise Refused(EMPTY)
    if fresh or send:
        _keep(actor, given, list(rows), len(fresh), send=send, at=at)
    return given


def _in_hand(actor: Actor, assignment_id: UUID, at: datetime) -> Assignment:
    """Homework of the link's own episode, locked; anything else is refused like homework that doesn't exist."""
    link = link_in_hand(actor, at=at)
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("episode__therapist")
    own = rows.filter(patient_id=link.patient_id, episode_id=link.visit.episode_id).exclude(state="withdrawn")
    given = own.filter(pk=assignment_id).first()
    if given is None:
        raise NotAllowed("link.use")
    return given


def _form(given: Assignment) -> HomeworkForm:
    try:
        return shelf().pinned("homework", given.form_key)  # type: ignore[return-value]
    except NotOnShelf:
        raise Refused(GONE) from None


def _fresh(form: HomeworkForm, given: Assignment, words: Mapping[str, str]) -> dict[str, str]:
    """Of the words, those that say something else than what stands there."""
    typed = {name: neat(place[1], text) for name, text in words.items() if (place := place_of(form, name))}
    return {name: text for name, text in typed.items() if text != said(given.answers, name)}


def _keep(
    actor: Actor, given: Assignment, rows: list[dict[str, str]], fields: int, *, send: bool, at: datetime
) -> None:
    given.answers = rows
    given.revision += 1
    if send:
        given.state, given.returned_at = "returned", at
    given.save(update_fields=["answers", "revision", "state", "returned_at"])
    action = "homework.returned" if send else "homework.saved"
    trail.write(actor, action, given, at=at, entries=sum(map(bool, rows)), fields=fields)
