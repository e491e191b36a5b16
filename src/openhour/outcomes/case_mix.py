"""What of a therapist's results is left when their cases are evened out: a linear model with a random therapist effect.

    last score = b . features of the case + u(therapist) + e,   u ~ N(0, tau^2),  e ~ N(0, sigma^2)

Called by reports. Works on sums of products for each therapist and never on patients, so an engine of any size can feed
it and the answer is the same as from the rows. Variances by restricted maximum likelihood in the ratio tau^2/sigma^2
(Patterson & Thompson 1971, doi:10.1093/biomet/58.3.545); effects are shrunken: lambda_j x mean residual,
lambda_j = tau^2 / (tau^2 + sigma^2/n_j). Refuses fewer than two therapists, features that don't vary and cases that are
too few: it then gives no model, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WIDEST = 25.0
"""Largest ratio tau^2/sigma^2 that is looked at: therapists hold about a twentieth of the variance, not 25 times it."""


@dataclass(frozen=True, slots=True)
class Sums:
    """One therapist's cases. n: how many; xx: features by features, shape (k, k); xy: features by outcome, shape (k,);
    yy: outcome squared. The first feature is 1 for every case."""

    n: int
    xx: Floats
    xy: Floats
    yy: float


@dataclass(frozen=True, slots=True)
class Effect:
    """n: cases. adjusted: mean residual in points, positive = higher last scores than expected. shrunken: the same,
    drawn towards 0 as far as few cases ask for. low, high: 95 % interval of it. weight: lambda, 0 to 1."""

    n: int
    adjusted: float
    shrunken: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class CaseMix:
    """coefficients: of the features, shape (k,). between, within: tau^2 and sigma^2 in squared points.
    share: of the variance that is left, how much lies between therapists, 0 to 1. effects: in the order of the sums."""

    coefficients: Floats
    between: float
    within: float
    effects: tuple[Effect, ...]

    @property
    def share(self) -> float:
        """Intraclass correlation; 0 where nothing varies."""
        whole = self.between + self.within
        return self.between / whole if whole > 0 else 0.0


def case_mix(therapists: Sequence[Sums]) -> CaseMix | str:
    """Fit the model, or say in a sentence why it can't be fitted."""
    held = [one for one in therapists if one.n]
    if len(held) < 2:
        return "Therapists are shown from two on, each with closed cases."
    features = len(held[0].xy)
    cases = sum(one.n for one in held)
    if cases < 10 * features:
        return f"The model needs {10 * features} closed cases, and there are fewer."
    whole = sum((one.xx for one in held), np.zeros((features, features)))
    if np.linalg.matrix_rank(whole / cases, tol=1e-9) < features:
        return "The cases don't differ enough in what they are evened out by."
    ratio = _best_ratio(held, cases, features)
    coefficients, residual = _weighted(held, ratio)
    within = residual / (cases - features)
    if not within > 1e-12:
        return "The last scores don't vary beyond what the first ones say."
    between = ratio * within
    return CaseMix(coefficients, between, within, tuple(_effect(one, coefficients, between, within) for one in held))


def _effect(one: Sums, coefficients: Floats, between: float, within: float) -> Effect:
    adjusted = float(one.xy[0] - one.xx[0] @ coefficients) / one.n
    weight = between / (between + within / one.n)
    spread = 1.96 * float(np.sqrt(between * (1 - weight)))
    shrunken = weight * adjusted
    return Effect(one.n, adjusted, shrunken, shrunken - spread, shrunken + spread, weight)


def _weighted(held: Sequence[Sums], ratio: float) -> tuple[Floats, float]:
    """Generalized least squares for a ratio tau^2/sigma^2: coefficients, and the weighted sum of squared residuals."""
    xx, xy, yy = _products(held, ratio)
    coefficients = np.asarray(np.linalg.solve(xx, xy), np.float64)
    return coefficients, max(float(yy - xy @ coefficients), 0.0)


def _products(held: Sequence[Sums], ratio: float) -> tuple[Floats, Floats, float]:
    """X'V^-1X, X'V^-1y, y'V^-1y in units of 1/sigma^2; V_j = I + ratio J, so V_j^-1 = I - ratio/(1 + n ratio) J."""
    features = len(held[0].xy)
    xx, xy, yy = np.zeros((features, features)), np.zeros(features), 0.0
    for one in held:
        drawn = ratio / (1 + one.n * ratio)
        ones, total = one.xx[0], float(one.xy[0])
        xx += one.xx - drawn * np.outer(ones, ones)
        xy += one.xy - drawn * total * ones
        yy += one.yy - drawn * total * total
    return xx, xy, yy


def _deviance(held: Sequence[Sums], ratio: float, cases: int, features: int) -> float:
    """Twice the negative restricted log-likelihood, up to a constant."""
    xx, xy, yy = _products(held, ratio)
    residual = max(float(yy - xy @ np.linalg.solve(xx, xy)), 1e-300)
    _, determinant = np.linalg.slogdet(xx)
    return float((cases - features) * np.log(residual) + determinant + sum(np.log1p(one.n * ratio) for one in held))


def _best_ratio(held: Sequence[Sums], cases: int, features: int) -> float:
    """The ratio of the least deviance: a coarse look over the whole range, then golden section around the best."""
    grid = np.concatenate([[0.0], np.geomspace(1e-6, WIDEST, 60)])
    losses = [_deviance(held, float(one), cases, features) for one in grid]
    best = int(np.argmin(losses))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    golden = (5**0.5 - 1) / 2
    for _ in range(80):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _deviance(held, left, cases, features) <= _deviance(held, right, cases, features):
            high = right
        else:
            low = left
    middle = (low + high) / 2
    return middle if _deviance(held, middle, cases, features) < losses[0] else 0.0
