"""The practice as the owner sees it, and which day it is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openhour.guard.models import TrailEntry, User
from openhour.records.models import Licence, Room, Site, Therapist
from openhour.records.queries.practice import licence_line, practice_view
from openhour.records.queries.practice_day import practice_day, practice_zone
from tests.cast import TODAY
from tests.records.reading import queries_of, those_who_may

pytestmark = pytest.mark.django_db


def test_the_owner_alone_sees_it(cast):
    assert those_who_may(cast, lambda actor: practice_view(actor, on=TODAY)) == {"olga"}


def test_no_patient_stands_in_it_and_so_no_entry_in_the_trail(cast):
    seen = practice_view(cast.actor("olga"), on=TODAY)
    assert not [name for name in ("Almond", "Quince", "P-1001") if name in repr(seen)]
    assert not TrailEntry.objects.exists()


def test_sites_come_with_their_own_rooms(cast):
    other = Site.objects.create(
        name="Annex", place_of_service="11", address="", city="", state="IL", zip_code="", zone="UTC"
    )
    Room.objects.create(site=other, name="Attic")
    sites = practice_view(cast.actor("olga"), on=TODAY).sites
    assert [(site.name, [room.name for room in rooms]) for site, rooms in sites] == [
        ("Annex", ["Attic"]),
        ("Main Street", ["Blue room", "Garden room"]),
    ]


def test_staff_who_work_here_come_before_who_left(cast):
    User.objects.filter(pk=cast.ben_user.pk).update(is_active=False)
    User.objects.filter(pk=cast.dee_user.pk).update(temporary_until=datetime(2026, 3, 5, tzinfo=UTC))
    staff = practice_view(cast.actor("olga"), on=TODAY).staff
    assert [one.name for one in staff] == ["Carla Cole", "Dee Dale", "Eli East", "Olga Oak", "Sam Stone", "Ben Brook"]
    assert [one.waiting for one in staff] == [False, True, False, False, False, False]
    assert [one.active for one in staff] == [True] * 5 + [False]
    assert [one.roles for one in staff][:3] == [("Therapist",), ("Front desk",), ("Biller",)]
    assert [one.name for one in staff if one.therapist] == ["Carla Cole", "Ben Brook"]
    assert not [one for one in staff if one.second_factor]


def test_a_second_factor_is_told_by_its_kind(cast):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.dee_user, type="totp", data={})
    Authenticator.objects.create(user=cast.eli_user, type="recovery_codes", data={})
    staff = practice_view(cast.actor("olga"), on=TODAY).staff
    assert [one.name for one in staff if one.second_factor] == ["Dee Dale"]


@pytest.mark.parametrize(
    ("on", "days_left", "standing"),
    [
        (date(2026, 6, 30), 1, "soon"),
        (date(2026, 7, 1), 0, "over"),
        (date(2026, 5, 2), 60, "soon"),
        (date(2026, 5, 1), 61, "holds"),
        (date(2025, 7, 1), 365, "holds"),
        (date(2025, 6, 30), 366, "later"),
    ],
)
def test_both_days_of_a_licence_are_inside_it(on, days_left, standing):
    licence = Licence(state="IL", number="1", valid_from=date(2025, 7, 1), valid_to=date(2026, 6, 30))
    line = licence_line(licence, on)
    assert (line.days_left, line.standing) == (days_left, standing)


def test_licences_are_those_of_the_therapist(cast):
    Licence.objects.create(
        therapist=cast.ben, state="CA", number="CA-1", valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 2)
    )
    staff = {one.name: one for one in practice_view(cast.actor("olga"), on=TODAY).staff}
    assert [(one.state, one.days_left) for one in staff["Ben Brook"].licences] == [("CA", 1), ("IL", 670)]
    assert [one.number for one in staff["Carla Cole"].licences] == ["IL-1912"]
    assert staff["Dee Dale"].licences == ()


def test_more_staff_take_no_more_queries(cast):
    few = queries_of(lambda: practice_view(cast.actor("olga"), on=TODAY))
    for place in range(9):
        user = User.objects.create(email=f"n{place}@example.test", name=f"New {place}", roles=["therapist"])
        npi = f"190000000{place}"
        Therapist.objects.create(
            user=user,
            name=user.name,
            first_name="New",
            last_name=str(place),
            profession="psychologist",
            npi=npi,
            taxonomy="1",
        )
        site = Site.objects.create(
            name=f"Site {place}", place_of_service="11", address="", city="", state="IL", zip_code="", zone="UTC"
        )
        Room.objects.create(site=site, name="Room")
    assert queries_of(lambda: practice_view(cast.actor("olga"), on=TODAY)) == few <= 5


# --- the day on its wall


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 8, 5, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 6, 0, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 5, 0, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 11, 2, 5, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 6, 0, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_a_day_begins_at_midnight_where_the_practice_is_also_when_the_clocks_change(cast, at, day):
    assert practice_day(at) == day


def test_the_zone_is_that_of_the_site_that_was_set_up_first_and_is_in_use(cast):
    Site.objects.create(
        name="A later one",
        place_of_service="11",
        address="",
        city="",
        state="HI",
        zip_code="",
        zone="Pacific/Honolulu",
    )
    assert practice_zone().key == "America/Chicago"
    Site.objects.filter(pk=cast.site.pk).update(active=False)
    assert practice_zone().key == "Pacific/Honolulu"
    Site.objects.update(active=False)
    assert practice_zone().key == "America/Chicago"


def test_before_there_is_a_site_the_day_is_that_of_utc(db):
    assert practice_zone().key == "UTC"
    assert practice_day(datetime(2026, 3, 2, 23, 59, tzinfo=UTC) + timedelta(minutes=1)) == date(2026, 3, 3)
