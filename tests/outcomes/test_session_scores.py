"""From rows to courses: who is learnt from, who is left out and why, whatever the order of rows; and what rows are bad."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.outcomes.held_out import FOLDS, foretold_unseen, holds, quality_of
from openhour.outcomes.session_scores import (
    NO_INTAKE,
    NO_LATER,
    NOT_KNOWN,
    SessionScores,
    bad_rows,
    courses_in,
)
from tests.outcomes.made_courses import made

nan = np.nan


def table(rows, **more) -> SessionScores:
    patients, sessions, scores = zip(*rows, strict=True) if rows else ((), (), ())
    return SessionScores.of(list(patients), list(sessions), list(scores), **more)


def test_the_first_score_foretells_and_the_later_ones_are_foretold():
    courses = courses_in(table([("Ana", 3, 9.0), ("Ana", 1, 15.0), ("Ana", 2, 12.0)]))
    assert courses.values.tolist() == [[15.0]]
    assert courses.scores.tolist() == [12.0, 9.0]
    assert np.exp(courses.line) == pytest.approx([2, 3])


def test_a_score_before_session_1_is_the_one_at_intake():
    courses = courses_in(table([("Ana", 1, 15.0), ("Ana", 0, 18.0), ("Ana", 2, 12.0)]))
    assert (courses.values.tolist(), courses.scores.tolist()) == ([[18.0]], [12.0])


def test_who_is_left_out_is_counted_with_the_reason():
    rows = [("Ana", 1, 15.0), ("Ana", 2, 12.0), ("Ben", 2, 9.0), ("Dee", 1, 9.0), ("Eli", 1, nan), ("Eli", 2, 4.0)]
    courses = courses_in(table(rows))
    assert courses.n == 1
    assert courses.left_out == {NO_INTAKE: 2, NO_LATER: 1, NOT_KNOWN: 0}


def test_who_lacks_a_covariate_is_left_out():
    rows = [("Ana", 1, 15.0), ("Ana", 2, 12.0), ("Ben", 1, 9.0), ("Ben", 2, 9.0)]
    courses = courses_in(table(rows, known={"age": [nan, 44.0, nan, nan]}))
    assert courses.predictors == ("intake", "age")
    assert courses.values.tolist() == [[15.0, 44.0]]
    assert courses.left_out[NOT_KNOWN] == 1


ROWS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 6), st.integers(0, 27) | st.just(nan)),
    max_size=24,
    unique_by=lambda row: row[:2],
)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_rows_does_not_matter(rows, shuffler):
    mixed = list(rows)
    shuffler.shuffle(mixed)
    one, other = courses_in(table(rows)), courses_in(table(mixed))
    for name in ("values", "keys", "patient", "line", "scores"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.left_out == other.left_out


@given(ROWS)
@settings(max_examples=60)
def test_everybody_is_learnt_from_or_left_out_once(rows):
    found = courses_in(table(rows))
    assert found.n + sum(found.left_out.values()) == len({row[0] for row in rows})


def test_bad_rows_are_found_and_a_missing_score_is_none():
    rows = [
        ("A", 1, 28),
        ("A", 1, 5),
        ("B", -1, 5),
        ("B", 2.5, 5),
        ("B", 501, 5),
        ("C", 1, nan),
        ("C", nan, 3),
        ("C", 2, np.inf),
    ]
    found = {bad.code: bad.rows.tolist() for bad in bad_rows(table(rows), 0, 27)}
    assert found == {
        "score.impossible": [0, 7],
        "course.session": [2, 3, 4, 6],
        "course.session-twice": [1],
    }


def test_the_days_span_the_scores():
    rows = table([("A", 1, 5), ("A", 2, 4)], days=[date(2026, 2, 1), date(2026, 1, 5)])
    assert (rows.first_day, rows.last_day) == (date(2026, 1, 5), date(2026, 2, 1))


def test_some_of_the_patients_keep_their_own_scores():
    courses = courses_in(made(6, 4).table())
    some = courses.those(np.array([False, True, False, True, True, False]))
    assert some.n == 3
    for place, number in enumerate((1, 3, 4)):
        assert some.scores[some.patient == place].tolist() == courses.scores[courses.patient == number].tolist()


def test_nobody_is_foretold_by_a_model_that_saw_them():
    courses, asked = courses_in(made(100, 4).table()), []

    class Mean:
        def __init__(self, seen):
            self.seen = set(seen.keys.tolist())

        def foretold(self, predictors, sessions):
            return np.full(len(predictors), 1.0), np.full(len(predictors), 2.0)

    def fitter(seen):
        asked.append(set(seen.keys.tolist()))
        return Mean(seen)

    mean, _ = foretold_unseen(courses, fitter)
    everybody = set(courses.keys.tolist())
    left_out = [everybody - seen for seen in asked]
    assert not np.isnan(mean).any()
    assert [len(part) for part in left_out] == [20] * FOLDS
    assert set.union(*left_out) == everybody


def test_the_figures_of_quality_by_hand():
    """Four scores foretold as 10 with a deviation of 2: limits 7.44 and 12.56; 8 and 12 alone lie within one deviation."""
    courses = courses_in(table([("A", 1, 9), ("A", 2, 8), ("A", 3, 13), ("B", 1, 9), ("B", 2, 12), ("B", 3, 4)]))
    quality = quality_of(courses, np.full(4, 10.0), np.full(4, 2.0), better="lower", lowest=0, highest=27)
    assert (quality.covered80.held, quality.covered80.of) == (2, 4)
    assert (quality.covered68.held, quality.last80.held, quality.last80.of) == (2, 0, 2)
    assert quality.beyond == 0.25
    assert quality.error == pytest.approx(-0.75)
    assert quality.rmse == pytest.approx(np.sqrt((4 + 9 + 4 + 36) / 4))
    assert (quality.slope, quality.offset) == (0.0, pytest.approx(9.25))
    assert not holds(quality)


def test_a_perfect_forecast_has_slope_1():
    courses = courses_in(made(50, 5).table())
    quality = quality_of(courses, courses.scores, np.ones(len(courses.scores)), better="lower", lowest=0, highest=27)
    assert (quality.slope, quality.offset, quality.rmse) == (pytest.approx(1), pytest.approx(0, abs=1e-9), 0)
