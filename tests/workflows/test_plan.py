"""The plan: a draft with gaps, agreed without any, revised into the next version, its threads unbroken."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Goal, Objective, Plan
from openhour.records.queries.plan import plan_of
from openhour.workflows.plan.add_diagnosis import add_diagnosis
from openhour.workflows.plan.agree_plan import agree_plan
from openhour.workflows.plan.revise_plan import revise_plan
from openhour.workflows.plan.save_plan import save_plan
from openhour.workflows.plan.typed import GoalTyped, ObjectiveTyped, PlanTyped
from tests.cast import NOW, TODAY, Cast
from tests.workflows.charts import codes_of, entry, nobody_but, places_of, scored

LOW = ObjectiveTyped("Feels low on fewer days", measure="phq-9", target=9, interventions=("behavioral-activation",))
OUT = ObjectiveTyped("Goes out", indicator="Once a week", interventions=("problem-solving",))
WHOLE = PlanTyped(
    goals=(GoalTyped("Handle strong feelings better", "emotion-regulation", (LOW, OUT)),),
    approach="Individual psychotherapy",
    frequency="weekly",
    amount="60 minutes",
    duration="20 sessions",
    review_by=TODAY + timedelta(days=80),
)


def save(cast: Cast, typed: PlanTyped = WHOLE, revision: int = 0, who: str = "ben") -> Plan:
    return Plan.objects.get(pk=save_plan(cast.actor(who), cast.ana_episode.pk, typed, revision=revision, at=NOW))


def agree(cast: Cast, plan: Plan, who: str = "ben", **more) -> Plan:
    asked = {"agreed_on": TODAY, "agreed_how": "Signed together", "revision": plan.revision, "at": NOW} | more
    agree_plan(cast.actor(who), plan.pk, **asked)
    return Plan.objects.get(pk=plan.pk)


def in_force(cast: Cast) -> Plan:
    add_diagnosis(cast.actor("ben"), cast.ana_episode.pk, code="F33.1", since=TODAY, at=NOW)
    return agree(cast, save(cast))


def objectives(plan: Plan) -> list[Objective]:
    return list(Objective.objects.filter(goal__plan=plan).order_by("goal__rank", "rank"))


def again(plan: Plan, **first) -> PlanTyped:
    """What the page sends back for the plan, its first objective changed."""
    rows = objectives(plan)
    kept = tuple(replace(typed, thread=row.thread) for typed, row in zip((LOW, OUT), rows, strict=True))
    return replace(WHOLE, goals=(replace(WHOLE.goals[0], objectives=(replace(kept[0], **first), *kept[1:])),))


def test_an_empty_draft_is_saved(cast):
    plan = save(cast, PlanTyped())
    assert (plan.state, plan.version, plan.revision) == ("draft", 1, 1)
    assert not Goal.objects.exists()


def test_everything_typed_is_kept(cast):
    plan = save(cast)
    low, out = objectives(plan)
    assert (plan.approach, plan.frequency, plan.amount, plan.duration) == (
        "Individual psychotherapy", "weekly", "60 minutes", "20 sessions",
    )  # fmt: skip
    assert (low.text, low.measure, low.target, low.interventions) == (LOW.text, "phq-9", 9, ["behavioral-activation"])
    assert (out.indicator, low.goal.purpose) == ("Once a week", "emotion-regulation")
    assert low.thread != out.thread


def test_the_latest_score_is_the_baseline_unless_one_is_given(cast):
    scored(cast, 19, TODAY - timedelta(days=14))
    scored(cast, 14, TODAY)
    assert objectives(save(cast))[0].baseline == 14
    given_by_hand = replace(WHOLE, goals=(GoalTyped("G", "", (replace(LOW, baseline=21),)),))
    assert objectives(save(cast, given_by_hand, 1))[0].baseline == 21


def test_a_draft_is_saved_again_and_its_threads_stay(cast):
    first = save(cast)
    threads = [one.thread for one in objectives(first)]
    second = save(cast, again(first, text="Feels low less"), 1)
    assert (second.pk, second.revision) == (first.pk, 2)
    assert [one.thread for one in objectives(second)] == threads
    assert objectives(second)[0].text == "Feels low less"


def test_a_thread_of_somebody_else_or_sent_twice_becomes_a_new_one(cast):
    mine = objectives(save(cast))[0].thread
    twice = tuple(replace(LOW, thread=thread) for thread in (uuid.uuid4(), mine, mine))
    rows = objectives(save(cast, replace(WHOLE, goals=(GoalTyped("G", "", twice),)), 1))
    assert rows[1].thread == mine
    assert len({row.thread for row in rows}) == 3


def test_two_tabs_do_not_overwrite_each_other(cast):
    save(cast)
    assert codes_of(lambda: save(cast, PlanTyped(), 0)) == ["plan.changed-meanwhile"]
    save(cast, WHOLE, 1)
    assert codes_of(lambda: save(cast, PlanTyped(), 1)) == ["plan.changed-meanwhile"]
    assert len(objectives(Plan.objects.get())) == 2


@pytest.mark.parametrize(
    ("objective", "place"),
    [
        ({"text": "x" * 401}, "text"),
        ({"text": "\x00"}, "text"),
        ({"indicator": "x" * 201}, "indicator"),
        ({"measure": "no-such"}, "measure"),
        ({"target": 28}, "target"),
        ({"baseline": 99}, "baseline"),
        ({"interventions": ("hypnosis",)}, "interventions"),
        ({"state": "no-such"}, "state"),
    ],
)
def test_what_means_nothing_is_refused_beside_its_field(cast, objective, place):
    typed = replace(WHOLE, goals=(GoalTyped("G", "", (OUT, replace(LOW, **objective))),))
    assert places_of(lambda: save(cast, typed)) == [f"goals-0-objectives-1-{place}"]
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"approach": "x" * 121}, "approach"),
        ({"frequency": "hourly"}, "frequency"),
        ({"amount": "\ud800"}, "amount"),
        ({"goals": (GoalTyped("x" * 401),)}, "goals-0-text"),
        ({"goals": (GoalTyped("G", "no-such"),)}, "goals-0-text"),
        ({"goals": (GoalTyped("G"),) * 9}, "goals"),
        ({"goals": (GoalTyped("G", "", (OUT,) * 9),)}, "goals-0-text"),
        ({"misread": ("review_by",)}, "review_by"),
    ],
)
def test_the_same_for_the_whole(cast, typed, place):
    assert places_of(lambda: save(cast, replace(WHOLE, **typed))) == [place]


def test_only_who_treats_writes(cast):
    nobody_but({"ben"}, lambda who: save(cast, who=who))
    plan = in_force(cast)
    draft = Plan.objects.get(pk=revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW))
    nobody_but({"ben"}, lambda who: agree(cast, draft, who))
    nobody_but({"ben"}, lambda who: revise_plan(cast.actor(who), cast.ana_episode.pk, at=NOW))
    assert Plan.objects.get(pk=plan.pk).state == "active"
    with pytest.raises(NotAllowed):
        agree_plan(cast.actor("ben"), uuid.uuid4(), agreed_on=TODAY, agreed_how="", revision=1, at=NOW)


def test_every_gap_is_told_at_once_and_nothing_comes_into_force(cast):
    plan = save(cast, PlanTyped(goals=(GoalTyped("G"), GoalTyped("H", "", (ObjectiveTyped("Step"),)))))
    codes = codes_of(lambda: agree(cast, plan, agreed_on=None, agreed_how=""))
    assert codes == [
        "goal.no-objective", "objective.not-measurable", "plan.no-diagnosis", "objective.no-intervention",
        "treatment.type-missing", "treatment.amount-missing", "treatment.frequency-missing",
        "treatment.duration-missing", "plan.not-agreed", "plan.review-missing",
    ]  # fmt: skip
    assert places_of(lambda: agree(cast, plan))[1] == "plan.objectives.1-0"
    assert Plan.objects.get().state == "draft"


def test_a_whole_plan_comes_into_force(cast):
    plan = in_force(cast)
    assert (plan.state, plan.agreed_on, plan.agreed_how) == ("active", TODAY, "Signed together")
    found = entry("plan.agreed")
    assert found.subject_id == str(cast.ana_episode.pk)
    assert "feelings" not in found.detail


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"agreed_on": TODAY + timedelta(days=1)}, ["plan.agreed-ahead"]),
        ({"agreed_how": " "}, ["plan.agreement-untold"]),
        ({"agreed_how": "x" * 121}, ["plan.agreed_how.too-long"]),
        ({"revision": 7}, ["plan.changed-meanwhile"]),
    ],
)
def test_an_agreement_is_refused(cast, asked, codes):
    add_diagnosis(cast.actor("ben"), cast.ana_episode.pk, code="F33.1", since=TODAY, at=NOW)
    plan = save(cast)
    assert codes_of(lambda: agree(cast, plan, **asked)) == codes


def test_a_plan_in_force_is_not_agreed_again(cast):
    plan = in_force(cast)
    assert codes_of(lambda: agree(cast, plan)) == ["plan.no-draft"]


def test_the_next_version_keeps_its_threads_and_supersedes_the_last(cast):
    first = in_force(cast)
    draft = Plan.objects.get(pk=revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW))
    assert (draft.version, draft.state, draft.review_by, draft.agreed_on) == (2, "draft", None, None)
    assert [one.thread for one in objectives(draft)] == [one.thread for one in objectives(first)]
    assert Plan.objects.get(pk=first.pk).state == "active"
    draft = save(cast, again(draft, state="met"), draft.revision)
    agree(cast, draft)
    assert [plan.state for plan in Plan.objects.order_by("version")] == ["superseded", "active"]
    third = Plan.objects.get(pk=revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW))
    assert [one.text for one in objectives(third)] == [OUT.text]  # what was reached isn't carried on


def test_a_draft_that_was_begun_is_gone_on_with(cast):
    in_force(cast)
    first = revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    assert revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW) == first


def test_without_a_plan_in_force_there_is_nothing_to_revise(cast):
    assert codes_of(lambda: revise_plan(cast.actor("ben"), cast.ana_episode.pk, at=NOW)) == ["plan.none-active"]


def test_the_page_holds_baseline_target_and_where_it_stands(cast):
    scored(cast, 19, date(2026, 1, 5))
    in_force(cast)
    scored(cast, 12, TODAY)
    page = plan_of(cast.actor("sam"), cast.ana_episode.pk, at=NOW)
    line = page.active.goals[0].objectives[0]
    assert (line.baseline, line.target, line.current.total, line.current.band) == (19, 9, 12, "moderate")
    assert page.active.days_left == 80
    assert page.head.may_write is False


_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(goals=st.lists(st.tuples(_words, st.lists(_words, max_size=3)), max_size=3))
def test_whatever_is_saved_comes_back_in_its_order(cast, goals):
    from openhour.kernel.writable import tidied

    typed = PlanTyped(goals=tuple(GoalTyped(text, "", tuple(map(ObjectiveTyped, held))) for text, held in goals))
    last = Plan.objects.first()
    try:
        save(cast, typed, last.revision if last else 0)
    except Refused as refusal:
        assert all(one.code.endswith("unreadable") for one in refusal.findings)  # noqa: PT017
        return
    draft = plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW).draft
    assert [(goal.text, [one.text for one in goal.objectives]) for goal in draft.goals] == [
        (tidied(text), [tidied(one) for one in held]) for text, held in goals
    ]
