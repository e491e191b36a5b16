"""Fit the growth model by restricted maximum likelihood: a line in ln(session) for each patient, drawn from a population
whose mean depends on what was known at intake.

Called by `outcomes.growth` and `outcomes.neighbours`. All that a patient's scores say enters by five sums, and patients
seen at the same sessions share one 2 x 2 algebra: a fit costs by the number of different schedules, so 20,000 patients take
a fraction of a second where a general mixed-model program takes many. The general program of statsmodels judges it in the
tests, to three decimals. Refuses, by name: predictors that don't vary or say the same, a single session, and a fit that did
not converge, of which nothing is ever shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.growth import Growth
from openhour.measures.pairs import Floats
from openhour.outcomes.session_scores import Courses

FLAT = 1e-5
"""A step of one part in ten thousand that lowers the criterion by no more than this leads nowhere."""

BOUNDS = ((0.0, None), (None, None), (0.0, None))
STARTS = ((1.0, 0.0, 0.5), (0.3, 0.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Per patient, shape (n,): number of scores, sums of time, time², score, time·score. terms: 1 and the standardised
    predictors, shape (n, q). square: sum of all squared scores. Times are centred at `middle` and scaled by `spread`."""

    n: Floats
    t: Floats
    tt: Floats
    y: Floats
    ty: Floats
    terms: Floats
    square: float
    middle: float
    spread: float

    @classmethod
    def of(cls, courses: Courses, centres: Floats, spreads: Floats) -> Sums:
        """Raises nothing; `_check` has looked at the spreads."""
        middle, spread = float(courses.line.mean()), float(courses.line.std())
        t, y = (courses.line - middle) / spread, courses.scores

        def total(weights: Floats | None) -> Floats:
            return np.bincount(courses.patient, weights, courses.n).astype(np.float64)

        terms = np.column_stack([np.ones(courses.n), (courses.values - centres) / spreads])
        sums = (total(None), total(t), total(t * t), total(y), total(t * y))
        return cls(*sums, terms, float(y @ y), middle, spread)


