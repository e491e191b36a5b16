"""Sudden gains: the golden case, each criterion alone, edges of the series, losses, reversals, and many patients at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openhour.kernel import Refused
from openhour.outcomes.gains import Gain, gain_criteria, loss_criteria, sudden_gains

nan = np.nan
GOLDEN = [20, 19, 18, 9, 8, 10]
SCORES = st.lists(st.one_of(st.just(nan), st.integers(0, 27).map(float)), min_size=2, max_size=14)


def test_the_golden_case_is_a_gain():
    """Drop 9, a quarter of 18 is 4.5, means differ by 10.0 where 2.776 pooled deviations of 1 are asked for."""
    assert sudden_gains(GOLDEN, 9) == (Gain(3, 9.0, False, None),)
    assert sudden_gains(GOLDEN, 9.5) == ()


def test_the_mirror_image_is_a_loss():
    assert sudden_gains([27 - score for score in GOLDEN], 9, better="higher") == (Gain(3, 9.0, False, None),)
    (loss,) = sudden_gains([9, 8, 10, 18, 19, 20], 7)
    assert (loss.between, loss.points, loss.loss) == (3, 8.0, True)


@pytest.mark.parametrize(
    ("scores", "cutoff", "met"),
    [
        (GOLDEN, 9, (True, True, True)),
        (GOLDEN, 10, (False, True, True)),
        ([40, 40, 40, 31, 31, 31], 9, (True, False, True)),
        ([40, 40, 40, 30, 30, 30], 9, (True, True, True)),
        ([10, 25, 18, 9, 20, 12], 9, (True, True, False)),
    ],
)
def test_each_criterion_alone_can_fail(scores, cutoff, met):
    found = gain_criteria(np.array(scores), cutoff)
    assert (found.large[2], found.a_quarter[2], found.beyond_the_sessions_around[2]) == met


def test_the_published_criterion_is_stricter_than_a_t_test():
    """Means differ by 3.0 with a pooled deviation of 1.22: t = 3.0/(1.22·√(2/3)) = 3.0 is beyond 2.776, 3.0/1.22 is not."""
    scores = np.array([20.0, 18.5, 18.0, 14.5, 17.0, 16.0])
    before, after = scores[:3], scores[3:]
    assert stats.ttest_ind(before, after).pvalue < 0.05
    pooled = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 2)
    assert before.mean() - after.mean() < 2.776 * pooled
    assert not gain_criteria(scores, 3).beyond_the_sessions_around[2]


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ([18, 9], ()),
        ([19, 18, 9], ()),
        ([18, 9, 8], ()),
        ([19, 18, 9, 8], (2,)),
        ([20, 19, 18, 9, nan, 8], (3,)),
        ([20, nan, 18, 9, nan, 8], (3,)),
        ([nan, nan, 18, 9, nan, 8], ()),
        ([20, 19, nan, 9, 8, 8], ()),
        ([20, 19, 18, nan, 8, 8], ()),
        ([nan] * 6, ()),
        ([18], ()),
        ([], ()),
    ],
)
def test_two_sessions_on_each_side_and_both_beside_the_gap_are_needed(scores, found):
    assert tuple(gain.between for gain in sudden_gains(np.array(scores, np.float64), 8)) == found


@pytest.mark.parametrize(
    ("later", "reversed_at"), [([10, 11], None), ([10, 13.4], None), ([10, 13.5], 7), ([14, 20], 6), ([nan, 14], 7)]
)
def test_a_gain_is_reversed_where_half_of_it_is_gone(later, reversed_at):
    assert sudden_gains([*GOLDEN[:4], 8, *later], 9)[0].reversed_at == reversed_at


def test_no_gain_from_nothing():
    assert sudden_gains([0, 0, 0, 0, 0, 0], 1) == ()


@pytest.mark.parametrize("cutoff", [0, -3, nan, np.inf])
def test_a_cut_off_that_is_none_is_refused(cutoff):
    with pytest.raises(Refused, match=r"gains\.cutoff"):
        sudden_gains(GOLDEN, cutoff)


def test_a_table_is_not_one_patient():
    with pytest.raises(Refused, match=r"gains\.shape"):
        sudden_gains([GOLDEN, GOLDEN], 9)


def _by_hand(scores, cutoff) -> list[int]:
    """The criteria of the paper written out, gap by gap."""
    found = []
    for n in range(len(scores) - 1):
        here, there = scores[n], scores[n + 1]
        before = [one for one in scores[max(n - 2, 0) : n + 1] if not np.isnan(one)]
        after = [one for one in scores[n + 1 : n + 4] if not np.isnan(one)]
        if np.isnan(here) or np.isnan(there) or len(before) < 2 or len(after) < 2:
            continue
        df = len(before) + len(after) - 2
        pooled = np.sqrt(((len(before) - 1) * np.var(before, ddof=1) + (len(after) - 1) * np.var(after, ddof=1)) / df)
        far = np.mean(before) - np.mean(after) > stats.t.ppf(0.975, df) * pooled + 1e-12
        if here - there >= cutoff and here - there >= 0.25 * here and far:
            found.append(n + 1)
    return found


@settings(deadline=None, max_examples=80)
@given(SCORES, st.integers(1, 8))
def test_the_vectors_say_what_the_paper_says(scores, cutoff):
    ours = [gain.between for gain in sudden_gains(scores, cutoff) if not gain.loss]
    assert ours == _by_hand(scores, cutoff)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.lists(st.one_of(st.just(nan), st.integers(0, 27).map(float)), min_size=8, max_size=8),
        min_size=1,
        max_size=6,
    )
)
def test_one_patient_is_judged_as_among_many(table):
    many, losses = gain_criteria(np.array(table), 5).met, loss_criteria(np.array(table), 5).met
    for row, gained, lost in zip(table, many, losses, strict=True):
        found = sudden_gains(row, 5)
        assert [gain.between - 1 for gain in found if not gain.loss] == np.flatnonzero(gained).tolist()
        assert [gain.between - 1 for gain in found if gain.loss] == np.flatnonzero(lost).tolist()
