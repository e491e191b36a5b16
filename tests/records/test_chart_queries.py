"""The pages of a course of treatment: plan, diagnoses, consents, coverage. Who opens them, what day it is on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Consent, Coverage, Diagnosis, Episode, Goal, Plan, Response, Site
from openhour.records.queries.chart import diagnoses_in
from openhour.records.queries.consent import consent_of, consents_to_take
from openhour.records.queries.coverage import coverage_lines, coverage_to_change, patient_to_cover, payers_on
from openhour.records.queries.diagnosis import diagnoses_of, episode_of
from openhour.records.queries.plan import episode_of_plan, facts_of, plan_of, plan_version
from openhour.records.shelf import shelf
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import entry_of, named_in, queries_of, those_who_may
from tests.workflows.hours import agree_plan, answer, diagnose, give_consent

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
"""Half past eleven at night in Springfield, on the second of March; in UTC it is the third."""

# --- who opens them

PAGES = {
    "plan": (lambda cast, actor: plan_of(actor, cast.ana_episode.pk, at=NOW), {"ben", "sam"}, "chart.read"),
    "plan to write": (
        lambda cast, actor: plan_of(actor, cast.ana_episode.pk, at=NOW, action="chart.write"),
        {"ben"},
        "chart.write",
    ),
    "version": (
        lambda cast, actor: plan_version(actor, rows.plan(cast, "ana").pk, at=NOW),
        {"ben", "sam"},
        "chart.read",
    ),
    "diagnoses": (lambda cast, actor: diagnoses_of(actor, cast.ana_episode.pk, at=NOW), {"ben", "sam"}, "chart.read"),
    "consents": (
        lambda cast, actor: consents_to_take(actor, cast.ana_episode.pk, at=NOW),
        {"ben", "dee"},
        "consent.take",
    ),
    "consent": (
        lambda cast, actor: consent_of(actor, rows.consent(cast, "ana").pk, at=NOW),
        {"ben", "sam", "dee"},
        "consent.read",
    ),
    "coverage": (
        lambda cast, actor: coverage_to_change(actor, rows.coverage(cast, "ana").pk, at=NOW),
        {"dee", "eli"},
        "patient.read",
    ),
    "new coverage": (
        lambda cast, actor: patient_to_cover(actor, cast.ana.pk, at=NOW),
        {"dee", "eli"},
        "patient.read",
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_who_opens_a_page_about_ana(cast, page):
    call, may, _ = PAGES[page]
    assert those_who_may(cast, lambda actor: call(cast, actor)) == may


@pytest.mark.parametrize("page", PAGES)
def test_each_page_leaves_one_entry_that_names_ana_and_nobody_else(cast, page):
    call, may, action = PAGES[page]
    call(cast, cast.actor(sorted(may)[0]))
    entry = entry_of(lambda: call(cast, cast.actor(sorted(may)[0])))
    assert entry.action == action
    assert named_in(entry) == {str(cast.ana.pk)}


@pytest.mark.parametrize(
    "call",
    [
        lambda actor: plan_of(actor, uuid4(), at=NOW),
        lambda actor: plan_version(actor, uuid4(), at=NOW),
        lambda actor: diagnoses_of(actor, uuid4(), at=NOW),
        lambda actor: consents_to_take(actor, uuid4(), at=NOW),
        lambda actor: consent_of(actor, uuid4(), at=NOW),
        lambda actor: coverage_to_change(actor, uuid4(), at=NOW),
        lambda actor: patient_to_cover(actor, uuid4(), at=NOW),
        lambda actor: episode_of(uuid4()),
        lambda actor: episode_of_plan(uuid4()),
    ],
)
def test_what_is_not_there_is_refused_to_everybody(cast, call):
    assert those_who_may(cast, call) == set()


# --- the head


def test_the_head_says_who_with_whom_and_by_which_definition(cast):
    head = diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW).head
    assert (head.patient, head.number, head.therapist) == ("Ana Almond", "P-1001", "Ben Brook")
    assert (head.procedure.pin.key, head.is_open, head.opened_on) == (
        "psychotherapy-60@1.0.0",
        True,
        date(2026, 1, 5),
    )


@pytest.mark.parametrize(("who", "may"), [("ben", True), ("sam", False)])
def test_only_the_therapist_may_write_on_it(cast, who, may):
    assert diagnoses_of(cast.actor(who), cast.ana_episode.pk, at=NOW).head.may_write is may


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (LATE, date(2026, 3, 2)),
        (LATE + timedelta(minutes=30), date(2026, 3, 3)),
        # the clocks go forward on the eighth of March: midnight is at six in UTC before, at five after
        (datetime(2026, 3, 8, 5, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 9, 4, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 5, 0, tzinfo=UTC), date(2026, 3, 9)),
        # and back on the first of November
        (datetime(2026, 11, 1, 4, 59, tzinfo=UTC), date(2026, 10, 31)),
        (datetime(2026, 11, 2, 5, 59, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_today_is_the_day_on_the_wall_of_the_practice(cast, at, day):
    assert diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=at).head.today == day


# --- diagnoses


def test_diagnoses_stand_in_their_order_and_those_that_ended_follow_the_last_first(cast):
    diagnose(cast.ana_episode, "F32.1", "One")
    diagnose(cast.ana_episode, "F41.1", "Two")
    for code, until in (("F40.1", date(2026, 2, 1)), ("F43.2", date(2026, 2, 20))):
        diagnose(cast.ana_episode, code, "Over")
        Diagnosis.objects.filter(code=code).update(until=until)
    diagnose(cast.cleo_episode, "F60.3", "Cleo's")
    page = diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    assert [one.code for one in page.standing] == ["F32.1", "F41.1"]
    assert [one.code for one in page.ended] == ["F43.2", "F40.1"]


def test_a_diagnosis_holds_from_its_first_day_until_the_day_before_it_ends():
    held = {"id": str(uuid4()), "code": "F32.1", "title": "", "rank": 1, "since": "2026-01-05", "until": "2026-02-01"}
    (line,) = diagnoses_in(SimpleNamespace(diagnoses_json=[held]))
    days = [date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 31), date(2026, 2, 1)]
    assert [line.stands_on(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(("code", "remarks"), [("R45.2", 1), ("Z63.0", 1), ("F32.1", 0)])
def test_a_symptom_or_a_reason_to_come_in_the_first_place_is_remarked(cast, code, remarks):
    diagnose(cast.ana_episode, code, "First")
    diagnose(cast.ana_episode, "Z60.2", "Second place is no matter")
    found = diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW).remarks
    assert len(found) == remarks
    assert all(code in one.sentence for one in found)


def test_nothing_is_remarked_where_there_is_no_diagnosis(cast):
    assert diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW).remarks == ()


def test_the_page_of_a_diagnosis_is_that_of_its_treatment(cast):
    diagnose(cast.ana_episode)
    assert episode_of(Diagnosis.objects.get().pk) == cast.ana_episode.pk


# --- the plan


def test_the_plan_shows_goals_and_steps_in_order_with_the_last_score_of_each_measure(cast):
    objective = agree_plan(cast.ana_episode)
    agree_plan(cast.cleo_episode)
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 2))
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23))
    gone = answer(cast.ana_episode, "phq-9", (3,) * 9, date(2026, 3, 1))
    Response.objects.filter(pk=gone.pk).update(state="withdrawn")
    answer(cast.cleo_episode, "phq-9", (3,) * 9, date(2026, 3, 1))
    page = plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    (goal,) = page.active.goals
    first, second = goal.objectives
    assert (first.thread, first.text[:15]) == (objective.thread, "Leave the house")
    assert second.text.startswith("Sleep")
    assert (first.current.total, first.current.band, first.current.on) == (9, "mild", date(2026, 2, 23))
    assert page.latest.keys() == {"phq-9"}
    assert (page.draft, page.draft_facts) == (None, None)


@pytest.mark.parametrize(
    ("review_by", "left"), [(date(2026, 3, 2), 0), (date(2026, 3, 1), -1), (date(2026, 4, 5), 34), (None, None)]
)
def test_days_until_the_review_are_counted_on_the_wall_of_the_practice(cast, review_by, left):
    agree_plan(cast.ana_episode, review_by)
    assert plan_of(cast.actor("ben"), cast.ana_episode.pk, at=LATE).active.days_left == left


def draft_beside(cast):
    agree_plan(cast.ana_episode)
    draft = Plan.objects.create(episode=cast.ana_episode, version=2, approach="Other words", made_at=NOW)
    Goal.objects.create(plan=draft, rank=2, text="Second", made_at=NOW)
    Goal.objects.create(plan=draft, rank=1, text="First", made_at=NOW)
    return draft


def test_a_draft_stands_beside_the_plan_in_force_and_versions_come_the_newest_first(cast):
    draft = draft_beside(cast)
    page = plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    assert (page.active.version, page.draft.id) == (1, draft.pk)
    assert [(one.version, one.state) for one in page.versions] == [(2, "draft"), (1, "active")]
    assert [goal.text for goal in page.draft.goals] == ["First", "Second"]


def test_what_is_judged_of_a_draft_names_its_places_in_the_form(cast):
    draft_beside(cast)
    diagnose(cast.ana_episode)
    facts = plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW).draft_facts
    assert [(goal.id, goal.text) for goal in facts.goals] == [("0", "First"), ("1", "Second")]
    assert (facts.active, facts.diagnoses, facts.treatment.type) == (False, ("F32.1",), "Other words")


def test_places_of_steps_are_counted_within_their_goal(cast):
    agree_plan(cast.ana_episode)
    facts = facts_of(Plan.objects.prefetch_related("goals__objectives").get(), ["F32.1"])
    assert [(one.id, one.goal_id, one.target) for one in facts.objectives] == [("0-0", "0", 9), ("0-1", "0", 9)]
    assert facts.active


def test_an_old_version_is_shown_as_it_was(cast):
    draft_beside(cast)
    Plan.objects.filter(version=1).update(state="superseded")
    old = Plan.objects.get(version=1)
    head, view = plan_version(cast.actor("sam"), old.pk, at=NOW)
    assert (head.id, view.state, view.goals[0].text) == (cast.ana_episode.pk, "superseded", "Feel like herself again")
    assert episode_of_plan(old.pk) == cast.ana_episode.pk


def test_a_longer_plan_takes_no_more_queries(cast):
    agree_plan(cast.ana_episode)
    plan = Plan.objects.get()
    few = queries_of(lambda: plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW))
    for rank in range(2, 12):
        Goal.objects.create(plan=plan, rank=rank, text="Further", made_at=NOW).objectives.create(
            rank=1, thread=uuid4(), text="Step", made_at=NOW
        )
        diagnose(cast.ana_episode, f"F4{rank % 10}.0", "More")
        answer(cast.ana_episode, "gad-7", (1,) * 7, date(2026, 2, rank))
    assert queries_of(lambda: plan_of(cast.actor("ben"), cast.ana_episode.pk, at=NOW)) == few <= 7


# --- consents


def test_a_form_is_missing_then_signed_then_withdrawn(cast):
    def words():
        _, states, _ = consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW)
        return {one.word for one in states}

    assert words() == {"missing"}
    give_consent(cast.cleo_episode)
    assert words() == {"missing"}
    give_consent(cast.ana_episode)
    assert words() == {"signed"}
    Consent.objects.filter(episode=cast.ana_episode).update(withdrawn_at=NOW - timedelta(days=1))
    assert words() == {"withdrawn"}


def test_what_was_signed_is_listed_the_last_first_and_only_of_this_treatment(cast):
    give_consent(cast.ana_episode, date(2025, 1, 6))
    give_consent(cast.ana_episode, date(2026, 1, 5))
    give_consent(cast.cleo_episode)
    _, _, lines = consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW)
    assert [line.signed_on for line in lines] == sorted((line.signed_on for line in lines), reverse=True)
    assert len(lines) == 2 * len(shelf().consents)
    assert lines[0].title == shelf().consents[0].title


def test_what_was_signed_with_another_therapist_is_not_listed(cast):
    other = Episode.objects.get(pk=cast.ana_episode.pk)
    other.pk, other.therapist = uuid4(), cast.carla
    other.save(force_insert=True)
    give_consent(other)
    _, _, lines = consents_to_take(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    assert lines == ()


def test_a_withdrawal_late_at_night_is_of_that_day_on_the_wall(cast):
    consent = rows.consent(cast, "ana")
    Consent.objects.update(withdrawn_at=LATE)
    found = consent_of(cast.actor("ben"), consent.pk, at=LATE)
    assert (found.withdrawn_on, found.today) == (date(2026, 3, 2), date(2026, 3, 2))
    _, _, (line,) = consents_to_take(cast.actor("ben"), cast.ana_episode.pk, at=LATE)
    assert line.withdrawn_on == date(2026, 3, 2)


@pytest.mark.parametrize(("who", "may"), [("ben", True), ("dee", True), ("sam", False)])
def test_who_may_withdraw_a_consent_and_that_it_is_withdrawn_once(cast, who, may):
    consent = rows.consent(cast, "ana")
    assert consent_of(cast.actor(who), consent.pk, at=NOW).may_withdraw is may
    Consent.objects.update(withdrawn_at=NOW)
    assert consent_of(cast.actor(who), consent.pk, at=NOW).may_withdraw is False


def test_a_consent_whose_form_left_the_shelf_is_listed_by_its_key(cast):
    consent = rows.consent(cast, "ana")
    copy = Consent.objects.get(pk=consent.pk)
    copy.pk, copy.form_key = uuid4(), "gone@9.9.9"
    copy.save(force_insert=True)
    _, _, lines = consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW)
    assert "gone@9.9.9" in {line.title for line in lines}


def test_more_consents_take_no_more_queries(cast):
    few = queries_of(lambda: consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW))
    for day in range(1, 9):
        give_consent(cast.ana_episode, date(2026, 1, day))
    assert queries_of(lambda: consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW)) == few <= 5


# --- coverage


def line_of(first, last, payer="example-payer"):
    named = dict.fromkeys(("member_id", "group_number", "authorization", "relation"), "")
    names = {"subscriber_first_name": "Pia", "subscriber_last_name": "Almond"}
    return {"id": str(uuid4()), "payer": payer, "valid_from": first, "valid_to": last} | named | names


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2025, 12, 31), "later"),
        (date(2026, 1, 1), "holds"),
        (date(2026, 6, 30), "holds"),
        (date(2026, 7, 1), "over"),
    ],
)
def test_both_days_of_a_coverage_are_inside_it(day, standing):
    (line,) = coverage_lines([line_of("2026-01-01", "2026-06-30")], day)
    assert (line.standing, line.subscriber) == (standing, "Pia Almond")


def test_what_holds_comes_first_then_what_is_to_come_then_what_is_over():
    found = [
        line_of("2024-01-01", "2024-12-31"),
        line_of("2027-01-01", None),
        line_of("2025-01-01", None),
        line_of("2025-06-01", None),
    ]
    lines = coverage_lines(found, date(2026, 3, 2))
    assert [(one.standing, one.valid_from.year) for one in lines] == [
        ("holds", 2025),
        ("holds", 2025),
        ("later", 2027),
        ("over", 2024),
    ]
    assert lines[0].valid_from == date(2025, 6, 1)


def test_a_payer_that_left_the_shelf_is_called_by_its_slug():
    (line,) = coverage_lines([line_of("2026-01-01", None, payer="gone")], date(2026, 3, 2))
    assert line.title == "gone"


def test_no_coverage_is_none():
    assert coverage_lines(None, date(2026, 3, 2)) == ()


def test_whoever_pays_themselves_comes_first_among_the_payers():
    found = payers_on(date(2026, 3, 2))
    kinds = [shelf().payer(slug, on=date(2026, 3, 2)).kind for slug, _ in found]
    assert kinds[0] == "self-pay"
    assert [title for _, title in found[1:]] == sorted(title for _, title in found[1:])
    assert payers_on(date(1990, 1, 1)) == ()


def test_the_coverage_that_is_changed_is_the_one_that_was_asked_for(cast):
    mine, other = rows.coverage(cast, "ana"), rows.coverage(cast, "cleo")
    assert coverage_to_change(cast.actor("eli"), mine.pk, at=NOW).row == mine
    found = coverage_to_change(cast.actor("eli"), other.pk, at=NOW)
    assert (found.patient, found.number, found.row.member_id) == ("Cleo Quince", "P-1002", "MEM1002")
    assert patient_to_cover(cast.actor("eli"), cast.cleo.pk, at=NOW).row is None
    assert Coverage.objects.count() == 2


def test_before_a_site_is_set_up_the_day_is_counted_in_utc(cast):
    Site.objects.update(zone="UTC")
    assert diagnoses_of(cast.actor("ben"), cast.ana_episode.pk, at=LATE).head.today == date(2026, 3, 3)


def test_nobody_else_than_the_guard_is_asked_twice(cast):
    with pytest.raises(NotAllowed):
        plan_of(cast.actor("sam"), cast.ana_episode.pk, at=NOW, action="chart.write")
