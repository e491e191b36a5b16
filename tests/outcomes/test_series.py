"""First and last scores of a long series, whatever the order of its rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.outcomes.series import Series, read_times

nan = np.nan
ROWS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 9), st.none() | st.integers(0, 27)),
    max_size=40,
    unique_by=lambda r: r[:2],
)


def series(rows) -> Series:
    ids, times, scores = zip(*rows, strict=True) if rows else ((), (), ())
    return Series.of(
        pa.array(ids, pa.string()),
        np.array(times, np.float64),
        np.array([nan if score is None else score for score in scores], np.float64),
    )


def ends(rows) -> dict[str, tuple[float, float]]:
    found = series(rows)
    return dict(zip(found.ids.to_pylist(), zip(*(end.tolist() for end in found.ends()), strict=True), strict=True))


def test_the_first_and_the_last_score_by_time_are_found():
    rows = [("Ana", 3, 9), ("Ben", 2, 11), ("Ana", 1, 20), ("Ana", 2, 15), ("Ben", 1, 12)]
    assert ends(rows) == {"Ana": (20, 9), "Ben": (12, 11)}


def test_a_time_without_a_score_is_passed_over():
    assert ends([("Ana", 1, None), ("Ana", 2, 15), ("Ana", 3, 9), ("Ana", 4, None)]) == {"Ana": (15, 9)}


def test_one_score_is_a_first_one_without_a_last_and_none_is_neither():
    found = ends([("Ana", 1, 8), ("Ana", 2, None), ("Ben", 1, None)])
    assert np.array_equal(found["Ana"], (8, nan), equal_nan=True)
    assert np.isnan(found["Ben"]).all()


def test_two_named_times_are_compared():
    found = series([("Ana", 1, 20), ("Ana", 2, 15), ("Ana", 3, 9), ("Ben", 1, 7)])
    assert np.array_equal(found.at(1), [20, 7])
    assert np.array_equal(found.at(2), [15, nan], equal_nan=True)


def test_a_second_row_at_the_same_time_is_found():
    assert series([("Ana", 1, 5), ("Ben", 1, 5), ("Ana", 1, None), ("Ana", 2, 5)]).repeated().tolist() == [2]


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_nothing(rows, shuffler):
    moved = list(rows)
    shuffler.shuffle(moved)
    one, other = ends(rows), ends(moved)
    assert one.keys() == other.keys()
    for patient in one:
        assert np.array_equal(one[patient], other[patient], equal_nan=True)
        known = sorted((time, score) for who, time, score in rows if who == patient and score is not None)
        expected = (known[0][1] if known else nan, known[-1][1] if len(known) > 1 else nan)
        assert np.array_equal(one[patient], expected, equal_nan=True)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("2", "10"), ("-1", "0.5"), ("2026-01-31", "2026-02-01"), ("2026-01-31T09:00", "2026-01-31T10:00+00:00")],
)
def test_times_sort_as_numbers_or_as_dates(earlier, later):
    times = read_times([later, earlier])
    assert times is not None
    assert times[earlier] < times[later]


@pytest.mark.parametrize("times", [["1", "2026-01-31"], ["Monday"], ["31.01.2026"], ["1", "x"], [""]])
def test_times_of_another_kind_are_not_guessed(times):
    assert read_times(times) is None
