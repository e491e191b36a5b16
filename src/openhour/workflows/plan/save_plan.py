"""Save the draft of a plan: goals, objectives, treatment and the day of the review, with as many gaps as there are.

The baseline of an objective with a measure is the latest score where none is given: a fact, not a judgement. Refuses a
page older than the draft, and what `typed.draft_gaps` names.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from openhour.catalog import Instrument, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Episode, Goal, Objective, Plan, Response
from openhour.records.queries.practice_day import practice_day
from openhour.records.shelf import shelf
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.plan.typed import GoalTyped, ObjectiveTyped, PlanTyped, draft_gaps, tidy

MEANWHILE = Finding(
    "plan.changed-meanwhile",
    "Somebody changed this plan while your page was open. Your words are kept below; compare them with what stands now.",
)


@transaction.atomic
def save_plan(actor: Actor, episode_id: UUID, typed: PlanTyped, *, revision: int, at: datetime) -> UUID:
    """The id of the draft. revision: of the draft on the page, 0 where there was none.

    Raises NotAllowed, or Refused with the names of the fields as places.
    """
    episode = episode_to_write(actor, episode_id, "chart.write")
    draft = Plan.objects.select_for_update().filter(episode=episode, state="draft").first()
    typed = tidy(typed)
    procedure: Procedure = shelf().pinned("procedure", episode.procedure_key)  # type: ignore[assignment]
    gaps = [] if revision == (draft.revision if draft else 0) else [MEANWHILE]
    gaps += [*closed_gaps(episode), *draft_gaps(typed, procedure, measures_on(practice_day(at)))]
    if gaps:
        raise Refused(gaps)
    if draft is None:
        draft = new_draft(episode, at=at)
    else:
        draft.revision += 1
    _write(draft, episode, typed, at)
    trail.write(actor, "plan.saved", episode, at=at, plan=draft.pk, version=draft.version, goals=len(typed.goals))
    return draft.pk


def new_draft(episode: Episode, *, at: datetime) -> Plan:
    """The next version, not yet saved."""
    last = Plan.objects.filter(episode=episode).aggregate(last=Max("version"))["last"] or 0
    return Plan(episode=episode, version=last + 1, made_at=at)


def measures_on(day: date) -> dict[str, Instrument]:
    """What an objective may be measured by, in force on the day, by slug."""
    slugs = sorted({one.pin.slug for one in shelf().instruments if one.pin.effective <= day})
    return {slug: shelf().instrument(slug, on=day) for slug in slugs}


def _write(draft: Plan, episode: Episode, typed: PlanTyped, at: datetime) -> None:
    for name in ("approach", "frequency", "amount", "duration", "review_by"):
        setattr(draft, name, getattr(typed, name))
    draft.save()
    known = set(Objective.objects.filter(goal__plan__episode=episode).values_list("thread", flat=True))
    Goal.objects.filter(plan=draft).delete()  # of a draft, which nobody has agreed to
    write_goals(draft, _threaded(typed.goals, known), latest_scores(episode), at=at)


def _threaded(goals: Iterable[GoalTyped], known: set[UUID]) -> Iterable[tuple[GoalTyped, list[UUID]]]:
    """A thread that the page sent is kept where it is one of this course of treatment, and once."""
    for goal in goals:
        threads = []
        for objective in goal.objectives:
            kept = objective.thread if objective.thread in known else None
            known.discard(kept) if kept else None
            threads.append(kept or uuid.uuid4())
        yield goal, threads


def write_goals(
    plan: Plan, goals: Iterable[tuple[GoalTyped, list[UUID]]], latest: Mapping[str, int], *, at: datetime
) -> None:
    """Goals in their order, each with its objectives and the threads that these have."""
    for rank, (goal, threads) in enumerate(goals, start=1):
        row = Goal.objects.create(plan=plan, rank=rank, purpose=goal.purpose, text=goal.text, made_at=at)
        Objective.objects.bulk_create(
            _row(row, number, objective, thread, latest, at)
            for number, (objective, thread) in enumerate(zip(goal.objectives, threads, strict=True), start=1)
        )


def _row(
    goal: Goal, rank: int, typed: ObjectiveTyped, thread: UUID, latest: Mapping[str, int], at: datetime
) -> Objective:
    return Objective(
        goal=goal,
        rank=rank,
        thread=thread,
        text=typed.text,
        measure=typed.measure,
        baseline=latest.get(typed.measure) if typed.baseline is None else typed.baseline,
        target=typed.target,
        target_on=typed.target_on,
        indicator=typed.indicator,
        interventions=list(typed.interventions),
        state=typed.state,
        made_at=at,
    )


def latest_scores(episode: Episode) -> dict[str, int]:
    """The last score of each measure of this course of treatment; those without a score are left out."""
    rows = Response.objects.filter(episode=episode, total__isnull=False).exclude(state="withdrawn")
    found = rows.order_by("due_on", "made_at").values_list("instrument", "total")
    return {slug: total for slug, total in found if total is not None}
