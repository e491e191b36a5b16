"""Move a diagnosis up or down: the first one leads on a claim.

At the end of the list it stays where it is. Refuses any other step, and a diagnosis that has ended.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.workflows.intake.episodes import closed_gaps
from openhour.workflows.plan.diagnoses import diagnosis_to_write, number

STEPS = {"up": -1, "down": 1}


@transaction.atomic
def rank_diagnosis(actor: Actor, diagnosis_id: UUID, *, step: str, at: datetime) -> UUID:
    """The id of the episode. step: `up` or `down`. Raises NotAllowed, or Refused."""
    episode, standing, diagnosis = diagnosis_to_write(actor, diagnosis_id)
    gaps = [*closed_gaps(episode)]
    if step not in STEPS:
        gaps.append(Finding("diagnosis.step", "A diagnosis moves up or down."))
    if gaps:
        raise Refused(gaps)
    place = standing.index(diagnosis)
    goal = min(max(place + STEPS[step], 0), len(standing) - 1)
    if goal != place:
        standing.insert(goal, standing.pop(place))
        number(standing)
        trail.write(actor, "diagnosis.ranked", episode, at=at, diagnosis=diagnosis.pk, rank=goal + 1)
    return episode.pk
