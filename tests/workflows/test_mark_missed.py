"""Mark as missed: the hour came, the patient didn't."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Visit
from openhour.workflows.schedule.mark_missed import mark_missed
from tests.cast import NOW, Cast

LATER = NOW + timedelta(minutes=20)


def miss(cast: Cast, who: str = "dee", *, at=LATER) -> Visit:
    mark_missed(cast.actor(who), cast.ana_visit.pk, at=at)
    return Visit.objects.get(pk=cast.ana_visit.pk)


def test_a_visit_is_missed_once(cast):
    visit = miss(cast)
    assert (visit.state, visit.revision) == ("missed", 2)
    assert miss(cast, at=LATER + timedelta(hours=1)).revision == 2
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.subject_id) == ("visit.missed", str(cast.ana_visit.pk))


def test_nothing_else_changes(cast):
    other = Visit.objects.filter(pk=cast.cleo_visit.pk).values().get()
    miss(cast)
    assert Visit.objects.filter(pk=cast.cleo_visit.pk).values().get() == other


def test_not_before_it_begins(cast):
    with pytest.raises(Refused, match=r"visit.not-yet"):
        miss(cast, at=NOW - timedelta(seconds=1))
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("state", ["arrived", "held", "cancelled"])
def test_who_came_or_cancelled_did_not_miss(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    with pytest.raises(Refused, match=f"visit.{state}"):
        miss(cast)


def test_only_those_who_may_write_the_schedule(cast):
    for who in ("carla", "sam", "eli", "olga"):
        with pytest.raises(NotAllowed):
            miss(cast, who)
    with pytest.raises(NotAllowed):
        mark_missed(cast.actor("dee"), uuid4(), at=NOW)
    assert miss(cast, "ben").state == "missed"
