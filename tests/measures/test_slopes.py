"""The hierarchical linear model: against closed form, a second library and a known truth; and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import CLASSES
from openhour.measures.slopes import SlopeRule, fit_slopes

nan = np.nan


def _group(patients=60, waves=5, *, seed=3, slope=-1.5, slope_sd=1.0, noise=2.0):
    """Patients, times and scores with intercepts N(20, 5²) and slopes N(slope, slope_sd²)."""
    rng = np.random.default_rng(seed)
    who, when = np.repeat(np.arange(patients), waves), np.tile(np.arange(float(waves)), patients)
    own = 20 + 5 * rng.standard_normal(patients), slope + slope_sd * rng.standard_normal(patients)
    return who, when, own[0][who] + own[1][who] * when + noise * rng.standard_normal(len(who))


def test_a_balanced_group_has_the_closed_form():
    """Same times for all: REML is the variance of the patients' own least-squares lines less that of their error."""
    who, when, scores = _group()
    table = scores.reshape(60, 5)
    design = np.column_stack([np.ones(5), np.arange(5.0)])
    lines = np.linalg.lstsq(design, table.T, rcond=None)[0].T
    left = table - lines @ design.T
    residual = (left**2).sum() / (60 * 3)
    error = np.linalg.inv(design.T @ design) * residual
    between = np.cov(lines.T) - error
    fit = fit_slopes(who, when, scores)
    assert (fit.intercept, fit.slope) == pytest.approx(tuple(lines.mean(axis=0)), rel=1e-8)
    assert fit.residual_sd**2 == pytest.approx(residual, rel=1e-5)
    assert (fit.intercept_sd**2, fit.slope_sd**2) == pytest.approx(tuple(np.diag(between)), rel=1e-5)
    assert fit.correlation == pytest.approx(between[0, 1] / np.sqrt(between[0, 0] * between[1, 1]), rel=1e-4)
    shrunk = (lines - lines.mean(axis=0)) @ np.linalg.inv(between + error) @ between
    np.testing.assert_allclose(fit.deviation, shrunk[:, 1], rtol=1e-4, atol=1e-5)
    given_the_scores = between - between @ np.linalg.inv(between + error) @ between
    np.testing.assert_allclose(fit.deviation_se, np.sqrt(given_the_scores[1, 1]), rtol=1e-4)


def _criterion(table, covariance, variance) -> float:
    """REML written out with whole matrices, patient by patient: twice the negative restricted log likelihood."""
    total, design, projected, squares = 0.0, np.zeros((2, 2)), np.zeros(2), 0.0
    for _, rows in table.groupby("who"):
        lines, scores = np.column_stack([np.ones(len(rows)), rows["when"]]), rows["score"].to_numpy()
        spread = lines @ covariance @ lines.T + variance * np.eye(len(rows))
        inverse = np.linalg.inv(spread)
        total += np.linalg.slogdet(spread)[1]
        design += lines.T @ inverse @ lines
        projected += lines.T @ inverse @ scores
        squares += scores @ inverse @ scores
    left = squares - projected @ np.linalg.solve(design, projected)
    return total + np.linalg.slogdet(design)[1] + left + (len(table) - 2) * np.log(2 * np.pi)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_second_library_finds_no_better_fit_where_patients_come_at_different_times():
    """statsmodels' MixedLM on ragged visits stops early; ours has the criterion it says, and it is not above theirs."""
    import pandas as pd
    import statsmodels.formula.api as formula

    who, when, scores = _group(40, 5, seed=9)
    rng = np.random.default_rng(2)
    when, kept = when + rng.uniform(-0.3, 0.3, len(when)), rng.random(len(who)) > 0.2
    table = pd.DataFrame({"who": who[kept], "when": when[kept], "score": scores[kept]})
    table = table[table.groupby("who")["when"].transform("count") >= 3]
    table["when"] -= table["when"].mean()
    theirs = formula.mixedlm("score ~ when", table, groups="who", re_formula="~when").fit(reml=True, method="lbfgs")
    ours = fit_slopes(table["who"].to_numpy(), table["when"].to_numpy(), table["score"].to_numpy())
    shared = ours.correlation * ours.intercept_sd * ours.slope_sd
    covariance = np.array([[ours.intercept_sd**2, shared], [shared, ours.slope_sd**2]])
    mine = _criterion(table, covariance, ours.residual_sd**2)
    assert mine <= _criterion(table, theirs.cov_re.to_numpy(), theirs.scale) + 1e-6
    scaled = 2 * np.log(table["when"].std(ddof=0))  # of the determinant of the mean line, in our scaled time
    assert ours.deviance == pytest.approx(mine - scaled, abs=1e-4)
    assert (ours.intercept, ours.slope) == pytest.approx(tuple(theirs.fe_params), rel=0.02)
    assert (ours.slope_sd**2, ours.residual_sd**2) == pytest.approx((theirs.cov_re.iloc[1, 1], theirs.scale), rel=0.1)


