"""Limits, shares and therapists small enough to work out on paper."""

import numpy as np
import pytest

from openhour.outcomes.case_mix import CaseMix, Effect, Sums, case_mix
from openhour.outcomes.funnel import Limits, funnel_of, mean_limits, share_limits, steps, word_of
from openhour.outcomes.wilson import share_of


def model(*cases):
    """Therapists with these numbers of cases, all as expected, in one unit of variance."""
    return CaseMix(np.zeros(1), 0.0, 1.0, tuple(Effect(n, 0.0, 0.0, -0.1, 0.1, 0.0) for n in cases))


def shown(*cases, **more):
    return [point.n for point in funnel_of(model(*cases), -1, **more).points]


def test_fifteen_cases_are_enough_and_fourteen_are_not():
    assert shown(14, 15, 16, 17, 18, 19) == [15, 16, 17, 18, 19]


def test_five_therapists_are_enough_and_four_are_not():
    assert shown(15, 15, 15, 15, 15) == [15] * 5
    assert shown(15, 15, 15, 15, 14) == []


def test_with_four_others_the_one_who_looks_stands_alone_and_reads_why():
    funnel = funnel_of(model(15, 20, 25, 30), -1, mine=2)
    assert [(point.n, point.mine) for point in funnel.points] == [(25, True)]
    assert funnel.why_not == "Therapists are shown from 5 on, each with 15 closed cases or more."
    assert funnel.limits[0].n == 20  # a fifth below


def test_an_interval_turns_round_with_the_direction():
    effects = tuple(Effect(20, 2.0, 1.0, 0.5, 1.5, 0.5) for _ in range(5))
    point = funnel_of(CaseMix(np.zeros(1), 1.0, 1.0, effects), -1).points[0]
    assert (point.better, point.shrunken, point.low, point.high) == (-2.0, -1.0, -1.5, -0.5)


def test_a_hundred_cases_have_limits_a_tenth_as_wide_as_one():
    one, hundred = mean_limits(1, 0.0, 1.0), mean_limits(100, 0.0, 1.0)
    assert one.inner_high == pytest.approx(1.96, abs=0.001)
    assert one.outer_high == pytest.approx(3.09, abs=0.001)
    assert hundred.outer_high == pytest.approx(one.outer_high / 10)


def test_exactly_on_the_limit_is_as_expected():
    limits = Limits(20, -1, 1, -2, 2)
    assert [word_of(value, limits) for value in (-2.001, -2, -1.5, 2, 2.001)] == [
        "below", "as expected", "as expected", "as expected", "above",
    ]  # fmt: skip


def test_limits_of_two_tosses_hold_every_result():
    assert share_limits(2, 0.5) == Limits(2, 0, 1, 0, 1)


def test_limits_of_ten_tosses_are_two_and_eight():
    """P(0 or 1 of 10) is 11/1024, below a fortieth; with 2 it is 56/1024, above. P(0) is 1/1024, below a thousandth."""
    assert share_limits(10, 0.5) == Limits(10, 0.2, 0.8, 0.1, 0.9)


def test_limits_are_drawn_at_each_number_of_cases_where_there_are_few():
    assert steps([10]) == (8, 9, 10, 11, 12)
    assert steps([1]) == (1, 2)


@pytest.mark.parametrize(
    ("held", "of", "low", "high"),
    [(0, 5, 0, 0.4345), (5, 5, 0.5655, 1), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1), (0, 1, 0, 0.7935)],
    ids=["none", "all", "half", "one", "not-one"],
)
def test_wilson_s_interval_on_paper(held, of, low, high):
    share = share_of(held, of)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert (share.held, share.of, share.share) == (held, of, held / of)


def sums(*last):
    y = np.array(last, float)
    return Sums(len(y), np.array([[float(len(y))]]), np.array([y.sum()]), float(y @ y))


def test_two_therapists_of_five_cases_are_the_analysis_of_variance_of_the_books():
    """Means 10 and 14, each with squared residuals of 10: within 20/8 = 2.5; mean square between 40."""
    found = case_mix([sums(8, 9, 10, 11, 12), sums(12, 13, 14, 15, 16)])
    assert found.coefficients == pytest.approx([12])
    assert found.within == pytest.approx(2.5, rel=1e-4)
    assert found.between == pytest.approx(7.5, rel=1e-4)  # (40 - 2.5) / 5
    assert found.share == pytest.approx(0.75, rel=1e-4)
    first, second = found.effects
    assert (first.adjusted, second.adjusted) == (pytest.approx(-2), pytest.approx(2))
    weight = 7.5 / (7.5 + 2.5 / 5)
    assert (first.weight, first.shrunken) == (pytest.approx(weight, rel=1e-4), pytest.approx(-2 * weight, rel=1e-4))
    assert first.high - first.low == pytest.approx(2 * 1.96 * (7.5 * (1 - weight)) ** 0.5, rel=1e-3)


def test_the_same_mean_everywhere_leaves_nothing_between():
    found = case_mix([sums(8, 10, 12, 9, 11), sums(11, 9, 12, 8, 10)])
    assert (found.between, found.share) == (0.0, 0.0)
    assert [one.shrunken for one in found.effects] == [0.0, 0.0]


def test_who_has_no_case_is_no_second_therapist():
    assert "from two on" in case_mix([sums(*range(10)), sums()])


def test_a_refusal_doesn_t_say_how_many_cases_there_are():
    words = case_mix([sums(8, 9), sums(10)])
    assert words == "The model needs 10 closed cases, and there are fewer."
