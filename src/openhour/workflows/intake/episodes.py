"""What the verbs about a course of treatment share: the row to write, and the checks of reason and indications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from openhour.catalog import Procedure
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding
from openhour.kernel.writable import writable_gaps
from openhour.records.models import Episode

REASON_AT_MOST = 2000


def episode_to_write(actor: Actor, episode_id: UUID, action: str) -> Episode:
    """The episode, locked, with patient and therapist. Raises NotAllowed where it isn't there or isn't theirs."""
    rows = Episode.objects.select_for_update(of=("self",), no_key=True).select_related("patient", "therapist")
    episode = rows.filter(pk=episode_id).first()
    if episode is None:
        raise NotAllowed(action)
    require(actor, action, episode)
    return episode


def why_gaps(procedure: Procedure, indications: Iterable[str], reason: str) -> Iterator[Finding]:
    """indications: slugs that the procedure knows; reason: the patient's own words, several lines."""
    known = {indication.slug for indication in procedure.indications}
    if any(slug not in known for slug in indications):
        yield Finding("indications.unknown", "Choose from the indications of this procedure.", "indications")
    yield from writable_gaps(reason, "reason", REASON_AT_MOST, one_line=False)


def closed_gaps(episode: Episode) -> Iterator[Finding]:
    """Where treatment has ended, nothing about it is changed any more."""
    if episode.state != "open":
        yield Finding("episode.closed", "This course of treatment has ended.")
