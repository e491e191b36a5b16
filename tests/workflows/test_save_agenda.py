"""The agenda: points are added, ticked and taken away, each by its own id."""

from __future__ import annotations

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Session
from openhour.workflows.hour.save_agenda import save_agenda
from tests.cast import NOW
from tests.workflows.hours import trail_of


def step(cast, name: str, value: str, who: str = "ben") -> Session:
    return save_agenda(cast.actor(who), cast.ana_visit.pk, name, value, at=NOW)


def test_points_are_added_in_order(cast):
    step(cast, "add", " Sleep ")
    session = step(cast, "add", "The call with her sister")
    assert [point["text"] for point in session.agenda] == ["Sleep", "The call with her sister"]
    assert len({point["id"] for point in session.agenda}) == 2
    assert trail_of("session.agenda") == 2


def test_a_point_is_ticked_unticked_and_removed(cast):
    point = step(cast, "add", "Sleep").agenda[0]["id"]
    assert step(cast, "tick", point).agenda[0]["done"] is True
    assert step(cast, "untick", point).agenda[0]["done"] is False
    assert step(cast, "remove", point).agenda == []


def test_what_is_done_twice_is_done_once(cast):
    point = step(cast, "add", "Sleep").agenda[0]["id"]
    step(cast, "tick", point)
    written = trail_of("session.agenda")
    step(cast, "tick", point)
    step(cast, "remove", "no such point")
    assert trail_of("session.agenda") == written


@pytest.mark.parametrize("words", ["", "   ", "x" * 201, "\0"])
def test_a_point_without_words_or_with_bad_ones_is_refused(cast, words):
    with pytest.raises(Refused):
        step(cast, "add", words)
    assert not Session.objects.exists()


def test_an_unknown_step_is_refused(cast):
    with pytest.raises(Refused, match=r"agenda\.step"):
        step(cast, "burn", "x")


def test_an_agenda_has_an_end(cast):
    for number in range(40):
        step(cast, "add", f"Point {number}")
    with pytest.raises(Refused, match=r"agenda\.full"):
        step(cast, "add", "One more")


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_touches_it(cast, who):
    with pytest.raises(NotAllowed):
        step(cast, "add", "Sleep", who)
