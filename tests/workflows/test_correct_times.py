"""Times that the clock got wrong are corrected with a reason, and what stood there stays in the trail."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Session, Visit
from openhour.workflows.hour.correct_times import Times, correct_times
from openhour.workflows.hour.start_session import start_session
from tests.cast import NOW
from tests.workflows.hours import minutes, trail_of

END, AFTER = minutes(54), minutes(70)


def correct(cast, start=NOW, stop=END, reason="Pressed late", at=AFTER, name="ben"):
    return correct_times(cast.actor(name), cast.ana_visit.pk, Times(start, stop, reason), at=at)


def codes(refused) -> set[str]:
    return {finding.code for finding in refused.value.findings}


def test_a_forgotten_clock_is_entered_by_hand(cast):
    session = correct(cast)
    assert (session.minutes, session.times_reason) == (54, "Pressed late")


def test_the_trail_keeps_what_stood_there_before_and_no_word_of_the_reason(cast):
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(6))
    correct(cast)
    entry = TrailEntry.objects.get(action="session.times-corrected")
    detail = json.loads(entry.detail)
    assert detail["was_started_at"].startswith("2026-03-02 16:06")
    assert detail["started_at"].startswith("2026-03-02 16:00")
    assert "Pressed" not in entry.detail


def test_only_the_start_may_be_corrected_while_the_hour_goes_on(cast):
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(6))
    assert correct(cast, stop=None, at=minutes(10)).stopped_at is None


def test_every_reason_comes_at_once(cast):
    with pytest.raises(Refused) as refused:
        correct(cast, start=minutes(80), stop=minutes(75), reason="  ")
    assert codes(refused) == {"times.reason-missing", "times.stop-before-start", "times.in-future"}
    assert {finding.place for finding in refused.value.findings} == {"reason", "started_at", "stopped_at"}
    assert not Session.objects.exists()


def test_another_day_is_refused(cast):
    with pytest.raises(Refused, match=r"times\.another-day"):
        correct(cast, start=NOW - timedelta(days=1), stop=NOW - timedelta(hours=23))


@pytest.mark.parametrize("reason", ["x" * 201, "nul \0", "half \ud800"])
def test_a_reason_that_cannot_be_kept_is_told(cast, reason):
    with pytest.raises(Refused, match="text"):
        correct(cast, reason=reason)


def _other_hour(cast, start: float, stop: float) -> Session:
    visit = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=minutes(120),
        ends_at=minutes(180),
        made_at=NOW,
    )
    return Session.objects.create(
        visit=visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=minutes(start),
        stopped_at=minutes(stop),
        made_at=NOW,
    )


def test_nobody_sits_in_two_rooms(cast):
    _other_hour(cast, 50, 100)
    with pytest.raises(Refused, match=r"times\.overlap"):
        correct(cast)


def test_one_hour_may_follow_the_other_without_a_pause(cast):
    _other_hour(cast, 54, 100)
    assert correct(cast).minutes == 54


@pytest.mark.parametrize("name", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_corrects_them(cast, name):
    with pytest.raises(NotAllowed):
        correct(cast, name=name)
    assert trail_of("session.times-corrected") == 0
