"""A plan that a reader can follow from the problem to the treatment."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openhour.care.plans import (
    REVIEW_WITHIN_DAYS,
    GoalFacts,
    PlanFacts,
    Treatment,
    goal_templates,
    plan_gaps,
    plan_needed,
    review_gaps,
)
from tests.care.conftest import DAY, OBJECTIVE, PLAN


def found(plan, **settings):
    return [(gap.code, gap.place) for gap in plan_gaps(plan, on=DAY, **settings)]


def test_a_whole_plan_has_no_gap():
    assert found(PLAN) == []


ONE_THING_MISSING = [
    (replace(PLAN, goals=()), "plan.no-goal", "plan.goals"),
    (replace(PLAN, goals=(GoalFacts("g1", "  "),)), "plan.no-goal", "plan.goals"),
    (replace(PLAN, goals=(*PLAN.goals, GoalFacts("g2", "Cope"))), "goal.no-objective", "plan.goals.g2"),
    (replace(PLAN, objectives=()), "goal.no-objective", "plan.goals.g1"),
    (replace(PLAN, objectives=(replace(OBJECTIVE, active=False),)), "goal.no-objective", "plan.goals.g1"),
    (replace(PLAN, objectives=(replace(OBJECTIVE, target=None),)), "objective.not-measurable", "plan.objectives.o1"),
    (replace(PLAN, objectives=(replace(OBJECTIVE, measure=""),)), "objective.not-measurable", "plan.objectives.o1"),
    (
        replace(PLAN, objectives=(replace(OBJECTIVE, interventions=()),)),
        "objective.no-intervention",
        "plan.objectives.o1.interventions",
    ),
    (replace(PLAN, diagnoses=()), "plan.no-diagnosis", "plan.diagnoses"),
    (replace(PLAN, treatment=replace(PLAN.treatment, type="")), "treatment.type-missing", "plan.treatment.type"),
    (
        replace(PLAN, treatment=replace(PLAN.treatment, amount="")),
        "treatment.amount-missing",
        "plan.treatment.amount",
    ),
    (
        replace(PLAN, treatment=replace(PLAN.treatment, frequency=" ")),
        "treatment.frequency-missing",
        "plan.treatment.frequency",
    ),
    (
        replace(PLAN, treatment=replace(PLAN.treatment, duration="")),
        "treatment.duration-missing",
        "plan.treatment.duration",
    ),
    (replace(PLAN, agreed_on=None), "plan.not-agreed", "plan.agreed_on"),
    (replace(PLAN, agreed_how=""), "plan.agreement-untold", "plan.agreed_how"),
    (replace(PLAN, review_by=None), "plan.review-missing", "plan.review_by"),
    (replace(PLAN, review_by=date(2027, 1, 1)), "plan.review-too-late", "plan.review_by"),
    (replace(PLAN, review_by=date(2025, 1, 1)), "plan.review-too-early", "plan.review_by"),
]


@pytest.mark.parametrize(("plan", "code", "place"), ONE_THING_MISSING, ids=[one[1] for one in ONE_THING_MISSING])
def test_only_what_is_missing_is_named(plan, code, place):
    assert found(plan) == [(code, place)]


def test_words_for_what_both_will_see_make_an_objective_measurable():
    told = replace(OBJECTIVE, measure="", target=None, indicator="Takes the bus to work three times a week")
    assert found(replace(PLAN, objectives=(told,))) == []


def test_an_objective_that_is_closed_need_not_be_measurable():
    closed = replace(OBJECTIVE, id="o2", active=False, measure="", target=None, interventions=())
    assert found(replace(PLAN, objectives=(OBJECTIVE, closed))) == []


def test_an_empty_plan_hears_everything_at_once():
    empty = PlanFacts(active=False, review_by=None, objectives=(), treatment=Treatment())
    assert len(found(empty)) == 8


@pytest.mark.parametrize(("days", "too_late"), [(REVIEW_WITHIN_DAYS, False), (REVIEW_WITHIN_DAYS + 1, True)])
def test_the_review_comes_within_ninety_days_of_the_agreement(days, too_late):
    plan = replace(PLAN, review_by=PLAN.agreed_on + timedelta(days))
    assert bool(found(plan)) == too_late


def test_a_site_may_set_its_own_days_for_the_review():
    plan = replace(PLAN, review_by=PLAN.agreed_on + timedelta(180))
    assert found(plan, review_within_days=180) == []
    assert found(plan, review_within_days=179) == [("plan.review-too-late", "plan.review_by")]


def test_before_the_agreement_the_days_count_from_today():
    plan = replace(PLAN, agreed_on=None, review_by=DAY + timedelta(91))
    assert ("plan.review-too-late", "plan.review_by") in found(plan)


@pytest.mark.parametrize(("late", "overdue"), [(-1, False), (0, False), (1, True)])
def test_a_review_is_overdue_from_the_day_after(late, overdue):
    gaps = review_gaps(PLAN, on=PLAN.review_by + timedelta(late))
    assert [gap.code for gap in gaps] == (["plan.review-overdue"] if overdue else [])


def test_a_plan_without_a_review_day_is_not_overdue():
    assert review_gaps(replace(PLAN, review_by=None), on=DAY) == ()


def test_the_goals_of_the_procedure_are_offered(hour):
    assert [goal.slug for goal in goal_templates(hour)] == ["emotion-regulation", "coping", "overall-health"]


def test_an_hour_of_therapy_is_held_under_a_plan_and_an_evaluation_is_not(family, evaluation):
    assert all(plan_needed(procedure) for procedure in family)
    assert not plan_needed(evaluation)


def test_no_sentence_repeats_the_words_of_the_plan():
    words = replace(OBJECTIVE, text="SECRET", measure="", interventions=())
    for gap in plan_gaps(replace(PLAN, objectives=(words,)), on=DAY):
        assert "SECRET" not in gap.sentence
