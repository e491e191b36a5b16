"""The hierarchical linear model of change: every patient's own line through all their scores, and how far it lies off.

Called by `openhour change --method HLM` and by reports. The model is score ~ time + (time | patient), fitted by REML. Its
index is a patient's deviation from the *mean* slope by the error of that deviation: "improved" here means faster than the
average patient, not better than at the start, and whoever shows it has to say so. In a group where everybody gets better
alike, nobody improves by this method.

Patients who were measured at the same times enter together, by sums of their scores and products, so a fit costs by the
number of different schedules and not of scores. Refuses, by name: too few patients with three scores, times or scores that don't vary, patients whose slopes don't
differ, and a fit that has not converged, of which no estimate is ever shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.change import Line, classes
from openhour.measures.cutoffs import SIGN
from openhour.measures.pairs import Floats

FEWEST_SCORES = 3
FEWEST_PATIENTS = 10
FLAT = 1e-5
"""No step may lower the criterion by more: the criterion is twice a log likelihood, so this is nothing."""
EXACT = 1e-9
"""Share of the variance below which scores count as free of error."""
CHANCE = 0.05
"""Slopes that would differ as much by chance in more than this share of groups aren't told apart."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Per patient, shape (k,): n scores, sums of time, time², score, time·score, score². Times are centred and scaled."""

    n: Floats
    t: Floats
    tt: Floats
    y: Floats
    ty: Floats
    yy: Floats


@dataclass(frozen=True, slots=True)
class Slopes:
    """A converged fit. patient: numbers of those with three scores or more, ascending, shape (k,).
    intercept: mean score at time 0; slope: mean change per unit of time. intercept_sd, slope_sd, correlation: how patients
    differ; residual_sd: how scores differ from their patient's line; in points, the slopes in points per unit of time.
    deviation: each patient's slope less the mean one; deviation_se: its error given the fit; shape (k,).
    deviance: REML criterion. chance: p of the slopes' difference between patients (likelihood ratio), at most 0.05.
    at_bound: levels and slopes can't be told apart in this group (correlation of -1 or 1), so its index is unsure.
    left_out: patients with fewer than three scores."""

    patient: NDArray[np.int64]
    intercept: float
    slope: float
    intercept_sd: float
    slope_sd: float
    correlation: float
    residual_sd: float
    deviation: Floats
    deviation_se: Floats
    deviance: float
    chance: float
    at_bound: bool
    left_out: int

    @property
    def index(self) -> Floats:
        """Deviation by its error; negative = falling faster than the mean; shape (k,)."""
        return self.deviation / self.deviation_se


@dataclass(frozen=True, slots=True)
class SlopeRule:
    """Judge by the index of a fit. better: `lower` or `higher`. critical: what the index must exceed. cutoff: points, held
    against first and last score; None = nobody recovers and nobody is harmed."""

    better: str
    critical: float
    cutoff: float | None

    def judge(self, index: Floats, first: Floats, last: Floats) -> NDArray[np.int8]:
        """The class of each patient as a place in CLASSES. first, last: scores by time, not by row; shapes (k,)."""
        sign = SIGN[self.better]
        crossed = Line(self.better, self.cutoff).crossed(first, last)
        return classes(sign * index > self.critical, sign * index < -self.critical, *crossed)


def fit_slopes(patient: NDArray[Any], times: Floats, scores: Floats) -> Slopes:
    """Fit the model. patient: numbers from 0, times, scores: one row a score in any order, shape (n,), NaN = no score.

    Raises Refused where there is nothing to fit, or the fit did not converge.
    """
    known = ~np.isnan(scores)
    who, when, said = np.asarray(patient)[known], times[known], scores[known]
    ids, place, counts = np.unique(who, return_inverse=True, return_counts=True)
    enough = counts >= FEWEST_SCORES
    kept = enough[place]
    _check(int(enough.sum()), when[kept], said[kept])
    middle, spread = float(when[kept].mean()), float(when[kept].std())
    number = (np.cumsum(enough) - 1)[place[kept]]
    level = float(said[kept].mean())  # sums of squares of what is left of it keep their last digits
    sums = _sums(number, (when[kept] - middle) / spread, said[kept] - level, int(enough.sum()))
    fit = _fitted(sums)
    if not fit.variance > EXACT * float(said[kept].var()):
        raise Refused(
            Finding("slopes.no-error", "All scores lie exactly on lines, so nothing tells chance from change.")
        )
    slopes = _named(fit, sums, ids[enough].astype(np.int64), middle, spread, int((~enough).sum()))
    return replace(slopes, intercept=slopes.intercept + level)