def test_a_truth_that_was_put_in_is_found_again():
    fit = fit_slopes(*_group(4_000, 5, seed=1))
    assert (fit.slope, fit.slope_sd, fit.intercept_sd, fit.residual_sd) == pytest.approx((-1.5, 1, 5, 2), rel=0.04)


def test_improved_means_faster_than_the_average_and_not_better_than_before():
    """Everybody falls by 1.5 points a session; the index is about the difference from that."""
    who, when, scores = _group(200, 6, seed=4, slope_sd=1.5)
    fit = fit_slopes(who, when, scores)
    assert fit.index.mean() == pytest.approx(0, abs=1e-6)
    ends = scores.reshape(200, 6)[:, [0, -1]].T
    found = SlopeRule("lower", 1.96, None).judge(fit.index, *ends)
    worse = found == CLASSES.index("deteriorated")
    assert worse.any()
    assert (ends[1][worse] < ends[0][worse]).any()


def test_with_a_cut_off_first_and_last_scores_decide_who_recovered():
    rule = SlopeRule("lower", 1.96, 10.0)
    found = rule.judge(np.array([-3, -3, 3, 3, 0.0]), np.array([20, 20, 5, 20, 20.0]), np.array([5, 15, 20, 25, 5.0]))
    assert [CLASSES[place] for place in found] == ["recovered", "improved", "harmed", "deteriorated", "unchanged"]


@settings(deadline=None, max_examples=4)
@given(st.permutations(range(100)), st.sampled_from([1.0, 7.0, 86_400.0]), st.sampled_from([0.0, 1e6]))
def test_neither_the_order_of_rows_nor_the_unit_nor_the_origin_of_time_changes_the_index(order, unit, origin):
    who, when, scores = _group(20, 5, seed=6, slope_sd=2.0)
    plain, moved = (
        fit_slopes(who, when, scores),
        fit_slopes(who[list(order)], origin + unit * when[list(order)], scores[list(order)]),
    )
    np.testing.assert_allclose(plain.index, moved.index, rtol=2e-3, atol=2e-3)
    assert moved.slope * unit == pytest.approx(plain.slope, rel=1e-4)


def test_patients_with_fewer_than_three_scores_are_left_out_and_counted():
    who, when, scores = _group(20, 4)
    scores[[0, 1, 5]] = nan
    fit = fit_slopes(who, when, scores)
    assert fit.patient.tolist() == list(range(1, 20))
    assert fit.left_out == 1


def test_patients_are_known_by_their_own_numbers():
    who, when, scores = _group(12, 4)
    assert fit_slopes(who * 10 + 7, when, scores).patient.tolist() == [10 * one + 7 for one in range(12)]


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (_group(9, 5), "slopes.too-few"),
        (_group(20, 2), "slopes.too-few"),
        ((np.zeros(0, np.int64), np.zeros(0), np.zeros(0)), "slopes.too-few"),
        ((np.repeat(np.arange(20), 3), np.ones(60), np.arange(60.0)), "slopes.one-time"),
        ((np.repeat(np.arange(20), 3), np.tile(np.arange(3.0), 20), np.full(60, 9.0)), "slopes.no-variance"),
    ],
)
def test_what_has_no_slopes_is_refused_by_name(group, code):
    with pytest.raises(Refused) as refusal:
        fit_slopes(*group)
    assert [finding.code for finding in refusal.value.findings] == [code]


def _refused(*group) -> list[str]:
    try:
        fit_slopes(*group)
    except Refused as refusal:
        return [finding.code for finding in refusal.findings]
    return []


def test_patients_who_all_change_alike_are_hardly_ever_called_different():
    """Slopes without any difference: by chance alone a group passes in about one of twenty."""
    refused = 0
    for seed in range(16):
        refused += _refused(*_group(40, 4, seed=seed, slope_sd=0.0, noise=3.0)) == ["slopes.all-alike"]
    assert refused >= 13


def test_a_fit_at_its_bound_says_so():
    """Whoever starts higher falls faster, exactly: levels and slopes are one thing."""
    rng = np.random.default_rng(5)
    who, when = np.repeat(np.arange(60), 4), np.tile(np.arange(4.0), 60)
    own = rng.standard_normal(60)
    scores = 20 + 5 * own[who] - (1 + 2 * own[who]) * when + 2 * rng.standard_normal(240)
    assert fit_slopes(who, when, scores).at_bound
    assert not fit_slopes(*_group()).at_bound


def test_a_fit_that_did_not_converge_is_not_shown(monkeypatch):
    """The optimiser is stopped where it starts; the check of the minimum must see it."""
    from scipy import optimize

    def stopped(criterion, start, **options):
        return optimize.OptimizeResult(x=np.array(start), fun=criterion(np.array(start)), success=True)

    monkeypatch.setattr(optimize, "minimize", stopped)
    with pytest.raises(Refused, match=r"slopes\.not-converged"):
        fit_slopes(*_group())


def test_lines_without_any_error_are_refused_and_not_divided_by():
    who, when = np.repeat(np.arange(20), 4), np.tile(np.arange(4.0), 20)
    with pytest.raises(Refused, match=r"slopes\.(no-error|not-converged)"):
        fit_slopes(who, when, 20.0 - who * when / 10)
