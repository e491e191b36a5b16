"""The plan of a demo patient, written and agreed in the second hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from openhour.project.demo.lives import Chart
from openhour.records.models import Episode, Objective
from openhour.workflows.plan.agree_plan import AGREED_HOW, agree_plan
from openhour.workflows.plan.save_plan import latest_scores, save_plan
from openhour.workflows.plan.typed import GoalTyped, ObjectiveTyped, PlanTyped

_BY_ANXIETY = ("anxiety", "stress", "ocd")
_REVIEW_AFTER = timedelta(days=90)


def agree(chart: Chart, at: datetime) -> None:
    """Save the draft, agree to it, and keep the threads of its objectives."""
    day = at.astimezone(chart.stage.zone).date()
    typed = _typed(chart, day)
    plan = save_plan(chart.therapist, chart.episode, typed, revision=0, at=at)
    agree_plan(
        chart.therapist, plan, agreed_on=day, agreed_how=AGREED_HOW[0], revision=1, at=at + timedelta(minutes=5)
    )
    rows = Objective.objects.filter(goal__plan_id=plan).order_by("rank")
    chart.objectives = list(rows.values_list("thread", flat=True))


def _typed(chart: Chart, day: date) -> PlanTyped:
    work, person = chart.work, chart.person
    measure = "gad-7" if person.indications[0] in _BY_ANXIETY else "phq-9"
    before = latest_scores_of(chart).get(measure, 12)
    review = chart.stage.today - timedelta(days=1) if person.special == "plan-due" else day + _REVIEW_AFTER
    objectives = (
        ObjectiveTyped(
            work.objective,
            measure=measure,
            target=max(4, before // 2),
            target_on=day + timedelta(weeks=16),
            interventions=work.interventions,
        ),
        ObjectiveTyped(work.other, indicator=work.indicator, interventions=work.interventions[:2]),
    )
    return PlanTyped(
        goals=(GoalTyped(work.goal, work.purpose, objectives),),
        approach="Cognitive behavioral therapy",
        frequency=person.cadence,
        amount="60 minutes",
        duration="20 sessions",
        review_by=review,
    )


def latest_scores_of(chart: Chart) -> dict[str, int]:
    """The last score of each measure."""
    return latest_scores(Episode.objects.get(pk=chart.episode))
