"""From indications and diagnoses to a battery, and what keeps a changed one from standing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openhour.care.batteries import BatteryForm
from openhour.care.battery_choice import (
    FORMS_AT_MOST,
    battery_gaps,
    chosen_for,
    indications_for,
    tidied_form,
)
from openhour.catalog.procedure import Battery

KNOWN = {"low", "high", "sleep"}


@pytest.fixture
def two(hour):
    """A procedure with two indications whose batteries differ."""
    depression, anxiety, *_ = hour.indications
    return replace(
        hour,
        indications=(
            replace(depression, battery=Battery(("low", "sleep"), ("low",), ("sleep",))),
            replace(anxiety, battery=Battery(("high",), ("high",), ("low",))),
        ),
    )


def slugs(forms):
    return [(form.instrument, form.when) for form in forms]


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (("F32.1",), ("depression",)),
        (("F33.9", "F41.1"), ("depression", "anxiety")),
        (("F34.1",), ("depression",)),
        (("F34.0",), ()),
        (("Z63.4",), ("grief",)),
        ((), ()),
    ],
    ids=["one", "two", "a-subcategory", "its-neighbour", "a-z-code", "none"],
)
def test_a_diagnosis_stands_for_the_indication_whose_family_holds_it(hour, codes, found):
    assert indications_for(hour, (), codes) == found


def test_what_was_recorded_and_what_was_diagnosed_are_one_list_in_the_definition_s_order(hour):
    assert indications_for(hour, ["anxiety", "measles"], ["F32.1"]) == ("depression", "anxiety")


def test_the_form_that_one_indication_asks_each_session_is_asked_each_session(two):
    assert slugs(chosen_for(two, ("depression", "anxiety"))) == [
        ("low", "session"),
        ("high", "session"),
        ("sleep", "periodic"),
    ]


def test_while_nothing_was_chosen_by_hand_the_battery_follows_the_indications(two):
    before = chosen_for(two, ("depression",))
    assert slugs(chosen_for(two, ("anxiety",), before)) == [("high", "session"), ("low", "periodic")]


def test_what_was_chosen_by_hand_stays_and_new_forms_join_it(two):
    mine = (
        BatteryForm("low", "periodic", every_sessions=4),
        BatteryForm("sleep", "session", dropped=True, reason="x"),
    )
    joined = chosen_for(two, ("depression", "anxiety"), mine, by_hand=True)
    assert joined[:2] == mine
    assert slugs(joined[2:]) == [("high", "session")]


def test_a_battery_that_can_stand_has_no_gaps():
    forms = (
        BatteryForm("low", "session"),
        BatteryForm("high", "periodic", every_sessions=30, every_days=366),
        BatteryForm("sleep", "intake", dropped=True, reason="She finds it too long"),
    )
    assert list(battery_gaps(forms, KNOWN)) == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (BatteryForm("nothing", "session"), "battery.unknown"),
        (BatteryForm("low", "sometimes"), "battery.when"),
        (BatteryForm("low", "periodic"), "battery.every"),
        (BatteryForm("low", "periodic", every_sessions=0), "battery.sessions"),
        (BatteryForm("low", "periodic", every_sessions=31), "battery.sessions"),
        (BatteryForm("low", "periodic", every_days=0), "battery.days"),
        (BatteryForm("low", "periodic", every_days=367), "battery.days"),
        (BatteryForm("low", "session", dropped=True, reason="  "), "battery.reason"),
        (BatteryForm("low", "session", from_session=0), "battery.from"),
    ],
    ids=["unknown", "when", "every", "no-session", "sessions", "no-day", "days", "reason", "from"],
)
def test_each_gap_has_its_code_and_its_form(form, code):
    gaps = list(battery_gaps((BatteryForm("sleep", "session"), form), KNOWN))
    assert [(gap.code, gap.place) for gap in gaps] == [(code, "form-2")]


def test_a_form_that_stands_there_twice_is_named_twice():
    twice = [BatteryForm("low", "session"), BatteryForm("low", "intake")]
    assert [(gap.code, gap.place) for gap in battery_gaps(twice, KNOWN)] == [
        ("battery.twice", "form-1"),
        ("battery.twice", "form-2"),
    ]


def test_a_battery_has_an_end():
    known = [f"form-{number}" for number in range(FORMS_AT_MOST + 1)]
    gaps = battery_gaps([BatteryForm(slug, "session") for slug in known], known)
    assert [gap.code for gap in gaps] == ["battery.too-many"]


def test_two_batteries_that_mean_the_same_are_the_same():
    typed = BatteryForm("low", "session", every_sessions=3, every_days=9, reason="  left over ")
    assert tidied_form(typed) == BatteryForm("low", "session")
    turn = BatteryForm("low", "periodic", every_days=9, dropped=True, reason=" too \n long ")
    assert tidied_form(turn) == replace(turn, reason="too long")
