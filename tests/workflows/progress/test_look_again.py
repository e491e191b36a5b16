"""The second look: by itself, after the agreed sessions, with the published rule, and honest where nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.records.models import Signal
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.stop_session import stop_session
from openhour.workflows.progress.look_again import look_again
from openhour.workflows.progress.raise_signals import raise_signals
from openhour.workflows.progress.take_stock import take_stock
from tests.cast import NOW
from tests.workflows.at_once import at_once
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import answered, go_through, hold, in_use, off_track, score

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)


def look(cast, at):
    return look_again(cast.actor("ben"), cast.ana_episode.pk, at=at)


def two_weeks(cast, *totals):
    """Two more hours, with these scores before them."""
    for number, total in enumerate((*totals, None, None)[:2], start=1):
        if total is not None:
            score(cast.ana_episode, total, (NOW + number * WEEK).date())
        hold(cast.ana_episode, NOW + number * WEEK)
    return NOW + 2 * WEEK + timedelta(hours=1)


@pytest.fixture
def signal(cast):
    raised = off_track(cast)
    answered(cast, raised)
    return raised


@pytest.mark.parametrize(
    ("totals", "happened", "words"),
    [
        ((18, 14), "better", "PHQ-9 went from 22 to 14, reliably better than when this was answered."),
        ((22, 21), "same", "PHQ-9 went from 22 to 21, less than the 6 points that are more than chance."),
        ((25, 27), "same", "PHQ-9 went from 22 to 27, less than the 6 points that are more than chance."),
        ((), "unknown", "PHQ-9 was not answered since."),
    ],
    ids=["better", "same", "nearly-worse", "unknown"],
)
def test_the_latest_score_is_held_against_the_one_at_the_answer(cast, signal, totals, happened, words):
    at = two_weeks(cast, *totals)
    assert look(cast, at) == (signal.pk,)
    signal.refresh_from_db()
    assert (signal.state, signal.looked_at, signal.happened) == ("looked-again", at, happened)
    assert signal.happened_words.startswith(words)


def test_it_says_whether_what_was_seen_is_still_seen(cast, signal):
    look(cast, two_weeks(cast, 24, 25))
    signal.refresh_from_db()
    assert signal.happened_words.endswith("What was seen then is still seen.")


def test_reliably_worse_than_at_the_answer_is_called_worse(cast):
    in_use()
    go_through(cast.ana_episode, (5, 9, 12, 13))
    raise_signals(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    signal = Signal.objects.get(kind="reliably-worse")
    answered(cast, signal)
    look(cast, two_weeks(cast, 16, 20))
    signal.refresh_from_db()
    assert signal.happened == "worse"


def test_not_before_the_agreed_number_of_hours(cast, signal):
    hold(cast.ana_episode, NOW + WEEK)
    score(cast.ana_episode, 10, (NOW + WEEK).date())
    assert look(cast, NOW + WEEK + timedelta(hours=1)) == ()
    signal.refresh_from_db()
    assert signal.state == "answered"


def test_an_hour_that_had_begun_before_the_answer_does_not_count(cast):
    raised = off_track(cast)
    hold(cast.ana_episode, NOW + timedelta(hours=2))
    answered(cast, raised, at=NOW + timedelta(hours=2, minutes=30))
    hold(cast.ana_episode, NOW + WEEK)
    assert look(cast, NOW + WEEK + timedelta(hours=1)) == ()


def test_it_comes_by_itself_when_the_hour_ends(cast, signal):
    hold(cast.ana_episode, NOW + timedelta(hours=3))
    score(cast.ana_episode, 12, (NOW + timedelta(days=1)).date())
    visit = cast.ana_visit
    type(visit).objects.filter(pk=visit.pk).update(
        starts_at=NOW + 2 * WEEK, ends_at=NOW + 2 * WEEK + timedelta(hours=1)
    )
    start_session(cast.actor("ben"), visit.pk, at=NOW + 2 * WEEK)
    stop_session(cast.actor("ben"), visit.pk, at=NOW + 2 * WEEK + timedelta(minutes=55))
    signal.refresh_from_db()
    assert (signal.state, signal.happened) == ("looked-again", "better")


def test_after_the_look_the_same_is_raised_only_by_a_newer_score(cast, signal):
    at = two_weeks(cast, 24, 25)
    stock = take_stock(cast.actor("ben"), cast.ana_episode.pk, at=at)
    assert signal.pk in stock.looked_again
    assert not Signal.objects.filter(kind="not-on-track", state="open").exists()
    score(cast.ana_episode, 26, (NOW + 3 * WEEK).date())
    take_stock(cast.actor("ben"), cast.ana_episode.pk, at=NOW + 3 * WEEK)
    assert Signal.objects.filter(kind="not-on-track", state="open").count() == 1


def test_a_form_that_was_missing_and_came_is_better(cast):
    go_through(cast.ana_episode, (14, None, None, None))
    raise_signals(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    signal = Signal.objects.get(kind="measures-missing", instrument="phq-9")
    answered(cast, signal)
    look(cast, two_weeks(cast, 13, 12))
    signal.refresh_from_db()
    assert signal.happened in ("better", "same")
    assert signal.happened_words.startswith("PHQ-9 went from 14 to 12")


def test_twice_changes_nothing(cast, signal):
    at = two_weeks(cast, 18, 14)
    look(cast, at)
    assert look(cast, at + timedelta(days=1)) == ()
    signal.refresh_from_db()
    assert signal.looked_at == at
    assert trail_of("signal.looked-again") == 1


def test_two_looks_at_once_are_one(transactional_db, cast):
    answered(cast, off_track(cast))
    at = two_weeks(cast, 18, 14)
    outcomes = at_once(lambda: look(cast, at), lambda: look(cast, at))
    assert sorted(len(one) for one in outcomes) == [0, 1]
    assert trail_of("signal.looked-again") == 1
