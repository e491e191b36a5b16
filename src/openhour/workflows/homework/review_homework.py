"""Look at homework together: how much was done, and what came of it.

Belongs to the hour in which it is looked at, and may be said anew until that hour's note is signed. Saved as it is typed:
words that another tab wrote meanwhile are told, not overwritten. Refuses a completion that is none of the three,
homework of another episode, and what was reviewed in an earlier hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records.models import Assignment
from openhour.workflows.hour.fields import Typed, settled
from openhour.workflows.hour.opening import OpenHour, open_hour
from openhour.workflows.hour.save_note import Overtaken
from openhour.workflows.hour.typed import base_of, text_gaps

COMPLETIONS = ("all", "some", "none", "")
REVIEW_AT_MOST = 4_000


@transaction.atomic
def review_homework(
    actor: Actor,
    visit_id: UUID,
    assignment_id: UUID,
    completion: str | None,
    words: str | None,
    *,
    at: datetime,
    base: str | None = None,
) -> Assignment:
    """The assignment, reviewed in the hour of that visit. completion, words: None = as they stand; with a completion the
    homework counts as reviewed. base: `base_of` the words that these began from, None = those that stand there.
    Raises Overtaken (field `review`), Refused with every reason, NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    rows = Assignment.objects.select_for_update().exclude(state="withdrawn")
    given = rows.filter(pk=assignment_id, episode=hour.visit.episode_id).first()
    if given is None:
        raise NotAllowed("session.run")
    completion = given.completion if completion is None else completion
    words = given.review if words is None else words
    if gaps := tuple(_gaps(hour, given, completion, words)):
        raise Refused(gaps)
    text = settled(given.review, Typed(words, base_of(given.review) if base is None else base))
    if text is None:
        raise Overtaken({"review": given.review})
    if (given.completion, given.review) == (completion, text):
        return given
    given.completion, given.review = completion, str(text)
    given.state = "reviewed" if completion else "returned" if given.returned_at else "given"
    given.reviewed_at, given.reviewed_in = at, hour.session
    given.save(update_fields=["state", "completion", "review", "reviewed_at", "reviewed_in"])
    trail.write(actor, "homework.reviewed", hour.session, at=at, assignment=given.pk, completion=completion)
    return given


def _gaps(hour: OpenHour, given: Assignment, completion: str, words: str) -> Iterator[Finding]:
    if given.state == "reviewed" and given.reviewed_in_id != hour.session.pk:
        yield Finding("homework.reviewed-before", "This was looked at in an earlier hour.", "review")
    if given.session_id == hour.session.pk:
        yield Finding("homework.given-today", "This was given in this very hour.", "review")
    if completion not in COMPLETIONS:
        yield Finding("homework.completion", "Say how much was done: all, some or none.", "completion")
    yield from text_gaps(words, "review", REVIEW_AT_MOST)
