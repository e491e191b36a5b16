"""What the verbs about diagnoses share: the rows that stand, in their order, under the lock of their episode."""

from __future__ import annotations

from uuid import UUID

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records.models import Diagnosis, Episode
from openhour.workflows.intake.episodes import episode_to_write


def diagnosis_to_write(actor: Actor, diagnosis_id: UUID) -> tuple[Episode, list[Diagnosis], Diagnosis]:
    """The episode, locked, its standing diagnoses in order, and the one that is meant.

    Raises NotAllowed where it isn't there or isn't theirs, Refused where it has ended.
    """
    found = Diagnosis.objects.filter(pk=diagnosis_id).first()
    if found is None:
        raise NotAllowed("chart.write")
    episode = episode_to_write(actor, found.episode_id, "chart.write")
    standing = standing_of(episode)
    for row in standing:
        if row.pk == diagnosis_id:
            return episode, standing, row
    raise Refused(Finding("diagnosis.ended", "This diagnosis has ended already."))


def standing_of(episode: Episode) -> list[Diagnosis]:
    """Those without an end, first-listed first."""
    return list(Diagnosis.objects.filter(episode=episode, until__isnull=True).order_by("rank", "made_at"))


def number(standing: list[Diagnosis]) -> None:
    """Ranks 1, 2, 3 in the order of the list; writes only what moves."""
    for rank, row in enumerate(standing, start=1):
        if row.rank != rank:
            row.rank = rank
            row.save(update_fields=["rank"])
