"""Each kind of scoring by hand, on forms made for it: reversed, weighted, mean, parts, domains, gates, levels, not applicable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhour.catalog.instrument import Band, ChangeRule, Choice, Condition, Flag, Item
from openhour.catalog.scoring_terms import (
    BandsFor,
    Count,
    CountRule,
    HighestOf,
    Level,
    Mean,
    Personal,
    Scoring,
    Subscale,
    Subscales,
    Triage,
    Unconfirmed,
    Weighted,
    When,
)
from openhour.measures import flags_of, item_changes, score, score_columns
from openhour.measures.parts import rule_columns, subscale_columns
from tests.measures.instruments import NINE, SEVEN, questions

FIVE = tuple(Choice(value, "", "") for value in range(5))
PLAIN = replace(SEVEN, bands=(), change=ChangeRule("lower", None, None, "test", True))


def form(*values):
    return {str(place): value for place, value in enumerate(values, start=1)}


def of(items, scoring, **more):
    return replace(PLAIN, items=items, scoring=scoring, **more)


def some(count, **changes):
    """Items of 0 to 4, of which some are not plain: place to what is different."""
    items = questions(count, choices=FIVE)
    return tuple(replace(item, **changes.get(f"i{item.id}", {})) for item in items)


TURNED = of(some(3, i2={"reversed": True}), Scoring("sum", 0, 12, 0, "test"))


@pytest.mark.parametrize(("values", "total"), [((0, 4, 0), 0), ((4, 0, 4), 12), ((1, 1, 1), 5), ((0, 0, 0), 4)])
def test_a_reversed_item_counts_the_other_way_round(values, total):
    assert score(TURNED, form(*values)).total == total


def test_a_reversed_item_whose_scale_begins_at_one_is_turned_within_its_scale():
    """Highest plus lowest minus the answer: of 1 to 5, 1 counts 5."""
    one_to_five = tuple(Choice(value, "", "") for value in range(1, 6))
    items = (Item("1", "", "", True, one_to_five, reversed=True),)
    one = of(items, Scoring("sum", 1, 5, 0, "test"))
    assert [score(one, {"1": value}).total for value in range(1, 6)] == [5, 4, 3, 2, 1]


def test_of_a_reversed_item_a_rise_is_the_other_direction():
    changes = item_changes(TURNED, form(1, 1, 1), form(2, 2, 1))
    assert [one.direction for one in changes] == ["worse", "better", "same"]


def test_a_reversed_item_that_is_missing_or_outside_counts_nothing():
    found = score_columns(TURNED, np.array([[0.0, np.nan, 0.0], [0.0, 9.0, 0.0]]))
    assert (found.totals.tolist(), found.scored.tolist()) == ([0, 0], [False, False])
    assert (found.missing.tolist(), found.outside.tolist()) == ([1, 0], [0, 1])


MEAN = of(some(10), Scoring("mean", 0, 40, 2, "test", terms=Mean(10)))


@pytest.mark.parametrize(
    ("sum_", "answered", "total"), [(17, 10, 17), (17, 9, 19), (4, 8, 5), (36, 9, 40), (0, 9, 0), (5, 8, 6), (2, 8, 3)]
)  # fmt: skip
def test_a_mean_is_of_the_items_answered_and_halves_go_up(sum_, answered, total):
    """10 x 17 / 9 = 18.9; 10 x 2 / 8 = 2.5 goes up; nothing is rounded to even."""
    values = [min(4, max(0, sum_ - 4 * place)) for place in range(answered)] + [None] * (10 - answered)
    assert sum(value or 0 for value in values) == sum_
    found = score(MEAN, form(*values))
    assert (found.total, found.raw, found.max_possible) == (total, sum_, 40)
    assert found.prorated is (answered < 10)


WEIGHTED = of(some(3), Scoring("weighted", 0, 40, 0, "test", terms=Weighted((5, 3, 2))))


@pytest.mark.parametrize(("values", "total"), [((1, 0, 0), 5), ((0, 1, 0), 3), ((4, 4, 4), 40), ((1, 2, 3), 17)])
def test_weights_multiply_the_points_of_their_items(values, total):
    assert score(WEIGHTED, form(*values)).total == total


def test_large_weights_do_not_run_over_in_small_numbers():
    heavy = of(some(3), Scoring("weighted", 0, 12_000, 0, "test", terms=Weighted((1000, 1000, 1000))))
    assert score_columns(heavy, np.full((2, 3), 4, np.int8)).totals.tolist() == [12_000, 12_000]


PARTS = (
    Subscale("ab", "A and B", ("1", "2"), "sum", 5, "test"),
    Subscale("c", "C", ("3",), "sum", None, "test"),
)
PROFILE = of(
    some(3, i2={"reversed": True}), Scoring("subscales", 0, 0, 0, "test", terms=Subscales()), subscales=PARTS
)


def test_parts_have_scores_and_a_form_without_a_total_says_so():
    found = score(PROFILE, form(3, 1, 2))
    assert [(part.slug, part.points, part.highest, part.at_case) for part in found.subscales] == [
        ("ab", 6, 8, True),
        ("c", 2, 4, None),
    ]
    assert (found.total, found.band, found.at_case, found.max_possible) == (None, None, None, None)
    assert (found.complete, found.reason) == (True, "SEVEN has a score for each of its parts, and no total.")


def test_a_part_with_a_gap_has_no_score_and_the_others_do():
    found = score(PROFILE, form(3, None, 2))
    assert [part.points for part in found.subscales] == [None, 2]
    assert found.reason.startswith("1 of 3 questions")


def test_where_higher_is_better_a_part_is_a_case_at_or_below_its_cut_off():
    one = replace(PROFILE, change=ChangeRule("higher", None, None, "test", True))
    assert [score(one, form(value, 0, 0)).subscales[0].at_case for value in (0, 1, 2)] == [True, True, False]


DOMAINS = (
    Subscale("mood", "Mood", ("1", "2"), "highest", 2, "test"),
    Subscale("harm", "Harm", ("3",), "highest", 1, "test"),
)
HIGHEST = of(some(3), Scoring("highest-of", 0, 0, 0, "test", terms=HighestOf()), subscales=DOMAINS)


@pytest.mark.parametrize(
    ("values", "points", "cases"),
    [((1, 0, 0), [1, 0], [False, False]), ((1, 3, 0), [3, 0], [True, False]), ((0, 0, 1), [0, 1], [False, True])],
)
def test_a_domain_is_its_highest_answer(values, points, cases):
    found = score(HIGHEST, form(*values))
    assert [part.points for part in found.subscales] == points
    assert [part.at_case for part in found.subscales] == cases
    assert [part.highest for part in found.subscales] == [4, 4]


GATED = of(
    (
        Item("1", "", "", True, FIVE[:2], adds=False),
        Item("2", "", "", True, FIVE, asked_if=Condition(("1",), 1)),
        Item("3", "", "", True, FIVE, asked_if=Condition(("2",), 2)),
    ),
    Scoring("sum", 0, 8, 0, "test"),
    bands=(Band(0, "low"), Band(3, "high")),
)
"""A gate, an item behind it, and one behind that item."""


@pytest.mark.parametrize(
    ("values", "total", "missing"),
    [
        ((0, None, None), 0, ()),
        ((1, 1, None), 1, ()),
        ((1, 2, None), None, ("3",)),
        ((1, 2, 4), 6, ()),
        ((1, None, None), None, ("2", "3")),
        ((None, None, None), None, ("1", "2", "3")),
        ((None, 2, 2), None, ("1",)),
        ((0, 4, 4), 0, ()),  # the gate is closed: what stands behind it isn't counted, and that is told
    ],
)
def test_behind_a_closed_gate_nothing_counts_and_nothing_is_missing(values, total, missing):
    found = score(GATED, form(*values))
    assert (found.total, found.missing, found.complete) == (total, missing, not missing)
    assert found.max_possible == 8


def test_an_answer_behind_a_closed_gate_is_told():
    codes = [(one.code, one.place) for one in score(GATED, form(0, 4, None)).findings]
    assert ("score.behind-gate", "2") in codes
    assert "score.behind-gate" not in {one.code for one in score(GATED, form(1, 4, 1)).findings}


def test_an_answer_behind_a_closed_gate_still_raises_its_flag():
    one = replace(GATED, flags=(Flag("2", 1, "suicide-risk", "test", True),))
    assert [flag.item for flag in score(one, form(0, 1, None)).critical] == ["2"]


def test_any_of_several_gates_opens():
    one = replace(
        GATED,
        items=(*some(2), Item("3", "", "", True, FIVE, asked_if=Condition(("1", "2"), 1))),
        scoring=Scoring("sum", 0, 12, 0, "test"),
    )
    assert score(one, form(0, 0, None)).total == 0
    assert score(one, form(0, 1, None)).missing == ("3",)
    assert score(one, form(None, 1, 2)).missing == ("1",)
    assert score(one, form(None, 0, None)).missing == ("1", "3")


NA = (*FIVE, Choice(99, "", "", applies=False))
APPLIES = of(
    tuple(replace(item, choices=NA) if item.id == "1" else item for item in questions(3, choices=FIVE)),
    Scoring("sum", 0, 12, 0, "test"),
    flags=(Flag("1", 4, "seen", "test", True),),
)


def test_what_does_not_apply_leaves_the_total_and_lowers_what_is_possible():
    found = score(APPLIES, form(99, 3, 2))
    assert (found.total, found.max_possible, found.complete, found.prorated) == (5, 8, True, False)
    assert score(APPLIES, form(4, 3, 2)).max_possible == 12


def test_what_does_not_apply_raises_nothing_and_changes_nothing():
    assert flags_of(APPLIES, "1", 99) == ()
    assert len(flags_of(APPLIES, "1", 4)) == 1
    assert item_changes(APPLIES, form(2, 0, 0), form(99, 0, 0))[0].direction == "unknown"


def test_a_form_on_which_nothing_applies_has_no_total():
    one = replace(APPLIES, items=tuple(replace(item, choices=NA) for item in APPLIES.items))
    assert score(one, form(99, 99, 99)).total is None
    assert score(one, form(99, 99, 1)).total == 1


def test_a_gap_is_filled_from_what_applies_alone():
    """One doesn't apply, one is missing: the only answer stands for two items, and not for three."""
    one = replace(APPLIES, scoring=Scoring("sum", 0, 12, 1, "test"))
    found = score(one, form(99, 3, None))
    assert (found.total, found.max_possible, found.prorated) == (6, 8, True)


