"""The treatment plan: goals, objectives that can be measured, what is done for them, and when it is looked at again.

Goal templates come from the purpose of the procedure. Called by the plan page, by `agree_plan`, and, for the overdue
review, before a note is signed. Refuses a plan that a reader of the record could not follow from problem to treatment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from openhour.care.wording import day_in_words
from openhour.catalog.procedure import Goal, Procedure
from openhour.kernel import Finding

REVIEW_WITHIN_DAYS = 90
"""Days from the agreement to the review at the latest. Common practice of states and payers is 90 to 180 days;
unconfirmed for any single payer, so a site passes its own number."""


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What both want to reach in the long run. template: slug of the procedure's goal it came from, or empty."""

    id: str
    text: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """A step towards a goal. id: the same through every version of the plan. measure and target: an instrument's slug
    and the score to reach; indicator: words instead, for what both will see. interventions: slugs, what is done for it.
    """

    id: str
    goal_id: str
    text: str
    active: bool = True
    measure: str = ""
    target: int | None = None
    indicator: str = ""
    interventions: tuple[str, ...] = ()

    @property
    def measurable(self) -> bool:
        """True where a measure has a target, or words say what will be seen."""
        return bool(self.measure and self.target is not None) or bool(self.indicator.strip())


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a payer's reviewer asks of a plan, as words: type (`individual psychotherapy`), amount (`60 minutes`),
    frequency (`weekly`), duration (`20 sessions`)."""

    type: str = ""
    amount: str = ""
    frequency: str = ""
    duration: str = ""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan as it stands. agreed_on: the day on which patient and therapist agreed to it; agreed_how: how the patient
    took part (`signed together`), or why they could not. diagnoses: ICD-10-CM codes that it treats."""

    active: bool
    review_by: date | None
    objectives: tuple[ObjectiveFacts, ...]
    goals: tuple[GoalFacts, ...] = ()
    diagnoses: tuple[str, ...] = ()
    treatment: Treatment = Treatment()
    agreed_on: date | None = None
    agreed_how: str = ""

    @property
    def active_objectives(self) -> tuple[ObjectiveFacts, ...]:
        """Those that are worked on now, in order."""
        return tuple(objective for objective in self.objectives if objective.active)


def goal_templates(procedure: Procedure) -> tuple[Goal, ...]:
    """The goals a new plan offers (heading `Purpose`)."""
    return procedure.goals


def plan_needed(procedure: Procedure) -> bool:
    """Whether an hour of this procedure is held under a plan: where one of its steps is to agree on goals.
    A diagnostic evaluation comes before any plan and has no such step."""
    return any("goals-agreed-by-both" in phase.needs for phase in procedure.phases)


def plan_gaps(plan: PlanFacts, *, on: date, review_within_days: int = REVIEW_WITHIN_DAYS) -> tuple[Finding, ...]:
    """Everything that keeps the plan from being agreed and in force, all at once.

    on: the day it is asked; the review is counted from the agreement or, before it, from this day.
    """
    return (*(finding for check in CHECKS for finding in check(plan)), *_review_gaps(plan, on, review_within_days))


def review_gaps(plan: PlanFacts, *, on: date) -> tuple[Finding, ...]:
    """`plan.review-overdue` from the day after the review was due; on the day itself it isn't overdue."""
    if plan.review_by is None or on <= plan.review_by:
        return ()
    sentence = f"The review of the plan was due on {day_in_words(plan.review_by)}."
    return (Finding("plan.review-overdue", sentence, "plan.review"),)


def _goals(plan: PlanFacts) -> tuple[Finding, ...]:
    if not any(goal.text.strip() for goal in plan.goals):
        return (Finding("plan.no-goal", "The plan has no goal yet.", "plan.goals"),)
    with_objective = {objective.goal_id for objective in plan.active_objectives if objective.text.strip()}
    return tuple(
        Finding("goal.no-objective", f"Goal {number} has no objective yet.", f"plan.goals.{goal.id}")
        for number, goal in enumerate(plan.goals, start=1)
        if goal.id not in with_objective
    )


def _objectives(plan: PlanFacts) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "objective.not-measurable",
            f"Objective {number} can't be measured yet: give a measure with a target, or say what you both will see.",
            f"plan.objectives.{objective.id}",
        )
        for number, objective in enumerate(plan.objectives, start=1)
        if objective.active and not objective.measurable
    )


def _diagnoses(plan: PlanFacts) -> tuple[Finding, ...]:
    if plan.diagnoses:
        return ()
    return (Finding("plan.no-diagnosis", "The plan names no diagnosis yet.", "plan.diagnoses"),)


def _interventions(plan: PlanFacts) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "objective.no-intervention",
            f"Objective {number} names nothing yet that you will do for it.",
            f"plan.objectives.{objective.id}.interventions",
        )
        for number, objective in enumerate(plan.objectives, start=1)
        if objective.active and not objective.interventions
    )


def _treatment(plan: PlanFacts) -> tuple[Finding, ...]:
    asked = (
        ("type", plan.treatment.type, "which kind of treatment"),
        ("amount", plan.treatment.amount, "how long a session is"),
        ("frequency", plan.treatment.frequency, "how often you meet"),
        ("duration", plan.treatment.duration, "for how long the treatment is planned"),
    )
    return tuple(
        Finding(f"treatment.{name}-missing", f"The plan doesn't say {words}.", f"plan.treatment.{name}")
        for name, value, words in asked
        if not value.strip()
    )


def _agreement(plan: PlanFacts) -> tuple[Finding, ...]:
    if plan.agreed_on is None:
        sentence = "Patient and therapist haven't agreed to the plan yet."
        return (Finding("plan.not-agreed", sentence, "plan.agreed_on"),)
    if not plan.agreed_how.strip():
        sentence = "Say how the patient agreed to the plan, or why they could not."
        return (Finding("plan.agreement-untold", sentence, "plan.agreed_how"),)
    return ()


def _review_gaps(plan: PlanFacts, on: date, within: int) -> tuple[Finding, ...]:
    if plan.review_by is None:
        return (Finding("plan.review-missing", "The plan has no day for its review yet.", "plan.review_by"),)
    agreed = plan.agreed_on or on
    if plan.review_by > agreed + timedelta(days=within):
        latest = day_in_words(agreed + timedelta(days=within))
        sentence = f"The review comes too late: {within} days after the agreement is {latest}."
        return (Finding("plan.review-too-late", sentence, "plan.review_by"),)
    if plan.review_by < agreed:
        return (Finding("plan.review-too-early", "The review lies before the agreement.", "plan.review_by"),)
    return ()


CHECKS: tuple[Callable[[PlanFacts], tuple[Finding, ...]], ...] = (
    _goals,
    _objectives,
    _diagnoses,
    _interventions,
    _treatment,
    _agreement,
)
"""What a plan is checked for, in the order in which a therapist fills it in."""
