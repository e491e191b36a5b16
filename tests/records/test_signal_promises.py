"""What the database itself promises of signals: raised once while they stand, and nothing that was seen or said changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from openhour.records.models import CourseModel, Signal, SignalAnswer
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def raised(cast, **more):
    return Signal.objects.create(
        **{
            "patient": cast.ana,
            "episode": cast.ana_episode,
            "owner": cast.ben,
            "instrument": "phq-9",
            "kind": "not-on-track",
            "seen_at": NOW,
            "sentence": "Seen.",
            "due_at": NOW + timedelta(days=7),
            "made_at": NOW,
            **more,
        }
    )


def refused(work):
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


@pytest.mark.parametrize("state", ["open", "passed-to-supervisor", "answered"])
def test_the_same_signal_is_raised_once_while_it_stands(cast, state):
    answered = {"answered_at": NOW, "look_after": 2} if state == "answered" else {}
    raised(cast, state=state, **answered)
    refused(lambda: raised(cast))


@pytest.mark.parametrize("state", ["looked-again", "cleared"])
def test_after_its_end_it_may_be_raised_again(cast, state):
    raised(cast, state=state)
    raised(cast)


def test_another_kind_another_instrument_and_another_episode_stand_beside_it(cast):
    raised(cast)
    raised(cast, kind="no-gain")
    raised(cast, instrument="gad-7")
    raised(cast, patient=cast.cleo, episode=cast.cleo_episode, owner=cast.carla)
    assert Signal.objects.count() == 4


def test_what_was_seen_never_changes_and_is_never_deleted(cast):
    signal = raised(cast)
    refused(lambda: Signal.objects.filter(pk=signal.pk).update(sentence="Something else."))
    refused(lambda: Signal.objects.filter(pk=signal.pk).update(evidence={"score": 1}))
    refused(lambda: signal.delete())
    Signal.objects.filter(pk=signal.pk).update(state="cleared", cleared_at=NOW)


def test_a_state_is_one_of_five_and_an_answered_one_says_when_to_look_again(cast):
    refused(lambda: raised(cast, state="forgotten"))
    refused(lambda: raised(cast, state="answered"))


def test_answers_are_only_added(cast):
    given = SignalAnswer.objects.create(signal=raised(cast), kind="answer", by=cast.ben_user, made_at=NOW)
    refused(lambda: SignalAnswer.objects.filter(pk=given.pk).update(words="Other words."))
    refused(lambda: given.delete())


def fitted(version, **more):
    days = {"data_from": date(2024, 1, 1), "data_until": date(2026, 1, 1)}
    numbers = {"size": 300, "scores": 1500, "parameters": {"slope": -1}}
    named = {"instrument": "phq-9", "instrument_key": "phq-9@1.0.0", "kind": "growth", "version": version}
    return CourseModel.objects.create(**{**days, **numbers, **named, "made_at": NOW, **more})


def test_one_course_of_an_instrument_is_in_use(db):
    fitted("a", active_from=NOW)
    refused(lambda: fitted("b", active_from=NOW))
    CourseModel.objects.filter(version="a").update(active_until=NOW)
    fitted("b", active_from=NOW)
    fitted("c")


def test_a_fitted_course_stays_as_it_was_fitted(db):
    row = fitted("a")
    refused(lambda: CourseModel.objects.filter(pk=row.pk).update(parameters={"slope": 1}))
    refused(lambda: CourseModel.objects.filter(pk=row.pk).update(size=1))
    refused(lambda: row.delete())
    refused(lambda: fitted("b", data_until=date(2023, 1, 1)))
