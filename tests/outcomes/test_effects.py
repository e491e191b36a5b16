"""Effect sizes: golden corrections, worked examples, intervals that cover as often as they say, and named refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openhour.kernel import Refused
from openhour.measures import Pairs
from openhour.outcomes.effects import (
    Arm,
    difference_of_effects,
    effect_of,
    effect_size,
    hedges_j,
    noncentral_interval,
    one_group_se,
    standardised_change,
    two_group_se,
)

PRE = np.array([18, 22, 15, 20, 25, 12, 19, 21, 17, 23])
POST = np.array([9, 14, 11, 8, 20, 12, 10, 7, 15, 12])


@pytest.mark.parametrize(("n", "j"), [(10, 0.9143), (20, 0.9600), (50, 0.9846), (100, 0.9924)])
def test_hedges_correction_has_its_golden_values(n, j):
    assert hedges_j(n - 1) == pytest.approx(j, abs=5e-5)


def test_the_effect_is_the_mean_change_in_deviations_of_the_first_scores():
    effect = effect_size(PRE, POST)
    assert effect.raw == pytest.approx((PRE.mean() - POST.mean()) / PRE.std(ddof=1))
    assert effect.value == pytest.approx(effect.raw * hedges_j(9))
    assert (effect.n, effect.level) == (10, 0.95)
    assert effect.low < effect.value < effect.high
    assert effect.high - effect.low == pytest.approx(2 * 1.959964 * effect.se, rel=1e-6)


def test_the_error_is_beckers_where_the_deviations_are_equal():
    """Both errors of a group by hand: √(2(1-ρ)/n + d²/(2n)), and with the drift of deviations."""
    assert one_group_se(0.8, 50, 0.5) == pytest.approx(math.sqrt(2 * 0.5 / 50 + 0.64 / 100))
    assert one_group_se(0.8, 50, 0.5, 1.4) == pytest.approx(math.sqrt((1 + 1.96 - 1.4) / 50 + 0.0064))


def test_positive_is_better_whichever_way_the_scale_runs():
    assert effect_size(PRE, POST).value > 0
    assert effect_size(PRE, POST, better="higher").value == pytest.approx(-effect_size(PRE, POST).value)
    assert effect_size(POST, PRE, better="higher").value > 0


def test_a_wider_level_is_a_wider_interval():
    narrow, wide = (effect_size(PRE, POST, level=level) for level in (0.8, 0.99))
    assert narrow.high - narrow.low < wide.high - wide.low


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27)), min_size=3, max_size=40), st.randoms())
def test_counted_pairs_and_any_order_of_patients_give_the_same_effect(scores, shuffler):
    pre, post = np.array(scores).T
    if pre.std() == 0:
        return
    shuffled = list(scores)
    shuffler.shuffle(shuffled)
    one, other = effect_size(pre, post), effect_size(*np.array(shuffled).T)
    assert one == other == effect_of(Pairs.of(pre, post))
    assert math.isfinite(one.se)


def _simulated(rng, n, d, correlation, ratio=1.0):
    """Normal scores with a true effect of d in deviations of the first scores."""
    first, noise = rng.standard_normal((2, n))
    last = correlation * first + math.sqrt(1 - correlation**2) * noise
    return 20 + 5 * first, 20 - 5 * d + 5 * ratio * last


@pytest.mark.parametrize(
    ("d", "correlation", "ratio"), [(0.0, 0.5, 1.0), (0.8, 0.5, 1.0), (0.8, 0.3, 1.5), (1.4, 0.7, 0.7)]
)
def test_the_interval_covers_the_truth_as_often_as_it_says(d, correlation, ratio):
    """2,000 studies of 60 patients with a known effect; 95 % of the intervals must hold it (Monte Carlo error 0.5 %)."""
    rng = np.random.default_rng(31)
    held = [
        effect.low <= d <= effect.high
        for effect in (effect_size(*_simulated(rng, 60, d, correlation, ratio)) for _ in range(2_000))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.017)


def test_beckers_error_would_cover_too_rarely_where_deviations_drift_apart():
    """Why the ratio of the deviations is in the formula."""
    rng, held = np.random.default_rng(5), []
    for _ in range(1_000):
        effect = effect_size(*_simulated(rng, 60, 0.8, 0.3, 1.8))
        becker = hedges_j(59) * one_group_se(effect.raw, 60, 0.3)
        held.append(abs(effect.value - 0.8) <= 1.96 * becker)
    assert np.mean(held) < 0.90


def test_hedges_correction_takes_the_bias_of_small_groups_away():
    rng = np.random.default_rng(8)
    effects = [effect_size(*_simulated(rng, 8, 1.0, 0.5)) for _ in range(4_000)]
    assert np.mean([effect.value for effect in effects]) == pytest.approx(1.0, abs=0.03)
    assert np.mean([effect.raw for effect in effects]) > 1.08


def test_the_exact_interval_inverts_the_noncentral_t():
    low, high = noncentral_interval(2.5, 19)
    assert stats.nct.cdf(2.5, 19, low) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(2.5, 19, high) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("t", [-12.0, -0.4, 0.0, 3.0, 40.0])
def test_the_exact_interval_is_found_for_small_and_for_large_effects(t):
    low, high = noncentral_interval(t, 24)
    assert low < high
    assert (noncentral_interval(-t, 24)) == pytest.approx((-high, -low), abs=1e-5)


def test_without_an_effect_the_exact_interval_is_that_of_the_t_test():
    """Zero lies on its edge exactly where the t test has p = 0.05."""
    edge = float(stats.t.ppf(0.975, 9))
    assert noncentral_interval(edge, 9)[0] == pytest.approx(0, abs=1e-6)


def test_the_exact_interval_of_the_standardised_change_covers():
    rng, truth, held = np.random.default_rng(17), 0.8 / math.sqrt(2 - 2 * 0.5), []
    for _ in range(400):
        effect = standardised_change(*_simulated(rng, 12, 0.8, 0.5))
        held.append(effect.low <= truth <= effect.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.033)


def test_two_groups_are_compared_in_pooled_deviations_of_their_first_scores():
    still = Arm(PRE, PRE - 1)
    effect = difference_of_effects(Arm(PRE, POST), still)
    assert effect.raw == pytest.approx(((PRE - POST).mean() - 1) / PRE.std(ddof=1))
    assert effect.value == pytest.approx(effect.raw * hedges_j(18))
    assert difference_of_effects(still, Arm(PRE, POST)).value == pytest.approx(-effect.value)


@pytest.mark.parametrize("d", [0.0, 0.7])
def test_the_interval_of_two_groups_covers(d):
    rng, held = np.random.default_rng(23), []
    for _ in range(1_500):
        arms = [Arm(*_simulated(rng, n, 0.4 + more, 0.6)) for n, more in ((40, d), (30, 0.0))]
        effect = difference_of_effects(*arms)
        held.append(effect.low <= d <= effect.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_two_tiny_groups_have_no_error():
    assert math.isnan(two_group_se(0.5, 2, 2, 0.5))


@pytest.mark.parametrize("effect", [effect_size, standardised_change])
@pytest.mark.parametrize(
    ("pre", "post", "code"),
    [
        ([], [], "effect.nobody"),
        ([9], [3], "effect.one-patient"),
        ([9, 9, 9], [3, 3, 3], "effect.no-variance"),
        ([9, 8], [3], "effect.unequal"),
        ([9, np.nan], [3, 4], "effect.gap"),
    ],
)
def test_what_has_no_effect_size_is_refused_by_name(effect, pre, post, code):
    with pytest.raises(Refused) as refusal:
        effect(np.array(pre, np.float64), np.array(post, np.float64))
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_both_groups_name_what_is_wrong_at_once():
    with pytest.raises(Refused) as refusal:
        difference_of_effects(Arm(np.array([9.0]), np.array([3.0])), Arm(np.array([9, 9]), np.array([3, 4])))
    assert [finding.code for finding in refusal.value.findings] == ["effect.one-patient", "effect.no-variance"]
