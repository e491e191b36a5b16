"""Whether patients see how their scores went is the practice's choice."""

from __future__ import annotations

import pytest

from openhour.guard.actor import COMMAND_LINE
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Practice
from openhour.workflows.progress.show_course import show_course
from tests.cast import NOW
from tests.workflows.hours import trail_of

pytestmark = pytest.mark.django_db


def test_it_is_switched_off_and_on(cast):
    show_course(cast.actor("olga"), False, at=NOW)
    assert not Practice.objects.get().shows_course
    show_course(COMMAND_LINE, True, at=NOW)
    assert Practice.objects.get().shows_course
    assert trail_of("practice.changed") == 2


def test_twice_changes_nothing(cast):
    show_course(COMMAND_LINE, True, at=NOW)
    assert trail_of("practice.changed") == 0


@pytest.mark.parametrize("who", ["ben", "sam", "dee", "eli"])
def test_only_the_owner_may(cast, who):
    with pytest.raises(NotAllowed):
        show_course(cast.actor(who), False, at=NOW)


def test_not_before_there_is_a_practice(db):
    with pytest.raises(Refused):
        show_course(COMMAND_LINE, False, at=NOW)
