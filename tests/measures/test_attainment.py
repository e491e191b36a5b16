"""The T score of goal attainment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.measures.attainment import LEVELS, Attained, t_score


def of(weights, levels):
    return [Attained(weight, level) for weight, level in zip(weights, levels, strict=True)]


@pytest.mark.parametrize(
    ("weights", "levels", "t"),
    [
        ((1, 1, 1), (0, 0, 0), 50),
        ((1, 1, 1), (1, 0, -1), 50),
        ((2, 1, 1), (2, 1, 0), 66.6667),
        ((1, 1), (1, 1), 62.4035),
        ((3,), (2,), 70),
        ((1, 1, 1), (-2, -2, -2), 22.6139),
    ],
    ids=["as-expected", "balanced", "weighted", "two", "one", "lowest"],
)
def test_the_values_of_the_reference(weights, levels, t):
    assert t_score(of(weights, levels)) == pytest.approx(t, abs=5e-5)


def test_without_a_rating_there_is_no_score():
    assert t_score([]) is None


@pytest.mark.parametrize("goal", [Attained(1, 3), Attained(1, -3), Attained(0, 1), Attained(11, 1)])
def test_a_level_or_weight_that_is_none_is_a_broken_promise(goal):
    with pytest.raises(ValueError, match="level"):
        t_score([goal])


@pytest.mark.parametrize("correlation", [-0.1, 1.1, float("nan")])
def test_a_correlation_lies_between_nothing_and_one(correlation):
    with pytest.raises(ValueError, match="correlation"):
        t_score(of((1,), (1,)), correlation)


GOALS = st.lists(st.builds(Attained, st.integers(1, 10), st.sampled_from(LEVELS)), min_size=1, max_size=5)


@given(GOALS)
def test_reaching_more_never_lowers_it_and_the_opposite_mirrors_it(goals):
    t = t_score(goals)
    assert t_score([Attained(one.weight, -one.level) for one in goals]) == pytest.approx(100 - t)
    raised = [Attained(one.weight, min(one.level + 1, 2)) for one in goals]
    assert t_score(raised) >= t
