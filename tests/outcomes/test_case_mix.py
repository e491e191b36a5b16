"""Therapists are compared by what their cases leave unexplained, as a mixed model that others wrote finds it too."""

import warnings

import numpy as np
import pandas as pd
import pytest

from openhour.outcomes.case_mix import Sums, case_mix


def cases(seed, therapists=20, between=1.5, within=4.0):
    random = np.random.default_rng(seed)
    n = random.integers(4, 50, therapists)
    who = np.repeat(np.arange(therapists), n)
    intake = random.normal(15, 5, len(who))
    effect = random.normal(0, between, therapists)
    last = 2 + 0.6 * intake + effect[who] + random.normal(0, within, len(who))
    return who, intake, last


def sums(who, intake, last):
    found = []
    for one in np.unique(who):
        x = np.column_stack([np.ones((who == one).sum()), intake[who == one]])
        y = last[who == one]
        found.append(Sums(len(y), x.T @ x, x.T @ y, float(y @ y)))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_finds_what_statsmodels_finds_from_the_rows(seed):
    from statsmodels.formula.api import mixedlm

    who, intake, last = cases(seed)
    model = case_mix(sums(who, intake, last))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = mixedlm(
            "last ~ intake", pd.DataFrame({"last": last, "intake": intake, "who": who}), groups="who"
        ).fit()
    assert model.coefficients == pytest.approx(theirs.fe_params.to_numpy(), rel=1e-4)
    assert model.between == pytest.approx(float(theirs.cov_re.iloc[0, 0]), rel=1e-3)
    assert model.within == pytest.approx(theirs.scale, rel=1e-4)
    shrunken = [float(theirs.random_effects[one].iloc[0]) for one in range(len(model.effects))]
    assert [one.shrunken for one in model.effects] == pytest.approx(shrunken, abs=1e-3)


def test_effects_are_drawn_in_more_where_cases_are_few():
    model = case_mix(sums(*cases(4)))
    by_cases = sorted(model.effects, key=lambda one: one.n)
    assert [one.weight for one in by_cases] == sorted(one.weight for one in by_cases)
    for one in model.effects:
        assert abs(one.shrunken) <= abs(one.adjusted)
        assert one.low <= one.shrunken <= one.high


def test_therapists_who_don_t_differ_are_all_shown_as_nothing():
    who, intake, _ = cases(5)
    model = case_mix(sums(who, intake, 3 + 0.5 * intake + np.random.default_rng(9).normal(0, 1, len(who))))
    assert model.between < 0.05
    assert model.share < 0.05


def test_the_order_of_therapists_changes_nothing():
    held = sums(*cases(6))
    there, back = case_mix(held), case_mix(held[::-1])
    assert [one.shrunken for one in there.effects] == pytest.approx([one.shrunken for one in back.effects][::-1])


def test_severe_cases_are_no_one_s_fault():
    """Two therapists with the same skill, one of whom takes the severe cases."""
    random = np.random.default_rng(3)
    who = np.repeat([0, 1, 2, 3], 200)
    intake = random.normal(12, 2, 800) + np.where(who == 0, 8, 0)
    last = 1 + 0.7 * intake + random.normal(0, 2, 800)
    model = case_mix(sums(who, intake, last))
    assert abs(model.effects[0].adjusted) < 0.5
    assert last[who == 0].mean() - last[who == 1].mean() > 4


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ([], "from two on"),
        (sums(*cases(1))[:1], "from two on"),
        (sums(np.repeat([0, 1], 3), np.arange(6.0), np.arange(6.0)), "needs 20"),
        (sums(np.repeat([0, 1], 30), np.ones(60), np.arange(60.0)), "don't differ"),
        (sums(np.repeat([0, 1], 30), np.tile(np.arange(30.0), 2), np.tile(np.arange(30.0), 2)), "don't vary"),
    ],
    ids=["nobody", "one", "too-few", "no-variance", "no-residual"],
)
def test_it_says_why_there_is_no_model(held, words):
    assert words in case_mix(held)
