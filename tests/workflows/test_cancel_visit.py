"""Cancel a visit: the reason is kept and the hour is free; what is over stays."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Session, Visit, VisitChange
from openhour.workflows.schedule.book_series import book_series
from openhour.workflows.schedule.cancel_visit import cancel_visit
from tests.cast import NOW, Cast


def cancel(cast: Cast, who: str = "dee", **other) -> Visit:
    asked = {"reason": "illness", "revision": 1, "at": NOW} | other
    cancel_visit(cast.actor(who), asked.pop("visit_id", cast.ana_visit.pk), **asked)
    return Visit.objects.get(pk=cast.ana_visit.pk)


def refusal(cast: Cast, **other) -> list[tuple[str, str]]:
    before = Visit.objects.filter(pk=cast.ana_visit.pk).values().get()
    with pytest.raises(Refused) as refused:
        cancel(cast, **other)
    assert Visit.objects.filter(pk=cast.ana_visit.pk).values().get() == before
    assert not VisitChange.objects.exists()
    assert not TrailEntry.objects.exists()
    return [(finding.code, finding.place) for finding in refused.value.findings]


@pytest.mark.parametrize("state", ["booked", "arrived", "missed"])
def test_a_visit_is_cancelled_with_its_reason(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    visit = cancel(cast, remark="by telephone")
    assert (visit.state, visit.cancel_reason, visit.revision) == ("cancelled", "illness", 2)
    assert (visit.starts_at, visit.room) == (NOW, cast.room), "it stays where it was"
    (change,) = VisitChange.objects.all()
    assert (change.kind, change.reason, change.remark, change.by) == (
        "cancelled", "illness", "by telephone", cast.dee_user,
    )  # fmt: skip


def test_its_hour_is_free_again_at_once(cast):
    cancel(cast)
    Visit.objects.filter(pk=cast.cleo_visit.pk).update(room=cast.room)  # the database lets it


def test_the_trail_has_one_entry(cast):
    cancel(cast, remark="words that stay out")
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.subject_id, entry.patient_id) == (
        "visit.cancelled", str(cast.ana_visit.pk), str(cast.ana.pk),
    )  # fmt: skip
    assert "words" not in entry.detail


def test_nothing_else_changes(cast):
    other = Visit.objects.filter(pk=cast.cleo_visit.pk).values().get()
    cancel(cast)
    assert Visit.objects.filter(pk=cast.cleo_visit.pk).values().get() == other


def test_a_therapist_cancels_their_own_and_nobody_elses(cast):
    for who in ("carla", "sam", "eli", "olga"):
        with pytest.raises(NotAllowed):
            cancel(cast, who)
    with pytest.raises(NotAllowed):
        cancel(cast, visit_id=uuid4())
    assert cancel(cast, "ben").state == "cancelled"


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_is_over_stays(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    assert refusal(cast) == [(f"visit.{state}", "")]


def test_an_hour_that_has_begun_is_not_cancelled(cast):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=NOW,
        made_at=NOW,
    )
    assert refusal(cast) == [("visit.begun", "")]


def test_every_reason_to_refuse_comes_at_once(cast):
    assert refusal(cast, reason="because", remark="\x00" * 201, revision=9) == [
        ("visit.changed-meanwhile", ""),
        ("reason.missing", "reason"),
        ("remark.long", "remark"),
        ("remark.unreadable", "remark"),
    ]


# --- the rest of a series


@pytest.fixture
def series(cast):
    """Five Tuesdays at ten."""
    return book_series(
        cast.actor("dee"), cast.ana_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 3, 10),
        cadence="weekly", count=5, at=NOW,
    ).visit_ids  # fmt: skip


def states(series) -> list[str]:
    return list(Visit.objects.filter(pk__in=series).order_by("starts_at").values_list("state", flat=True))


def test_one_visit_of_a_series_is_cancelled_alone(cast, series):
    assert cancel_visit(cast.actor("dee"), series[1], reason="illness", revision=1, at=NOW) == 1
    assert states(series) == ["booked", "cancelled", "booked", "booked", "booked"]


def test_the_later_ones_go_with_it_when_that_is_asked_for(cast, series):
    Visit.objects.filter(pk=series[3]).update(state="arrived")
    counted = cancel_visit(cast.actor("ben"), series[1], reason="illness", following=True, revision=1, at=NOW)
    assert counted == 3
    assert states(series) == ["booked", "cancelled", "cancelled", "arrived", "cancelled"]
    assert VisitChange.objects.count() == TrailEntry.objects.filter(action="visit.cancelled").count() == 3
    assert Visit.objects.get(pk=cast.ana_visit.pk).state == "booked", "what isn't of the series stays"


def test_a_refused_cancellation_leaves_the_whole_series(cast, series):
    with pytest.raises(Refused):
        cancel_visit(cast.actor("dee"), series[0], reason="", following=True, revision=1, at=NOW)
    assert states(series) == ["booked"] * 5


def test_a_single_visit_has_no_later_ones(cast):
    assert (
        cancel_visit(cast.actor("dee"), cast.ana_visit.pk, reason="illness", following=True, revision=1, at=NOW) == 1
    )
