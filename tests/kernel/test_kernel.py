"""The values that every room shares."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel import Finding, Interval, Money, Refused, npi_finding, npi_is_valid

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("npi", ["1234567893", "1987654328", "1876543210", "1912301953", "1669817979"])
def test_a_true_npi_checks(npi):
    assert npi_is_valid(npi)
    assert npi_finding(npi) is None


@pytest.mark.parametrize(
    "npi", ["1234567890", "", "123456789", "12345678931", "3234567893", "12345٦7893", "abcdefghij"]
)
def test_a_false_npi_is_refused_in_words(npi):
    assert not npi_is_valid(npi)
    assert npi_finding(npi, "npi of Ben").place == "npi of Ben"


@given(st.integers(0, 99_999_999).map(lambda n: f"1{n:08d}"))
def test_exactly_one_check_digit_fits_every_body(body):
    assert sum(npi_is_valid(f"{body}{digit}") for digit in range(10)) == 1


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(body, place, shift):
    good = next(f"1{body}{digit}" for digit in range(10) if npi_is_valid(f"1{body}{digit}"))
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert npi_is_valid(wrong) == (wrong == good)


def test_an_interval_counts_whole_minutes_and_never_rounds_up():
    assert Interval(NOON, NOON + timedelta(minutes=52, seconds=59)).minutes == 52


def test_intervals_that_touch_do_not_overlap():
    first, second = (
        Interval(NOON, NOON + timedelta(hours=1)),
        Interval(NOON + timedelta(hours=1), NOON + timedelta(hours=2)),
    )
    assert not first.overlaps(second)
    assert first.overlaps(Interval(NOON + timedelta(minutes=59), NOON + timedelta(hours=3)))


@pytest.mark.parametrize(
    ("start", "end"), [(NOON, NOON), (NOON, NOON - timedelta(1)), (NOON.replace(tzinfo=None), NOON)]
)
def test_a_false_interval_cannot_be_made(start, end):
    with pytest.raises(ValueError, match="interval"):
        Interval(start, end)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_no_cent_is_ever_lost(first, second):
    assert (Money(first) + Money(second) - Money(second)) == Money(first)
    assert Money.of(str(Money(first).dollars)) == Money(first)


@pytest.mark.parametrize("text", ["", "abc", "1.005", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        Money.of(text)


def test_money_reads_as_dollars():
    assert str(Money.of(Decimal("1180.5"))) == "$1,180.50"
    assert Money.of("180") * 2 == Money(36000)


def test_refused_holds_every_reason_and_never_none():
    refusal = Refused([Finding("a.b", "First.", "here"), Finding("c.d", "Second.")])
    assert [str(finding) for finding in refusal.findings] == ["here: First.", "Second."]
    with pytest.raises(ValueError, match="at least one"):
        Refused([])
