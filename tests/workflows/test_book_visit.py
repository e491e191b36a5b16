"""Book one visit: it works, each reason refuses, and two at once can't have the same hour."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Episode, Licence, Room, Site, Visit
from openhour.workflows.schedule.book_visit import book_visit
from tests.cast import NOW, Cast
from tests.workflows.at_once import at_once

TUESDAY_TEN = datetime(2026, 3, 3, 10, 0)


def book(cast: Cast, who: str = "dee", **other):
    asked = {"room_id": cast.room.pk, "starts": TUESDAY_TEN, "at": NOW} | other
    return book_visit(cast.actor(who), asked.pop("episode_id", cast.ana_episode.pk), **asked)


def refusal(cast: Cast, **other) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        book(cast, **other)
    assert Visit.objects.count() == 2, "a refused booking writes nothing"
    assert TrailEntry.objects.count() == 0
    return [(finding.code, finding.place) for finding in refused.value.findings]


def test_the_front_desk_books_an_hour(cast):
    visit = Visit.objects.get(pk=book(cast))
    assert visit.starts_at.isoformat() == "2026-03-03T16:00:00+00:00"  # ten on the wall in Springfield
    assert visit.ends_at - visit.starts_at == timedelta(minutes=60)
    assert (visit.therapist, visit.patient, visit.room, visit.site) == (cast.ben, cast.ana, cast.room, cast.site)
    assert (visit.state, visit.procedure, visit.series, visit.made_at) == ("booked", "psychotherapy-60", None, NOW)


def test_the_trail_has_one_entry_without_a_name(cast):
    visit = book(cast)
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.kind, entry.subject_id) == ("visit.booked", "visit", str(visit))
    assert entry.patient_id == str(cast.ana.pk)
    assert "Ana" not in entry.detail
    assert "Almond" not in entry.detail


def test_another_kind_of_hour_has_its_own_length(cast):
    visit = Visit.objects.get(pk=book(cast, procedure="psychotherapy-45"))
    assert visit.interval.minutes == 45
    assert visit.procedure == "psychotherapy-45"


def test_a_therapist_books_their_own_patient_and_nobody_elses(cast):
    book(cast, "ben")
    for who in ("carla", "eli", "olga", "sam"):
        with pytest.raises(NotAllowed):
            book(cast, who, starts=TUESDAY_TEN + timedelta(hours=2))
    assert Visit.objects.count() == 3


def test_an_episode_that_is_not_there_is_refused_like_a_foreign_one(cast):
    with pytest.raises(NotAllowed):
        book(cast, episode_id=uuid4())


def test_a_closed_episode_is_refused(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=date(2026, 3, 1))
    assert refusal(cast) == [("episode.closed", "episode")]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"valid_to": date(2026, 3, 2)}, True),
        ({"valid_from": date(2026, 3, 4)}, True),
        ({"state": "WI"}, True),
        ({"valid_to": date(2026, 3, 3)}, False),
    ],
)
def test_the_licence_holds_on_the_day_in_the_state_of_the_site(cast, change, refused):
    Licence.objects.filter(therapist=cast.ben).update(**change)
    if refused:
        assert refusal(cast) == [("licence.none-in-force", "visits.1")]
    else:
        book(cast)


def test_a_profession_that_the_procedure_does_not_name_is_refused(cast):
    type(cast.ben).objects.filter(pk=cast.ben.pk).update(profession="coach")
    assert refusal(cast) == [("personnel.profession", "profession")]


@pytest.mark.parametrize(
    ("change", "code"), [({"private": False}, "room.not-private"), ({"active": False}, "room.closed")]
)
def test_a_room_that_will_not_do_is_refused(cast, change, code):
    Room.objects.filter(pk=cast.room.pk).update(**change)
    assert refusal(cast) == [(code, "room")]


@pytest.mark.parametrize("room_id", [None, 0, 999_999])
def test_a_room_that_is_not_there_is_refused(cast, room_id):
    assert refusal(cast, room_id=room_id) == [("room.missing", "room")]


def test_a_site_of_another_kind_is_refused(cast):
    Site.objects.filter(pk=cast.site.pk).update(place_of_service="18")
    assert refusal(cast) == [("setting.not-offered", "site")]


@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 3, 7, 30), datetime(2026, 3, 3, 19, 30), datetime(2026, 3, 3, 2)]
)
def test_outside_the_opening_hours_is_refused(cast, start):
    assert refusal(cast, starts=start) == [("slot.outside-hours", "visits.1")]


def test_the_past_is_refused(cast):
    assert refusal(cast, starts=datetime(2026, 2, 27, 10)) == [("slot.past", "visits.1")]


@pytest.mark.parametrize("year", [1, 1899, 9999])
def test_a_year_that_cannot_be_right_is_refused(cast, year):
    assert refusal(cast, starts=datetime(year, 3, 3, 10)) == [("slot.date", "date")]


def test_an_unknown_kind_of_hour_is_refused(cast):
    assert refusal(cast, procedure="hypnosis-90") == [("procedure.unknown", "procedure")]


def test_an_overlap_names_each_of_the_three_and_never_a_person(cast):
    now = datetime(2026, 3, 2, 10, 30)  # Ana is with Ben in the blue room from ten to eleven
    with pytest.raises(Refused) as refused:
        book(cast, starts=now)
    found = {finding.code: finding.sentence for finding in refused.value.findings}
    assert set(found) == {"slot.therapist-taken", "slot.room-taken", "slot.patient-taken"}
    assert all("from 10:00 AM to 11:00 AM" in sentence for sentence in found.values())


def test_a_therapist_is_not_told_whose_visit_takes_the_room(cast):
    with pytest.raises(Refused) as refused:
        book(cast, "ben", starts=datetime(2026, 3, 2, 10, 30), room_id=cast.other_room.pk)
    words = " ".join(finding.sentence for finding in refused.value.findings)
    assert "the room is already taken" in words
    assert not any(name in words for name in ("Cleo", "Quince", "Carla", "Cole"))


def test_the_next_hour_may_begin_when_the_last_ends_and_a_cancelled_one_is_free(cast):
    book(cast, starts=datetime(2026, 3, 2, 11))
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    book(cast, starts=datetime(2026, 3, 2, 10))


def test_every_reason_comesat_once(cast):
    Room.objects.filter(pk=cast.room.pk).update(private=False)
    Licence.objects.filter(therapist=cast.ben).delete()
    found = refusal(cast, starts=datetime(2026, 3, 1, 22))
    assert {code for code, _ in found} == {
        "room.not-private", "licence.none-in-force", "slot.past", "slot.outside-hours",
    }  # fmt: skip


def test_a_time_with_a_zone_is_a_mistake_of_the_caller(cast):
    with pytest.raises(ValueError, match="wall"):
        book(cast, starts=NOW)


# --- the database itself


def _row(cast: Cast, episode: Episode, room: Room | None, clock: str) -> Visit:
    start = datetime.combine(date(2026, 3, 3), time.fromisoformat(clock), cast.site.tz)
    return Visit(
        episode=episode, patient=episode.patient, therapist=episode.therapist, site=cast.site, room=room,
        procedure="psychotherapy-60", starts_at=start, ends_at=start + timedelta(hours=1), made_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("clock", ["09:01", "10:00", "10:59"])
def test_the_database_refuses_an_overlap_that_no_form_saw(cast, clock):
    _row(cast, cast.ana_episode, cast.room, "10:00").save()
    for episode, room in ((cast.ana_episode, None), (cast.cleo_episode, cast.room)):
        with pytest.raises(IntegrityError, match="is_free"), transaction.atomic():
            _row(cast, episode, room, clock).save()
    _row(cast, cast.cleo_episode, cast.other_room, clock).save()
    _row(cast, cast.ana_episode, cast.room, "11:00").save()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_for_one_hour_one_wins_and_the_other_is_told(cast, transactional_db):
    for round_number in range(5):
        start = TUESDAY_TEN + timedelta(days=7 * round_number)
        ask = lambda episode: lambda: book(cast, episode_id=episode.pk, starts=start)  # noqa: B023, E731
        first, second = at_once(ask(cast.ana_episode), ask(cast.cleo_episode))  # one room, two therapists
        lost = [one for one in (first, second) if isinstance(one, Refused)]
        assert len(lost) == 1, (first, second)
        assert [finding.code for finding in lost[0].findings] == ["slot.room-taken"]
        begins = start.replace(tzinfo=cast.site.tz)
        assert Visit.objects.filter(starts_at=begins).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_that_ask_nobody_the_database_lets_one_through(cast, transactional_db):
    """Both look first and see the hour free, and only then write: no form can help here."""
    rows = [_row(cast, cast.ana_episode, cast.room, "10:00"), _row(cast, cast.cleo_episode, cast.room, "10:30")]
    outcomes = at_once(*[lambda row=row: row.save(force_insert=True) for row in rows])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "NoneType"]
    assert Visit.objects.filter(room=cast.room, starts_at__date=date(2026, 3, 3)).count() == 1
    assert connection.is_usable()


def test_what_the_database_refuses_comes_back_in_words(cast, monkeypatch):
    """As if the other visit was written between our look and our write."""
    from openhour.workflows.schedule import proposing

    monkeypatch.setattr(proposing, "_taken", lambda *_: ())
    with pytest.raises(Refused) as refused:
        book(cast, episode_id=cast.cleo_episode.pk, starts=datetime(2026, 3, 2, 10))
    (finding,) = refused.value.findings
    assert finding.code in {"slot.therapist-taken", "slot.room-taken", "slot.patient-taken"}
    assert "a moment ago" in finding.sentence
    assert Visit.objects.count() == 2
