"""Days and times as they stand in a sentence."""

from datetime import UTC, date, datetime

import pytest

from openhour.care.wording import day_in_words, list_in_words, moment_in_words, time_in_words


@pytest.mark.parametrize(
    ("hour", "words"), [(0, "12:05 AM"), (1, "1:05 AM"), (11, "11:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")]
)
def test_the_clock_has_twelve_hours_twice(hour, words):
    assert time_in_words(datetime(2026, 1, 5, hour, 5, tzinfo=UTC)) == words


def test_a_day_and_a_moment_are_spelled_out():
    assert day_in_words(date(2026, 12, 31)) == "December 31, 2026"
    assert moment_in_words(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) == "Monday, January 5, 2026, 9:00 AM"


@pytest.mark.parametrize(
    ("words", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a, b or c")]
)
def test_a_list_reads_as_a_list(words, text):
    assert list_in_words(words) == text
