"""One form and a million forms are scored by the same lines, and incomplete is never zero."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.catalog.instrument import ChangeRule, Choice, Scoring
from openhour.measures import score, score_columns
from tests.measures.instruments import GAPPED, NINE, SEVEN, WELL, questions
from tests.shared_data import shared

ANYTHING = st.one_of(st.none(), st.integers(-2, 9), st.integers(), st.booleans(), st.text(max_size=5), st.floats())


def nine(*values: int | None, tenth: int | None = None) -> dict[str, int | None]:
    return {str(place): value for place, value in enumerate((*values, tenth), start=1)}


@pytest.mark.parametrize(
    ("values", "total", "band", "at_case"),
    [
        ([0] * 9, 0, "minimal", False),
        ([1, 1, 1, 1, 0, 0, 0, 0, 0], 4, "minimal", False),
        ([1, 1, 1, 1, 1, 0, 0, 0, 0], 5, "mild", False),
        ([3, 3, 3, 0, 0, 0, 0, 0, 0], 9, "mild", False),
        ([3, 3, 3, 1, 0, 0, 0, 0, 0], 10, "moderate", True),
        ([3, 3, 3, 3, 3, 0, 0, 0, 0], 15, "moderately severe", True),
        ([3] * 9, 27, "severe", True),
    ],
)
def test_answers_add_up_to_a_total_in_a_band(values, total, band, at_case):
    found = score(NINE, nine(*values))
    assert (found.total, found.band, found.at_case) == (total, band, at_case)
    assert (found.complete, found.missing, found.answered, found.findings) == (True, (), 9, ())


def test_an_incomplete_form_has_no_total_and_says_why():
    found = score(NINE, nine(3, 3, None, 3, 3, 3, None, 3, 0))
    assert (found.total, found.band, found.at_case, found.complete) == (None, None, None, False)
    assert (found.missing, found.answered) == (("3", "7"), 7)
    assert [finding.code for finding in found.findings] == ["score.incomplete"]
    assert "2 of 9" in found.findings[0].sentence


def test_an_empty_form_has_no_total_even_where_some_items_may_be_missing():
    lenient = replace(NINE, scoring=Scoring("sum", 0, 27, 9, "test"))
    assert score(lenient, {}).total is None
    assert score(lenient, nine(2)).total == 18


def test_the_unscored_item_neither_counts_nor_blocks():
    assert score(NINE, nine(*[1] * 9, tenth=3)).total == 9
    found = score(NINE, nine(*[1] * 9, tenth=7))
    assert (found.total, [finding.place for finding in found.findings]) == (9, ["10"])


@pytest.mark.parametrize("refused", [7, 9, -1, 4, 10**400, -(2**31), True, "2", 1.0, float("nan")])
def test_an_answer_outside_the_choices_is_refused_and_never_counted(refused):
    found = score(NINE, nine(0, 0, refused, 0, 0, 0, 0, 0, 0))
    assert (found.total, found.missing, found.answered) == (None, ("3",), 8)
    assert [(finding.code, finding.place) for finding in found.findings] == [("answer.outside-choices", "3")]


def test_choices_that_skip_numbers_leave_the_gaps_out():
    assert score(GAPPED, {"1": 2, "2": 4}).total == 6
    assert score(GAPPED, {"1": 1, "2": 4}).total is None


def test_an_unknown_question_is_named_and_not_counted():
    found = score(SEVEN, {**{str(place): 1 for place in range(1, 8)}, "8": 3})
    assert found.total == 7
    assert [finding.code for finding in found.findings] == ["answer.unknown-item"]


@pytest.mark.parametrize(
    ("values", "total"), [([5, 5, 5, 5, None], 25), ([1, 1, 1, 3, None], 8), ([2, 1, 1, 2, None], 8)]
)
def test_where_an_item_may_be_missing_the_others_stand_for_it_and_halves_go_up(values, total):
    found = score(WELL, dict(zip("12345", values, strict=True)))
    assert (found.total, found.complete, found.missing) == (total, False, ("5",))


def test_a_refused_answer_is_not_covered_by_the_allowance_for_missing_ones():
    assert score(WELL, {"1": 5, "2": 5, "3": 5, "4": 5, "5": 9}).total is None


@pytest.mark.parametrize(("each", "at_case"), [(2, True), (3, False)])
def test_where_higher_is_better_a_case_is_at_or_below_the_cut_off(each, at_case):
    assert score(WELL, dict.fromkeys("12345", each)).at_case is at_case


def test_the_case_cut_off_itself_is_a_case_on_either_side():
    assert score(WELL, dict(zip("12345", (3, 3, 2, 2, 2), strict=True))).at_case is True
    assert score(SEVEN, dict(zip("1234567", (2, 2, 2, 2, 0, 0, 0), strict=True))).at_case is True


def test_without_a_cut_off_nobody_is_a_case():
    silent = replace(NINE, change=ChangeRule("lower", None, None, "", False))
    assert score(silent, nine(*[3] * 9)).at_case is None
    assert not score_columns(silent, np.full((2, 9), 3)).at_case.any()


@settings(deadline=None)
@given(st.lists(st.lists(ANYTHING, min_size=10, max_size=10), min_size=1, max_size=8))
def test_scoring_one_form_equals_scoring_it_among_others(forms):
    singles = [score(NINE, nine(*form[:9], tenth=form[9])) for form in forms]
    cells = [[_cell(value) for value in form] for form in forms]
    together = score_columns(NINE, np.array(cells, np.float64))
    for place, single in enumerate(singles):
        assert (single.total is not None) == together.scored[place]
        assert (single.total or 0) == together.totals[place]
        assert single.band == (NINE.bands[together.bands[place]].label if together.bands[place] >= 0 else None)
        assert bool(single.at_case) == together.at_case[place]
        assert len(single.missing) == together.missing[place] + together.outside[place]


def _cell(value: object) -> float:
    if value is None:
        return float("nan")
    return float(value) if type(value) is int and abs(value) < 2**31 else float("inf")


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=9, max_size=9), min_size=1, max_size=30), st.randoms())
def test_the_order_of_rows_and_the_type_of_numbers_change_nothing(forms, shuffler):
    order = list(range(len(forms)))
    shuffler.shuffle(order)
    plain = score_columns(NINE, np.array(forms, np.int8))
    moved = score_columns(NINE, np.array(forms, np.float64)[order])
    assert plain.totals[order].tolist() == moved.totals.tolist()
    assert plain.bands[order].tolist() == moved.bands.tolist()
    assert plain.totals.tolist() == [sum(form) for form in forms]


def test_a_mask_marks_missing_answers_in_arrays_of_whole_numbers():
    answers, mask = np.ones((2, 9), np.int8), np.zeros((2, 9), bool)
    mask[1, 4] = True
    found = score_columns(NINE, answers, mask)
    assert found.scored.tolist() == [True, False]
    assert found.missing.tolist() == [0, 1]


def test_more_rows_than_one_chunk_are_all_scored():
    answers = np.random.default_rng(7).integers(0, 4, (300_001, 9)).astype(np.int8)
    found = score_columns(NINE, answers)
    assert np.array_equal(found.totals, answers.sum(axis=1))
    assert np.array_equal(found.at_case, answers.sum(axis=1) >= 10)


def test_columns_that_fit_no_reading_of_the_form_are_refused():
    with pytest.raises(ValueError, match="9 or 10 columns"):
        score_columns(NINE, np.zeros((3, 8)))
    with pytest.raises(ValueError, match="differ in length"):
        score_columns(SEVEN, [np.zeros(2)] * 6 + [np.zeros(3)])


@pytest.mark.parametrize(("task", "instrument"), [("phq9", NINE), ("gad7", SEVEN)])
def test_an_independent_program_gives_the_same_totals(task, instrument):
    vectors = json.loads(shared("scoring/camcops_vectors_sample.json").read_text())[task]["vectors"]
    assert len(vectors) == 10
    for vector in vectors:
        answers = {key.removeprefix("q"): value for key, value in vector["answers"].items()}
        assert score(instrument, answers).total == vector["out"]["total_score"]


def test_where_that_program_sums_past_missing_answers_ours_does_not():
    """CamCOPS gives the partial sum as its total though it calls the form incomplete; a partial sum reads as less
    distress than there is, so here it is no score at all."""
    vectors = json.loads(shared("scoring/camcops_vectors_sample.json").read_text())["gad7"]["vectors"]
    answers = {key.removeprefix("q"): value for key, value in vectors[1]["answers"].items()}
    partial = {**answers, "4": None}
    assert sum(value for value in partial.values() if value is not None) == 18
    found = score(SEVEN, partial)
    assert (found.total, found.complete, found.missing) == (None, False, ("4",))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int64, np.float32, np.float64])
def test_every_type_of_number_is_read_alike(kind):
    answers = np.array([[0] * 9, [3] * 9, [1] * 8 + [7], [2] * 8 + [100]]).astype(kind)
    found = score_columns(NINE, answers)
    assert (found.totals.tolist(), found.outside.tolist()) == ([0, 27, 0, 0], [0, 0, 1, 1])


def test_a_scale_wider_than_a_byte_is_not_counted_around_the_corner():
    wide = replace(SEVEN, items=questions(3, choices=tuple(Choice(value, "", "") for value in range(301))))
    found = score_columns(wide, np.array([[-1, 0, 0], [127, 127, 127]], np.int8))
    assert (found.scored.tolist(), found.totals.tolist()) == ([False, True], [0, 381])


def test_no_rows_have_an_empty_result():
    assert score_columns(NINE, np.zeros((0, 9))).totals.shape == (0,)
