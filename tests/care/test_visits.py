"""What may happen to a booked visit, state by state."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openhour.care.visits import (
    CANCEL_REASONS,
    MOVE_REASONS,
    offered_cancel_reason,
    reason_gaps,
    reason_in_words,
    step_gaps,
)

START = datetime(2026, 3, 2, 16, tzinfo=UTC)
DAY = date(2026, 3, 2)


def codes(step, state, *, at=START, today=DAY, begun=False):
    return [gap.code for gap in step_gaps(step, state, START, at=at, today=today, day=DAY, begun=begun)]


@pytest.mark.parametrize(
    ("step", "states"),
    [
        ("move", {"booked", "arrived"}),
        ("cancel", {"booked", "arrived", "missed"}),
        ("check-in", {"booked", "arrived", "missed"}),
        ("miss", {"booked", "missed"}),
    ],
)
def test_each_step_is_open_from_its_states_only(step, states):
    every = {"booked", "arrived", "held", "cancelled", "missed"}
    assert {state for state in every if not codes(step, state)} == states
    assert all(codes(step, state) == [f"visit.{state}"] for state in every - states)


@pytest.mark.parametrize("step", ["move", "cancel", "check-in", "miss"])
def test_an_hour_that_has_begun_is_left_to_the_therapist(step):
    assert codes(step, "booked", begun=True) == ["visit.begun"]


def test_check_in_is_for_the_day_of_the_visit():
    assert codes("check-in", "booked", today=DAY + timedelta(days=1)) == ["visit.other-day"]
    assert codes("check-in", "booked", at=START - timedelta(hours=3)) == []


def test_nobody_misses_a_visit_before_it_begins():
    assert codes("miss", "booked", at=START - timedelta(seconds=1)) == ["visit.not-yet"]
    assert codes("miss", "booked", at=START) == []


def test_a_late_cancellation_is_offered_within_a_day_and_never_imposed():
    assert offered_cancel_reason(START, at=START - timedelta(hours=23, minutes=59)) == "late-cancellation"
    assert offered_cancel_reason(START, at=START - timedelta(hours=24)) == ""
    assert reason_gaps("patient-asked", CANCEL_REASONS) == ()


@pytest.mark.parametrize("slug", ["", "because", "late-cancellation "])
def test_only_reasons_of_the_list_are_kept(slug):
    assert [gap.place for gap in reason_gaps(slug, CANCEL_REASONS)] == ["reason"]
    assert [gap.code for gap in reason_gaps("late-cancellation", MOVE_REASONS)] == ["reason.missing"]


def test_every_reason_has_words_and_an_old_one_is_shown_as_it_stands():
    slugs = [reason.slug for reason in CANCEL_REASONS]
    assert len(slugs) == len(set(slugs)) == 6
    assert reason_in_words("weather") == "Weather or travel"
    assert reason_in_words("moon-phase") == "moon-phase"