BLANKS = of(some(4), Scoring("sum", 0, 16, 2, "test", gaps="zero"), subscales=PARTS)


@pytest.mark.parametrize(
    ("values", "total"), [((4, 4, None, None), 8), ((4, None, None, None), None), ((None, 1, 1, 1), 3)]
)
def test_where_blanks_count_nothing_the_sum_stands_until_too_many_are_blank(values, total):
    found = score(BLANKS, form(*values))
    assert (found.total, found.complete) == (total, False)
    assert [part.points for part in found.subscales] == (
        [None, None] if total is None else [(values[0] or 0) + (values[1] or 0), values[2] or 0]
    )


def test_a_mean_in_which_blanks_count_nothing_is_of_all_items():
    one = of(some(4), Scoring("mean", 0, 4, 2, "test", gaps="zero", terms=Mean(1)))
    assert score(one, form(4, 4, None, None)).total == 2
    assert score(replace(one, scoring=replace(one.scoring, gaps="mean")), form(4, 4, None, None)).total == 4


LEVELS = (
    Level("none", (), False),
    Level("low", (When("1", 1),), True),
    Level("high", (When("2", 1), When("3", 2)), True),
)
RISK = of(some(3, i3={"asked_if": Condition(("2",), 1)}), Scoring("triage", 0, 0, 0, "test", terms=Triage(LEVELS)))


