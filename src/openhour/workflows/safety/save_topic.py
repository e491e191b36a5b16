"""Keep what the patient wants to talk about in a visit, as it is typed.

Called by the patients' page only: these are the patient's own words. Refuses words that are too long or can't be kept,
and words that began from older ones than those that stand there now, so that two phones never overwrite each other
silently.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Topic
from openhour.workflows.hour.typed import base_of, text_gaps, tidy
from openhour.workflows.safety.answering import link_in_hand

TOPIC_AT_MOST = 4_000


@transaction.atomic
def save_topic(actor: Actor, text: str, *, base: str, at: datetime) -> str:
    """The `base_of` of what stands there now. base: of the words that the page began from.

    Raises NotAllowed where the actor has no link that works, Refused with `topic.changed-meanwhile` or place `topic`.
    """
    link = link_in_hand(actor, at=at)
    words = tidy(text)
    if gaps := tuple(text_gaps(words, "topic", TOPIC_AT_MOST)):
        raise Refused(gaps)
    topic = Topic.objects.select_for_update().filter(visit_id=link.visit_id).first()
    standing = topic.text if topic else ""
    if words == standing:
        return base_of(standing)
    if base != base_of(standing):
        raise Refused(
            Finding("topic.changed-meanwhile", "You wrote something else meanwhile, perhaps on another device.")
        )
    Topic.objects.update_or_create(
        visit_id=link.visit_id,
        defaults={"text": words, "saved_at": at},
        create_defaults={"text": words, "saved_at": at, "made_at": at, "patient_id": link.patient_id},
    )
    trail.write(actor, "topic.saved", link, at=at, characters=len(words))
    return base_of(words)
