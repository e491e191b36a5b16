"""Write down what much less, less, as, more and much more than expected mean for one objective, agreed with the patient.

The therapist's, with the patient beside them, before anything is rated. A change is a new version; ratings keep the one they
were given on. Refuses a level without words, two that are the same, a weight outside 1 to 10, an objective that doesn't stand
in the plan in force, and a course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.measures.attainment import HIGHEST_WEIGHT, LEVELS
from openhour.records.models import Episode, GoalScale, Objective
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write

LEVEL_AT_MOST = 200


@transaction.atomic
def set_goal_levels(
    actor: Actor,
    episode_id: UUID,
    thread: UUID,
    levels: Sequence[str],
    *,
    weight: int | None,
    version: int,
    at: datetime,
) -> GoalScale | None:
    """levels: five sentences, from -2 up. version: of the page, 0 where there was none. None where nothing differs.

    Raises NotAllowed, or Refused with places `level-<n>` (-2 to 2) and `weight`.
    """
    episode = episode_to_write(actor, episode_id, "chart.write")
    objective_in_force(episode, thread)
    standing = GoalScale.objects.select_for_update(no_key=True)
    scale = standing.filter(episode=episode, thread=thread, state="active").first()
    words = [tidied(text) for text in levels]
    gaps = [*closed_gaps(episode), *_level_gaps(levels, words), *_weight_gaps(weight)]
    if version != (scale.version if scale else 0):
        gaps.append(Finding("goal.changed-meanwhile", "Somebody changed these levels while your page was open."))
    if gaps or weight is None:
        raise Refused(gaps)
    if scale is not None and (scale.levels, scale.weight) == (words, weight):
        return None
    if scale is not None:
        scale.state = "superseded"
        scale.save(update_fields=["state"])
    last = GoalScale.objects.filter(episode=episode, thread=thread).aggregate(last=Max("version"))["last"] or 0
    new = GoalScale.objects.create(
        episode=episode,
        thread=thread,
        version=last + 1,
        levels=words,
        weight=weight,
        by_id=actor.user_id,
        made_at=at,
    )
    trail.write(actor, "goal.levels-set", new, at=at, version=new.version, weight=weight)
    return new


def objective_in_force(episode: Episode, thread: UUID) -> Objective:
    """The objective of that thread in the plan in force. Raises NotAllowed where there is none."""
    rows = Objective.objects.filter(goal__plan__episode=episode, goal__plan__state="active", thread=thread)
    found = rows.first()
    if found is None:
        raise NotAllowed("chart.write")
    return found


def _level_gaps(levels: Sequence[str], words: Sequence[str]) -> Iterator[Finding]:
    for level, text in zip(LEVELS, levels, strict=True):
        yield from writable_gaps(text, f"level-{level}", LEVEL_AT_MOST, asked="Say what this level looks like.")
    for place, level in enumerate(LEVELS):
        if words[place] and words[place] in words[:place]:
            yield Finding("goal.same-level", "Two levels say the same.", f"level-{level}")


def _weight_gaps(weight: int | None) -> Iterator[Finding]:
    if weight is None or not 1 <= weight <= HIGHEST_WEIGHT:
        yield Finding("goal.weight", f"Give a weight from 1 to {HIGHEST_WEIGHT}.", "weight")
