"""End a course of treatment: everything that is open is told at once; the chart stays; the lists let go of the patient."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from openhour.care.endings import OUTCOMES, REASONS, Ending
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert, Episode, Plan, Session, Visit
from openhour.records.queries.patient import patients_found
from openhour.workflows.ending.close_episode import close_episode
from tests.cast import NOW, TODAY
from tests.guard import access_records
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import trail_of

END = Ending("completed", "goals-reached", TODAY, " Walks help. \r\nCalls her sister first. ")


@pytest.fixture
def ready(cast):
    """Nothing is open any more."""
    Visit.objects.filter(patient=cast.ana).update(state="cancelled")
    return cast.ana_episode


def close(cast, ending=END, who="ben", at=NOW):
    return close_episode(cast.actor(who), cast.ana_episode.pk, ending, at=at)


def codes(refusal):
    return {finding.code for finding in refusal.value.findings}


def test_it_ends_with_its_day_reason_outcome_and_words(cast, ready):
    assert close(cast) == cast.ana.pk
    episode = Episode.objects.get(pk=ready.pk)
    assert (episode.state, episode.closed_on) == ("closed", TODAY)
    assert (episode.closing_reason, episode.outcome) == ("completed", "goals-reached")
    assert episode.closing_words == "Walks help. \nCalls her sister first."
    assert trail_of("episode.closed") == 1


def test_everything_that_is_open_is_told_at_once(cast):
    access_records.make("alert", cast, "ana")
    access_records.make("note", cast, "ana")
    Plan.objects.create(episode=cast.ana_episode, version=1, state="draft", made_at=NOW)
    Visit.objects.create(
        episode=cast.ana_episode, patient=cast.ana, therapist=cast.ben, site=cast.site, procedure="psychotherapy-60",
        starts_at=NOW + timedelta(days=7), ends_at=NOW + timedelta(days=7, hours=1), made_at=NOW,
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        close(cast, Ending("", "", None))
    assert codes(refusal) == {
        "ending.open-alerts", "ending.unsigned", "ending.visits-ahead", "ending.plan-draft",
        "ending.reason", "ending.outcome", "ending.day",
    }  # fmt: skip
    assert Episode.objects.get(pk=cast.ana_episode.pk).state == "open"
    assert trail_of("episode.closed") == 0


def test_an_hour_without_any_note_counts_as_unsigned(cast, ready):
    access_records.session(cast, "ana")
    with pytest.raises(Refused) as refusal:
        close(cast)
    assert codes(refusal) == {"ending.unsigned"}


def test_a_signed_note_an_answered_alert_and_past_visits_don_t_hold_it(cast, ready):
    access_records.make("signed-note", cast, "ana")
    access_records.make("alert", cast, "ana")
    Alert.objects.update(state="answered")
    assert Session.objects.exists()
    close(cast)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (TODAY + timedelta(days=1), "ending.day-ahead"),
        (date(2020, 1, 1), "ending.day-before"),
        (None, "ending.day"),
    ],
)
def test_the_day_is_one_that_can_be(cast, ready, day, code):
    with pytest.raises(Refused) as refusal:
        close(cast, Ending("completed", "no-change", day))
    assert codes(refusal) == {code}


def test_it_can_t_end_before_its_last_hour(cast, ready):
    access_records.make("signed-note", cast, "ana")
    with pytest.raises(Refused) as refusal:
        close(cast, Ending("completed", "no-change", TODAY - timedelta(days=1)))
    assert codes(refusal) == {"ending.day-before-hour"}


@pytest.mark.parametrize("reason", sorted(REASONS))
@pytest.mark.parametrize("outcome", ["not-known"])
def test_every_reason_that_is_offered_is_taken(cast, ready, reason, outcome):
    close(cast, Ending(reason, outcome, TODAY))
    assert Episode.objects.get(pk=ready.pk).closing_reason == reason


@pytest.mark.parametrize("words", ["a\0b", "\ud83d", "x" * 2001])
def test_words_that_can_t_be_kept_are_told(cast, ready, words):
    with pytest.raises(Refused) as refusal:
        close(cast, Ending("completed", "worse", TODAY, words))
    assert {finding.place for finding in refusal.value.findings} == {"words"}


def test_it_ends_once(cast, ready):
    close(cast)
    with pytest.raises(Refused, match=r"episode\.closed"):
        close(cast)


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_who_treats_ends_it_and_nobody_else(cast, ready, who):
    with pytest.raises(NotAllowed):
        close(cast, who=who)


# The page


def here(cast):
    return reverse("episode-close", args=[cast.ana_episode.pk])


def test_the_page_shows_what_is_left_and_where(cast, sign_in, monkeypatch):
    stop_clock(monkeypatch, NOW - timedelta(hours=1))
    access_records.make("alert", cast, "ana")
    page = sign_in("ben").get(here(cast)).content.decode()
    assert "1 alert is not answered yet." in page
    assert "1 visit is still booked; cancel first." in page
    for title in (*REASONS.values(), *OUTCOMES.values()):
        assert title in page


def test_it_keeps_what_was_typed_and_tells_why_not(cast, ready, sign_in, monkeypatch):
    stop_clock(monkeypatch)
    sent = {"reason": "moved-away", "outcome": "", "closed_on": "2020-01-01", "words": "Her own words"}
    answer = sign_in("ben").post(here(cast), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose how it ends." in page
    assert "Treatment began only after this day." in page
    assert "Her own words</textarea>" in page
    assert Episode.objects.get(pk=ready.pk).state == "open"


def test_it_ends_by_the_page_and_then_the_page_says_how(cast, ready, sign_in, monkeypatch):
    stop_clock(monkeypatch)
    ben = sign_in("ben")
    sent = {
        "reason": "moved-away",
        "outcome": "goals-partly",
        "closed_on": TODAY.isoformat(),
        "words": "Goes to Ohio.",
    }
    assert ben.post(here(cast), sent)["Location"] == reverse("patient", args=[cast.ana.pk])
    page = ben.get(here(cast)).content.decode()
    for words in ("The patient moved away", "Goals partly reached", "Goes to Ohio."):
        assert words in page
    assert '<form class="form narrow card"' not in page
    assert "How it ended" in ben.get(reverse("patient", args=[cast.ana.pk])).content.decode()


def test_the_supervisor_reads_and_doesn_t_end(cast, ready, sign_in, monkeypatch):
    stop_clock(monkeypatch)
    sam = sign_in("sam")
    assert "What was agreed for later" not in sam.get(here(cast)).content.decode()
    assert sam.post(here(cast), {"reason": "completed"}).status_code == 404
    assert sign_in("carla").get(here(cast)).status_code == 404


# The lists


def names(cast, who, **how):
    return [line.name for line in patients_found(cast.actor(who), at=NOW, **how).lines]


@pytest.mark.parametrize("who", ["dee", "ben"])
def test_the_list_is_of_those_in_treatment_with_a_way_to_the_others(cast, ready, who):
    assert "Almond, Ana" in names(cast, who)
    close(cast)
    assert "Almond, Ana" not in names(cast, who)
    assert "Almond, Ana" not in names(cast, who, words="almond")
    assert "Almond, Ana" in names(cast, who, ended=True)
    (line,) = patients_found(cast.actor(who), "almond", ended=True, at=NOW).lines
    assert (line.ended, line.therapists) == (True, ())


def test_who_has_another_treatment_or_none_yet_stays_on_the_list(cast, ready):
    from tests.records.test_patient_queries import treated

    treated(cast, cast.ana, cast.carla)
    close(cast)
    assert "Almond, Ana" in names(cast, "dee")
    assert "Almond, Ana" in names(cast, "carla")
    assert "Almond, Ana" not in names(cast, "ben"), "with Ben it has ended"
    Episode.objects.filter(patient=cast.cleo).update(state="closed")
    assert "Quince, Cleo" not in names(cast, "dee")


def test_the_page_of_the_list_asks_for_them(cast, ready, sign_in, monkeypatch):
    stop_clock(monkeypatch)
    close(cast)
    dee = sign_in("dee")
    assert "Almond, Ana" not in dee.get("/patients/").content.decode()
    page = dee.post("/patients/", {"q": "", "ended": "1"}).content.decode()
    assert "Almond, Ana" in page
    assert "treatment has ended" in page
    assert 'name="ended" value="1" checked' in page
