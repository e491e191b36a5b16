"""The kinds by which the risks of the definition are watched."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from openhour.care.monitors import (
    KINDS,
    AnswerOn,
    History,
    ItemFlag,
    LongWithoutGain,
    RatingOn,
    ReliableWorsening,
    ScoreOn,
    SessionDistress,
    parameters_of,
    signals,
)
from openhour.catalog import kinds
from openhour.catalog.procedure import Monitor
from tests.care.conftest import DAY

FIRST = DAY - timedelta(weeks=30)


def week(number):
    return FIRST + timedelta(weeks=number)


def phq9s(*totals):
    return tuple(ScoreOn("phq-9", week(number), total) for number, total in enumerate(totals))


def watched(hour, kind, **parameters):
    """The hour with one risk, watched this way."""
    monitor = Monitor(kind, tuple(parameters.items()))
    return replace(hour, risks=(replace(hour.risks[0], slug="watched", monitor=monitor),))


@pytest.fixture
def instruments(phq9, gad7):
    return {"phq-9": phq9, "gad-7": gad7}


def test_the_kinds_and_their_parameters_are_those_that_the_shelf_lets_through():
    assert set(KINDS) == set(kinds.MONITORS)
    for kind, (parameters, _) in KINDS.items():
        assert [field.name for field in fields(parameters)] == [one.name for one in kinds.MONITORS[kind]]


@pytest.mark.parametrize(
    ("monitor", "typed"),
    [
        (Monitor("item-flag", (("of", ("phq-9",)), ("raises", "x"))), ItemFlag(("phq-9",), "x")),
        (
            Monitor("reliable-worsening", (("of", ("phq-9",)), ("against", "best"))),
            ReliableWorsening(("phq-9",), "best"),
        ),
        (Monitor("long-without-gain", (("sessions", 5), ("of", ("gad-7",)))), LongWithoutGain(("gad-7",), 5)),
        (Monitor("session-distress", (("at_least", 8),)), SessionDistress(8)),
    ],
)
def test_parameters_are_typed(monitor, typed):
    assert parameters_of(monitor) == typed


@pytest.mark.parametrize(
    "monitor", [Monitor("tea-leaves", ()), Monitor("session-distress", ()), Monitor("session-distress", (("x", 1),))]
)
def test_a_monitor_that_came_past_the_shelf_is_refused(monitor):
    with pytest.raises(ValueError, match=r"monitor|parameters"):
        parameters_of(monitor)


def test_every_risk_of_every_procedure_on_the_shelf_can_be_watched(shelf, instruments):
    for procedure in shelf.procedures:
        assert signals(procedure, History(), instruments) == ()


@pytest.mark.parametrize(
    ("against", "totals", "worse"),
    [
        ("baseline", (10, 15), False),
        ("baseline", (10, 16), True),
        ("baseline", (10, 4, 12), False),
        ("previous", (10, 4, 12), True),
        ("best", (10, 4, 9, 12), True),
        ("best", (10, 8, 9, 12), False),
        ("baseline", (16, 10), False),
        ("baseline", (16,), False),
        ("baseline", (), False),
    ],
)
def test_a_reliable_worsening_is_told(hour, instruments, against, totals, worse):
    procedure = watched(hour, "reliable-worsening", of=("phq-9",), against=against)
    found = signals(procedure, History(scores=phq9s(*totals)), instruments)
    assert [(one.kind, one.risk) for one in found] == ([("reliable-worsening", "watched")] if worse else [])


def test_the_worsening_says_how_much_and_since_when(hour, instruments):
    (found,) = signals(hour, History(scores=phq9s(10, 17)), instruments)
    assert found.sentence == "PHQ-9 is 7 points worse than at the start."
    assert (found.risk, found.on, found.confirmed) == ("aggravation", week(1), True)


def test_where_higher_is_better_a_fall_is_the_worsening(hour, phq9):
    upside_down = replace(phq9, change=replace(phq9.change, better="higher"))
    procedure = watched(hour, "reliable-worsening", of=("phq-9",), against="best")
    assert len(signals(procedure, History(scores=phq9s(10, 14, 8)), {"phq-9": upside_down})) == 1
    assert signals(procedure, History(scores=phq9s(8, 14)), {"phq-9": upside_down}) == ()


def test_a_change_that_no_confirmed_rule_judges_is_silent(hour, phq9):
    unsure = replace(phq9, change=replace(phq9.change, confirmed=False))
    assert signals(hour, History(scores=phq9s(0, 27)), {"phq-9": unsure}) == ()


def test_a_measure_that_is_not_on_the_shelf_is_silent(hour):
    assert signals(hour, History(scores=phq9s(0, 27)), {}) == ()


def test_an_unknown_score_to_be_held_against_is_a_broken_promise(hour, instruments):
    procedure = watched(hour, "reliable-worsening", of=("phq-9",), against="yesterday")
    with pytest.raises(ValueError, match="yesterday"):
        signals(procedure, History(scores=phq9s(1, 2)), instruments)


def long(hour, sessions=4):
    return watched(hour, "long-without-gain", of=("phq-9", "gad-7"), sessions=sessions)


def weeks(count):
    return tuple(week(number) for number in range(count))


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ((15, 15, 15, 15), True),
        ((15, 9, 9, 14), True),
        ((15, 14, 12, 10), True),
        ((15, 12, 12, 9), False),
        ((15, 15, 15), False),
        ((20, 12, 12, 12, 12), True),
    ],
)
def test_so_many_sessions_without_a_reliable_gain_are_told(hour, instruments, totals, told):
    history = History(scores=phq9s(*totals), sessions=weeks(len(totals)))
    found = signals(long(hour), history, instruments)
    assert bool(found) == told
    assert [one.sentence for one in found] == (["4 sessions without a reliable gain on PHQ-9."] if told else [])


def test_a_gain_on_one_measure_is_a_gain(hour, instruments):
    better = tuple(ScoreOn("gad-7", week(number), total) for number, total in enumerate((15, 12, 10, 5)))
    history = History(scores=(*phq9s(15, 15, 15, 15), *better), sessions=weeks(4))
    assert signals(long(hour), history, instruments) == ()


def test_without_any_score_nothing_is_said_about_gain(hour, instruments):
    assert signals(long(hour), History(sessions=weeks(30)), instruments) == ()
    assert signals(long(hour), History(scores=phq9s(15), sessions=weeks(30)), instruments) == ()


def test_the_definition_asks_after_twenty_sessions_and_says_that_the_number_is_a_local_choice(hour, instruments):
    flat = History(scores=phq9s(*[15] * 20), sessions=weeks(20))
    (found,) = signals(hour, flat, instruments)
    assert (found.risk, found.confirmed) == ("dependence", False)
    assert signals(hour, replace(flat, sessions=weeks(19)), instruments) == ()


@pytest.mark.parametrize(("ratings", "told"), [((), False), ((7,), False), ((8,), True), ((9, 2), False)])
def test_distress_after_the_last_session_is_told(hour, instruments, ratings, told):
    history = History(distress=tuple(RatingOn(week(number), rating) for number, rating in enumerate(ratings)))
    found = signals(hour, history, instruments)
    assert [one.risk for one in found] == (["discomfort"] if told else [])


@pytest.mark.parametrize(
    ("values", "told"), [((), False), ((0,), False), ((1,), True), ((2, 0), False), ((0, 3), True)]
)
def test_the_latest_answer_to_a_flagged_item_is_told(hour, instruments, values, told):
    procedure = watched(hour, "item-flag", of=("phq-9",), raises="suicide-risk")
    answers = tuple(AnswerOn("phq-9", "9", value, week(number)) for number, value in enumerate(values))
    assert bool(signals(procedure, History(answers=answers), instruments)) == told


def test_a_flag_of_another_kind_is_not_this_monitors(hour, instruments):
    procedure = watched(hour, "item-flag", of=("phq-9",), raises="psychosis")
    assert signals(procedure, History(answers=(AnswerOn("phq-9", "9", 3, DAY),)), instruments) == ()
