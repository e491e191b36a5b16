"""The fit itself: the criterion against the textbook matrices, the edge where patients don't differ, and no half-made fit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from openhour.kernel import Refused
from openhour.outcomes import reml
from openhour.outcomes.session_scores import SessionScores, courses_in
from tests.outcomes.made_courses import made


def textbook(theta, courses, sums):
    """-2 log REML with whole matrices, as it is written in the books."""
    l11, l21, l22 = theta
    triangle = np.array([[l11, 0], [l21, l22]])
    time = (courses.line - sums.middle) / sums.spread
    terms = sums.terms[courses.patient]
    design = np.column_stack([terms, terms * time[:, None]])
    own = np.column_stack([np.ones(len(time)), time])
    same = courses.patient[:, None] == courses.patient[None, :]
    spread = np.eye(len(time)) + np.where(same, own @ triangle @ triangle.T @ own.T, 0)
    inverse = np.linalg.inv(spread)
    cross = design.T @ inverse @ design
    beta = np.linalg.solve(cross, design.T @ inverse @ courses.scores)
    left = courses.scores - design @ beta
    df = len(time) - design.shape[1]
    variance = left @ inverse @ left / df
    logs = np.linalg.slogdet(spread)[1] + np.linalg.slogdet(cross)[1]
    return logs + df * (1 + math.log(2 * math.pi * variance)), beta, variance


@pytest.mark.parametrize(
    "theta",
    [(1.0, 0.0, 0.5), (0.7, -0.3, 0.2), (0.0, 0.0, 0.0), (2.0, 1.5, 0.0)],
    ids=["plain", "crossed", "none", "line"],
)
def test_the_criterion_is_that_of_the_books(theta):
    courses = courses_in(made(25, 6, gaps=0.3, seed=2).table())
    _, sums, _ = reml.fitted(courses)
    fit = reml.profiled(np.array(theta), reml._Schedules.of(sums))
    deviance, beta, variance = textbook(theta, courses, sums)
    assert fit.deviance == pytest.approx(deviance, rel=1e-9)
    assert fit.beta == pytest.approx(beta, rel=1e-7, abs=1e-9)
    assert fit.variance == pytest.approx(variance)


def test_where_patients_do_not_differ_the_spread_between_them_is_none():
    chance = np.random.default_rng(4)
    intake, sessions = chance.integers(5, 25, 200), np.arange(1, 7)
    scores = 0.8 * intake[:, None] - 2.0 * np.log(sessions) + chance.normal(0, 2, (200, 6))
    scores[:, 0] = intake
    table = SessionScores.of(np.repeat(np.arange(200), 6).astype(str), np.tile(sessions, 200), scores.ravel())
    growth = reml.fitted(courses_in(table))[2]
    a, b, c = growth.between
    line = math.log(3)
    assert 0 <= a + 2 * b * line + c * line**2 < 0.5
    assert growth.residual == pytest.approx(4, rel=0.1)


def test_a_fit_that_did_not_converge_is_refused(monkeypatch):
    from scipy import optimize

    courses = courses_in(made(60, 5).table())
    stuck = optimize.OptimizeResult(x=np.array([3.0, 2.0, 4.0]), fun=1e9)
    monkeypatch.setattr(optimize, "minimize", lambda *_, **__: stuck)
    with pytest.raises(Refused) as refusal:
        reml.fitted(courses)
    assert [finding.code for finding in refusal.value.findings] == ["course.not-converged"]


def test_two_predictors_that_say_the_same_are_refused():
    columns = made(60, 5)
    twice = np.repeat(columns.scores.reshape(60, 5)[:, 0], 5)
    table = SessionScores.of(columns.patients, columns.sessions, columns.scores, known={"again": twice})
    with pytest.raises(Refused) as refusal:
        reml.fitted(courses_in(table))
    assert refusal.value.findings[0].code == "course.same"
