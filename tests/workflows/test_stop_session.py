"""One press stops the clock, once."""

from __future__ import annotations

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.stop_session import stop_session
from tests.cast import NOW
from tests.workflows.hours import minutes, trail_of


@pytest.fixture
def running(cast):
    """Ana's hour since ten o'clock."""
    return start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)


def test_the_minutes_are_whole_ones(cast, running):
    stopped = stop_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(52.99))
    assert stopped.minutes == 52
    assert trail_of("session.stopped") == 1


def test_a_second_press_changes_nothing(cast, running):
    stop_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(53))
    again = stop_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(59))
    assert again.minutes == 53
    assert trail_of("session.stopped") == 1


def test_a_clock_that_was_never_started_is_not_stopped(cast):
    with pytest.raises(Refused, match=r"session\.not-started"):
        stop_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    assert trail_of("session.stopped") == 0


def test_a_slip_of_the_hand_is_told(cast, running):
    with pytest.raises(Refused, match=r"session\.no-time"):
        stop_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)


@pytest.mark.parametrize("name", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_stops_it(cast, running, name):
    with pytest.raises(NotAllowed):
        stop_session(cast.actor(name), cast.ana_visit.pk, at=minutes(50))
    running.refresh_from_db()
    assert running.stopped_at is None
