"""A check-in that was pressed for the wrong patient is taken back, before the hour begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Response, Session, Visit
from openhour.workflows.schedule.check_in import check_in
from openhour.workflows.schedule.undo_check_in import undo_check_in
from tests.cast import NOW
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import trail_of

SOON = NOW - timedelta(minutes=10)


@pytest.fixture
def arrived(cast):
    check_in(cast.actor("dee"), cast.ana_visit.pk, at=SOON)
    return Visit.objects.get(pk=cast.ana_visit.pk)


def undo(cast, who="dee", at=SOON):
    undo_check_in(cast.actor(who), cast.ana_visit.pk, at=at)
    return Visit.objects.get(pk=cast.ana_visit.pk)


def test_the_visit_is_booked_as_before(cast, arrived):
    visit = undo(cast)
    assert (visit.state, visit.arrived_at, visit.revision) == ("booked", None, arrived.revision + 1)
    assert trail_of("visit.arrival-undone") == 1


def test_a_second_press_changes_nothing(cast, arrived):
    first = undo(cast)
    assert undo(cast).revision == first.revision
    assert trail_of("visit.arrival-undone") == 1


def test_the_therapist_may_too_and_nobody_else(cast, arrived):
    for who in ("carla", "eli", "sam", "olga"):
        with pytest.raises(NotAllowed):
            undo(cast, who)
    assert undo(cast, "ben").state == "booked"


def test_what_was_asked_stays_and_is_not_asked_twice(cast, arrived):
    asked = set(Response.objects.values_list("pk", "state"))
    undo(cast)
    check_in(cast.actor("dee"), cast.ana_visit.pk, at=SOON)
    assert set(Response.objects.values_list("pk", "state")) == asked
    assert asked


def test_not_once_the_hour_has_begun(cast, arrived):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=NOW,
        made_at=NOW,
    )
    with pytest.raises(Refused, match=r"visit\.begun"):
        undo(cast, at=NOW)
    assert Visit.objects.get(pk=cast.ana_visit.pk).state == "arrived"


@pytest.mark.parametrize("state", ["held", "cancelled", "missed"])
def test_not_from_another_state(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    with pytest.raises(Refused, match=f"visit.{state}"):
        undo(cast)


def test_the_button_stands_where_it_works(cast, arrived, sign_in, monkeypatch):
    stop_clock(monkeypatch, SOON)
    dee, here = sign_in("dee"), reverse("visit", args=[cast.ana_visit.pk])
    assert "Undo the check-in" in dee.get(here).content.decode()
    assert "Undo the check-in" not in dee.get(reverse("visit", args=[cast.cleo_visit.pk])).content.decode()
    address = reverse("visit-undo-check-in", args=[cast.ana_visit.pk])
    assert dee.get(address).status_code == 405
    assert dee.post(address)["Location"] == here
    assert "Undo the check-in" not in dee.get(here).content.decode()
    assert sign_in("carla").post(address).status_code == 404
