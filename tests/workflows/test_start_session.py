"""One press starts the clock, once, for the therapist whose hour it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Note, Session
from openhour.workflows.hour.start_session import start_session
from tests.cast import NOW
from tests.workflows.hours import minutes, ready_to_sign, trail_length, trail_of


def test_the_clock_starts_and_the_patient_has_arrived(cast):
    session = start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    cast.ana_visit.refresh_from_db()
    assert session.started_at == NOW
    assert session.stopped_at is None
    assert (cast.ana_visit.state, cast.ana_visit.arrived_at) == ("arrived", NOW)
    assert trail_of("session.started") == trail_length() == 1


def test_the_note_begins_as_a_draft_in_the_therapists_own_format(cast):
    cast.ben.note_format = "soap"
    cast.ben.save()
    session = start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    note = Note.objects.get(session=session)
    assert (note.state, note.layout, note.layout_key) == ("draft", "soap", "soap@1.0.0")
    assert note.sections == {}


def test_a_second_press_changes_nothing(cast):
    first = start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    again = start_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(3))
    assert again.pk == first.pk
    assert again.started_at == NOW
    assert trail_of("session.started") == 1


def test_who_was_checked_in_keeps_that_moment(cast):
    cast.ana_visit.state, cast.ana_visit.arrived_at = "arrived", NOW - timedelta(minutes=9)
    cast.ana_visit.save()
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    cast.ana_visit.refresh_from_db()
    assert cast.ana_visit.arrived_at == NOW - timedelta(minutes=9)


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_a_visit_that_does_not_take_place_is_not_started(cast, state):
    cast.ana_visit.state = state
    cast.ana_visit.save()
    with pytest.raises(Refused) as refused:
        start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    assert [finding.code for finding in refused.value.findings] == ["visit.not-held"]
    assert not Session.objects.exists()
    assert trail_length() == 0


def test_the_day_is_that_of_the_site_not_of_greenwich(cast):
    evening = NOW.replace(hour=1) + timedelta(days=1)  # 7 pm in Springfield, the next day in UTC
    assert start_session(cast.actor("ben"), cast.ana_visit.pk, at=evening).started_at == evening


@pytest.mark.parametrize("days", [-1, 1])
def test_an_hour_of_another_day_is_not_started_by_a_press(cast, days):
    with pytest.raises(Refused) as refused:
        start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW + timedelta(days=days))
    assert [finding.code for finding in refused.value.findings] == ["session.another-day"]
    assert "March 2, 2026" in refused.value.findings[0].sentence


@pytest.mark.parametrize("name", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_starts_it(cast, name):
    with pytest.raises(NotAllowed):
        start_session(cast.actor(name), cast.ana_visit.pk, at=NOW)
    assert not Session.objects.exists()


def test_a_signed_hour_is_not_started_again(cast):
    from openhour.workflows.hour.sign_note import sign_note

    ready_to_sign(cast)
    sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(60))
    with pytest.raises(Refused, match=r"note\.signed"):
        start_session(cast.actor("ben"), cast.ana_visit.pk, at=minutes(61))
