"""One form on the therapist's page: answers and score, and what is entered from paper."""

from __future__ import annotations

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Alert, Answer, Response
from tests.cast import NOW, TODAY
from tests.web.schedule_desk import counting, stop_clock
from tests.workflows.answers import by_link, form_of, give
from tests.workflows.hours import answer


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def form(cast):
    by_link(cast)
    return form_of(cast)


def at(form):
    return reverse("response", args=[form.pk])


def test_the_answers_stand_there_with_the_reason_why_there_is_no_score(cast, sign_in, form):
    give(cast.actor("ben"), form.pk, "1", 2)
    words = sign_in("ben").get(at(form)).content.decode()
    assert "8 of 9 questions aren’t answered" in words or "8 of 9 questions aren&#39;t answered" in words
    assert "Incomplete is not zero" in words
    assert "Ana Almond" in words


def test_entered_answers_are_kept_under_the_therapist_s_name(cast, sign_in, form):
    page = sign_in("ben").post(at(form), {"q1": "2", "w1": "", "q2": "", "w2": ""})
    assert page["Location"] == at(form)
    form.refresh_from_db()
    assert form.answers == {"1": 2}
    assert Answer.objects.get().by == cast.actor("ben").label


def test_a_risk_answer_entered_from_paper_raises_the_alert_and_says_so(cast, sign_in, form):
    ben = sign_in("ben")
    page = ben.post(at(form), {"q9": "1", "w9": ""}, follow=True)
    assert "raised an alert" in page.content.decode()
    assert Alert.objects.get().owner == cast.ben
    assert reverse("alert", args=[Alert.objects.get().pk]) in ben.get(at(form)).content.decode()


def test_an_answer_is_taken_back_by_choosing_none(cast, sign_in, form):
    give(cast.actor("ben"), form.pk, "1", 2)
    sign_in("ben").post(at(form), {"q1": "", "w1": "2"})
    form.refresh_from_db()
    assert form.answers == {"1": None}


def test_an_older_page_does_not_undo_what_the_patient_answers_meanwhile(cast, sign_in, form):
    give(cast.actor("ben"), form.pk, "1", 3)
    sign_in("ben").post(at(form), {"q1": "", "w1": "", "q2": "1", "w2": ""})
    form.refresh_from_db()
    assert form.answers == {"1": 3, "2": 1}


def test_the_form_is_closed_and_scored(cast, sign_in, form):
    answers = {f"q{item}": "1" for item in range(1, 9)} | {"q9": "0"}
    sign_in("ben").post(at(form), {**answers, "go": "finish"})
    form.refresh_from_db()
    assert (form.state, form.total, form.band) == ("complete", 8, "mild")
    words = sign_in("ben").get(at(form)).content.decode()
    assert "8 of 27" in words
    assert "entered by staff" in words
    assert 'type="radio"' not in words


def test_the_change_since_last_time_stands_beside_the_score(cast, sign_in, form):
    from datetime import timedelta

    answer(cast.ana_episode, "phq-9", (2,) * 9, TODAY - timedelta(days=7))
    sign_in("ben").post(at(form), {f"q{item}": "1" if item < 9 else "0" for item in range(1, 10)})
    assert "−10 points" in sign_in("ben").get(at(form)).content.decode()


@pytest.mark.parametrize("value", ["9", "abc", "-1", "1e3", "\0"])
def test_a_value_that_is_no_choice_is_refused_and_the_rest_is_kept(sign_in, form, value):
    page = sign_in("ben").post(at(form), {"q1": value, "q2": "3", "w2": ""})
    assert page.status_code == 422
    form.refresh_from_db()
    assert form.answers == {"2": 3}


def test_an_empty_form_isn_t_closed(sign_in, form):
    page = sign_in("ben").post(at(form), {"go": "finish"})
    assert page.status_code == 422
    assert "No question is answered yet." in page.content.decode()


def test_the_supervisor_reads_and_enters_nothing(cast, sign_in, form):
    sam = sign_in("sam")
    assert 'type="radio"' not in sam.get(at(form)).content.decode()
    assert sam.post(at(form), {"q1": "1"}).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(sign_in, form, who):
    client = sign_in(who)
    assert client.get(at(form)).status_code == 404
    assert client.post(at(form), {"q1": "1"}).status_code == 404
    assert not Answer.objects.exists()


def test_a_withdrawn_form_isn_t_there(sign_in, form):
    Response.objects.update(state="withdrawn")
    assert sign_in("ben").get(at(form)).status_code == 404


def test_reading_leaves_one_entry(cast, sign_in, form):
    sign_in("ben").get(at(form))
    entry = TrailEntry.objects.get(action="chart.read")
    assert (entry.subject_id, entry.patient_id) == (str(form.pk), str(cast.ana.pk))


def test_few_queries(sign_in, form):
    client = sign_in("ben")
    client.get(at(form))
    with counting() as asked:
        client.get(at(form))
    assert len(asked) <= 8
    assert NOW
