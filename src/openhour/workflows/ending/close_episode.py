"""End a course of treatment: the day, why, and how it came out. Nothing is deleted; the chart stays to be read.

Refuses while an alert waits for an answer, a note for its signature, a plan for its agreement, or a visit is still
booked; a day that can't be; and a course that has ended already.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.endings import WORDS_AT_MOST, Ending, ending_gaps, open_gaps
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.queries.ending import still_open
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.progress.put_away import put_away


@transaction.atomic
def close_episode(actor: Actor, episode_id: UUID, ending: Ending, *, at: datetime) -> UUID:
    """The patient's id. Raises NotAllowed, or Refused with every reason (places: `reason`, `outcome`, `closed_on`,
    `words`; and `alerts`, `notes`, `visits`, `plan` for what is still open)."""
    episode = episode_to_write(actor, episode_id, "chart.write")
    left = still_open(episode, at=at)
    gaps = [*closed_gaps(episode), *open_gaps(left), *ending_gaps(ending, left, today=practice_day(at))]
    gaps += writable_gaps(ending.words, "words", WORDS_AT_MOST, one_line=False)
    if gaps:
        raise Refused(gaps)
    episode.state, episode.closed_on = "closed", ending.closed_on
    episode.closing_reason, episode.outcome = ending.reason, ending.outcome
    episode.closing_words = tidied(ending.words, one_line=False)
    episode.save(update_fields=["state", "closed_on", "closing_reason", "outcome", "closing_words"])
    trail.write(
        actor,
        "episode.closed",
        episode,
        at=at,
        reason=ending.reason,
        outcome=ending.outcome,
        closed_on=ending.closed_on,
        characters=len(episode.closing_words),
    )
    put_away(actor, episode.pk, at=at)
    return episode.patient_id