@pytest.mark.parametrize(
    ("values", "level", "positive"),
    [
        ((0, 0, None), "none", False),
        ((1, 0, None), "low", True),
        ((0, 1, 0), "high", True),
        ((1, 1, 0), "high", True),
        ((0, 0, 2), "high", True),  # it should not have been asked; a danger that was told is not thrown away
        ((0, 0, 1), "none", False),
        ((1, 1, None), None, None),
        ((1, None, None), None, None),
    ],
)
def test_the_highest_level_reached_counts_and_an_unfinished_form_has_none(values, level, positive):
    found = score(RISK, form(*values))
    assert (found.band, found.at_case, found.total) == (level, positive, None)


def test_levels_in_columns_and_their_unconfirmed_mark():
    answers = np.array([[0, 0, np.nan], [1, 0, np.nan], [4, 4, 4], [9, 0, 0]])
    found = score_columns(RISK, answers)
    assert found.bands.tolist() == [0, 1, 2, -1]
    assert found.at_case.tolist() == [False, True, True, False]
    assert not found.scored.any()
    assert not found.prorated.any()
    assert not score(replace(RISK, unconfirmed=(Unconfirmed("level", ""),)), form(0, 0, None)).confirmed


BY_SEX = of(
    some(3),
    Scoring("sum", 0, 12, 0, "test"),
    bands_for=(
        BandsFor("sex", "female", ((0, "negative"), (3, "positive")), 3, "test"),
        BandsFor("sex", "male", ((0, "negative"), (4, "positive")), 4, "test"),
    ),
)


