"""Book a series: the same hour on the wall, all or nothing, or without the dates that don't fit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Episode, Licence, Series, Visit
from openhour.workflows.schedule.book_series import book_series
from openhour.workflows.schedule.book_visit import book_visit
from tests.cast import NOW, Cast
from tests.workflows.at_once import at_once

TUESDAY_TEN = datetime(2026, 3, 3, 10, 0)


def book(cast: Cast, who: str = "dee", **other):
    asked = {"room_id": cast.room.pk, "starts": TUESDAY_TEN, "cadence": "weekly", "count": 6, "at": NOW} | other
    return book_series(cast.actor(who), asked.pop("episode_id", cast.ana_episode.pk), **asked)


def refusal(cast: Cast, **other):
    before = Visit.objects.count()
    with pytest.raises(Refused) as refused:
        book(cast, **other)
    assert Visit.objects.count() == before, "all or nothing"
    assert not Series.objects.exists()
    return refused.value.findings


def walls(booked, cast: Cast) -> list[str]:
    rows = Visit.objects.filter(pk__in=booked.visit_ids).order_by("starts_at")
    return [row.starts_at.astimezone(cast.site.tz).strftime("%m-%d %H:%M") for row in rows]


def test_six_weeks_at_ten_on_the_wall_though_summer_time_begins_on_the_eighth(cast):
    booked = book(cast)
    assert walls(booked, cast) == [
        "03-03 10:00", "03-10 10:00", "03-17 10:00", "03-24 10:00", "03-31 10:00", "04-07 10:00",
    ]  # fmt: skip
    starts = (
        Visit.objects.filter(series_id=booked.series_id).order_by("starts_at").values_list("starts_at", flat=True)
    )
    assert [start.hour for start in starts] == [16, 15, 15, 15, 15, 15]
    assert (booked.left_out, booked.remarks) == ((), ())


def test_every_other_week(cast):
    assert walls(book(cast, cadence="biweekly", count=3), cast) == ["03-03 10:00", "03-17 10:00", "03-31 10:00"]
    series = Series.objects.get()
    assert (series.cadence, series.count, series.episode) == ("biweekly", 3, cast.ana_episode)


def test_the_trail_has_one_entry_that_names_the_visits(cast):
    booked = book(cast)
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.patient_id) == ("series.booked", str(cast.ana.pk))
    assert all(str(visit) in entry.detail for visit in booked.visit_ids)


def test_a_therapist_books_their_own_patient_and_nobody_elses(cast):
    book(cast, "ben")
    for who in ("carla", "eli", "olga", "sam"):
        with pytest.raises(NotAllowed):
            book(cast, who, starts=TUESDAY_TEN + timedelta(hours=2))


def test_each_date_is_asked_and_each_reason_named_with_its_date(cast):
    book_visit(
        cast.actor("dee"), cast.cleo_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 17, 10), at=NOW
    )
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2026, 3, 31))
    found = refusal(cast)
    assert [(finding.code, finding.place) for finding in found] == [
        ("slot.room-taken", "visits.3"),
        ("licence.none-in-force", "visits.6"),
    ]
    assert "March 17, 2026" in found[0].sentence
    assert "April 7, 2026" in found[1].sentence


def test_dates_that_do_not_fit_are_left_out_when_that_is_asked_for(cast):
    book_visit(
        cast.actor("dee"), cast.cleo_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 17, 10), at=NOW
    )
    booked = book(cast, skip=True)
    assert walls(booked, cast) == ["03-03 10:00", "03-10 10:00", "03-24 10:00", "03-31 10:00", "04-07 10:00"]
    assert [finding.place for finding in booked.left_out] == ["visits.3"]
    assert Series.objects.get().count == 5


def test_a_series_of_which_nothing_is_left_is_refused_even_so(cast):
    found = refusal(cast, starts=datetime(2026, 3, 3, 22), skip=True)
    assert {finding.code for finding in found} == {"slot.outside-hours"}
    assert len(found) == 6


def test_what_speaks_against_all_dates_cannot_be_skipped(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed")
    assert [finding.code for finding in refusal(cast, skip=True)] == ["episode.closed"]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"cadence": "daily"}, ["cadence"]),
        ({"count": 0}, ["count"]),
        ({"count": 105}, ["count"]),
        ({"cadence": "", "count": -1}, ["cadence", "count"]),
        ({"procedure": "hypnosis-90"}, ["procedure"]),
        ({"room_id": None}, ["room"]),
        ({"starts": datetime(2200, 1, 1, 10)}, ["date"]),
    ],
)
def test_a_series_that_cannot_be_read_is_refused(cast, asked, places):
    assert [finding.place for finding in refusal(cast, **asked)] == places


def _queries(cast: Cast, visits: int, starts: datetime) -> int:
    with CaptureQueriesContext(connection) as queries:
        book(cast, count=visits, starts=starts)
    return len(queries)


def test_a_year_of_weeks_takes_no_more_queries_than_two_weeks(cast):
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2029, 1, 1))
    assert _queries(cast, 2, TUESDAY_TEN) == _queries(cast, 52, TUESDAY_TEN + timedelta(days=1))


def test_the_longest_series_is_two_years_of_weeks(cast):
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2029, 1, 1))
    assert len(book(cast, count=104).visit_ids) == 104


@pytest.mark.django_db(transaction=True)
def test_of_two_series_that_cross_one_is_booked_whole_and_the_other_not_at_all(cast, transactional_db):
    ask = partial(book, cast, count=8)
    outcomes = at_once(  # one room, six dates in common
        partial(ask, episode_id=cast.ana_episode.pk),
        partial(ask, episode_id=cast.cleo_episode.pk, starts=TUESDAY_TEN + timedelta(days=14)),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BookedSeries", "Refused"], outcomes
    assert Series.objects.count() == 1
    assert Visit.objects.filter(series__isnull=False).count() == 8
