"""Ask what is due: once, pinned, and nothing twice on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.records.models import Response, Session, Visit
from openhour.records.shelf import shelf
from openhour.workflows.safety.request_measures import request_measures
from openhour.workflows.schedule.check_in import check_in
from tests.care.plain import ask_two_measures
from tests.cast import NOW, TODAY
from tests.workflows.hours import answer, trail_of


@pytest.fixture(autouse=True)
def two_measures(monkeypatch):
    ask_two_measures(monkeypatch)


def request(cast, who="dee", at=NOW):
    return request_measures(cast.actor(who), cast.ana_visit.pk, at=at)


def asked(**more):
    return sorted(Response.objects.filter(**more).values_list("instrument", flat=True))


def test_the_intake_battery_of_the_indication_is_asked_at_first(cast):
    made = request(cast)
    rows = Response.objects.all()
    assert {row.pk for row in rows} == set(made)
    assert asked() == ["gad-7", "phq-9"]
    for row in rows:
        pin = shelf().instrument(row.instrument, on=TODAY).pin
        assert (row.instrument_key, row.instrument_digest) == (pin.key, pin.digest)
        assert (row.state, row.due_on, row.visit_id, row.answers) == ("open", TODAY, cast.ana_visit.pk, {})
        assert (row.total, row.patient_id, row.episode_id) == (None, cast.ana.pk, cast.ana_episode.pk)


def test_they_are_asked_in_the_order_of_the_battery(cast):
    request(cast)
    assert list(Response.objects.order_by("made_at").values_list("instrument", flat=True)) == ["phq-9", "gad-7"]


def test_asking_again_changes_nothing_and_leaves_no_second_entry(cast):
    request(cast)
    before = list(Response.objects.values())
    assert request(cast, "ben") == ()
    assert list(Response.objects.values()) == before
    assert trail_of("measures.requested") == 1


def test_what_was_answered_freshly_is_not_asked_again(cast):
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY - timedelta(days=2))
    answer(cast.ana_episode, "gad-7", (1,) * 7, TODAY - timedelta(days=20))
    assert request(cast) == ()


def test_the_session_battery_is_asked_again_at_the_next_visit(cast):
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23))
    answer(cast.ana_episode, "gad-7", (1,) * 7, date(2026, 2, 23))
    Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=NOW - timedelta(days=7),
        ends_at=NOW - timedelta(days=7, hours=-1),
        state="held",
        made_at=NOW - timedelta(days=20),
    )
    request(cast)
    assert asked(state="open") == ["phq-9"]


def test_an_hour_that_was_held_and_not_signed_yet_counts_as_held(cast):
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY - timedelta(days=3))
    answer(cast.ana_episode, "gad-7", (1,) * 7, TODAY - timedelta(days=3))
    earlier = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=NOW - timedelta(days=3),
        ends_at=NOW - timedelta(days=3, hours=-1),
        state="arrived",
        made_at=NOW - timedelta(days=20),
    )
    assert request(cast) == ()
    Session.objects.create(
        visit=earlier,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=earlier.starts_at,
        made_at=earlier.starts_at,
    )
    request(cast)
    assert asked(state="open") == ["phq-9"]


def test_a_second_visit_of_the_day_asks_nothing_twice(cast):
    other = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-30",
        starts_at=NOW + timedelta(hours=3),
        ends_at=NOW + timedelta(hours=4),
        made_at=NOW,
    )
    request(cast)
    assert request_measures(cast.actor("dee"), other.pk, at=NOW) == ()
    assert asked() == ["gad-7", "phq-9"]


def test_forms_move_along_with_the_visit_and_keep_their_answers(cast):
    request(cast)
    Response.objects.filter(instrument="phq-9").update(answers={"1": 2})
    Visit.objects.filter(pk=cast.ana_visit.pk).update(
        starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=1)
    )
    assert request(cast) == ()
    rows = Response.objects.all()
    assert {row.due_on for row in rows} == {TODAY + timedelta(days=2)}
    assert Response.objects.get(instrument="phq-9").answers == {"1": 2}


def test_the_day_is_the_one_on_the_wall_of_the_site(cast):
    evening = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # seven in the evening of 2 March in Springfield
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=evening, ends_at=evening + timedelta(hours=1))
    request(cast)
    assert {row.due_on for row in Response.objects.all()} == {TODAY}


def test_an_indication_that_the_definition_no_longer_has_is_passed_over(cast):
    cast.ana_episode.indications = ["depression", "something-older"]
    cast.ana_episode.save()
    request(cast)
    assert asked() == ["gad-7", "phq-9"]


def test_a_kind_of_hour_that_left_the_shelf_asks_what_the_episode_asks(cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(procedure="no-such-hour")
    request(cast)
    assert asked() == ["gad-7", "phq-9"]


@pytest.mark.parametrize("who", ["carla", "eli", "olga", "sam"])
def test_whoever_may_not_issue_a_link_asks_nothing(cast, who):
    with pytest.raises(NotAllowed):
        request(cast, who)
    assert not Response.objects.exists()


def test_a_visit_that_is_not_there_is_refused(cast):
    with pytest.raises(NotAllowed):
        request_measures(cast.actor("dee"), uuid4(), at=NOW)


def test_checking_in_asks_in_the_same_breath(cast):
    check_in(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    assert asked() == ["gad-7", "phq-9"]
    entry = TrailEntry.objects.get(action="measures.requested")
    assert (entry.subject_id, entry.patient_id) == (str(cast.ana_visit.pk), str(cast.ana.pk))
    assert "phq-9" in entry.detail


def test_nobody_else_is_asked_anything(cast):
    request(cast)
    assert not Response.objects.filter(patient=cast.cleo).exists()
