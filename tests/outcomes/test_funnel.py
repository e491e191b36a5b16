"""A funnel names nobody and ranks nobody: it says who lies beyond what chance and ordinary differences do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from openhour.outcomes.case_mix import CaseMix, Effect
from openhour.outcomes.funnel import WORDS, funnel_of, mean_limits, share_limits, steps, word_of


def model(*adjusted, n=30, between=1.0, within=36.0):
    weight = between / (between + within / n)
    effects = tuple(
        Effect(n + place, one, weight * one, weight * one - 1, weight * one + 1, weight)
        for place, one in enumerate(adjusted)
    )
    return CaseMix(np.zeros(2), between, within, effects)


SIX = (0.0, 0.2, -0.3, 9.0, -9.0, 0.1)


def test_limits_are_those_of_the_normal_with_overdispersion():
    limits = mean_limits(25, between=1.0, within=100.0)
    assert limits.inner_high == pytest.approx(1.959964 * np.sqrt(5))
    assert limits.outer_high == pytest.approx(3.090232 * np.sqrt(5))
    assert (limits.inner_low, limits.outer_low) == (-limits.inner_high, -limits.outer_high)


def test_a_large_caseload_alone_makes_nobody_stand_out():
    assert mean_limits(1_000_000, between=1.0, within=100.0).outer_high > 3


@given(st.integers(1, 300), st.floats(0.02, 0.98))
def test_binomial_limits_are_exact(n, expected):
    limits = share_limits(n, expected)
    assert limits.outer_low <= limits.inner_low <= limits.inner_high <= limits.outer_high
    assert (
        binom.cdf(round(limits.inner_low * n) - 1, n, expected)
        < 0.025
        <= binom.cdf(round(limits.inner_low * n), n, expected) + 1e-12
    )
    assert binom.sf(round(limits.inner_high * n), n, expected) <= 0.025 + 1e-9


@pytest.mark.parametrize(
    ("value", "word"), [(-4, "below"), (-3, "as expected"), (0, "as expected"), (3, "as expected"), (4, "above")]
)
def test_only_the_outer_limit_gives_a_word(value, word):
    assert word_of(value, mean_limits(10**9, between=1.0, within=1.0)) == word


def test_lower_scores_are_better_results_where_lower_is_better():
    words = {point.better: point.word for point in funnel_of(model(*SIX), -1).points}
    assert words[9.0] == "above"  # nine points lower than expected
    assert words[-9.0] == "below"
    assert {point.better: point.word for point in funnel_of(model(*SIX), 1).points}[9.0] == "above"


def test_it_is_sorted_by_caseload_and_not_by_result():
    points = funnel_of(model(*SIX), -1).points
    assert [point.n for point in points] == sorted(point.n for point in points)
    assert [point.better for point in points] != sorted(point.better for point in points)


def test_few_cases_aren_t_shown():
    assert not funnel_of(model(*SIX, n=5), -1).points


def test_others_are_not_shown_where_they_could_be_recognised():
    few = funnel_of(model(0.0, 1.0, 2.0, 3.0), -1, mine=1)
    assert [point.mine for point in few.points] == [True]
    assert "from 5 on" in few.why_not


def test_a_therapist_sees_their_own_point_alone():
    funnel = funnel_of(model(*SIX), -1, mine=3, others=False)
    assert [(point.mine, point.word) for point in funnel.points] == [(True, "below")]
    assert funnel.limits


def test_a_therapist_with_few_cases_reads_why():
    funnel = funnel_of(model(*SIX, n=3), -1, mine=3, others=False)
    assert not funnel.points
    assert "15 closed cases" in funnel.why_not


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_limits_are_drawn_over_all_caseloads(numbers):
    drawn = steps(numbers)
    assert drawn[0] <= min(numbers)
    assert drawn[-1] >= max(numbers)
    assert list(drawn) == sorted(set(drawn))
    assert len(drawn) <= 40


def test_there_are_three_words_and_no_rank():
    assert WORDS == ("below", "as expected", "above")
