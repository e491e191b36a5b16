"""Times, sums and names as a page writes them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel import Money
from openhour.ui import words

MONDAY = datetime(2026, 1, 5, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(0, 0), "12:00 am"),
        (time(9, 5), "9:05 am"),
        (time(12, 0), "12:00 pm"),
        (time(23, 59), "11:59 pm"),
        (None, ""),
    ],
)
def test_the_time_of_day_is_said_as_on_a_wall(clock, said):
    assert words.time_of_day(clock) == said


def test_times_are_shown_in_the_zone_of_the_site():
    assert words.time_of_day(MONDAY, "America/Los_Angeles") == "9:05 am"
    assert words.long_date(datetime(2026, 1, 5, 3, 0, tzinfo=UTC), "America/New_York") == "Sunday 4 January 2026"
    assert words.moment(MONDAY, UTC) == "5 Jan 2026, 5:05 pm"


def test_dates_name_their_month():
    assert words.long_date(date(2026, 1, 5)) == "Monday 5 January 2026"
    assert words.short_date(date(2026, 1, 5)) == "5 Jan 2026"
    assert words.short_date(date(2026, 1, 5), year=False) == "5 Jan"
    assert words.weekday(date(2026, 1, 5)) == "Mon 5 Jan"
    assert words.machine(MONDAY) == "2026-01-05T17:05:00+00:00"


@pytest.mark.parametrize("name", ["time_of_day", "long_date", "short_date", "weekday", "moment", "machine", "money"])
def test_nothing_is_written_as_nothing(name):
    assert words.FILTERS[name](None) == ""


@given(st.integers(0, 10_000), st.integers(0, 59))
def test_minutes_are_never_rounded_up(minutes, seconds):
    assert words.minutes(timedelta(minutes=minutes, seconds=seconds)) == words.minutes(minutes) == f"{minutes} min"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=15), "2 weeks ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_how_long_ago(passed, said):
    assert words.ago(MONDAY, MONDAY + passed) == said


def test_a_refund_has_a_true_minus():
    assert words.money(Money(118050)) == "$1,180.50"
    assert words.money(Money(-2000)) == "−$20.00"


@pytest.mark.parametrize(
    ("names", "said"),
    [((), ""), (("Ana",), "Ana"), (("Ana", "Ben"), "Ana and Ben"), (("Ana", "Ben", "Carla"), "Ana, Ben and Carla")],
)
def test_names_are_listed_as_spoken(names, said):
    assert words.listed(names) == said


def test_names_and_numbers():
    assert words.initials("Ana María López") == "AL"
    assert words.initials("Ana") == "A"
    assert words.initials("") == ""
    assert words.possessive("Ana") == "Ana’s"
    assert words.counted(1, "visit") == "1 visit"
    assert words.counted(0, "visit") == "0 visits"
    assert words.counted(2, "diagnosis", "diagnoses") == "2 diagnoses"


def test_a_telephone_number_is_grouped_as_it_is_dialled():
    assert words.telephone("5555550123") == "(555) 555-0123"
    for as_it_is in ("", "+44 20 7946 0000", "555-0123", "٥٥٥٥٥٥٠١٢٣", "55555501234"):
        assert words.telephone(as_it_is) == as_it_is


@given(st.text())
def test_any_name_has_initials_or_none(name):
    assert len(words.initials(name)) <= 6