def _check(patients: int, when: Floats, said: Floats) -> None:
    if patients < FEWEST_PATIENTS:
        words = (
            f"The model needs {FEWEST_PATIENTS} patients with {FEWEST_SCORES} scores or more; {patients} have them."
        )
        raise Refused(Finding("slopes.too-few", words))
    if not when.std() > 0:
        raise Refused(Finding("slopes.one-time", "All scores have the same time, so there is no slope."))
    if not said.std() > 0:
        raise Refused(Finding("slopes.no-variance", "All scores are the same, so no change can be judged."))


def _sums(number: NDArray[np.int64], t: Floats, y: Floats, patients: int) -> Sums:
    def total(weights: Floats | None) -> Floats:
        return np.bincount(number, weights, patients).astype(np.float64)

    return Sums(total(None), total(t), total(t * t), total(y), total(t * y), total(y * y))


@dataclass(frozen=True, slots=True)
class _Schedules:
    """Patients with the same times taken together; shape (schedules,). patients: how many. n, t, tt: as in Sums, of one
    patient. y, ty: sums over the patients; yy, y_ty, ty_ty: sums of squares and products of the patients' y and ty.
    square: sum of all squared scores."""

    patients: Floats
    n: Floats
    t: Floats
    tt: Floats
    y: Floats
    ty: Floats
    yy: Floats
    y_ty: Floats
    ty_ty: Floats
    square: float

    @classmethod
    def of(cls, sums: Sums) -> _Schedules:
        rounded = np.round(np.column_stack([sums.n, sums.t, sums.tt]), 10)  # the order of rows moves the last digits
        design, place = np.unique(rounded, axis=0, return_inverse=True)
        place = place.reshape(-1)

        def total(weights: Floats | None) -> Floats:
            return np.bincount(place, weights, len(design)).astype(np.float64)

        y, ty = sums.y, sums.ty
        n, t, tt = design.T
        square = float(sums.yy.sum())
        products = total(y), total(ty), total(y * y), total(y * ty), total(ty * ty)
        return cls(total(None), n, t, tt, *products, square)


@dataclass(frozen=True, slots=True)
class _Fit:
    """theta: lower triangle (l11, l21, l22) of the patients' covariance by the residual variance, Cholesky."""

    theta: Floats
    beta: Floats
    variance: float
    deviance: float


BOUNDS = ((0.0, None), (None, None), (0.0, None))
STARTS = ((1.0, 0.0, 0.3), (0.3, 0.0, 0.0))
"""From two sides, so that a small valley isn't taken for the lowest."""


def _fitted(sums: Sums) -> _Fit:
    """Minimise the profiled REML criterion over theta; the mean line and the residual variance follow from it."""
    from scipy import optimize

    together = _Schedules.of(sums)

    def criterion(theta: Floats) -> float:
        return _profiled(theta, together).deviance

    tried = [optimize.minimize(criterion, start, method="L-BFGS-B", bounds=BOUNDS) for start in STARTS]
    best = min(tried, key=lambda found: float(found.fun))
    fine = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 1000}
    for _ in range(2):  # a simplex walks the last digits, and along bounds, where a numerical gradient sees nothing
        best = optimize.minimize(criterion, best.x, method="Nelder-Mead", bounds=BOUNDS, options=fine)
    _check_minimum(criterion, best.x, best.fun)
    return _profiled(best.x, together)


def _profiled(theta: Floats, s: _Schedules) -> _Fit:
    """Mean line, residual variance and criterion for given theta, by 2 x 2 algebra per schedule (Bates and others 2015,
    doi:10.18637/jss.v067.i01, section 3.4; written out for one random line a patient)."""
    l11, l21, l22 = theta
    u11, u12 = l11 * s.n + l21 * s.t, l11 * s.t + l21 * s.tt  # (Z L)'X, with Z = X = (1, time)
    u21, u22 = l22 * s.t, l22 * s.tt
    c11 = np.sqrt(l11 * u11 + l21 * u12 + 1)  # Cholesky C of (Z L)'(Z L) + 1
    c21 = (l11 * u21 + l21 * u22) / c11
    c22 = np.sqrt(l22 * u22 + 1 - c21**2)
    r11, r12 = u11 / c11, u12 / c11  # C^-1 (Z L)'X
    r21, r22 = (u21 - c21 * r11) / c22, (u22 - c21 * r12) / c22
    y1, ty1 = l11 / c11, l21 / c11  # C^-1 (Z L)'y = (y1·y + ty1·ty, y2·y + ty2·ty)
    y2, ty2 = -c21 * y1 / c22, (l22 - c21 * ty1) / c22
    off = (s.patients * (s.t - r11 * r12 - r21 * r22)).sum()
    corner = (s.patients * (s.n - r11**2 - r21**2)).sum(), (s.patients * (s.tt - r12**2 - r22**2)).sum()
    a = np.array([[corner[0], off], [off, corner[1]]])
    w1, w2 = y1 * s.y + ty1 * s.ty, y2 * s.y + ty2 * s.ty
    b = np.array([(s.y - r11 * w1 - r21 * w2).sum(), (s.ty - r12 * w1 - r22 * w2).sum()])
    taken = (y1**2 + y2**2) * s.yy + 2 * (y1 * ty1 + y2 * ty2) * s.y_ty + (ty1**2 + ty2**2) * s.ty_ty
    beta = np.linalg.solve(a, b)
    df = float((s.patients * s.n).sum()) - 2
    variance = (s.square - float(taken.sum()) - float(beta @ b)) / df
    if not variance > 0:
        return _Fit(theta, beta, 0.0, math.inf)
    logs = 2 * float((s.patients * np.log(c11 * c22)).sum()) + float(np.linalg.slogdet(a)[1])
    return _Fit(theta, beta, variance, logs + df * (1 + math.log(2 * math.pi * variance)))


