"""The values that every room shares, at their edges: touching intervals, the hour when clocks change, cents, digits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel import Coded, Finding, Interval, Money, Refused, npi_finding, npi_is_valid
from openhour.kernel.guarded import NOTHING, Subject
from openhour.kernel.writable import mark_of, tidied, writable_gaps

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")


def minutes_of(start: int, end: int) -> Interval:
    return Interval(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


@given(*[st.integers(0, 60)] * 2, *[st.integers(1, 30)] * 2)
def test_two_hours_overlap_where_they_share_a_minute_and_only_there(first, second, long, longer):
    one, other = minutes_of(first, first + long), minutes_of(second, second + longer)
    shared = set(range(first, first + long)) & set(range(second, second + longer))
    assert one.overlaps(other) is bool(shared)
    assert other.overlaps(one) is bool(shared)


def test_an_hour_that_ends_when_the_other_begins_is_free_from_either_side():
    first, second = minutes_of(0, 60), minutes_of(60, 120)
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(first)


def test_an_hour_inside_another_overlaps_it():
    assert minutes_of(0, 60).overlaps(minutes_of(20, 30))
    assert minutes_of(20, 30).overlaps(minutes_of(0, 60))


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 0), (59, 0), (60, 1), (3179, 52), (3180, 53), (3239, 53)])
def test_seconds_never_make_a_minute(seconds, minutes):
    assert Interval(NOON, NOON + timedelta(seconds=seconds)).minutes == minutes


def test_the_hour_that_the_clock_runs_twice_is_counted_as_it_passed():
    night = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO)
    assert Interval(night, night.replace(fold=1)).minutes == 60
    assert Interval(night, datetime(2026, 11, 1, 2, 30, tzinfo=CHICAGO)).minutes == 120


def test_the_hour_that_the_clock_leaps_over_is_not_counted():
    before, after = datetime(2026, 3, 8, 1, 30, tzinfo=CHICAGO), datetime(2026, 3, 8, 3, 30, tzinfo=CHICAGO)
    assert Interval(before, after).minutes == 60


def test_an_interval_keeps_both_ends_in_utc_and_equals_the_same_one_of_another_zone():
    here = Interval(datetime(2026, 1, 5, 6, tzinfo=CHICAGO), datetime(2026, 1, 5, 7, tzinfo=CHICAGO))
    assert here == Interval(NOON, NOON + timedelta(hours=1))
    assert (here.start.tzinfo, here.end.tzinfo) == (UTC, UTC)


@pytest.mark.parametrize("naive", ["start", "end"])
def test_an_end_without_a_zone_is_refused_on_either_side(naive):
    ends = {"start": NOON, "end": NOON + timedelta(hours=1)}
    ends[naive] = ends[naive].replace(tzinfo=None)
    with pytest.raises(ValueError, match="know their zone"):
        Interval(**ends)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0", 0), ("180", 18000), ("180.5", 18050), ("180.50", 18050), ("0.01", 1), ("-0.01", -1), (" 7 ", 700), ("1e2", 10000)],
)  # fmt: skip
def test_dollars_are_read_to_the_cent(text, cents):
    assert Money.of(text).cents == cents


@pytest.mark.parametrize("amount", ["0.001", "0.009", "180.555", Decimal("1e-3"), "-Infinity", "sNaN", "$5", "1,000"])
def test_part_of_a_cent_and_what_is_no_number_is_no_amount(amount):
    with pytest.raises(ValueError, match="amount"):
        Money.of(amount)


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "$0.00"), (1, "$0.01"), (10, "$0.10"), (100, "$1.00"), (99_999, "$999.99"), (100_000, "$1,000.00"), (123_456_789, "$1,234,567.89"), (-5, "$-0.05")],
)  # fmt: skip
def test_an_amount_is_written_with_two_places_and_thousands_apart(cents, text):
    assert str(Money(cents)) == text


@given(st.integers(-(10**12), 10**12))
def test_dollars_always_have_exactly_two_places(cents):
    dollars = Money(cents).dollars
    assert dollars.as_tuple().exponent == -2
    assert dollars * 100 == cents


@given(st.lists(st.integers(-(10**6), 10**6)))
def test_amounts_are_ordered_as_their_cents_are(several):
    assert [one.cents for one in sorted(map(Money, several))] == sorted(several)


@given(st.integers(-(10**6), 10**6), st.integers(0, 999))
def test_units_times_an_amount_is_the_amount_added_so_often(cents, units):
    assert Money(cents) * units == Money(cents * units)
    assert sum((Money(cents) for _ in range(units)), Money(0)) == Money(cents) * units


@pytest.mark.parametrize("npi", ["1234567893", "2123456782"])
def test_an_npi_begins_with_one_or_two(npi):
    body = npi[:9]
    assert any(npi_is_valid(body + str(digit)) for digit in range(10))


@pytest.mark.parametrize("first", "03456789")
def test_no_npi_begins_with_another_digit(first):
    assert not any(npi_is_valid(f"{first}23456789"[:9] + str(digit)) for digit in range(10))


@given(st.integers(10**8, 3 * 10**8 - 1).map(str), st.integers(0, 7))
def test_neighbouring_digits_that_change_places_are_found_but_for_nought_and_nine(body, at):
    good = next(body + str(digit) for digit in range(10) if npi_is_valid(body + str(digit)))
    swapped = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    if swapped != good and {good[at], good[at + 1]} != {"0", "9"}:
        assert not npi_is_valid(swapped)


@pytest.mark.parametrize(
    "npi", [" 1234567893", "1234567893 ", "123-456-7893", "1234567893\n", "１２３４５６７８９３"]
)
def test_an_npi_is_ten_digits_and_nothing_else(npi):
    finding = npi_finding(npi)
    assert finding is not None
    assert (finding.code, finding.place) == ("npi.invalid", "npi")
    assert npi not in finding.sentence, "what was typed is not repeated"


def test_a_refusal_names_its_codes_and_no_sentence():
    refusal = Refused([Finding("a.b", "First.", "here"), Finding("c.d", "Second.")])
    assert str(refusal) == "a.b; c.d"
    assert Refused(Finding("a.b", "First.")).findings == (Finding("a.b", "First."),)
    assert Refused(iter([Finding("a.b", "First.")])).findings == (Finding("a.b", "First."),)


def test_a_finding_reads_with_its_place_where_it_has_one():
    assert str(Finding("a.b", "This is missing.", "row 7")) == "row 7: This is missing."
    assert str(Finding("a.b", "This is missing.")) == "This is missing."


def test_two_codes_are_one_where_system_value_and_title_are():
    assert Coded("cpt", "90837") == Coded("cpt", "90837", "")
    assert Coded("cpt", "90837") != Coded("loinc", "90837")


def test_what_belongs_to_nobody_has_no_patient_and_no_care():
    assert (NOTHING.patient_id, NOTHING.care, NOTHING.supervisors, NOTHING.author) == (
        "",
        frozenset(),
        frozenset(),
        None,
    )
    assert Subject("visit", "1") != Subject("visit", "2")


def codes(text, at_most=5, **options):
    return [gap.code for gap in writable_gaps(text, "note", at_most, **options)]


@pytest.mark.parametrize(
    ("text", "found"), [("12345", []), ("123456", ["note.too-long"]), ("  12345  ", []), ("", [])]
)
def test_a_text_may_fill_its_place_to_the_last_character(text, found):
    assert codes(text) == found


@pytest.mark.parametrize("empty", ["", " ", "\t\n", "\u00a0"])
def test_only_where_a_text_is_asked_for_may_it_not_be_empty(empty):
    assert codes(empty, asked="Please write a note.") == ["note.missing"]
    assert codes(empty) == []


def test_a_number_of_characters_is_told_with_its_thousands():
    (gap,) = writable_gaps("x" * 1001, "note", 1000)
    assert gap.sentence == "1,001 characters are too many; 1,000 fit here."


def test_a_text_may_be_too_long_and_unreadable_at_once():
    assert codes("\x00" + "x" * 9) == ["note.too-long", "note.unreadable"]


@pytest.mark.parametrize("mark", ["\n", "\r", "\t", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u2029"])
def test_one_line_holds_no_other_mark_and_several_lines_may(mark):
    assert codes(f"a{mark}b") == ["note.unreadable"]
    assert codes(f"a{mark}b", one_line=False) == []


@pytest.mark.parametrize("mark", ["\x00", "\udfff"])
def test_what_no_database_keeps_is_refused_in_several_lines_too(mark):
    assert codes(f"a{mark}b", one_line=False) == ["note.unreadable"]


def test_every_kind_of_line_break_becomes_one():
    assert tidied("a\r\nb\rc\nd\r\n", one_line=False) == "a\nb\nc\nd"


@given(st.text(), st.text())
def test_a_mark_tells_two_pages_apart_and_one_page_again(first, second):
    assert len(mark_of(first, second)) == 16
    assert mark_of(first, second) == mark_of(first, second)
    assert mark_of(first + "x", second) != mark_of(first, "x" + second)
    assert mark_of(first, None) == mark_of(first, "")