@dataclass(frozen=True, slots=True, eq=False)
class _Schedules:
    """Patients seen at the same sessions, taken together; first axis: schedules. patients: how many; n, t, tt: of one of
    them. ww: sum of terms·terms', shape (s, q, q); yw, tyw: sums of score sums by terms, shape (s, q); yy, y_ty, ty_ty:
    sums of squares and products of the patients' y and ty."""

    patients: Floats
    n: Floats
    t: Floats
    tt: Floats
    ww: Floats
    yw: Floats
    tyw: Floats
    yy: Floats
    y_ty: Floats
    ty_ty: Floats
    square: float

    @classmethod
    def of(cls, sums: Sums) -> _Schedules:
        design, place = np.unique(np.column_stack([sums.n, sums.t, sums.tt]), axis=0, return_inverse=True)
        place, w, count = place.reshape(-1), sums.terms, len(design)

        def total(weights: Floats | None) -> Floats:
            return np.bincount(place, weights, count).astype(np.float64)

        def by_term(numbers: Floats) -> Floats:
            return np.column_stack([total(numbers * column) for column in w.T])

        return cls(
            patients=total(None),
            n=design[:, 0],
            t=design[:, 1],
            tt=design[:, 2],
            ww=np.stack([by_term(column) for column in w.T], axis=1),
            yw=by_term(sums.y),
            tyw=by_term(sums.ty),
            yy=total(sums.y**2),
            y_ty=total(sums.y * sums.ty),
            ty_ty=total(sums.ty**2),
            square=sums.square,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """theta: lower triangle (l11, l21, l22) of the patients' covariance by the residual variance, Cholesky. beta: level
    by term, then slope by term, shape (2q,); unsure: their covariance. variance: residual. All in scaled terms and times.
    deviance: the REML criterion, -2 log likelihood."""

    theta: Floats
    beta: Floats
    unsure: Floats
    variance: float
    deviance: float


def fitted(courses: Courses) -> tuple[Fit, Sums, Growth]:
    """The fit, what it was fitted on, and the model in points and ln(session). Raises Refused."""
    centres, spreads = courses.values.mean(axis=0), courses.values.std(axis=0)
    _check(courses, spreads)
    sums = Sums.of(courses, centres, spreads)
    fit = _minimised(_Schedules.of(sums))
    return fit, sums, _growth(fit, sums, centres, spreads)


def _check(courses: Courses, spreads: Floats) -> None:
    for name, spread in zip(courses.predictors, spreads, strict=True):
        if not spread > 0:
            words = f"“{name}” is the same for everybody, so it can foretell nothing."
            raise Refused(Finding("course.no-variance", words, name))
    standard = (courses.values - courses.values.mean(axis=0)) / spreads
    if np.linalg.matrix_rank(standard, tol=1e-6 * math.sqrt(courses.n)) < len(spreads):
        words = "Two of the things known at intake say the same, so what each foretells can't be told apart."
        raise Refused(Finding("course.same", words))
    if not courses.scores.std() > 0:
        raise Refused(Finding("course.no-variance", "All later scores are the same, so there is no course to learn."))
    if not courses.line.std() > 0:
        raise Refused(Finding("course.one-session", "All later scores belong to one session, so there is no course."))
    several = np.bincount(courses.patient) > 1
    if not several.any():
        words = "Nobody has two scores after session 1, so how patients differ can't be told from noise."
        raise Refused(Finding("course.one-session", words))


def _minimised(schedules: _Schedules) -> Fit:
    """Minimise the profiled criterion over theta, from two starts: one at the edge, where slopes don't differ."""
    from scipy import optimize

    def criterion(theta: Floats) -> float:
        return profiled(theta, schedules).deviance

    ends = [optimize.minimize(criterion, start, method="L-BFGS-B", bounds=BOUNDS) for start in STARTS]
    near = min(ends, key=lambda end: float(end.fun)).x
    # a small simplex walks the last digits, and along bounds, where a numerical gradient sees nothing
    corners = np.vstack([near, near + np.diag(0.02 * np.maximum(np.abs(near), 0.1))])
    fine = {"xatol": 1e-6, "fatol": 1e-8, "maxiter": 2000, "initial_simplex": corners}
    best = optimize.minimize(criterion, near, method="Nelder-Mead", bounds=BOUNDS, options=fine)
    _check_minimum(criterion, best.x, float(best.fun))
    return profiled(best.x, schedules)


def profiled(theta: Floats, s: _Schedules) -> Fit:
    """Estimates and criterion for given theta: with L its triangle and G the 2 x 2 products of a schedule's design,
    V⁻¹ = 1 - Z P Z', P = L (1 + L'GL)⁻¹ L' (Bates and others 2015, doi:10.18637/jss.v067.i01, for one random line)."""
    p11, p12, p22, det = _shrunk(theta, s.n, s.t, s.tt)
    k11, k12 = 1 - s.n * p11 - s.t * p12, -s.n * p12 - s.t * p22  # K = 1 - G P
    k21, k22 = -s.t * p11 - s.tt * p12, 1 - s.t * p12 - s.tt * p22
    m = (k11 * s.n + k12 * s.t, k11 * s.t + k12 * s.tt, k21 * s.t + k22 * s.tt)  # K G, symmetric
    a, b, c = (np.tensordot(weight, s.ww, 1) for weight in m)
    left = np.block([[a, b], [b, c]])
    right = np.concatenate([k11 @ s.yw + k12 @ s.tyw, k21 @ s.yw + k22 @ s.tyw])
    taken = float(p11 @ s.yy + 2 * (p12 @ s.y_ty) + p22 @ s.ty_ty)
    df = float(s.patients @ s.n) - len(right)
    sign, log = np.linalg.slogdet(left)
    if sign <= 0 or df <= 0:
        return Fit(theta, right, left, 0.0, math.inf)
    beta = np.linalg.solve(left, right)
    variance = (s.square - taken - float(beta @ right)) / df
    if not variance > 0:
        return Fit(theta, beta, left, 0.0, math.inf)
    deviance = float(s.patients @ np.log(det)) + float(log) + df * (1 + math.log(2 * math.pi * variance))
    return Fit(theta, beta, variance * np.linalg.inv(left), variance, deviance)


def _shrunk(theta: Floats, n: Floats, t: Floats, tt: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """P = L (1 + L'GL)⁻¹ L' and the determinant of 1 + L'GL, for G = ((n, t), (t, tt)); shapes as given."""
    l11, l21, l22 = theta
    s11 = 1 + l11 * (l11 * n + l21 * t) + l21 * (l11 * t + l21 * tt)
    s12, s22 = l22 * (l11 * t + l21 * tt), 1 + l22**2 * tt
    det = s11 * s22 - s12**2
    i11, i12, i22 = s22 / det, -s12 / det, s11 / det
    p12 = l11 * (l21 * i11 + l22 * i12)
    return l11**2 * i11, p12, l21**2 * i11 + 2 * l21 * l22 * i12 + l22**2 * i22, det


def _check_minimum(criterion: Callable[[Floats], float], theta: Floats, lowest: float) -> None:
    """Refuse unless every small step from theta leads up (steps over a bound don't count)."""
    converged = math.isfinite(lowest)
    for place in range(3):
        step = 1e-4 * max(abs(theta[place]), 0.1)
        for way in (-step, step):
            moved = np.array(theta, np.float64)
            moved[place] += way
            if moved[place] >= 0 or place == 1:
                converged = converged and criterion(moved) >= lowest - FLAT
    if not converged:
        words = "The model did not converge on these scores, so no course is made of them."
        raise Refused(Finding("course.not-converged", words))


def _growth(fit: Fit, sums: Sums, centres: Floats, spreads: Floats) -> Growth:
    """Back from scaled terms and times to points and ln(session)."""
    back = np.array([[1.0, -sums.middle / sums.spread], [0.0, 1 / sums.spread]])
    scale = np.diag([1.0, *(1 / spreads)])
    whole = np.kron(back, scale)
    level, slope = (whole @ fit.beta).reshape(2, -1)
    unsure = whole @ fit.unsure @ whole.T
    between = fit.variance * back @ _triangle(fit.theta) @ _triangle(fit.theta).T @ back.T
    return Growth(
        centres=tuple(centres.tolist()),
        level=tuple(level.tolist()),
        slope=tuple(slope.tolist()),
        fixed=tuple(tuple(row) for row in unsure.tolist()),
        between=(float(between[0, 0]), float(between[0, 1]), float(between[1, 1])),
        residual=fit.variance,
    )


def _triangle(theta: Floats) -> Floats:
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def own_lines(fit: Fit, sums: Sums) -> tuple[Floats, NDArray[np.float64]]:
    """Each patient's own level and slope in points and ln(session), steadied by the fit (empirical Bayes), shape (n, 2);
    and how unsure they are: variance of the level, covariance, variance of the slope, shape (n, 3)."""
    level, slope = (sums.terms @ half for half in fit.beta.reshape(2, -1))
    off_y, off_ty = sums.y - sums.n * level - sums.t * slope, sums.ty - sums.t * level - sums.tt * slope
    p11, p12, p22, _ = _shrunk(fit.theta, sums.n, sums.t, sums.tt)
    own = np.column_stack([level + p11 * off_y + p12 * off_ty, slope + p12 * off_y + p22 * off_ty])
    back = np.array([[1.0, -sums.middle / sums.spread], [0.0, 1 / sums.spread]])
    unsure = fit.variance * np.array([[p11, p12], [p12, p22]])
    turned = np.einsum("ij,jkn,lk->iln", back, unsure, back)
    return own @ back.T, np.column_stack([turned[0, 0], turned[0, 1], turned[1, 1]])
