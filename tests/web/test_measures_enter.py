"""Answers entered in the room and from paper: one screen, each kept as given, help first; and a paper typed twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Alert, Answer, Episode, Response, SecondEntry
from tests.cast import TODAY
from tests.web.charts import body_of, one_entry, queries_of, typed_in
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import answer

YESTERDAY = TODAY - timedelta(days=1)
NINE = {f"q{item}": "1" for item in range(1, 9)} | {"q9": "0", "q10": "0"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def ben(sign_in):
    return sign_in("ben")


def begin(client, cast, instrument="phq-9", mode="clinician", answered_on=""):
    address = reverse("form-begin", args=[cast.ana_episode.pk])
    return client.post(address, {"instrument": instrument, "mode": mode, "answered_on": answered_on})


def begun(client, cast, **more):
    begin(client, cast, **more)
    return Response.objects.get(instrument=more.get("instrument", "phq-9"))


def enter_at(form):
    return reverse("form-enter", args=[form.pk])


def paper(client, cast, **answers):
    form = begun(client, cast, mode="paper", answered_on=YESTERDAY.isoformat())
    client.post(enter_at(form), {**NINE, **answers, "go": "finish"})
    form.refresh_from_db()
    return form


# Beginning


def test_what_waits_and_what_else_is_on_the_shelf_stand_there(cast, ben):
    from openhour.workflows.safety.request_measures import request_measures
    from tests.cast import NOW

    request_measures(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    words = body_of(ben.get(reverse("form-begin", args=[cast.ana_episode.pk])))
    assert "Not sent yet" in words
    assert words.index("PHQ-9: ") < words.index("GAD-7: ")


def test_in_the_room_the_form_is_of_today_and_of_the_visit(cast, ben):
    form = begun(ben, cast)
    assert (form.mode, form.due_on, form.visit_id, form.answered_on) == ("clinician", TODAY, cast.ana_visit.pk, None)
    assert form.entered_by == cast.ben_user
    assert form.instrument_digest


def test_a_form_that_waits_for_the_day_is_taken_up(cast, ben):
    from openhour.workflows.safety.request_measures import request_measures
    from tests.cast import NOW

    request_measures(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    waiting = Response.objects.get(instrument="phq-9")
    assert begin(ben, cast)["Location"] == enter_at(waiting)
    assert Response.objects.filter(instrument="phq-9").count() == 1


def test_from_paper_the_day_is_that_of_the_paper(cast, ben):
    form = begun(ben, cast, mode="paper", answered_on="2026-02-20")
    assert (form.mode, form.due_on, form.answered_on) == ("paper", date(2026, 2, 20), date(2026, 2, 20))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"instrument": "nothing"}, "Choose a form that is on the shelf"),
        ({"mode": "phone"}, "Say whether it is entered"),
        ({"mode": "paper", "answered_on": ""}, "Give the day on the paper"),
        ({"mode": "paper", "answered_on": "2026-03-03"}, "still to come"),
        ({"mode": "paper", "answered_on": "1950-01-01"}, "before the patient was born"),
        ({"instrument": "a\0b"}, "Choose a form"),
    ],
    ids=["instrument", "mode", "no-day", "ahead", "before-birth", "nul"],
)
def test_beginning_is_refused_and_keeps_what_was_typed(cast, ben, typed, sentence):
    page = begin(ben, cast, **typed)
    assert page.status_code == 422
    assert sentence in body_of(page)
    if typed.get("answered_on"):
        assert typed_in(page, "answered_on") == typed["answered_on"]
    assert not Response.objects.exists()


def test_what_was_answered_on_the_day_isn_t_begun_again(cast, ben):
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY)
    page = begin(ben, cast)
    assert page.status_code == 422
    assert "answered on that day already" in body_of(page)


def test_where_treatment_has_ended_nothing_is_begun(cast, ben):
    Episode.objects.update(state="closed", closed_on=TODAY)
    assert begin(ben, cast).status_code == 422


# Entering


def test_all_questions_stand_on_one_screen_with_the_digits_that_choose(cast, ben):
    words = body_of(ben.get(enter_at(begun(ben, cast))))
    assert words.count('role="radiogroup"') == 10
    assert "2 More than half the days" in words
    assert "entry.js" in words


def test_each_answer_is_kept_as_it_is_given(cast, ben):
    form = begun(ben, cast)
    for value in ("1", "2"):
        said = ben.post(enter_at(form), {"q1": value, "w1": ""}, headers={"accept": "application/json"}).json()
        assert said == {"saved": True, "help": False}
    form.refresh_from_db()
    assert form.answers == {"1": 2}
    assert [(row.value, row.by) for row in Answer.objects.order_by("made_at", "value")] == [
        (1, cast.actor("ben").label),
        (2, cast.actor("ben").label),
    ]


def test_an_answer_that_must_be_seen_shows_the_steps_and_raises_the_alert_at_once(cast, ben):
    form = begun(ben, cast)
    page = ben.post(enter_at(form), {**NINE, "q9": "1", "go": "finish"})
    assert page["Location"] == enter_at(form) + "#steps"
    alert = Alert.objects.get()
    assert (alert.value, alert.owner, alert.due_at) == (1, cast.ben, cast.ana_visit.starts_at + timedelta(hours=24))
    words = body_of(ben.get(enter_at(form)))
    assert "Ask about it now" in words
    assert reverse("alert", args=[alert.pk]) in words
    assert "call or text 988" in words
    form.refresh_from_db()
    assert form.state == "open"
    assert form.answers["1"] == 1


def test_the_script_is_told_of_help_and_the_page_holds_it_before(cast, ben):
    form = begun(ben, cast)
    assert body_of(ben.get(enter_at(form))).count('data-help-from="1"') == 4
    said = ben.post(enter_at(form), {"q9": "2"}, headers={"accept": "application/json"}).json()
    assert said == {"saved": True, "help": True}


def test_closing_scores_and_leads_to_the_form(cast, ben):
    form = begun(ben, cast)
    page = ben.post(enter_at(form), {**NINE, "go": "finish"})
    assert page["Location"] == reverse("response", args=[form.pk])
    form.refresh_from_db()
    assert (form.state, form.total, form.mode) == ("complete", 8, "clinician")
    assert ben.get(enter_at(form))["Location"] == reverse("response", args=[form.pk])
    assert "Entered in the room" in body_of(ben.get(reverse("response", args=[form.pk])))


@pytest.mark.parametrize("value", ["9", "abc", "-1", "\0"])
def test_a_value_that_is_none_is_refused_and_the_rest_is_kept(cast, ben, value):
    form = begun(ben, cast)
    page = ben.post(enter_at(form), {**NINE, "q3": value, "go": "finish"})
    assert page.status_code == 422
    form.refresh_from_db()
    assert (form.state, len(form.answers)) == ("open", 9)


def test_entering_and_reading_are_few_queries_and_one_entry(cast, ben):
    form = begun(ben, cast)
    ben.get(enter_at(form))
    with one_entry("chart.read"):
        few = queries_of(lambda: ben.get(enter_at(form)))
    assert few <= 8


@pytest.mark.parametrize("who", ["carla", "sam", "dee", "eli", "olga"])
def test_nobody_else_enters(cast, sign_in, ben, who):
    form, client = begun(ben, cast), sign_in(who)
    for address in (enter_at(form), reverse("form-begin", args=[cast.ana_episode.pk])):
        assert client.get(address).status_code == 404
        assert client.post(address, {"q1": "1"}).status_code == 404
    assert not Answer.objects.exists()


# A paper typed twice


def second_at(form):
    return reverse("form-second", args=[form.pk])


def differences_at(form):
    return reverse("form-differences", args=[form.pk])


def test_a_closed_paper_offers_a_second_pass_that_does_not_show_the_first(cast, ben):
    form = paper(ben, cast)
    assert second_at(form) in body_of(ben.get(reverse("response", args=[form.pk])))
    assert " checked" not in body_of(ben.get(second_at(form)))


def test_the_same_twice_is_said_and_changes_nothing(cast, ben):
    form = paper(ben, cast)
    before = Response.objects.values().get(pk=form.pk)
    page = ben.post(second_at(form), NINE)
    assert page["Location"] == reverse("response", args=[form.pk])
    assert SecondEntry.objects.get().state == "same"
    assert Response.objects.values().get(pk=form.pk) == before


def test_one_difference_stands_side_by_side_and_is_settled_with_a_reason(cast, ben, sign_in):
    form = paper(ben, cast)
    sam = sign_in("sam")
    page = sam.post(second_at(form), {**NINE, "q2": "3"}, follow=True)
    words = body_of(page)
    assert "1 question differs" in words
    assert "First: Several days" in words
    assert "Second: Nearly every day" in words
    assert "by Ben Brook" in words
    refused = sam.post(differences_at(form), {"k2": "", "reason": ""})
    assert refused.status_code == 422
    assert "Choose what stands on the paper." in body_of(refused)
    sam.post(differences_at(form), {"k2": "second", "reason": "Looked at the paper again"})
    form.refresh_from_db()
    assert (form.answers["2"], form.total) == (3, 10)
    second = SecondEntry.objects.get()
    assert (second.state, second.kept, second.resolved_by) == ("resolved", {"2": "second"}, cast.sam_user)
    assert Answer.objects.filter(item="2").count() == 2
    assert "Looked at the paper again" in body_of(ben.get(differences_at(form)))


def test_keeping_the_first_changes_no_answer(cast, ben):
    form = paper(ben, cast)
    ben.post(second_at(form), {**NINE, "q2": "3"})
    ben.post(differences_at(form), {"k2": "first", "reason": "The second was a slip"})
    form.refresh_from_db()
    assert (form.answers["2"], form.total) == (1, 8)
    assert TrailEntry.objects.filter(action="paper.settled").count() == 1
    assert ben.post(differences_at(form), {"k2": "second", "reason": "Again"}).status_code == 422


def test_a_second_pass_that_must_be_seen_raises_the_alert_before_anything_is_settled(cast, ben):
    form = paper(ben, cast)
    page = ben.post(second_at(form), {**NINE, "q9": "1"}, follow=True)
    assert Alert.objects.get().value == 1
    assert "raised an alert" in body_of(page)


def test_an_answer_left_out_the_second_time_is_a_difference(cast, ben):
    form = paper(ben, cast)
    words = body_of(ben.post(second_at(form), {**NINE, "q10": ""}, follow=True))
    assert "Second: No answer" in words


def test_a_second_pass_is_refused_for_values_that_are_none_and_when_empty(cast, ben):
    form = paper(ben, cast)
    assert ben.post(second_at(form), {**NINE, "q1": "7"}).status_code == 422
    assert ben.post(second_at(form), {}).status_code == 422
    assert not SecondEntry.objects.exists()


def test_only_a_closed_paper_is_typed_twice(cast, ben):
    form = begun(ben, cast)
    assert ben.get(second_at(form))["Location"] == reverse("response", args=[form.pk])
    ben.post(enter_at(form), {**NINE, "go": "finish"})
    assert ben.post(second_at(form), NINE)["Location"] == reverse("response", args=[form.pk])
    assert not SecondEntry.objects.exists()


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_else_checks_papers(cast, sign_in, ben, who):
    form, client = paper(ben, cast), sign_in(who)
    for address in (second_at(form), differences_at(form)):
        assert client.get(address).status_code == 404
        assert client.post(address, NINE).status_code == 404
    assert not SecondEntry.objects.exists()
