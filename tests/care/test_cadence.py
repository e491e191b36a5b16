"""A series keeps its hour on the wall, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.cadence import MOST_VISITS, cadence_gaps, on_the_clock, series, series_starts

CHICAGO = ZoneInfo("America/Chicago")
ZONES = [
    "America/Chicago",
    "America/New_York",
    "America/Phoenix",
    "America/St_Johns",
    "America/Santiago",
    "Pacific/Honolulu",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(["weekly", "biweekly"]),
    st.integers(1, 60),
)
def test_every_visit_is_at_the_same_hour_on_the_wall_or_the_series_says_why_not(zone, first, cadence, count):
    made = series(first, ZoneInfo(zone), cadence, count)
    weeks = 1 if cadence == "weekly" else 2
    skipped = {remark.place for remark in made.remarks if remark.code == "series.skipped-time"}
    assert len(made.starts) == count
    for number, start in enumerate(made.starts, start=1):
        wall = first + timedelta(weeks=weeks * (number - 1))
        assert (start.replace(tzinfo=None) == wall) == (f"visits.{number}" not in skipped)
        assert start.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == start.replace(tzinfo=None)


def test_ten_o_clock_stays_ten_o_clock_over_both_changes_of_the_clocks():
    spring = series_starts(datetime(2026, 3, 2, 10, 0), CHICAGO, "weekly", 2)
    autumn = series_starts(datetime(2026, 10, 26, 10, 0), CHICAGO, "weekly", 2)
    assert [start.astimezone(UTC).hour for start in (*spring, *autumn)] == [16, 15, 15, 16]


def test_biweekly_is_every_other_week():
    starts = series_starts(datetime(2026, 1, 5, 10, 0), CHICAGO, "biweekly", 3)
    assert [start.date().isoformat() for start in starts] == ["2026-01-05", "2026-01-19", "2026-02-02"]


def test_a_time_that_the_clocks_skip_moves_on_and_says_so():
    made = series(datetime(2026, 3, 1, 2, 30), CHICAGO, "weekly", 2)
    (remark,) = made.remarks
    assert made.starts[1].replace(tzinfo=None) == datetime(2026, 3, 8, 3, 30)
    assert (remark.code, remark.place) == ("series.skipped-time", "visits.2")
    assert "2:30 AM" in remark.sentence
    assert "3:30 AM" in remark.sentence


def test_a_time_that_comes_twice_is_its_first_and_says_so():
    made = series(datetime(2026, 11, 1, 1, 30), CHICAGO, "weekly", 1)
    (remark,) = made.remarks
    assert made.starts[0].astimezone(UTC) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert (remark.code, remark.place) == ("series.time-comes-twice", "visits.1")


def test_an_ordinary_series_has_no_remark():
    assert series(datetime(2026, 3, 2, 10, 0), CHICAGO, "weekly", 52).remarks == ()


@pytest.mark.parametrize(
    ("first", "cadence", "count"),
    [
        (datetime(2026, 1, 5, 10, tzinfo=UTC), "weekly", 1),
        (datetime(2026, 1, 5, 10), "monthly", 1),
        (datetime(2026, 1, 5, 10), "weekly", 0),
        (datetime(2026, 1, 5, 10), "weekly", MOST_VISITS + 1),
        (datetime(9999, 12, 20, 10), "weekly", 4),
    ],
)
def test_what_is_no_series_is_refused(first, cadence, count):
    with pytest.raises(ValueError, match=r"series|cadence"):
        series(first, CHICAGO, cadence, count)


def test_a_time_that_knows_its_zone_is_not_on_the_wall():
    with pytest.raises(ValueError, match="wall"):
        on_the_clock(datetime(2026, 1, 5, tzinfo=UTC), CHICAGO)


@pytest.mark.parametrize("cadence", ["weekly", "biweekly"])
def test_the_procedure_offers_weekly_and_biweekly(hour, cadence):
    assert cadence_gaps(hour, cadence, 12) == ()


def test_another_cadence_and_a_wild_count_are_both_told(hour):
    gaps = cadence_gaps(hour, "daily", 0)
    assert [(gap.code, gap.place) for gap in gaps] == [("cadence.not-offered", "cadence"), ("series.count", "count")]
    assert "weekly or biweekly" in gaps[0].sentence


@pytest.mark.parametrize(("count", "held_back"), [(1, False), (MOST_VISITS, False), (MOST_VISITS + 1, True)])
def test_a_series_has_an_end(hour, count, held_back):
    assert bool(cadence_gaps(hour, "weekly", count)) == held_back
