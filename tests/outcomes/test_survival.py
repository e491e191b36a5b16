"""Time to the first reliable improvement: by hand, against an independent library, and named refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import PointsRule
from openhour.outcomes.survival import time_to_improvement, waits

nan = np.nan
TIMES = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=60)


def test_a_tiny_group_by_hand():
    """Five patients: improved at 2, censored at 3, improved at 4, two improved at 6.
    Waiting: 4/5, then of three at risk 2/3 of it, then 0."""
    curve = time_to_improvement(np.array([2, 3, 4, 6, 6]), np.array([1, 0, 1, 1, 1]))
    assert curve.times.tolist() == [2, 4, 6]
    assert curve.waiting == pytest.approx([0.8, 0.8 * 2 / 3, 0])
    assert curve.at_risk.tolist() == [5, 3, 2]
    assert curve.improved.tolist() == [1, 1, 2]
    assert (curve.n, curve.events, curve.median) == (5, 4, 6.0)


def test_the_interval_of_the_tiny_group_by_hand():
    """Log-log at time 2: S = 0.8, Greenwood variance S²·1/(5·4); exponent exp(±1.96·√(1/20)/ln 0.8)."""
    curve = time_to_improvement(np.array([2, 3, 4, 6, 6]), np.array([1, 0, 1, 1, 1]))
    reach = 1.959964 * np.sqrt(1 / 20) / abs(np.log(0.8))
    assert curve.low[0] == pytest.approx(0.8 ** np.exp(reach), rel=1e-5)
    assert curve.high[0] == pytest.approx(0.8 ** np.exp(-reach), rel=1e-5)
    assert np.isnan(curve.low[-1])


def test_the_share_improved_by_a_time_is_read_off_the_curve():
    curve = time_to_improvement(np.array([2, 3, 4, 6, 6]), np.array([1, 0, 1, 1, 1]))
    assert [curve.improved_by(time) for time in (0, 1.9, 2, 5, 6, 99)] == pytest.approx([0, 0, 0.2, 7 / 15, 1, 1])


def test_who_ended_early_is_not_counted_as_never_improving():
    """Half improve at 5, half end at 1: naively a half improved; of those who could be seen, all."""
    curve = time_to_improvement(np.array([1, 1, 5, 5]), np.array([False, False, True, True]))
    assert curve.improved_by(5) == 1.0


@settings(deadline=None, max_examples=60)
@given(TIMES)
def test_an_independent_library_draws_the_same_curve(rows):
    lifelines = pytest.importorskip("lifelines")
    from lifelines.utils import median_survival_times

    when, what = np.array([time for time, _ in rows]), np.array([happened for _, happened in rows])
    ours = time_to_improvement(when, what)
    theirs = lifelines.KaplanMeierFitter().fit(when, what)
    band = theirs.confidence_interval_
    inside = ~np.isnan(ours.low)
    for place, time in enumerate(ours.times):
        assert ours.waiting[place] == pytest.approx(float(theirs.predict(time)), abs=1e-12)
        if inside[place]:
            assert ours.low[place] == pytest.approx(float(band.loc[time].iloc[0]), rel=1e-9)
            assert ours.high[place] == pytest.approx(float(band.loc[time].iloc[1]), rel=1e-9)
    median = theirs.median_survival_time_
    if not np.isclose(ours.waiting, 0.5, atol=1e-9).any():  # there theirs hangs on the last digit of a logarithm
        assert ours.median == (None if np.isinf(median) else median)
    low, high = median_survival_times(band).iloc[0]
    if inside.all():
        assert ours.median_low == (None if np.isinf(low) else low)
        assert ours.median_high == (None if np.isinf(high) else high)


@settings(deadline=None, max_examples=40)
@given(TIMES, st.randoms())
def test_the_order_of_patients_changes_nothing_and_the_curve_only_falls(rows, shuffler):
    moved = list(rows)
    shuffler.shuffle(moved)
    one, other = (time_to_improvement(*np.array(one).T) for one in (rows, moved))
    assert one.waiting.tolist() == other.waiting.tolist()
    assert (np.diff(one.waiting) < 0).all()
    assert one.improved.sum() == one.events == sum(happened for _, happened in rows)


def test_exactly_half_is_half():
    """3 of 6, and 3/4 of 2/3: neither may miss the median by the last digit of a product."""
    assert time_to_improvement(np.array([1] * 6), np.array([1, 1, 1, 0, 0, 0])).median == 1
    assert time_to_improvement(np.array([1, 2, 2, 2]), np.array([1, 1, 0, 0])).median == 2


def test_nobody_improved_is_a_curve_without_a_step():
    curve = time_to_improvement(np.array([3, 9]), np.array([False, False]))
    assert (curve.times.size, curve.median, curve.median_low, curve.improved_by(9)) == (0, None, None, 0.0)


def test_one_patient_is_one_step():
    curve = time_to_improvement(np.array([4]), np.array([True]))
    assert (curve.waiting.tolist(), curve.median) == ([0.0], 4.0)


@pytest.mark.parametrize(
    ("times", "happened", "code"),
    [
        ([], [], "survival.nobody"),
        ([1, 2], [True], "survival.unequal"),
        ([1, -2], [True, True], "survival.time"),
        ([1, nan], [True, True], "survival.time"),
        ([1, 0], [True, True], "survival.at-once"),
    ],
)
def test_times_that_can_not_be_are_refused_by_name(times, happened, code):
    with pytest.raises(Refused) as refusal:
        time_to_improvement(np.array(times, np.float64), np.array(happened, np.bool_))
    assert [finding.code for finding in refusal.value.findings] == [code]


SIX = PointsRule("lower", 6, 10)


def _waits(rows, rule=SIX):
    patient, times, scores = (np.array(column) for column in zip(*rows, strict=True))
    return waits(patient.astype(np.int64), times.astype(np.float64), scores.astype(np.float64), rule)


def test_each_patient_waits_from_the_first_score_to_the_first_reliably_better_one():
    """Patient 0 improves at the third score, slips back, and still has improved; 1 never; 2 has a single score."""
    found = _waits([(0, 2, 20), (0, 3, 17), (0, 5, 14), (0, 6, 19), (1, 1, 9), (1, 8, 8), (2, 1, 20)])
    assert found.patient.tolist() == [0, 1]
    assert found.times.tolist() == [3, 7]
    assert found.happened.tolist() == [True, False]
    assert found.alone == 1


def test_a_gap_is_passed_over_and_the_order_of_rows_doesnt_matter():
    rows = [(0, 1, nan), (0, 2, 20), (0, 3, nan), (0, 4, 13), (1, 2, nan), (1, 3, 8), (1, 4, 1)]
    for order in (rows, rows[::-1]):
        found = _waits(order)
        assert found.times.tolist() == [2, 1]
        assert found.happened.tolist() == [True, True]


def test_getting_worse_is_no_improvement_and_neither_is_nobody():
    assert _waits([(0, 1, 5), (0, 2, 25)]).happened.tolist() == [False]
    none = waits(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), SIX)
    assert (none.times.size, none.alone) == (0, 0)


def test_waits_draw_a_curve():
    found = _waits([(who, week, 20 - 3 * week * (who % 2)) for who in range(6) for week in range(5)])
    curve = time_to_improvement(found.times, found.happened)
    assert (curve.times.tolist(), curve.waiting.tolist()) == ([2.0], [0.5])
