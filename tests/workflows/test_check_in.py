"""Check in: the patient is here, and saying so twice changes nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Response, Session, Visit
from openhour.workflows.schedule.check_in import check_in
from tests.cast import NOW, Cast

EARLY = NOW - timedelta(minutes=10)


def arrive(cast: Cast, who: str = "dee", *, at=EARLY) -> Visit:
    check_in(cast.actor(who), cast.ana_visit.pk, at=at)
    return Visit.objects.get(pk=cast.ana_visit.pk)


@pytest.mark.parametrize("state", ["booked", "missed"])
def test_the_patient_is_here(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    visit = arrive(cast)
    assert (visit.state, visit.arrived_at, visit.revision) == ("arrived", EARLY, 2)


def test_twice_changes_nothing(cast):
    arrive(cast)
    visit = arrive(cast, at=NOW)
    assert (visit.arrived_at, visit.revision) == (EARLY, 2)
    assert TrailEntry.objects.filter(action="visit.arrived").count() == 1


def test_the_measures_that_are_due_are_asked_once(cast):
    arrive(cast)
    asked = Response.objects.filter(visit=cast.ana_visit)
    assert {response.instrument for response in asked} >= {"phq-9"}
    assert all(response.state == "open" and response.patient == cast.ana for response in asked)
    before = set(asked.values_list("pk", flat=True))
    arrive(cast, at=NOW)
    assert set(asked.values_list("pk", flat=True)) == before


def test_a_refused_check_in_asks_nothing(cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    with pytest.raises(Refused):
        arrive(cast)
    assert not Response.objects.exists()


def test_the_trail_names_the_visit(cast):
    arrive(cast)
    entry = TrailEntry.objects.get(action="visit.arrived")
    assert (entry.subject_id, entry.patient_id) == (str(cast.ana_visit.pk), str(cast.ana.pk))


def test_nothing_else_changes(cast):
    other = Visit.objects.filter(pk=cast.cleo_visit.pk).values().get()
    arrive(cast)
    assert Visit.objects.filter(pk=cast.cleo_visit.pk).values().get() == other


def test_only_those_who_may_write_the_schedule_check_in(cast):
    for who in ("carla", "sam", "eli", "olga"):
        with pytest.raises(NotAllowed):
            arrive(cast, who)
    with pytest.raises(NotAllowed):
        check_in(cast.actor("dee"), uuid4(), at=NOW)
    assert arrive(cast, "ben").state == "arrived"


@pytest.mark.parametrize("days", [-1, 1])
def test_another_day_is_refused(cast, days):
    with pytest.raises(Refused, match=r"visit.other-day"):
        arrive(cast, at=NOW + timedelta(days=days))
    assert not TrailEntry.objects.exists()


def test_the_day_is_the_one_on_the_wall(cast):
    evening = NOW + timedelta(hours=13)  # eleven at night in Springfield, the third of March in UTC
    assert arrive(cast, at=evening).state == "arrived"


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_is_over_is_refused(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    with pytest.raises(Refused, match=f"visit.{state}"):
        arrive(cast)


def test_an_hour_that_has_begun_is_refused(cast):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=NOW,
        made_at=NOW,
    )
    with pytest.raises(Refused, match=r"visit.begun"):
        arrive(cast)
