"""Which measures are due before a visit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.batteries import (
    FRESH_DAYS,
    PERIODIC_DAYS,
    Answered,
    BatteryForm,
    MeasureHistory,
    due,
    due_measures,
    forms_of,
)
from openhour.catalog import shipped_shelf
from openhour.catalog.procedure import Battery, Turn
from tests.care.conftest import DAY
from tests.care.plain import with_two_measures

WEEK = timedelta(weeks=1)
BOTH_LAST_WEEK = (Answered("phq-9", DAY - WEEK), Answered("gad-7", DAY - WEEK))


@pytest.fixture(scope="module")
def hour(shelf):
    return with_two_measures(shelf.procedure("psychotherapy-60", on=DAY))


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


def turning(hour, *batteries):
    """The first indications of the hour with these batteries."""
    pairs = zip(hour.indications, batteries, strict=False)
    return replace(hour, indications=tuple(replace(one, battery=battery) for one, battery in pairs))


def test_the_distance_of_a_periodic_form_is_that_of_its_definition(hour):
    battery = Battery((), (), ("phq-9",), (Turn("phq-9", every_sessions=3, every_days=40, from_session=2),))
    (form,) = forms_of(turning(hour, battery), ["depression"])
    assert form == BatteryForm("phq-9", "periodic", every_sessions=3, every_days=40, from_session=2)


def test_without_a_distance_a_periodic_form_comes_after_the_usual_days(hour):
    (form,) = forms_of(turning(hour, Battery((), (), ("phq-9",))), ["depression"])
    assert form == BatteryForm("phq-9", "periodic", every_days=PERIODIC_DAYS)


def test_of_two_indications_the_shorter_distance_holds(hour):
    often = Battery((), (), ("phq-9",), (Turn("phq-9", every_sessions=2, from_session=4),))
    seldom = Battery((), (), ("phq-9",), (Turn("phq-9", every_sessions=6, every_days=60),))
    (form,) = forms_of(turning(hour, often, seldom), ["depression", "anxiety"])
    assert form == BatteryForm("phq-9", "periodic", every_sessions=2, every_days=60)


@pytest.mark.parametrize(("held", "due_now"), [(0, False), (1, False), (2, True), (5, True)])
def test_what_asks_about_sessions_waits_for_them(held, due_now):
    form = BatteryForm("phq-9", "periodic", every_sessions=4, from_session=3)
    history = MeasureHistory((), tuple(DAY - WEEK * (place + 1) for place in range(held)))
    assert bool(due([form], history, on=DAY)) is due_now


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


# What a therapist chose, and short forms

SHORT_OF = {"phq-9": "phq-2"}


def chosen(*forms, answered=(), held=(), on_shelf=None):
    history = MeasureHistory(tuple(Answered(slug, day) for slug, day in answered), tuple(held))
    found = due(forms, history, on=DAY, on_shelf=on_shelf, short_of=SHORT_OF)
    return [(one.instrument, one.why) for one in found]


def test_what_was_dropped_is_not_asked():
    assert chosen(BatteryForm("gad-7", "session", dropped=True, reason="x")) == []


@pytest.mark.parametrize(("visits", "asked_again"), [(2, False), (3, True), (5, True)])
def test_every_third_session_counts_the_visits_since_it_was_answered(visits, asked_again):
    form = BatteryForm("gad-7", "periodic", every_sessions=3)
    held = [DAY - timedelta(weeks=week) for week in range(1, visits + 1)]
    answered = [("gad-7", DAY - timedelta(weeks=visits))]
    assert chosen(form, answered=answered, held=held) == ([("gad-7", "periodic")] if asked_again else [])


def test_visits_before_the_answers_count_for_nothing():
    form = BatteryForm("gad-7", "periodic", every_sessions=2)
    held = [DAY - timedelta(weeks=week) for week in range(1, 9)]
    assert chosen(form, answered=[("gad-7", DAY - timedelta(days=6))], held=held) == []


def test_whichever_comes_first_of_sessions_and_days():
    form = BatteryForm("gad-7", "periodic", every_sessions=10, every_days=30)
    assert chosen(form, answered=[("gad-7", DAY - timedelta(30))]) == [("gad-7", "periodic")]
    assert chosen(form, answered=[("gad-7", DAY - timedelta(29))]) == []


def test_the_short_form_is_asked_in_the_place_of_the_long_one():
    assert chosen(BatteryForm("phq-9", "session", short_first=True)) == [("phq-2", "session")]


def test_a_short_form_that_the_shelf_lacks_leaves_the_long_one():
    form = BatteryForm("phq-9", "session", short_first=True)
    assert chosen(form, on_shelf={"phq-9"}) == [("phq-9", "session")]
    assert chosen(form, on_shelf=set()) == []


def test_the_answers_of_the_short_form_count_in_its_turn():
    form = BatteryForm("phq-9", "periodic", every_days=30, short_first=True)
    assert chosen(form, answered=[("phq-2", DAY - timedelta(29))]) == []
    assert chosen(form, answered=[("phq-2", DAY - timedelta(30))]) == [("phq-2", "periodic")]
    assert chosen(form, answered=[("phq-9", DAY - timedelta(3))]) == []


def test_the_long_form_alone_is_asked_where_both_are_due():
    forms = (BatteryForm("phq-2", "session"), BatteryForm("phq-9", "session"))
    assert chosen(*forms) == [("phq-9", "session")]
    assert chosen(*forms, answered=[("phq-9", DAY)]) == []


def test_a_short_form_is_answered_by_its_long_one():
    assert chosen(BatteryForm("phq-2", "periodic", every_days=30), answered=[("phq-9", DAY - timedelta(3))]) == []


FORMS = st.builds(
    BatteryForm,
    st.sampled_from(["phq-9", "phq-2", "gad-7", "wsas"]),
    st.sampled_from(["intake", "session", "periodic"]),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.integers(1, 100)),
    st.booleans(),
)


@given(st.lists(FORMS, max_size=6), HISTORIES)
def test_whatever_was_chosen_nothing_is_asked_twice_on_a_day(forms, history):
    asked_today = due(forms, history, on=DAY, short_of=SHORT_OF)
    slugs = [one.instrument for one in asked_today]
    assert len(set(slugs)) == len(slugs)
    assert not {"phq-2", "phq-9"} <= set(slugs)
    done = replace(history, answered=(*history.answered, *(Answered(slug, DAY) for slug in slugs)))
    assert due(forms, done, on=DAY, short_of=SHORT_OF) == ()