@pytest.mark.parametrize(
    ("facts", "band", "at_case"),
    [
        ({"sex": "female"}, "positive", True),
        ({"sex": "male"}, "negative", False),
        ({"sex": "unknown"}, None, None),
        ({"sex": ""}, None, None),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_without_the_fact_a_cut_off_needs_there_is_a_total_and_no_judgement(facts, band, at_case):
    found = score(BY_SEX, form(1, 1, 1), facts)
    assert (found.total, found.band, found.at_case) == (3, band, at_case)
    assert ("score.needs-fact" in {one.code for one in found.findings}) is (band is None)
    assert found.reason == ""


def test_without_a_total_nobody_is_asked_for_the_fact():
    assert "score.needs-fact" not in {one.code for one in score(BY_SEX, form(1, 1, None)).findings}


PERSONAL = of(
    (Item("1", "", "", True, tuple(Choice(value, str(value), "") for value in range(11))),),
    Scoring("personal", 0, 10, 0, "test", terms=Personal()),
)


def test_a_personal_rating_is_its_own_total():
    assert [score(PERSONAL, {"1": value}).total for value in (0, 7, 10, None, 11)] == [0, 7, 10, None, None]
    assert PERSONAL.personal
    assert not PERSONAL.needs_wording


RULE = CountRule("rule", "Rule", (Count(("1", "2", "3"), 1, 2), Count(("4",), 1)), "test")
COUNTED = of(some(4), Scoring("sum", 0, 16, 0, "test"), rules=(RULE,))
COUNTED = replace(COUNTED, items=tuple(replace(item, symptom_at=2) for item in COUNTED.items))


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ((2, 0, 0, 2), True),
        ((1, 1, 1, 4), False),
        ((2, 2, 2, 2), False),  # three are too many
        ((2, 0, 0, 1), False),
        ((2, 2, None, 2), None),  # a third would be too many
        ((2, 0, None, 2), True),  # one or two: both hold
        ((0, 0, None, 2), None),
        ((0, 0, None, 0), False),
        ((2, 0, 0, None), None),
        ((2, 0, 9, 2), True),  # an answer that is none of the choices is a gap
    ],
)
def test_a_rule_holds_fails_or_stays_open(values, holds):
    (held,) = score(COUNTED, form(*values)).rules
    assert held.holds is holds


def test_a_rule_says_whether_it_is_confirmed():
    doubtful = replace(COUNTED, rules=(replace(RULE, confirmed=False),))
    assert [held.confirmed for held in score(doubtful, form(0, 0, 0, 0)).rules] == [False]


def test_a_form_without_parts_and_rules_has_none():
    assert subscale_columns(NINE, np.zeros((3, 9))) == ()
    assert rule_columns(NINE, np.zeros((3, 9))) == ()
    assert score(NINE, form(*[0] * 9)).subscales == ()


def test_a_flag_between_two_answers_is_raised_by_these_alone():
    one = replace(PLAIN, flags=(Flag("1", 1, "yes", "test", True, 1), Flag("1", 2, "refused", "test", True)))
    assert [[flag.raises for flag in flags_of(one, "1", value)] for value in range(4)] == [
        [],
        ["yes"],
        ["refused"],
        ["refused"],
    ]


def test_parts_of_columns_that_fit_no_form_are_refused():
    with pytest.raises(ValueError, match="columns of answers"):
        subscale_columns(PROFILE, np.zeros((2, 5)))


def test_many_forms_beyond_one_chunk_with_gates_and_reversed_items():
    """The chunks are joined in order, and a gate holds within its own row."""
    rng = np.random.default_rng(11)
    answers = rng.integers(0, 5, (150_000, 3)).astype(np.float64)
    answers[:, 0] = rng.integers(0, 2, 150_000)
    found = score_columns(GATED, answers)
    opened = answers[:, 0] >= 1
    further = opened & (answers[:, 1] >= 2)
    assert found.scored.all()
    assert np.array_equal(found.totals, answers[:, 1] * opened + answers[:, 2] * further)
