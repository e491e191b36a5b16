"""How large a change was, in standard deviations, with the interval it may lie in.

Called by reports with the first and last scores of a group. Every effect is positive where patients got better.
`effect_size` divides by the deviation of the *first* scores: a treatment must not look better because it made patients
alike. `standardised_change` divides by the deviation of the changes, whose interval is exact (noncentral t) but which
can't be compared between measures of different stability. `difference_of_effects` compares two groups.
Refuses, by name: nobody, one patient, first scores or changes that don't vary, arrays of unequal length.

Sources: Hedges 1981 for J; Becker 1988 for the one-group error; Morris 2008 for two groups (dppc2); the last two stand
here from memory and are checked by simulation in the tests (coverage of the 95 % interval).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.cutoffs import SIGN, critical_value
from openhour.measures.pairs import Pairs

Scores = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """value: the effect as it is reported (after Hedges' correction where there is one). raw: before it.
    se: standard error of `value`. low, high: interval of `level` around it; all in standard deviations, positive = better.
    n: patients with both scores. method: what was computed, in words, for the page."""

    value: float
    raw: float
    se: float
    low: float
    high: float
    level: float
    n: int
    method: str


def hedges_j(df: float) -> float:
    """Correction of a small group's effect, J = 1 - 3/(4·df - 1). df: n - 1 of one group, n1 + n2 - 2 of two; above 0."""
    return 1 - 3 / (4 * df - 1)


def effect_size(pre: Scores, post: Scores, *, better: str = "lower", level: float = 0.95) -> Effect:
    """Change of one group in deviations of its first scores, with Hedges' J.

    pre, post: shape (n,), without gaps, patient by patient. level: of the interval, such as 0.95. Raises Refused.
    """
    return effect_of(_pairs(pre, post), better=better, level=level)


def effect_of(pairs: Pairs, *, better: str = "lower", level: float = 0.95) -> Effect:
    """`effect_size` of pairs that are counted already. Raises Refused."""
    _refuse(_group_findings(pairs, "first scores", pairs.sd(pairs.pre)))
    raw = SIGN[better] * (pairs.mean(pairs.post) - pairs.mean(pairs.pre)) / pairs.sd(pairs.pre)
    correlation = pairs.correlation
    ratio = pairs.sd(pairs.post) / pairs.sd(pairs.pre)
    se = one_group_se(raw, pairs.n, 0.0 if math.isnan(correlation) else correlation, ratio)
    return _corrected(raw, se, pairs.n - 1, pairs.n, level, "pre-post change / SD of first scores, Hedges' J")


def one_group_se(d: float, n: int, correlation: float, ratio: float = 1.0) -> float:
    """Standard error of one group's effect in deviations of the first scores.

    ratio: deviation of last scores by that of first ones. With ratio 1 this is Becker's √(2(1-ρ)/n + d²/(2n)); the
    deviations of patients who are treated mostly drift apart, and then Becker's is too narrow or too wide.
    """
    changes = 1 + ratio**2 - 2 * correlation * ratio
    return math.sqrt(changes / n + d**2 / (2 * n))


def standardised_change(pre: Scores, post: Scores, *, better: str = "lower", level: float = 0.95) -> Effect:
    """Mean change in deviations of the changes (d_z), with the exact interval from the noncentral t distribution.

    pre, post: shape (n,), without gaps. Raises Refused where the changes don't vary.
    """
    pairs = _pairs(pre, post)
    changes = pairs.post - pairs.pre
    deviation = pairs.sd(changes)
    _refuse(_group_findings(pairs, "changes", deviation))
    raw, n = SIGN[better] * pairs.mean(changes) / deviation, pairs.n
    low, high = noncentral_interval(raw * math.sqrt(n), n - 1, level)
    factor = hedges_j(n - 1)
    se = math.sqrt(1 / n + raw**2 / (2 * n))
    return Effect(
        factor * raw, raw, factor * se, low / math.sqrt(n), high / math.sqrt(n), level, n,
        "pre-post change / SD of changes, exact interval",
    )  # fmt: skip


def noncentral_interval(t: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """The noncentrality parameters between which an observed t lies in the middle `level` of their distributions."""
    from scipy import optimize, special

    reach = 6 * math.sqrt(1 + t**2 / (2 * df))  # about six errors of the noncentrality on either side

    def at(share: float) -> float:
        """The noncentrality under which a share of all t lies below the observed one; that share falls as it grows."""

        def beyond(nc: float) -> float:
            below = float(special.nctdtr(df, nc, t))
            return (float(nc < t) if math.isnan(below) else below) - share  # it gives up in the far tails

        return float(optimize.brentq(beyond, t - reach, t + reach, xtol=1e-10))

    return at((1 + level) / 2), at((1 - level) / 2)


@dataclass(frozen=True, slots=True)
class Arm:
    """One group of a comparison. pre, post: shape (n,), without gaps, patient by patient."""

    pre: Scores
    post: Scores


def difference_of_effects(treated: Arm, control: Arm, *, better: str = "lower", level: float = 0.95) -> Effect:
    """How much more the treated changed than the control group: difference of mean changes, in pooled deviations of the
    first scores of both (dppc2, Morris 2008), with Hedges' J and Morris' standard error. Raises Refused.
    """
    groups = [_pairs(arm.pre, arm.post) for arm in (treated, control)]
    findings = [
        finding for group in groups for finding in _group_findings(group, "first scores", group.sd(group.pre))
    ]
    _refuse(findings)
    one, other = groups
    df = one.n + other.n - 2
    spread = math.sqrt(sum((group.n - 1) * group.sd(group.pre) ** 2 for group in groups) / df)
    changes = [SIGN[better] * (group.mean(group.post) - group.mean(group.pre)) for group in groups]
    raw = (changes[0] - changes[1]) / spread
    correlation = sum((group.n - 1) * np.nan_to_num(group.correlation) for group in groups) / df
    se = two_group_se(hedges_j(df) * raw, one.n, other.n, float(correlation))
    n = one.n + other.n
    value, z = hedges_j(df) * raw, critical_value(1 - level)
    method = "difference of pre-post changes / pooled SD of first scores (dppc2), Hedges' J"
    return Effect(value, raw, se, value - z * se, value + z * se, level, n, method)


def two_group_se(g: float, treated: int, control: int, correlation: float) -> float:
    """Standard error of dppc2 (Morris 2008, equation 25). Needs five patients in all; NaN below."""
    n, df = treated + control, treated + control - 2
    if df <= 2:
        return float("nan")
    share = treated * control / n
    noise = 2 * (1 - correlation) / share
    variance = hedges_j(df) ** 2 * noise * df / (df - 2) * (1 + g**2 / noise) - g**2
    return math.sqrt(max(variance, 0.0))


def _corrected(raw: float, se: float, df: int, n: int, level: float, method: str) -> Effect:
    factor, z = hedges_j(df), critical_value(1 - level)
    value, error = factor * raw, factor * se
    return Effect(value, raw, error, value - z * error, value + z * error, level, n, method)


def _pairs(pre: Scores, post: Scores) -> Pairs:
    first, last = np.asarray(pre), np.asarray(post)
    if first.shape != last.shape or first.ndim != 1:
        raise Refused(Finding("effect.unequal", "Each patient needs a first and a last score."))
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        raise Refused(Finding("effect.gap", "A patient without both scores has no place in an effect size."))
    return Pairs.of(first, last)


def _group_findings(pairs: Pairs, what: str, deviation: float) -> Iterator[Finding]:
    if pairs.n == 0:
        yield Finding("effect.nobody", "No patient has both a first and a last score.")
    elif pairs.n == 1:
        yield Finding("effect.one-patient", "One patient alone has no standard deviation and no effect size.")
    elif not deviation > 0:
        yield Finding("effect.no-variance", f"All {what} are the same, so there is no deviation to compare with.")


def _refuse(findings: Any) -> None:
    if found := tuple(findings):
        raise Refused(found)
