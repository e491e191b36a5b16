"""One hour as it is read: what stands on its day, what came before and after, and nothing of anybody else."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Assignment, Consent, Diagnosis, Session, Visit
from openhour.records.queries.hour_facts import consent_forms, facts_of, risk_to_address
from openhour.records.queries.hour_measures import measures_of, unanswered
from openhour.records.queries.session import hour_of
from openhour.workflows.hour.sign_note import sign_note
from tests.cast import NOW
from tests.workflows.hours import (
    agree_plan,
    answer,
    diagnose,
    fill_hour,
    give_consent,
    minutes,
    ready_to_sign,
    trail_of,
    weekly_visits,
)


def hour(cast, who="ben"):
    return hour_of(cast.actor(who), cast.ana_visit.pk, at=NOW)


def test_an_hour_before_anything_was_written_is_empty_and_whole(cast):
    found = hour(cast)
    assert (found.session, found.note, found.plan, found.topic) == (None, None, None, "")
    assert (found.day, found.number, found.layout.pin.slug) == (date(2026, 3, 2), 1, "dap")
    assert found.procedure.pin.key == "psychotherapy-60@1.0.0"
    assert {one.code.value for one in found.family} == {"90832", "90834", "90837"}
    assert trail_of("chart.read") == 1


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_reads_it(cast, who):
    with pytest.raises(NotAllowed):
        hour(cast, who)
    assert trail_of("chart.read") == 0


def test_a_missing_visit_is_refused_alike(cast):
    with pytest.raises(NotAllowed):
        hour_of(cast.actor("ben"), uuid.uuid4(), at=NOW)


def test_diagnoses_are_those_that_stand_on_the_day_in_their_rank(cast):
    for code, rank, since, until in (
        ("F33.1", 2, date(2026, 3, 2), None),
        ("F32.1", 1, date(2026, 1, 5), date(2026, 3, 3)),
        ("F41.1", 3, date(2026, 1, 5), date(2026, 3, 2)),
        ("F51.01", 4, date(2026, 3, 3), None),
    ):
        Diagnosis.objects.create(
            episode=cast.ana_episode,
            code=code,
            title=code,
            rank=rank,
            since=since,
            until=until,
            by=cast.ben,
            made_at=NOW,
        )
    diagnose(cast.cleo_episode, "F40.1", "Foreign")
    assert [one.code for one in hour(cast).diagnoses] == ["F32.1", "F33.1"]


def test_licences_and_consents_come_with_their_days(cast):
    give_consent(cast.ana_episode)
    Consent.objects.update(withdrawn_at=NOW.replace(hour=3))  # still the evening before in Springfield
    found = hour(cast)
    (licence,) = found.licences
    assert (licence.state, licence.valid_from, licence.valid_to) == ("IL", date(2024, 1, 1), date(2027, 12, 31))
    assert {one.signed_on for one in found.consents} == {date(2026, 1, 5)}
    assert {one.withdrawn_on for one in found.consents} == {date(2026, 3, 1)}
    assert {form.pin.slug for form in consent_forms(found)} <= {one.slug for one in found.consents}


def test_visits_are_counted_and_the_next_one_is_named(cast):
    weekly_visits(cast, 3)
    for weeks, state in ((1, "cancelled"), (2, "booked"), (3, "booked")):
        Visit.objects.create(
            episode=cast.ana_episode,
            patient=cast.ana,
            therapist=cast.ben,
            site=cast.site,
            procedure="psychotherapy-60",
            starts_at=NOW + timedelta(weeks=weeks),
            ends_at=NOW + timedelta(weeks=weeks, hours=1),
            state=state,
            made_at=NOW,
        )
    found = hour(cast)
    assert found.number == 4
    assert found.next_visit.starts_at == NOW + timedelta(weeks=2)


def test_a_curve_keeps_its_beginning_and_leaves_out_the_far_middle(cast):
    days = [NOW.date() - timedelta(days=count) for count in (1200, 900, 399, 7)]
    for day in days:
        answer(cast.ana_episode, "phq-9", (1,) * 8 + (0,), day)
    answer(cast.ana_episode, "phq-9", (2,) * 8 + (0,), NOW.date() + timedelta(days=1))  # not of this hour
    answer(cast.cleo_episode, "phq-9", (3,) * 9, NOW.date())
    assert [row.due_on for row in hour(cast).responses] == [days[0], days[2], days[3]]


def test_change_is_told_against_the_last_form_and_judged_against_the_first(cast):
    for week, answers in enumerate([(2,) * 9, (1, 1, 1, 1, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1, 1, 0, 0)]):
        answer(cast.ana_episode, "phq-9", answers, date(2026, 2, 16) + timedelta(weeks=week))
    (measure,) = measures_of(hour(cast).responses)
    assert (measure.latest.total, measure.since_last, measure.since_first, measure.reliable) == (7, -2, -11, "better")
    assert [one.flagged for one in measure.forms] == [("9",), ("9",), ()]
    changed = {one.item: one.direction for one in measure.items}
    assert (changed["9"], changed["1"]) == ("better", "same")


def test_an_incomplete_form_is_no_score_and_an_empty_one_is_asked_for(cast):
    answer(cast.ana_episode, "phq-9", (2, 2, None), date(2026, 2, 23))
    row = answer(cast.ana_episode, "gad-7", (), date(2026, 3, 2))
    assert row.answers == {}
    found = hour(cast)
    (measure,) = measures_of(found.responses)
    assert (measure.latest.total, measure.since_last, measure.items) == (None, None, ())
    assert unanswered(found.responses, found.day) == ("GAD-7",)


def test_risk_is_to_be_addressed_until_a_signed_session_lies_after_the_answer(cast):
    assert not risk_to_address(hour(cast))
    answer(cast.ana_episode, "phq-9", (0,) * 8 + (1,), date(2026, 3, 2))
    assert risk_to_address(hour(cast))


def test_an_alert_stays_a_reason_though_the_answer_was_taken_back(cast):
    fill_hour(cast)
    for row in cast.ana_episode.responses.filter(instrument="phq-9"):
        row.answers["9"] = 0
        row.save()
    assert risk_to_address(hour(cast))


def test_hours_that_share_minutes_are_noticed_and_neighbours_are_not(cast):
    ready_to_sign(cast)
    (before,) = weekly_visits(cast, 1)
    other = Session.objects.create(
        visit=before,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=minutes(55),
        stopped_at=minutes(80),
        made_at=NOW,
    )
    assert not hour(cast).overlapping
    Session.objects.filter(pk=other.pk).update(started_at=minutes(54))
    assert hour(cast).overlapping
    Session.objects.filter(pk=other.pk).update(therapist=cast.carla)
    assert not hour(cast).overlapping


def test_homework_is_parted_into_what_came_before_and_what_was_given_today(cast):
    fill_hour(cast)
    session = Session.objects.get(visit=cast.ana_visit)
    given = {
        "patient": cast.ana,
        "episode": cast.ana_episode,
        "form": "thought-record",
        "form_key": "thought-record@1.0.0",
    }
    today = Assignment.objects.create(**given, session=session, title="Today", made_at=NOW)
    Assignment.objects.create(**given, session=session, title="Mistake", state="withdrawn", made_at=NOW)
    old = Session.objects.exclude(pk=session.pk).get()
    looked_at = Assignment.objects.create(
        **given, session=old, title="Looked at", state="reviewed", reviewed_in=session, made_at=NOW
    )
    Assignment.objects.create(**given, session=old, title="Long ago", state="reviewed", reviewed_in=old, made_at=NOW)
    found = hour(cast)
    assert [one.pk for one in found.given_today] == [today.pk]
    assert {one.title for one in found.given_before} == {"Thought record", "Looked at"}
    assert [one.pk for one in found.reviewed_today] == [looked_at.pk]


def test_the_facts_say_what_the_rows_say(cast):
    objective = ready_to_sign(cast)
    facts = facts_of(hour(cast), "90837")
    assert facts.minutes == 55
    assert facts.objectives_worked == (str(objective.thread),)
    assert facts.responses == {str(objective.thread): "Proud of the four walks."}
    assert (facts.diagnoses, facts.site_state, facts.chosen_code) == (("F32.1",), "IL", "90837")
    assert facts.plan.active
    assert facts.plan.agreed_on == date(2026, 1, 12)
    assert facts.sections["plan"] == "Go on with the schedule."


def test_objectives_of_an_older_plan_and_of_others_stay_away(cast):
    agree_plan(cast.ana_episode)
    cast.ana_episode.plans.update(state="superseded")
    agree_plan(cast.cleo_episode)
    found = hour(cast)
    assert (found.plan, found.objectives) == (None, ())


def test_a_signed_hour_says_so(cast):
    ready_to_sign(cast)
    sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90))
    assert hour(cast).signed
