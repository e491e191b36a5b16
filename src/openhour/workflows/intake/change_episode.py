"""Say why a patient comes: the reason in their own words, and the indications that it stands for.

The therapist's to write. Refuses a page older than what stands there, indications that the procedure doesn't know, and
a course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import mark_of, tidied
from openhour.records.models import Episode
from openhour.records.shelf import shelf
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write, why_gaps
from openhour.workflows.intake.follow_indications import follow_indications

MEANWHILE = Finding(
    "episode.changed-meanwhile",
    "Somebody changed this while your page was open. Your words are kept below; compare them with what stands now.",
)


@transaction.atomic
def change_episode(
    actor: Actor, episode_id: UUID, *, reason: str, indications: Iterable[str], mark: str, at: datetime
) -> None:
    """mark: `episode_mark` of what the page showed. Raises NotAllowed, or Refused."""
    episode = episode_to_write(actor, episode_id, "chart.write")
    chosen, words = list(dict.fromkeys(indications)), tidied(reason, one_line=False)
    procedure: Procedure = shelf().pinned("procedure", episode.procedure_key)  # type: ignore[assignment]
    gaps = [MEANWHILE] if mark != episode_mark(episode.reason, episode.indications) else []
    gaps += [*closed_gaps(episode), *why_gaps(procedure, chosen, words)]
    if gaps:
        raise Refused(gaps)
    if (episode.reason, episode.indications) == (words, chosen):
        return
    _write(episode, words, chosen)
    trail.write(actor, "episode.changed", episode, at=at, indications=chosen)
    follow_indications(actor, episode, at=at)


def _write(episode: Episode, reason: str, indications: list[str]) -> None:
    episode.reason, episode.indications = reason, indications
    episode.save(update_fields=["reason", "indications"])


def episode_mark(reason: str, indications: Iterable[str]) -> str:
    """What the page sends back to say which words it showed."""
    return mark_of(reason, *sorted(indications))
