"""Begin the next version of a plan: a draft with the goals and the open objectives of the one in force.

Every objective keeps its thread, so that notes and homework stay with it. The plan in force stays in force until the
draft is agreed. Refuses where no plan is in force.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Episode, Objective, Plan
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.plan.save_plan import new_draft, write_goals
from openhour.workflows.plan.typed import GoalTyped, ObjectiveTyped


@transaction.atomic
def revise_plan(actor: Actor, episode_id: UUID, *, at: datetime) -> UUID:
    """The id of the draft; the one there is, where a draft was begun already. Raises NotAllowed, or Refused."""
    episode = episode_to_write(actor, episode_id, "chart.write")
    plans = {plan.state: plan for plan in Plan.objects.filter(episode=episode, state__in=("draft", "active"))}
    gaps = [*closed_gaps(episode)]
    if "active" not in plans:
        gaps.append(Finding("plan.none-active", "There is no plan in force to revise; write the first one."))
    if gaps:
        raise Refused(gaps)
    if "draft" in plans:
        return plans["draft"].pk
    draft = _copied(episode, plans["active"], at)
    trail.write(actor, "plan.revised", episode, at=at, plan=draft.pk, version=draft.version)
    return draft.pk


def _copied(episode: Episode, active: Plan, at: datetime) -> Plan:
    draft = new_draft(episode, at=at)
    draft.approach, draft.frequency = active.approach, active.frequency
    draft.amount, draft.duration = active.amount, active.duration
    draft.save(force_insert=True)
    goals = active.goals.order_by("rank").prefetch_related("objectives")
    copied = [(goal, sorted(goal.objectives.all(), key=lambda one: one.rank)) for goal in goals]
    still = [(goal, [one for one in held if one.state == "active"]) for goal, held in copied]
    write_goals(
        draft,
        [
            (GoalTyped(goal.text, goal.purpose, tuple(map(_typed, held))), [one.thread for one in held])
            for goal, held in still
        ],
        {},
        at=at,
    )
    return draft


def _typed(row: Objective) -> ObjectiveTyped:
    return ObjectiveTyped(
        row.text, row.thread, row.measure, row.baseline, row.target, row.target_on, row.indicator, tuple(row.interventions)
    )  # fmt: skip
