"""The plan of a course of treatment: the one in force, the draft, the versions before, and where the measures stand.

Called by the plan's pages, and, for the facts that are judged, by `agree_plan`. At most eight SQL queries a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch

from openhour.care.plans import GoalFacts, ObjectiveFacts, PlanFacts, Treatment
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import Goal, Objective, Plan, Response
from openhour.records.queries.chart import DiagnosisLine, EpisodeHead, diagnoses_in, episode_row, head_of


@dataclass(frozen=True, slots=True)
class Score:
    """The latest score of a measure, and its band in words."""

    total: int
    band: str
    on: date


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """current: the latest score of its measure, None where there is none yet."""

    thread: UUID
    text: str
    measure: str
    baseline: int | None
    target: int | None
    target_on: date | None
    indicator: str
    interventions: tuple[str, ...]
    state: str
    current: Score | None


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with its objectives in order."""

    text: str
    purpose: str
    objectives: tuple[ObjectiveLine, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """days_left: until the review; negative where it is overdue; None where no day is set."""

    id: UUID
    version: int
    state: str
    approach: str
    frequency: str
    amount: str
    duration: str
    agreed_on: date | None
    agreed_how: str
    review_by: date | None
    days_left: int | None
    revision: int
    goals: tuple[GoalLine, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the list of versions."""

    id: UUID
    version: int
    state: str
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """latest: the last score of each measure, by slug. draft_facts: the draft as `care.plans` judges it."""

    head: EpisodeHead
    diagnoses: tuple[DiagnosisLine, ...]
    active: PlanView | None
    draft: PlanView | None
    versions: tuple[Version, ...]
    latest: dict[str, Score]
    draft_facts: PlanFacts | None


@transaction.atomic
def plan_of(actor: Actor, episode_id: UUID, *, at: datetime, action: str = "chart.read") -> PlanPage:
    """The plan in force and the draft, with one trail entry. Raises NotAllowed."""
    row = episode_row(actor, action, episode_id, at=at, page="plan")
    head = head_of(actor, row, at=at)
    plans = list(_with_goals(Plan.objects.filter(episode=episode_id)).order_by("-version"))
    latest = _latest(episode_id)
    by_state = {plan.state: plan for plan in plans}
    draft = by_state.get("draft")
    diagnoses = tuple(line for line in diagnoses_in(row) if line.stands_on(head.today))
    return PlanPage(
        head=head,
        diagnoses=diagnoses,
        active=_view(by_state.get("active"), latest, head.today),
        draft=_view(draft, latest, head.today),
        versions=tuple(Version(plan.pk, plan.version, plan.state, plan.agreed_on) for plan in plans),
        latest=latest,
        draft_facts=facts_of(draft, [line.code for line in diagnoses if line.until is None]) if draft else None,
    )


@transaction.atomic
def plan_version(actor: Actor, plan_id: UUID, *, at: datetime) -> tuple[EpisodeHead, PlanView]:
    """One version as it stands, with one trail entry. Raises NotAllowed."""
    plan = _with_goals(Plan.objects.filter(pk=plan_id)).first()
    if plan is None:
        raise NotAllowed("chart.read")
    row = episode_row(actor, "chart.read", plan.episode_id, at=at, page="plan")
    head = head_of(actor, row, at=at)
    view = _view(plan, _latest(plan.episode_id), head.today)
    assert view is not None
    return head, view


def episode_of_plan(plan_id: UUID) -> UUID:
    """Whose page shows the plan; the page itself asks the guard. Raises NotAllowed where there is none."""
    found = Plan.objects.filter(pk=plan_id).values_list("episode_id", flat=True).first()
    if found is None:
        raise NotAllowed("chart.read")
    return found


def facts_of(plan: Plan, diagnoses: Iterable[str]) -> PlanFacts:
    """What `care.plans` judges. Ids are places in the form: `0` for the first goal, `0-1` for its second objective."""
    goals = [(goal, _in_order(goal)) for goal in sorted(plan.goals.all(), key=lambda goal: goal.rank)]
    return PlanFacts(
        active=plan.state == "active",
        review_by=plan.review_by,
        objectives=tuple(
            _objective_facts(number, place, one)
            for number, (_, held) in enumerate(goals)
            for place, one in enumerate(held)
        ),
        goals=tuple(GoalFacts(str(number), goal.text, goal.purpose) for number, (goal, _) in enumerate(goals)),
        diagnoses=tuple(diagnoses),
        treatment=Treatment(plan.approach, plan.amount, plan.frequency, plan.duration),
        agreed_on=plan.agreed_on,
        agreed_how=plan.agreed_how,
    )


def _objective_facts(goal: int, place: int, row: Objective) -> ObjectiveFacts:
    return ObjectiveFacts(
        id=f"{goal}-{place}",
        goal_id=str(goal),
        text=row.text,
        active=row.state == "active",
        measure=row.measure,
        target=row.target,
        indicator=row.indicator,
        interventions=tuple(row.interventions),
    )


def _with_goals(plans: Any) -> Any:
    goals = Goal.objects.order_by("rank").prefetch_related(Prefetch("objectives", Objective.objects.order_by("rank")))
    return plans.prefetch_related(Prefetch("goals", goals))


def _in_order(goal: Goal) -> list[Objective]:
    return sorted(goal.objectives.all(), key=lambda one: one.rank)


def _latest(episode_id: UUID) -> dict[str, Score]:
    rows = Response.objects.filter(episode=episode_id, total__isnull=False).exclude(state="withdrawn")
    columns = ("instrument", "total", "band", "due_on")
    return {
        slug: Score(total, band, on)
        for slug, total, band, on in rows.order_by("due_on", "made_at").values_list(*columns)
    }


def _view(plan: Plan | None, latest: dict[str, Score], today: date) -> PlanView | None:
    if plan is None:
        return None
    return PlanView(
        id=plan.pk,
        version=plan.version,
        state=plan.state,
        approach=plan.approach,
        frequency=plan.frequency,
        amount=plan.amount,
        duration=plan.duration,
        agreed_on=plan.agreed_on,
        agreed_how=plan.agreed_how,
        review_by=plan.review_by,
        days_left=(plan.review_by - today).days if plan.review_by else None,
        revision=plan.revision,
        goals=tuple(
            GoalLine(goal.text, goal.purpose, tuple(_line(one, latest) for one in _in_order(goal)))
            for goal in plan.goals.all()
        ),
    )


def _line(row: Objective, latest: dict[str, Score]) -> ObjectiveLine:
    return ObjectiveLine(
        thread=row.thread,
        text=row.text,
        measure=row.measure,
        baseline=row.baseline,
        target=row.target,
        target_on=row.target_on,
        indicator=row.indicator,
        interventions=tuple(row.interventions),
        state=row.state,
        current=latest.get(row.measure),
    )
