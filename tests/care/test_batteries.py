"""Which measures are due before a visit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.batteries import FRESH_DAYS, PERIODIC_DAYS, Answered, MeasureHistory, due_measures
from openhour.catalog import shipped_shelf
from tests.care.conftest import DAY

WEEK = timedelta(weeks=1)
BOTH_LAST_WEEK = (Answered("phq-9", DAY - WEEK), Answered("gad-7", DAY - WEEK))


def asked(procedure, indications, history=MeasureHistory(), **more):  # noqa: B008 a frozen value
    return [(due.instrument, due.why) for due in due_measures(procedure, indications, history, on=DAY, **more)]


def test_before_the_first_visit_everything_is_asked_once(hour):
    assert asked(hour, ["depression"]) == [("phq-9", "session"), ("gad-7", "intake")]


def test_each_visit_asks_its_session_battery_again(hour):
    history = MeasureHistory(BOTH_LAST_WEEK, (DAY - WEEK,))
    assert asked(hour, ["depression"], history) == [("phq-9", "session")]
    assert asked(hour, ["anxiety"], history) == [("gad-7", "session")]
    assert asked(hour, ["depression", "anxiety"], history) == [("phq-9", "session"), ("gad-7", "session")]


def test_nothing_is_asked_twice_on_one_day(hour):
    history = MeasureHistory((Answered("phq-9", DAY), Answered("gad-7", DAY)), (DAY,))
    assert asked(hour, ["depression", "anxiety"], history) == []


def test_what_was_answered_at_home_for_this_visit_is_not_asked_again(hour):
    history = MeasureHistory((*BOTH_LAST_WEEK, Answered("phq-9", DAY - timedelta(2))), (DAY - WEEK,))
    assert asked(hour, ["depression"], history) == []


@pytest.mark.parametrize(("days", "due"), [(FRESH_DAYS, False), (FRESH_DAYS + 1, True)])
def test_an_answer_grows_old(hour, days, due):
    history = MeasureHistory((Answered("phq-9", DAY - timedelta(days)), Answered("gad-7", DAY)))
    assert bool(asked(hour, ["depression"], history)) == due


@pytest.mark.parametrize(("days", "due"), [(PERIODIC_DAYS - 1, False), (PERIODIC_DAYS, True)])
def test_a_periodic_measure_comes_in_its_turn(hour, days, due):
    history = MeasureHistory((Answered("phq-9", DAY), Answered("gad-7", DAY - timedelta(days))))
    assert asked(hour, ["depression"], history) == ([("gad-7", "periodic")] if due else [])


def test_an_answer_of_a_later_day_does_not_count(hour):
    history = MeasureHistory((Answered("phq-9", DAY + WEEK), Answered("gad-7", DAY + WEEK)))
    assert asked(hour, ["depression"], history) == [("phq-9", "session"), ("gad-7", "intake")]


def test_while_no_indication_is_known_the_measures_of_all_of_them_are_asked(hour):
    assert {instrument for instrument, _ in asked(hour, [])} == {"phq-9", "gad-7"}


def test_a_procedure_without_indications_asks_nothing(hour):
    assert asked(replace(hour, indications=()), []) == []


def test_a_measure_that_the_shelf_lacks_is_not_asked(hour):
    assert asked(hour, ["depression"], on_shelf={"gad-7"}) == [("gad-7", "intake")]


def test_an_indication_that_the_procedure_lacks_is_a_broken_promise(hour):
    with pytest.raises(KeyError):
        asked(hour, ["measles"])


def test_every_indication_of_the_hour_asks_for_both_measures_at_intake(hour):
    for indication in hour.indications:
        assert {instrument for instrument, _ in asked(hour, [indication.slug])} == {"phq-9", "gad-7"}


DAYS = st.dates(date(2025, 6, 1), DAY)
HISTORIES = st.builds(
    lambda answered, held: MeasureHistory(tuple(Answered(slug, day) for slug, day in answered), tuple(held)),
    st.lists(st.tuples(st.sampled_from(["phq-9", "gad-7"]), DAYS), max_size=6),
    st.lists(DAYS, max_size=6),
)
INDICATIONS = st.lists(st.sampled_from(["depression", "anxiety", "ocd", "grief", "behavior"]), unique=True)


@given(INDICATIONS, HISTORIES)
def test_after_answering_what_is_due_nothing_is_due_that_day(indications, history):
    hour = shipped_shelf().procedure("psychotherapy-60", on=DAY)
    due = due_measures(hour, indications, history, on=DAY)
    done = replace(history, answered=(*history.answered, *(Answered(one.instrument, DAY) for one in due)))
    assert len({one.instrument for one in due}) == len(due)
    assert due_measures(hour, indications, done, on=DAY) == ()
