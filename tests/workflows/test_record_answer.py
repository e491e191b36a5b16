"""One answer: kept as it is given, never turned away when a person must see it, and only by who may give it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.guard.actor import link_actor
from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert, Answer, PatientLink, Response, Visit
from openhour.workflows.safety.answer_alert import answer_alert
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.issue_link import issue_link
from openhour.workflows.safety.see_alert import see_alert
from tests.cast import NOW
from tests.workflows.answers import BEFORE, by_link, form_of, give, issue
from tests.workflows.hours import trail_of

LATER = BEFORE + timedelta(minutes=30)


@pytest.fixture
def ana(cast):
    return by_link(cast)


@pytest.fixture
def form(cast, ana):
    return form_of(cast)


def test_an_answer_is_kept_and_counted(cast, ana, form):
    recorded = give(ana, form.pk, "1", 2)
    form.refresh_from_db()
    assert form.answers == {"1": 2}
    assert (recorded.kept, recorded.needs_help, recorded.revision, form.revision) == (True, False, 1, 1)
    assert form.started_at == form.saved_at == BEFORE + timedelta(minutes=1)
    row = Answer.objects.get()
    assert (row.item, row.value, row.by) == ("1", 2, ana.label)


def test_the_history_keeps_every_answer_and_the_last_one_counts(cast, ana, form):
    for value in (1, 3, 3, 0):
        give(ana, form.pk, "2", value)
    form.refresh_from_db()
    assert form.answers == {"2": 0}
    assert sorted(Answer.objects.values_list("value", flat=True)) == [0, 1, 3, 3]


def test_an_answer_can_be_taken_back_and_that_is_no_zero(cast, ana, form):
    give(ana, form.pk, "1", 2)
    give(ana, form.pk, "1", None)
    form.refresh_from_db()
    assert form.answers == {"1": None}
    assert form.total is None
    assert form.gap == "score.incomplete"


def test_the_score_stands_when_all_scored_questions_are_answered(cast, ana, form):
    for item in range(1, 9):
        give(ana, form.pk, str(item), 2)
    form.refresh_from_db()
    assert (form.total, form.gap) == (None, "score.incomplete")
    give(ana, form.pk, "9", 0)
    form.refresh_from_db()
    assert (form.total, form.band, form.gap, form.state) == (16, "moderately severe", "", "open")
    give(ana, form.pk, "10", 3)  # asked, never counted
    form.refresh_from_db()
    assert form.total == 16


@pytest.mark.parametrize("value", [1, 2, 3])
def test_thoughts_of_death_raise_an_alert_at_once_though_nothing_else_is_answered(cast, ana, form, value):
    recorded = give(ana, form.pk, "9", value)
    assert recorded.needs_help
    alert = Alert.objects.get()
    assert (alert.owner, alert.patient, alert.response, alert.item) == (cast.ben, cast.ana, form, "9")
    assert (alert.kind, alert.value, alert.state) == ("suicide-risk", value, "open")
    assert alert.due_at == BEFORE + timedelta(minutes=1) + timedelta(hours=24)
    assert trail_of("alert.raised") == 1


def test_not_at_all_raises_nothing(cast, ana, form):
    assert not give(ana, form.pk, "9", 0).needs_help
    assert not Alert.objects.exists()


def test_other_questions_raise_nothing(cast, ana, form):
    for item in ("1", "8", "10"):
        assert not give(ana, form.pk, item, 3).needs_help
    assert not Alert.objects.exists()


def test_the_alert_is_due_before_the_visit_ends_for_a_patient_who_is_here(cast, ana, form):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="arrived")
    give(ana, form.pk, "9", 1, at=NOW - timedelta(minutes=5))
    assert Alert.objects.get().due_at == cast.ana_visit.ends_at


def test_taking_it_back_leaves_the_alert_with_the_highest_answer(cast, ana, form):
    give(ana, form.pk, "9", 2)
    assert not give(ana, form.pk, "9", 0).needs_help
    alert = Alert.objects.get()
    assert (alert.state, alert.value) == ("open", 2)
    assert sorted(Answer.objects.values_list("value", flat=True)) == [0, 2]
    assert give(ana, form.pk, "9", 1).needs_help
    assert Alert.objects.get().value == 2


def test_a_higher_answer_opens_what_was_seen(cast, ana, form):
    give(ana, form.pk, "9", 1)
    see_alert(cast.actor("ben"), Alert.objects.get().pk, at=LATER)
    give(ana, form.pk, "9", 1, at=LATER)
    assert Alert.objects.get().state == "seen"
    give(ana, form.pk, "9", 3, at=LATER + timedelta(minutes=1))
    alert = Alert.objects.get()
    assert (alert.state, alert.seen_at, alert.value) == ("open", None, 3)
    assert alert.due_at == BEFORE + timedelta(minutes=1) + timedelta(hours=24), "the first time to answer stands"


def _answered(cast):
    alert = Alert.objects.get()
    answer_alert(
        cast.actor("ben"),
        alert.pk,
        risk_level="low",
        action="Called; spoke of the plan for safety.",
        follow_up_on=NOW.date(),
        value_shown=alert.value,
        at=LATER,
    )


def test_a_further_answer_opens_an_answered_alert_and_loses_no_word(cast, ana, form):
    give(ana, form.pk, "9", 2)
    _answered(cast)
    give(ana, form.pk, "9", 2, at=LATER)
    assert Alert.objects.get().state == "answered", "the same answer again is no news"
    give(ana, form.pk, "9", 0, at=LATER)
    assert Alert.objects.get().state == "answered"
    give(ana, form.pk, "9", 1, at=LATER + timedelta(hours=1))
    alert = Alert.objects.get()
    assert (alert.state, alert.value, alert.action, alert.answered_by) == ("open", 2, "", None)
    assert alert.due_at == LATER + timedelta(hours=25)
    (kept,) = alert.earlier
    assert kept["action"] == "Called; spoke of the plan for safety."
    assert (kept["risk_level"], kept["by"], kept["follow_up_on"]) == ("low", cast.ben_user.pk, "2026-03-02")
    assert trail_of("alert.raised") == 2


def test_a_sent_form_stays_but_a_critical_answer_to_it_is_never_turned_away(cast, ana, form):
    give(ana, form.pk, "1", 1)
    finish_response(ana, form.pk, at=BEFORE)
    with pytest.raises(Refused, match=r"response\.complete"):
        give(ana, form.pk, "1", 2)
    recorded = give(ana, form.pk, "9", 1)
    form.refresh_from_db()
    assert (recorded.needs_help, recorded.kept) == (True, False)
    assert form.answers == {"1": 1}
    assert Alert.objects.get().value == 1
    assert Answer.objects.filter(item="9", value=1).exists()


@pytest.mark.parametrize("value", [-1, 4, 99, 10**12])
def test_a_value_that_is_no_choice_is_refused_beside_its_question(cast, ana, form, value):
    with pytest.raises(Refused) as refusal:
        give(ana, form.pk, "9", value)
    assert refusal.value.findings[0].place == "q9"
    assert not Answer.objects.exists()
    assert not Alert.objects.exists()


@pytest.mark.parametrize("item", ["0", "11", "", "x" * 400, "\0"])
def test_a_question_that_is_not_there_is_refused(cast, ana, form, item):
    with pytest.raises(Refused, match=r"answer\.unknown-item"):
        give(ana, form.pk, item, 1)


def test_the_trail_has_one_entry_without_the_answer(cast, ana, form):
    give(ana, form.pk, "1", 3)
    entry = TrailEntry.objects.get(action="answer.recorded")
    assert (entry.actor, entry.subject_id, entry.patient_id) == (ana.label, str(form.pk), str(cast.ana.pk))
    assert entry.detail == '{"item":"1","revision":1}'


def test_a_link_answers_the_forms_of_its_visit_only(cast, ana, form):
    cleo = link_actor(str(issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE).id))
    with pytest.raises(NotAllowed):
        give(cleo, form.pk, "1", 1)
    stray = Response.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        instrument="phq-9",
        instrument_key=form.instrument_key,
        instrument_digest=form.instrument_digest,
        due_on=NOW.date() - timedelta(days=30),
        made_at=BEFORE,
    )
    with pytest.raises(NotAllowed):
        give(ana, stray.pk, "1", 1)
    with pytest.raises(NotAllowed):
        give(ana, uuid4(), "1", 1)


def test_a_link_that_does_not_work_answers_nothing(cast, ana, form):
    with pytest.raises(NotAllowed):
        give(ana, form.pk, "1", 1, at=NOW + timedelta(days=1))
    issue(cast, at=BEFORE + timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        give(ana, form.pk, "1", 1)
    fresh = by_link(cast)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    with pytest.raises(NotAllowed):
        give(fresh, form.pk, "1", 1)


@pytest.mark.parametrize("label", ["", "not-a-uuid", "650c796c-45cb-4b53-9a68-82416952ae66"])
def test_a_made_up_link_answers_nothing(cast, form, label):
    with pytest.raises(NotAllowed):
        give(link_actor(label), form.pk, "1", 1)


def test_a_withdrawn_form_is_not_there(cast, ana, form):
    Response.objects.filter(pk=form.pk).update(state="withdrawn")
    with pytest.raises(NotAllowed):
        give(ana, form.pk, "1", 1)


def test_the_therapist_enters_answers_under_their_own_name(cast, form):
    assert give(cast.actor("ben"), form.pk, "9", 1).needs_help
    assert Answer.objects.get().by == cast.actor("ben").label
    assert Alert.objects.get().owner == cast.ben


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_enters_answers(cast, form, who):
    with pytest.raises(NotAllowed):
        give(cast.actor(who), form.pk, "1", 1)
    assert not Answer.objects.exists()


def test_the_first_answer_says_when_the_link_was_opened(cast, ana, form):
    give(ana, form.pk, "1", 1)
    give(ana, form.pk, "2", 1, at=LATER)
    assert PatientLink.objects.get().opened_at == BEFORE + timedelta(minutes=1)


def test_nothing_else_changes(cast, ana, form):
    other = Response.objects.get(instrument="gad-7")
    visits = list(Visit.objects.values())
    give(ana, form.pk, "9", 3)
    assert Response.objects.filter(pk=other.pk).values().get()["revision"] == 0
    assert list(Visit.objects.values()) == visits


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taps=st.lists(st.tuples(st.integers(1, 10), st.sampled_from([None, 0, 1, 2, 3])), min_size=1, max_size=14))
def test_whatever_is_tapped_no_answer_is_lost_and_no_alert_is_missed(cast, taps):
    from django.db import transaction

    with transaction.atomic():
        ana = by_link(cast)
        form = form_of(cast)
        for item, value in taps:
            give(ana, form.pk, str(item), value)
        form.refresh_from_db()
        assert Answer.objects.filter(response=form).count() == len(taps)
        assert form.answers == {str(item): value for item, value in taps}
        risky = [value for item, value in taps if item == 9 and value]
        assert [alert.value for alert in Alert.objects.filter(response=form)] == ([max(risky)] if risky else [])
        scored = [form.answers.get(str(item)) for item in range(1, 10)]
        assert form.total == (None if None in scored else sum(scored))
        transaction.set_rollback(True)
