"""How it has been going: a patient's own scores in plain words, and nothing that isn't theirs to read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.records.models import Practice, Signal
from openhour.workflows.progress.raise_signals import raise_signals
from tests.cast import NOW
from tests.web.schedule_desk import counting
from tests.workflows.answers import BEFORE
from tests.workflows.hours import answer
from tests.workflows.progress.courses import answered, go_through, in_use, score, usual


def words(response):
    text = re.sub(r"<(style|script).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).replace("&#39;", "’")


@pytest.fixture
def told(phone, at):
    """`told()` is what the page says."""
    return lambda: words(phone.get(at("portal-course")))


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ((18, 14, 9), "Your last score is clearly better than when you began."),
        ((9, 14, 18), "Your last score is worse than when you began, and by more than chance explains."),
        ((14, 13, 12), "Your last score is about the same as when you began."),
        ((14,), "So far there is one score, of 23 Feb 2026. A single score says little."),
    ],
    ids=["better", "worse", "same", "one"],
)
def test_the_change_is_said_in_plain_words(cast, told, totals, said):
    go_through(cast.ana_episode, totals)
    assert said in told()


def test_a_step_back_is_called_one_and_that_it_is_common(cast, told):
    go_through(cast.ana_episode, (20, 8, 15))
    assert "a step back from the one before. Steps back are common" in told()


def test_small_ups_and_downs_are_no_step_back(cast, told):
    go_through(cast.ana_episode, (20, 12, 14))
    assert "a step back from the one before" not in told()


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ((15, 13, 12), "are about there by now"),
        ((15, 18, 22), "are further by now. That is no verdict about you"),
        ((15, 9, 2), "You are further than most people"),
    ],
    ids=["as", "behind", "ahead"],
)
def test_it_is_held_against_what_is_usual(cast, told, totals, said):
    in_use()
    go_through(cast.ana_episode, totals)
    assert said in told()


def test_what_no_source_confirmed_is_not_shown_to_patients(cast, told):
    in_use(usual(confirmed=False))
    go_through(cast.ana_episode, (15, 18, 22))
    page = told()
    assert "Most people who begin" not in page
    assert "Expected" not in page


def test_no_word_of_a_signal_an_answer_or_a_therapist_is_there(cast, phone, at):
    in_use()
    go_through(cast.ana_episode, (10, 14, 18))
    answer(cast.ana_episode, "phq-9", (3, 3, 3, 3, 3, 3, 1, 1, 2), (NOW - timedelta(days=2)).date())
    raise_signals(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    signal = Signal.objects.get(kind="not-on-track")
    answered(cast, signal, words="She doesn’t trust me yet.")
    page = phone.get(at("portal-course")).content.decode()
    shown = words(phone.get(at("portal-course")))
    for hidden in (
        "signal",
        "on track",
        "trust me",
        "alliance",
        "reliabl",
        "severe",
        "item 9",
        "deteriorat",
        "caseness",
    ):
        assert hidden.lower() not in shown.lower(), hidden
    assert "%" not in shown
    assert "better off dead" not in page
    assert str(signal.pk) not in page
    assert signal.sentence not in page


def test_the_picture_has_its_words_and_a_table(cast, phone, at):
    go_through(cast.ana_episode, (18, 14, 9))
    page = phone.get(at("portal-course")).content.decode()
    assert "From 18 on 9 Feb 2026 to 9 on 23 Feb 2026. Here lower is better." in page
    assert page.count("<table") == 2  # PHQ-9 and GAD-7
    assert '<th scope="col">Band</th>' not in page


def test_nothing_yet_is_said_kindly(cast, told):
    assert "There is nothing to show yet." in told()


def test_another_therapists_treatment_of_the_same_patient_is_not_shown(cast, told):
    other = cast.cleo_episode
    type(other).objects.filter(pk=other.pk).update(patient=cast.ana)
    other.refresh_from_db()
    score(other, 26, (NOW - timedelta(days=3)).date())
    assert "There is nothing to show yet." in told()


def test_where_the_practice_does_not_show_it_there_is_no_page_and_no_link(cast, phone, at):
    go_through(cast.ana_episode, (18, 9))
    assert "How it has been going" in words(phone.get(at("portal")))
    assert "How it has been going" in words(phone.get(at("portal-done")))
    Practice.objects.update(shows_course=False)
    assert phone.get(at("portal-course")).status_code == 404
    assert "How it has been going" not in words(phone.get(at("portal")))
    assert "How it has been going" not in words(phone.get(at("portal-done")))


def test_a_link_that_is_over_shows_nothing(cast, phone, at, clock):
    go_through(cast.ana_episode, (18, 9))
    clock.at = NOW + timedelta(days=30)
    answer = phone.get(at("portal-course"))
    assert answer.status_code == 404
    assert "score" not in words(answer)


def test_it_is_read_with_get_and_leaves_one_entry(cast, phone, at):
    go_through(cast.ana_episode, (18, 9))
    assert phone.post(at("portal-course")).status_code == 405
    phone.get(at("portal-course"))
    entry = TrailEntry.objects.get(action="course.read")
    assert entry.patient_id == str(cast.ana.pk)
    assert entry.actor.startswith("link:")
    assert entry.at == BEFORE


def test_how_many_queries_it_takes_does_not_grow(cast, phone, at):
    go_through(cast.ana_episode, (18, 9))
    with counting() as few:
        phone.get(at("portal-course"))
    for week in range(10, 20):
        score(cast.ana_episode, 12, (NOW - timedelta(weeks=week)).date())
    with counting() as many:
        phone.get(at("portal-course"))
    assert len(few) == len(many) <= 8
