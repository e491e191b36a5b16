"""Alerts as they are read: by their therapist and who supervises, the urgent ones first, one entry in the trail."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Alert, Answer, PatientLink, Response
from openhour.records.queries import alert as alerts
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import EVERYBODY, actor_of, entry_of, named_in, queries_of, those_who_may
from tests.workflows.hours import answer

pytestmark = pytest.mark.django_db

READS = {"ben": {"Ana Almond"}, "sam": {"Ana Almond"}, "carla": {"Cleo Quince"}}


@pytest.fixture
def both(cast):
    """An alert of Ana's and one of Cleo's."""
    rows.alert(cast, "ana")
    rows.alert(cast, "cleo")
    return cast


def of_ana(cast):
    return Alert.objects.get(patient=cast.ana)


def further(cast, count, state="answered"):
    """Alerts of Ana's of so many earlier days."""
    for place in range(1, count + 1):
        form = answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 20) - timedelta(days=place))
        Alert.objects.create(
            patient=cast.ana,
            episode=cast.ana_episode,
            response=form,
            owner=cast.ben,
            kind="suicide-risk",
            item="9",
            value=1,
            state=state,
            due_at=NOW - timedelta(days=place),
            answered_at=NOW - timedelta(days=place) if state == "answered" else None,
            made_at=NOW - timedelta(days=place),
        )


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_list_holds_the_alerts_of_ones_own_patients(both, who):
    found = alerts.alerts_of(actor_of(both, who), at=NOW)
    assert {line.patient for line in found} == READS.get(who, set())


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_list_leaves_one_entry_that_names_whom_it_showed(both, who):
    entry = entry_of(lambda: alerts.alerts_of(actor_of(both, who), at=NOW))
    shown = {"Ana Almond": str(both.ana.pk), "Cleo Quince": str(both.cleo.pk)}
    assert named_in(entry) == {shown[name] for name in READS.get(who, set())}


def test_an_alert_opens_for_its_therapist_and_their_supervisor(both):
    assert those_who_may(both, lambda actor: alerts.alert_of(actor, of_ana(both).pk, at=NOW)) == {"ben", "sam"}


def test_an_alert_that_is_not_there_is_refused_like_a_foreign_one(both):
    with pytest.raises(NotAllowed):
        alerts.alert_of(both.actor("ben"), uuid4(), at=NOW)


def test_an_alert_leaves_one_entry_about_its_patient(both):
    entry = entry_of(lambda: alerts.alert_of(both.actor("sam"), of_ana(both).pk, at=NOW))
    assert (entry.action, entry.kind, entry.subject_id) == ("chart.read", "alert", str(of_ana(both).pk))
    assert named_in(entry) == {str(both.ana.pk)}


def test_a_line_says_what_was_asked_and_the_words_of_the_answer(both):
    (line,) = alerts.alerts_of(both.actor("ben"), at=NOW)
    assert (line.instrument, line.value, line.answer) == ("PHQ-9", 1, "Several days")
    assert "better off dead" in line.question
    assert (line.owner, line.mine, line.zone.key) == ("Ben Brook", True, "America/Chicago")


def test_for_a_supervisor_the_alert_is_somebody_elses(both):
    (line,) = alerts.alerts_of(both.actor("sam"), at=NOW)
    assert not line.mine


def test_the_most_urgent_comes_first_and_the_answered_ones_last(cast):
    rows.alert(cast, "ana")
    further(cast, 2, state="open")
    further_answered = Alert.objects.order_by("due_at").first()
    Alert.objects.filter(pk=further_answered.pk).update(state="answered", answered_at=NOW)
    found = alerts.alerts_of(cast.actor("ben"), at=NOW)
    assert [line.state for line in found] == ["open", "open", "answered"]
    assert found[0].due_at < found[1].due_at


def test_of_the_answered_ones_the_last_fifty_are_shown(cast):
    further(cast, 53)
    found = alerts.alerts_of(cast.actor("ben"), at=NOW)
    assert len(found) == 50
    assert found[0].answered_at == NOW - timedelta(days=1)
    assert found[-1].answered_at == NOW - timedelta(days=50)


def test_open_alerts_are_shown_however_many_there_are(cast):
    further(cast, 53, state="open")
    assert len(alerts.alerts_of(cast.actor("ben"), at=NOW)) == 53


