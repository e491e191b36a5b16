"""Move a visit: it works and keeps where it was; each reason refuses; a second tab never wins silently."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Licence, Session, Visit, VisitChange
from openhour.workflows.schedule.move_visit import move_visit
from tests.cast import NOW, Cast

ELEVEN = datetime(2026, 3, 2, 11, 0)


def move(cast: Cast, who: str = "dee", **other) -> Visit:
    asked = {"room_id": cast.room.pk, "starts": ELEVEN, "reason": "patient-asked", "revision": 1, "at": NOW} | other
    move_visit(cast.actor(who), asked.pop("visit_id", cast.ana_visit.pk), **asked)
    return Visit.objects.get(pk=cast.ana_visit.pk)


def refusal(cast: Cast, **other) -> list[str]:
    before = Visit.objects.filter(pk=cast.ana_visit.pk).values().get()
    with pytest.raises(Refused) as refused:
        move(cast, **other)
    assert Visit.objects.filter(pk=cast.ana_visit.pk).values().get() == before
    assert not VisitChange.objects.exists()
    assert not TrailEntry.objects.exists()
    return [finding.code for finding in refused.value.findings]


def test_a_visit_moves_to_another_time_and_room(cast):
    visit = move(cast, room_id=cast.other_room.pk, remark="  called at nine  ")
    assert visit.starts_at == NOW + timedelta(hours=1)
    assert (visit.interval.minutes, visit.room, visit.revision) == (60, cast.other_room, 2)
    (change,) = VisitChange.objects.all()
    assert (change.kind, change.was_starts_at, change.was_room, change.made_at) == ("moved", NOW, cast.room, NOW)
    assert (change.reason, change.remark, change.by) == ("patient-asked", "called at nine", cast.dee_user)


def test_the_trail_has_one_entry_without_the_remark(cast):
    move(cast, remark="her mother is ill")
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.subject_id) == ("visit.moved", str(cast.ana_visit.pk))
    assert "mother" not in entry.detail


def test_nothing_else_changes(cast):
    other = Visit.objects.filter(pk=cast.cleo_visit.pk).values().get()
    move(cast)
    assert Visit.objects.filter(pk=cast.cleo_visit.pk).values().get() == other


def test_a_visit_makes_room_for_itself(cast):
    assert move(cast, starts=datetime(2026, 3, 2, 10, 30)).starts_at == NOW + timedelta(minutes=30)


def test_a_therapist_moves_their_own_and_nobody_elses(cast):
    move(cast, "ben")
    for who in ("carla", "sam", "eli", "olga"):
        with pytest.raises(NotAllowed):
            move(cast, who, revision=2, starts=ELEVEN + timedelta(hours=3))
    with pytest.raises(NotAllowed):
        move(cast, visit_id=uuid4())


@pytest.mark.parametrize("state", ["held", "cancelled", "missed"])
def test_what_is_over_is_not_moved(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    assert f"visit.{state}" in refusal(cast)


def test_an_hour_that_has_begun_is_not_moved(cast):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=NOW,
        made_at=NOW,
    )
    assert refusal(cast) == ["visit.begun"]


def test_a_page_older_than_the_visit_is_refused(cast):
    move(cast)
    with pytest.raises(Refused, match=r"visit.changed-meanwhile"):
        move(cast, starts=ELEVEN + timedelta(hours=2))
    assert VisitChange.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"reason": ""}, "reason.missing"),
        ({"reason": "late-cancellation"}, "reason.missing"),
        ({"remark": "x" * 201}, "remark.long"),
        ({"remark": "a\x00b"}, "remark.unreadable"),
        ({"remark": "\ud800"}, "remark.unreadable"),
        ({"starts": datetime(2026, 3, 2, 10)}, "visit.unmoved"),
        ({"starts": datetime(2026, 3, 2, 9)}, "slot.past"),
        ({"starts": datetime(2026, 3, 2, 19, 30)}, "slot.outside-hours"),
        ({"starts": datetime(2028, 3, 2, 10)}, "licence.none-in-force"),
        ({"starts": datetime(9999, 3, 2, 10)}, "slot.date"),
        ({"room_id": None}, "room.missing"),
    ],
)
def test_each_reason_refuses(cast, asked, code):
    assert refusal(cast, **asked) == [code]


def test_the_other_visit_is_in_the_way_by_its_hour_only(cast):
    with pytest.raises(Refused) as refused:
        move(cast, "ben", room_id=cast.other_room.pk, starts=datetime(2026, 3, 2, 10, 15))
    (finding,) = refused.value.findings
    assert finding.code == "slot.room-taken"
    assert not any(name in finding.sentence for name in ("Cleo", "Quince", "Carla"))


def test_all_reasons_come_at_once_even_without_a_room(cast):
    assert refusal(cast, reason="", room_id=None, revision=7) == [
        "visit.changed-meanwhile", "reason.missing", "room.missing",
    ]  # fmt: skip


def test_a_patient_who_waits_keeps_waiting_when_only_the_room_changes(cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="arrived", arrived_at=NOW)
    Visit.objects.filter(pk=cast.cleo_visit.pk).update(state="cancelled")
    visit = move(cast, starts=datetime(2026, 3, 2, 10), room_id=cast.other_room.pk, at=NOW + timedelta(minutes=5))
    assert (visit.state, visit.arrived_at, visit.room) == ("arrived", NOW, cast.other_room)


def test_a_patient_who_came_and_is_sent_home_is_booked_for_the_other_day(cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="arrived", arrived_at=NOW)
    visit = move(cast, starts=datetime(2026, 3, 4, 10))
    assert (visit.state, visit.arrived_at) == ("booked", None)


def test_the_licence_is_asked_for_the_new_day(cast):
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2026, 3, 2))
    move(cast)
    with pytest.raises(Refused, match=r"licence.none-in-force"):
        move(cast, starts=datetime(2026, 3, 3, 11), revision=2)