def _check_minimum(criterion: Any, theta: Floats, lowest: float) -> None:
    """Refuse unless every small step from theta leads up (steps into the bounds don't count)."""
    converged = math.isfinite(lowest)
    for place in range(3):
        step = 1e-4 * max(abs(theta[place]), 0.1)
        for way in (-step, step):
            moved = np.array(theta, np.float64)
            moved[place] += way
            if place != 1 and moved[place] < 0:
                continue
            converged = converged and criterion(moved) >= lowest - FLAT
    if not converged:
        words = "The model did not converge on these scores, so it says nothing about them. Use another method."
        raise Refused(Finding("slopes.not-converged", words, "method"))


def _named(fit: _Fit, sums: Sums, ids: NDArray[np.int64], middle: float, spread: float, left_out: int) -> Slopes:
    l11, l21, l22 = fit.theta
    sd = math.sqrt(fit.variance)
    slope_sd, chance = sd * math.hypot(l21, l22), _chance(fit, sums)
    if not chance <= CHANCE:
        words = "The patients' slopes don't differ beyond chance, so nobody can be said to change faster than the average."
        raise Refused(Finding("slopes.all-alike", words, "method"))
    deviation, error = _deviations(fit, sums)
    slope = float(fit.beta[1]) / spread
    at_zero = np.array([l11 - middle / spread * l21, -middle / spread * l22])
    return Slopes(
        patient=ids,
        intercept=float(fit.beta[0]) - slope * middle,
        slope=slope,
        intercept_sd=sd * float(np.hypot(*at_zero)),
        slope_sd=slope_sd / spread,
        correlation=_cosine(at_zero, np.array([l21, l22])),
        residual_sd=sd,
        deviation=deviation / spread,
        deviation_se=error / spread,
        deviance=fit.deviance,
        chance=chance,
        at_bound=bool(l22 < 1e-4 * abs(l21)),
        left_out=left_out,
    )


def _chance(fit: _Fit, sums: Sums) -> float:
    """p of the likelihood ratio against a model in which all slopes are the same. At the bound of a variance the ratio is
    half chi-square with one and half with two degrees of freedom."""
    from scipy import optimize, special

    together = _Schedules.of(sums)
    alike = optimize.minimize_scalar(
        lambda l11: _profiled(np.array([l11, 0.0, 0.0]), together).deviance,
        bounds=(0.0, 10 * (1 + float(fit.theta[0]))),
        method="bounded",
    )
    ratio = max(float(alike.fun) - fit.deviance, 0.0)
    return float(special.chdtrc(1, ratio) + special.chdtrc(2, ratio)) / 2


def _cosine(one: Floats, other: Floats) -> float:
    lengths = float(np.hypot(*one) * np.hypot(*other))
    return float(one @ other) / lengths if lengths else math.nan


def _deviations(fit: _Fit, sums: Sums) -> tuple[Floats, Floats]:
    """Each patient's slope less the mean one and its conditional error, in scaled time; shape (k,).

    With L the Cholesky factor: u = (M)^-1 (Z L)'(y - X beta), M = (Z L)'(Z L) + 1; the slope is the second row of L u, and
    its variance given the scores the second diagonal element of L M^-1 L', by the residual variance."""
    l11, l21, l22 = fit.theta
    e1 = sums.y - fit.beta[0] * sums.n - fit.beta[1] * sums.t
    e2 = sums.ty - fit.beta[0] * sums.t - fit.beta[1] * sums.tt
    w1, w2 = l11 * e1 + l21 * e2, l22 * e2
    m11 = l11 * (l11 * sums.n + l21 * sums.t) + l21 * (l11 * sums.t + l21 * sums.tt) + 1
    m12 = l22 * (l11 * sums.t + l21 * sums.tt)
    m22 = l22**2 * sums.tt + 1
    det = m11 * m22 - m12**2
    u1, u2 = (m22 * w1 - m12 * w2) / det, (m11 * w2 - m12 * w1) / det
    variance = (l21**2 * m22 - 2 * l21 * l22 * m12 + l22**2 * m11) / det
    return l21 * u1 + l22 * u2, np.sqrt(fit.variance * variance)
