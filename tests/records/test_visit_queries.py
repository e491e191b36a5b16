"""The calendar's queries: each actor gets what is theirs, and the trail says who was shown."""

from __future__ import annotations

import json
from datetime import time, timedelta
from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Interval
from openhour.records.models import Episode, Room, Site, Therapist, Visit
from openhour.records.queries import booking, calendar
from openhour.records.queries.visit import visit_of
from tests.cast import NOW, TODAY

TODAYS = Interval(NOW - timedelta(hours=10), NOW + timedelta(hours=14))
EVERYBODY = ["dee", "ben", "carla", "sam", "eli", "olga"]
SEES = {"dee": {"Ana", "Cleo"}, "ben": {"Ana"}, "carla": {"Cleo"}, "sam": {"Ana"}, "eli": set(), "olga": set()}


@pytest.mark.parametrize("who", EVERYBODY)
def test_appointments_are_those_of_the_therapists_one_may_see(cast, who):
    found = calendar.appointments(cast.actor(who), TODAYS, at=NOW)
    assert {one.patient.split()[0] for one in found} == SEES[who]
    named = json.loads(TrailEntry.objects.get().detail)["patients"]
    assert len(named) == len(SEES[who])


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_visit_opens_for_whom_it_concerns(cast, who):
    if "Ana" in SEES[who]:
        assert visit_of(cast.actor(who), cast.ana_visit.pk, at=NOW).patient == "Ana Almond"
    else:
        with pytest.raises(NotAllowed):
            visit_of(cast.actor(who), cast.ana_visit.pk, at=NOW)
        assert not TrailEntry.objects.exists()


def test_a_visit_that_is_not_there_is_refused_like_a_foreign_one(cast):
    with pytest.raises(NotAllowed):
        visit_of(cast.actor("dee"), uuid4(), at=NOW)


def test_the_window_is_half_open_and_the_filters_narrow(cast):
    dee = cast.actor("dee")
    assert calendar.appointments(dee, Interval(NOW - timedelta(hours=1), NOW), at=NOW) == ()
    assert len(calendar.appointments(dee, Interval(NOW, NOW + timedelta(minutes=1)), at=NOW)) == 2
    (only,) = calendar.appointments(dee, TODAYS, therapist_id=cast.ben.pk, at=NOW)
    assert only.interval == cast.ana_visit.interval
    (only,) = calendar.appointments(dee, TODAYS, room_id=cast.other_room.pk, at=NOW)
    assert (only.patient, only.room, only.number) == ("Cleo Quince", "Garden room", "P-1002")


def test_a_filter_opens_nothing(cast):
    assert calendar.appointments(cast.actor("carla"), TODAYS, therapist_id=cast.ben.pk, at=NOW) == ()


@pytest.mark.parametrize(("who", "taken"), [("dee", 0), ("ben", 1), ("carla", 1), ("sam", 1), ("eli", 2)])
def test_rooms_in_use_are_those_of_visits_one_may_not_see(cast, who, taken):
    found = calendar.rooms_in_use(cast.actor(who), cast.site.pk, TODAYS)
    assert len(found) == taken
    assert all(set(one.__slots__) == {"room_id", "interval"} for one in found)


def test_a_cancelled_visit_uses_no_room(cast):
    Visit.objects.update(state="cancelled")
    assert calendar.rooms_in_use(cast.actor("ben"), cast.site.pk, TODAYS) == ()


@pytest.mark.parametrize(
    ("who", "names"),
    [("dee", ["Ben Brook", "Carla Cole"]), ("ben", ["Ben Brook"]), ("sam", ["Ben Brook"]), ("eli", [])],
)
def test_colleagues(cast, who, names):
    assert [one.name for one in calendar.colleagues(cast.actor(who))] == names


def test_a_therapist_who_left_is_no_colleague(cast):
    Therapist.objects.filter(pk=cast.carla.pk).update(active=False)
    assert [one.name for one in calendar.colleagues(cast.actor("dee"))] == ["Ben Brook"]


def test_sites_come_with_their_rooms_in_one_query(cast, django_assert_num_queries):
    Site.objects.create(
        name="A bare one", place_of_service="11", address="", city="", state="IL", zip_code="", zone="America/Chicago"
    )
    Site.objects.create(
        name="Gone", place_of_service="11", address="", city="", state="IL", zip_code="", zone="UTC", active=False
    )
    Room.objects.create(site=cast.site, name="Attic", active=False)
    with django_assert_num_queries(1):
        main, bare = calendar.sites()
    assert [room.name for room in main.rooms] == ["Blue room", "Garden room"]
    assert (main.opens, main.closes, main.zone.key) == (time(8), time(20), "America/Chicago")
    assert (bare.name, bare.rooms) == ("A bare one", ())


# --- booking


@pytest.mark.parametrize(
    ("who", "names"), [("dee", ["Ana", "Cleo"]), ("ben", ["Ana"]), ("carla", ["Cleo"]), ("sam", [])]
)
def test_episodes_are_found_within_what_one_may_book(cast, who, names):
    found = booking.episodes_found(cast.actor(who), "", at=NOW)
    assert [one.patient.split()[0] for one in found] == names


@pytest.mark.parametrize("words", ["\x00", "\ud800", "%", "_", "x" * 5000, "' OR 1=1 --"])
def test_words_that_nobody_is_called_find_nobody(cast, words):
    found = booking.episodes_found(cast.actor("dee"), words, at=NOW)
    assert len(found) in (0, 2) if not words.strip("\x00\ud800") else found == ()


def test_at_most_twenty_are_found(cast):
    from openhour.records.models import Patient

    for number in range(30):
        patient = Patient.objects.create(
            number=f"Q-{number}",
            first_name="Zo",
            last_name=f"Z{number}",
            sort_name=f"z{number} zo",
            birth_date=TODAY,
            made_at=NOW,
        )
        Episode.objects.create(
            patient=patient,
            therapist=cast.ben,
            procedure="psychotherapy-60",
            procedure_key="k",
            opened_on=TODAY,
            made_at=NOW,
        )
    assert len(booking.episodes_found(cast.actor("dee"), "zo", at=NOW)) == booking.MOST_FOUND


def test_an_episode_is_booked_by_whom_it_concerns(cast):
    one = booking.episode_to_book(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    assert (one.patient, one.therapist, one.procedure) == ("Ana Almond", "Ben Brook", "psychotherapy-60")
    assert TrailEntry.objects.get().patient_id == str(cast.ana.pk)
    for who in ("carla", "sam", "eli", "olga"):
        with pytest.raises(NotAllowed):
            booking.episode_to_book(cast.actor(who), cast.ana_episode.pk, at=NOW)


def test_kinds_of_hour_are_those_in_force_the_longest_first(cast):
    kinds = booking.kinds_of_hour(on=TODAY)
    assert {"psychotherapy-60", "psychotherapy-45", "psychotherapy-30"} <= {kind.slug for kind in kinds}
    lengths = [kind.planned_minutes for kind in kinds]
    assert lengths == sorted(lengths, reverse=True)
    assert booking.kinds_of_hour(on=TODAY.replace(year=1990)) == ()
