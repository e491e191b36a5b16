"""An alert whose therapist is gone: the owner is told that it waits and whom to ask, and can give it to another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry, User
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert, Therapist
from openhour.records.queries.alert import alert_of, alerts_of
from openhour.records.queries.unwatched import unwatched_alerts
from openhour.workflows.practice.switch_off_staff import switch_off_staff
from openhour.workflows.safety.hand_over_alerts import hand_over_alerts
from tests.cast import NOW
from tests.project.command_line import openhour  # noqa: F401
from tests.workflows.answers import by_link, form_of, give

LATER = NOW + timedelta(days=3)


@pytest.fixture
def alert(cast):
    give(by_link(cast), form_of(cast).pk, "9", 2)
    return Alert.objects.get()


def leave(cast, **more):
    return switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW, even_so=True, **more)


def unwatched(cast, at=NOW):
    return unwatched_alerts(cast.actor("olga"), at=at)


def test_an_alert_that_is_looked_after_is_not_the_owner_s_to_know(cast, alert):
    assert unwatched(cast) == ()


def test_the_supervisor_of_who_left_is_named(cast, alert):
    leave(cast)
    (line,) = unwatched(cast)
    assert (line.therapist, line.switched_off, line.supervisor, line.by_nobody) == (
        "Ben Brook",
        True,
        "Sam Stone",
        False,
    )
    assert (line.waiting, line.overdue, line.since) == (1, 0, alert.made_at)
    assert [one.id for one in alerts_of(cast.actor("sam"), at=NOW)] == [alert.pk], "Sam does see it"


@pytest.mark.parametrize("gone", ["no supervisor", "supervisor switched off", "supervisor no more"])
def test_where_nobody_can_answer_that_is_said(cast, alert, gone):
    leave(cast)
    if gone == "no supervisor":
        Therapist.objects.filter(pk=cast.ben.pk).update(supervisor=None)
    elif gone == "supervisor switched off":
        User.objects.filter(pk=cast.sam_user.pk).update(is_active=False)
    else:
        User.objects.filter(pk=cast.sam_user.pk).update(roles=["biller"])
    (line,) = unwatched(cast)
    assert (line.supervisor, line.by_nobody) == ("", True)


def test_who_is_a_therapist_no_more_sees_no_alert_and_the_owner_is_told(cast, alert):
    User.objects.filter(pk=cast.ben_user.pk).update(roles=["front-desk"])
    (line,) = unwatched(cast)
    assert line.switched_off


def test_an_alert_that_waits_too_long_is_told_though_everybody_is_there(cast, alert):
    (line,) = unwatched(cast, LATER)
    assert (line.switched_off, line.waiting, line.overdue) == (False, 1, 1)
    Alert.objects.update(state="answered")
    assert unwatched(cast, LATER) == ()


def test_an_answer_given_after_the_therapist_left_is_told_too(cast):
    ana, form = by_link(cast), form_of(cast)
    leave(cast)
    give(ana, form.pk, "9", 3)
    assert unwatched(cast)[0].waiting == 1


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "eli", "sam"])
def test_nobody_but_the_owner_asks(cast, alert, who):
    with pytest.raises(NotAllowed):
        unwatched_alerts(cast.actor(who), at=NOW)
    with pytest.raises(NotAllowed):
        hand_over_alerts(cast.actor(who), "ben@example.test", "carla@example.test", at=NOW)
    assert Alert.objects.get().owner == cast.ben


def test_the_owner_s_page_says_it_without_the_patient(cast, alert, sign_in):
    leave(cast)
    Therapist.objects.filter(pk=cast.ben.pk).update(supervisor=None)
    page = sign_in("olga").get("/practice/").content.decode()
    assert "Alerts wait for an answer" in page
    assert "nobody can see this alert" in page
    assert "openhour practice hand-over-alerts ben@example.test" in page
    for word in ("Ana", "Almond", "P-1001", "PHQ", "suicid", "better off dead"):
        assert word not in page


def test_nothing_is_said_where_nothing_waits(cast, sign_in):
    assert "Alerts wait" not in sign_in("olga").get("/practice/").content.decode()


def test_another_therapist_takes_them_and_answers(cast, alert):
    Alert.objects.update(state="seen", seen_at=NOW)
    leave(cast)
    assert hand_over_alerts(cast.actor("olga"), "ben@example.test", "Carla@example.test ", at=NOW) == 1
    alert.refresh_from_db()
    assert (alert.owner, alert.state, alert.seen_at) == (cast.carla, "open", None)
    assert alert_of(cast.actor("carla"), alert.pk, at=NOW).line.mine
    assert unwatched(cast) == ()
    assert TrailEntry.objects.get(action="alert.handed-over").patient_id == str(cast.ana.pk)


def test_who_took_it_reads_the_alert_and_is_led_nowhere_they_may_not_go(cast, alert, sign_in):
    here = reverse("alert", args=[alert.pk])
    assert "The whole form" in sign_in("ben").get(here).content.decode()
    leave(cast)
    hand_over_alerts(cast.actor("olga"), "ben@example.test", "carla@example.test", at=NOW)
    page = sign_in("carla").get(here).content.decode()
    assert "More than half the days" in page
    assert "The whole form" not in page
    assert sign_in("carla").get(reverse("response", args=[alert.response_id])).status_code == 404


def test_what_was_answered_stays_with_who_answered_it(cast, alert):
    Alert.objects.update(state="answered")
    assert hand_over_alerts(cast.actor("olga"), "ben@example.test", "carla@example.test", at=NOW) == 0
    assert Alert.objects.get().owner == cast.ben


@pytest.mark.parametrize(
    ("giver", "taker", "code"),
    [
        ("nobody@example.test", "carla@example.test", "staff.unknown"),
        ("ben@example.test", "dee@example.test", "staff.unknown"),
        ("ben@example.test", "ben@example.test", "staff.same"),
    ],
)
def test_it_refuses_who_can_t(cast, alert, giver, taker, code):
    with pytest.raises(Refused) as refusal:
        hand_over_alerts(cast.actor("olga"), giver, taker, at=NOW)
    assert code in {finding.code for finding in refusal.value.findings}


def test_who_was_switched_off_takes_none(cast, alert):
    User.objects.filter(pk=cast.carla_user.pk).update(is_active=False)
    with pytest.raises(Refused, match=r"staff\.switched-off"):
        hand_over_alerts(cast.actor("olga"), "ben@example.test", "carla@example.test", at=NOW)


def test_the_command_says_how_many(cast, alert, openhour):  # noqa: F811
    told = openhour("practice", "hand-over-alerts", "ben@example.test", "carla@example.test")
    assert told.exit == 0, told.err
    assert "1 alert handed over" in told.out


def test_without_a_visit_times_are_those_of_the_practice(cast, alert):
    from openhour.records.models import Response
    from openhour.workflows.safety.answer_alert import answer_alert

    Response.objects.update(visit=None)
    (line,) = alerts_of(cast.actor("ben"), at=NOW)
    assert line.zone.key == "America/Chicago"
    late = NOW.replace(hour=23, minute=30)  # 17:30 in Springfield; the same day there long after midnight UTC
    after_midnight_utc = late + timedelta(hours=2)
    answer_alert(
        cast.actor("ben"),
        alert.pk,
        risk_level="moderate",
        action="Called her.",
        follow_up_on=NOW.date(),
        value_shown=2,
        at=after_midnight_utc,
    )
    assert Alert.objects.get().follow_up_on == NOW.date(), "still March 2 where the practice is"
