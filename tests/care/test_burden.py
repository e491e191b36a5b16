"""Minutes of questions a month: what was asked, what a battery asks, and when that is much."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.batteries import BatteryForm
from openhour.care.burden import DAYS_IN_A_MONTH, MINUTES_A_MONTH, Month, burden_finding, expected_minutes, months_of

DAY = date(2026, 2, 10)
MINUTES = {"short": 1, "long": 5, "sleep": 4}
SHORT_OF = {"long": "short"}


def a_month(*forms, between=7):
    return expected_minutes(forms, MINUTES, days_between_visits=between, short_of=SHORT_OF)


def test_the_months_stand_newest_first_and_quiet_ones_too():
    answered = [(date(2026, 2, 1), 3), (date(2026, 2, 10), 2), (date(2025, 12, 31), 4), (date(2025, 6, 1), 9)]
    assert months_of(answered, on=DAY, count=3) == (
        Month(date(2026, 2, 1), 2, 5),
        Month(date(2026, 1, 1), 0, 0),
        Month(date(2025, 12, 1), 1, 4),
    )


def test_a_form_of_a_day_to_come_counts_nothing():
    assert months_of([(DAY + timedelta(1), 5)], on=DAY, count=1)[0].minutes == 0


def test_each_session_counts_with_each_visit_of_a_month():
    assert a_month(BatteryForm("long", "session")) == pytest.approx(5 * DAYS_IN_A_MONTH / 7)
    assert a_month(BatteryForm("long", "session"), between=14) == pytest.approx(5 * DAYS_IN_A_MONTH / 14)


def test_the_intake_is_over_and_what_is_dropped_isn_t_asked():
    assert a_month(BatteryForm("long", "intake"), BatteryForm("sleep", "session", dropped=True, reason="x")) == 0


def test_a_form_without_known_minutes_counts_nothing():
    assert a_month(BatteryForm("elsewhere", "session")) == 0


def test_turns_count_by_sessions_or_days_whichever_is_more_often():
    assert a_month(BatteryForm("sleep", "periodic", every_sessions=4)) == pytest.approx(4 * DAYS_IN_A_MONTH / 28)
    assert a_month(BatteryForm("sleep", "periodic", every_days=90)) == pytest.approx(4 * DAYS_IN_A_MONTH / 90)
    both = BatteryForm("sleep", "periodic", every_sessions=4, every_days=90)
    assert a_month(both) == a_month(BatteryForm("sleep", "periodic", every_sessions=4))


def test_a_form_is_never_asked_more_often_than_there_are_visits():
    assert a_month(BatteryForm("long", "periodic", every_days=1)) == a_month(BatteryForm("long", "session"))


def test_the_short_form_first_is_less():
    assert a_month(BatteryForm("long", "session", short_first=True)) == pytest.approx(DAYS_IN_A_MONTH / 7)


def test_the_warning_begins_above_the_limit():
    assert burden_finding(MINUTES_A_MONTH) is None
    found = burden_finding(MINUTES_A_MONTH + 2)
    assert found.code == "burden.much"
    assert str(MINUTES_A_MONTH) in found.sentence
    assert Month(DAY, 9, MINUTES_A_MONTH + 1).is_much
    assert not Month(DAY, 9, MINUTES_A_MONTH).is_much


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 2, 28)), st.integers(1, 30)), max_size=30))
def test_no_minute_is_lost_or_counted_twice(answered):
    held = [minutes for day, minutes in answered if day <= DAY and day >= date(2025, 1, 1)]
    months = months_of(answered, on=DAY, count=14)
    assert sum(month.minutes for month in months) == sum(held)
    assert sum(month.forms for month in months) == len(held)