@pytest.mark.parametrize(
    ("state", "minutes", "overdue"),
    [("open", 1, True), ("seen", 1, True), ("answered", 1, False), ("open", 0, False)],
)
def test_an_alert_is_overdue_once_its_time_has_passed_without_an_answer(both, state, minutes, overdue):
    Alert.objects.update(state=state)
    (line,) = alerts.alerts_of(both.actor("ben"), at=NOW)
    assert line.overdue(line.due_at + timedelta(minutes=minutes)) is overdue


def test_more_alerts_take_no_more_queries(both):
    one = queries_of(lambda: alerts.alerts_of(both.actor("ben"), at=NOW))
    further(both, 12, state="open")
    assert queries_of(lambda: alerts.alerts_of(both.actor("ben"), at=NOW)) == one


def test_every_answer_to_the_question_is_told_in_the_order_in_which_it_was_given(both):
    form = of_ana(both).response
    link = PatientLink.objects.create(patient=both.ana, visit=both.ana_visit, expires_at=NOW, made_at=NOW)
    for minute, (value, by) in enumerate(((0, f"link:{link.pk}"), (2, f"link:{link.pk}"), (None, "user:1"))):
        Answer.objects.create(response=form, item="9", value=value, by=by, made_at=NOW + timedelta(minutes=minute))
    Answer.objects.create(response=form, item="1", value=3, by="user:1", made_at=NOW)
    given = alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW).given
    assert [(one.value, one.words, one.by_patient) for one in given] == [
        (0, "Not at all", True),
        (2, "More than half the days", True),
        (None, "", False),
    ]


def test_earlier_forms_are_those_of_this_treatment_the_last_first(both):
    answer(both.ana_episode, "phq-9", (0,) * 8 + (2,), date(2026, 2, 9))
    answer(both.ana_episode, "phq-9", (0,) * 8 + (3,), date(2026, 2, 16))
    answer(both.ana_episode, "phq-9", (0,) * 8, date(2026, 1, 26))
    answer(both.ana_episode, "gad-7", (3,) * 7, date(2026, 2, 16))
    answer(both.cleo_episode, "phq-9", (3,) * 9, date(2026, 2, 23))
    answer(both.ana_episode, "phq-9", (3,) * 9, date(2026, 3, 9))
    gone = answer(both.ana_episode, "phq-9", (3,) * 9, date(2026, 2, 2))
    Response.objects.filter(pk=gone.pk).update(state="withdrawn")
    found = alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW).earlier_forms
    assert [(one.on, one.value, one.words) for one in found] == [
        (date(2026, 2, 16), 3, "Nearly every day"),
        (date(2026, 2, 9), 2, "More than half the days"),
    ]


def test_the_whole_form_is_shown_with_gaps_as_gaps(both):
    form = alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW).form
    assert [words for _, words in form][:2] == ["Several days", ""]
    assert form[8][1] == "Several days"


@pytest.mark.parametrize(
    ("who", "state", "may"), [("ben", "open", True), ("ben", "seen", False), ("sam", "open", False)]
)
def test_only_its_therapist_marks_an_open_alert_as_seen(both, who, state, may):
    Alert.objects.update(state=state)
    assert alerts.alert_of(both.actor(who), of_ana(both).pk, at=NOW).may_see is may


def test_words_that_were_written_before_it_opened_again_keep_their_author(both):
    before = {
        "at": NOW.isoformat(),
        "by": both.sam_user.pk,
        "risk_level": "low",
        "action": "Spoke with her.",
        "follow_up_on": "2026-03-09",
    }
    Alert.objects.filter(pk=of_ana(both).pk).update(earlier=[before, before | {"at": "", "by": 0}])
    first, second = alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW).earlier_words
    assert (first.by, first.at, first.action, first.follow_up_on) == (
        "Sam Stone",
        NOW,
        "Spoke with her.",
        "2026-03-09",
    )
    assert (second.by, second.at) == ("", None)


def test_one_alert_takes_as_many_queries_after_a_year_as_in_the_first_week(both):
    answer(both.ana_episode, "phq-9", (1,) * 9, date(2025, 12, 1))
    first = queries_of(lambda: alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW))
    for week in range(2, 14):
        answer(both.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 28) - timedelta(weeks=week))
    assert queries_of(lambda: alerts.alert_of(both.actor("ben"), of_ana(both).pk, at=NOW)) == first <= 6
