"""Alerts on the page: the most urgent first, read without a trace on them, answered with all gaps at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Alert
from tests.cast import NOW, TODAY
from tests.web.schedule_desk import counting, stop_clock
from tests.workflows.answers import by_link, form_of, give
from tests.workflows.hours import answer


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def ana(cast):
    return by_link(cast)


@pytest.fixture
def alert(cast, ana):
    form = form_of(cast)
    give(ana, form.pk, "1", 3)
    give(ana, form.pk, "9", 2)
    return Alert.objects.get()


def at(name, alert):
    return reverse(name, args=[alert.pk])


ANSWER = {"risk_level": "low", "action": "Spoke with her.", "follow_up_on": TODAY.isoformat(), "value_shown": "2"}


def test_the_list_says_who_what_and_by_when(sign_in, alert):
    words = sign_in("ben").get(reverse("alerts")).content.decode()
    assert "Ana Almond" in words
    assert "More than half the days" in words
    assert "Answer by 3 Mar 2026" in words
    assert "Not seen yet" in words


def test_an_overdue_alert_is_marked_and_stands_on_top(cast, sign_in, alert, monkeypatch):
    stop_clock(monkeypatch, NOW + timedelta(days=2))
    assert "Overdue since" in sign_in("ben").get(reverse("alerts")).content.decode()


def test_the_answered_ones_stay_below(cast, sign_in, alert):
    sign_in("ben").post(at("alert", alert), ANSWER)
    words = sign_in("ben").get(reverse("alerts")).content.decode()
    assert "No alerts are waiting for you." in words
    assert "Risk judged: low" in words


def test_an_alert_shows_the_answer_the_form_so_far_and_the_answers_before(cast, sign_in, ana, alert):
    answer(cast.ana_episode, "phq-9", (0,) * 8 + (1,), TODAY - timedelta(days=20))
    give(ana, form_of_open(cast).pk, "9", 0, at=NOW)
    words = sign_in("ben").get(at("alert", alert)).content.decode()
    assert "Thoughts that you would be better off dead" in words
    assert "the highest answer given" in words
    assert "Every answer to it" in words
    assert "Nearly every day" in words  # question 1
    assert "No answer" in words
    assert "10 Feb 2026" in words
    assert "The form was not sent" in words
    assert "(555) 555-0123" in words


def form_of_open(cast):
    from openhour.records.models import Response

    return Response.objects.get(patient=cast.ana, instrument="phq-9", state="open")


def test_reading_it_writes_nothing_but_the_trail(cast, sign_in, alert):
    before = Alert.objects.values().get()
    length = TrailEntry.objects.count()
    for who in ("ben", "sam"):
        assert sign_in(who).get(at("alert", alert)).status_code == 200
    assert Alert.objects.values().get() == before
    assert TrailEntry.objects.count() == length + 2
    assert TrailEntry.objects.filter(action="chart.read", patient_id=str(cast.ana.pk)).count() == 2


def test_seen_is_said_by_a_press(cast, sign_in, alert):
    ben = sign_in("ben")
    assert "I have seen this" in ben.get(at("alert", alert)).content.decode()
    assert ben.get(at("alert-see", alert)).status_code == 405
    assert ben.post(at("alert-see", alert))["Location"] == at("alert", alert)
    alert.refresh_from_db()
    assert (alert.state, alert.seen_at) == ("seen", NOW)
    assert "I have seen this" not in ben.get(at("alert", alert)).content.decode()


def test_the_supervisor_reads_and_answers_and_never_sees_for_the_therapist(cast, sign_in, alert):
    sam = sign_in("sam")
    assert "I have seen this" not in sam.get(at("alert", alert)).content.decode()
    refused = sam.post(at("alert-see", alert))
    assert refused.status_code == 409
    assert "Only the therapist" in refused.content.decode()
    assert sam.post(at("alert", alert), ANSWER).status_code == 302
    alert.refresh_from_db()
    assert alert.answered_by == cast.sam_user


def test_all_gaps_are_told_at_once_and_what_was_typed_stays(sign_in, alert):
    page = sign_in("ben").post(
        at("alert", alert), {**ANSWER, "risk_level": "", "action": " ", "follow_up_on": "31.12.2026"}
    )
    words = page.content.decode()
    assert page.status_code == 422
    for sentence in ("Choose how you judge the risk.", "Write what was done.", "Give the day as a date"):
        assert sentence in words
    page = sign_in("ben").post(at("alert", alert), {**ANSWER, "risk_level": "", "action": "Spoke with <her>."})
    words = page.content.decode()
    assert "Spoke with &lt;her&gt;." in words
    assert f'value="{TODAY.isoformat()}"' in words
    assert Alert.objects.get().state == "open"


def test_the_level_is_never_filled_in(sign_in, alert):
    words = sign_in("ben").get(at("alert", alert)).content.decode()
    assert 'name="risk_level"' in words
    assert "checked" not in words


@pytest.mark.parametrize(
    "bad",
    [
        {"action": "x" * 5000},
        {"action": "a\0b"},
        {"follow_up_on": "2026-13-45"},
        {"follow_up_on": "\0"},
        {"follow_up_on": "0001-01-01"},
        {"follow_up_on": "9999-12-31"},
        {"risk_level": "\ud83d"},
        {"risk_level": "catastrophic"},
    ],
)
def test_what_can_t_be_kept_is_told_beside_the_field(sign_in, alert, bad):
    bad = {key: value.encode("utf-8", "replace").decode() for key, value in bad.items()}
    page = sign_in("ben").post(at("alert", alert), {**ANSWER, **bad})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode() or 'class="error"' in page.content.decode()
    assert Alert.objects.get().state == "open"


@pytest.mark.parametrize("shown", ["", "1", "-1", "x", "9" * 40])
def test_an_older_page_is_told_so(sign_in, alert, shown):
    page = sign_in("ben").post(at("alert", alert), {**ANSWER, "value_shown": shown})
    assert page.status_code == 409
    assert "higher answer meanwhile" in page.content.decode()
    assert "Spoke with her." in page.content.decode()


def test_answered_twice_is_told(sign_in, alert):
    sign_in("ben").post(at("alert", alert), ANSWER)
    again = sign_in("sam").post(at("alert", alert), {**ANSWER, "action": "Other"})
    assert again.status_code == 409
    assert "answered meanwhile" in again.content.decode()
    assert Alert.objects.get().action == "Spoke with her."


def test_what_was_written_before_it_was_raised_again_is_shown(cast, sign_in, ana, alert):
    sign_in("ben").post(at("alert", alert), ANSWER)
    give(ana, form_of(cast).pk, "9", 3)
    words = sign_in("ben").get(at("alert", alert)).content.decode()
    assert "Written before it was raised again" in words
    assert "Spoke with her." in words
    assert "Answer this alert" in words


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(sign_in, alert, who):
    client = sign_in(who)
    for answer_ in (
        client.get(at("alert", alert)),
        client.post(at("alert", alert), ANSWER),
        client.post(at("alert-see", alert)),
    ):
        assert answer_.status_code == 404
        assert "Ana" not in answer_.content.decode()
    if who == "carla":
        assert "Ana" not in client.get(reverse("alerts")).content.decode()
    assert Alert.objects.get().state == "open"


def test_queries_stay_the_same_however_many_alerts(cast, sign_in, ana, alert):
    client = sign_in("ben")
    client.get(reverse("alerts"))
    with counting() as one:
        client.get(reverse("alerts"))
    for days in range(3, 23):
        form = answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY - timedelta(days=days))
        give(cast.actor("ben"), form.pk, "9", 2)
    with counting() as many:
        assert client.get(reverse("alerts")).content.decode().count("Ana Almond") == 21
    assert len(one) == len(many) <= 8
    with counting() as detail:
        client.get(at("alert", alert))
    assert len(detail) <= 8
