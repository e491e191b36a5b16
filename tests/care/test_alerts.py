"""One answer, saved alone, raises the alert that it must, and says how soon it is answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.alerts import DEFAULT_RULE, RULES, risk_alerts
from openhour.catalog import shipped_shelf
from tests.care.conftest import DAY, NOON


@pytest.mark.parametrize("value", [1, 2, 3])
def test_item_nine_at_one_or_more_raises_a_critical_alert(phq9, value):
    (alert,) = risk_alerts(phq9, "9", value)
    assert (alert.kind, alert.instrument, alert.item, alert.value) == ("suicide-risk", phq9.pin.key, "9", value)
    assert alert.severity == "critical"
    assert alert.same_session


@pytest.mark.parametrize("value", [0, None])
def test_item_nine_at_zero_or_not_answered_raises_none(phq9, value):
    assert risk_alerts(phq9, "9", value) == ()


@given(st.integers(1, 8), st.integers(0, 3))
def test_no_other_item_raises_an_alert(item, value):
    assert risk_alerts(shipped_shelf().instrument("phq-9", on=DAY), str(item), value) == ()


@given(st.integers(1, 7), st.integers(0, 3))
def test_gad_seven_raises_none(item, value):
    assert risk_alerts(shipped_shelf().instrument("gad-7", on=DAY), str(item), value) == ()


def test_a_flag_that_no_source_confirms_raises_none(phq9):
    unsure = replace(phq9, flags=tuple(replace(flag, confirmed=False) for flag in phq9.flags))
    assert risk_alerts(unsure, "9", 3) == ()


def test_an_item_that_the_instrument_lacks_is_a_broken_promise(phq9):
    with pytest.raises(KeyError):
        risk_alerts(phq9, "77", 1)


def test_two_flags_of_one_kind_on_one_item_are_one_alert(phq9):
    twice = replace(phq9, flags=(*phq9.flags, replace(phq9.flags[0], at_least=2)))
    assert len(risk_alerts(twice, "9", 3)) == 1


def test_another_kind_follows_the_rule_for_what_has_none_of_its_own(phq9):
    other = replace(phq9, flags=(replace(phq9.flags[0], raises="psychosis"),))
    (alert,) = risk_alerts(other, "9", 1)
    assert (alert.severity, alert.answer_within, alert.same_session) == (
        "important",
        DEFAULT_RULE.answer_within,
        False,
    )


def test_in_a_session_a_critical_alert_waits_no_longer_than_its_end(phq9):
    (alert,) = risk_alerts(phq9, "9", 1)
    ends = NOON + timedelta(minutes=60)
    assert alert.due_at(NOON, ends) == ends


def test_without_a_session_it_waits_no_longer_than_its_rule(phq9):
    (alert,) = risk_alerts(phq9, "9", 1)
    assert alert.due_at(NOON) == NOON + RULES["suicide-risk"].answer_within
    assert alert.due_at(NOON, NOON - timedelta(hours=1)) == NOON + RULES["suicide-risk"].answer_within
    assert alert.due_at(NOON, NOON + timedelta(days=7)) == NOON + RULES["suicide-risk"].answer_within


@pytest.mark.parametrize("rule", [*RULES.values(), DEFAULT_RULE])
def test_every_time_to_answer_names_where_it_comes_from(rule):
    assert rule.source
    assert timedelta(0) < rule.answer_within <= timedelta(hours=72)
