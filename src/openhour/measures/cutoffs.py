"""Where the functional range begins, and what chance alone may do: the numbers behind clinically significant change.

Jacobson & Truax (1991), J Consult Clin Psychol 59:12-19, doi:10.1037/0022-006X.59.1.12. The reported cut-off b takes
the deviation of the *functional* group, as they define it; the R package clinicalsignificance takes that of the
patients, so its b differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

SIGN: Mapping[str, int] = {"lower": -1, "higher": 1}
"""Sign of an improvement, by which scores are better."""

CUTOFFS = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class Norm:
    """Mean and standard deviation of a group, in points."""

    mean: float
    sd: float


def cutoff(kind: str, better: str, clinical: Norm, functional: Norm | None) -> float:
    """The score between the clinical and the functional range.

    a: two deviations beyond the patients' mean; b: within two deviations of the functional mean; c: where a score is as
    likely in one group as in the other. b and c need the functional norm. Raises ValueError without it.
    """
    sign = SIGN[better]
    if kind == "a":
        return clinical.mean + sign * 2 * clinical.sd
    if functional is None:
        raise ValueError(f"cut-off {kind} needs the norm of the functional group")
    if kind == "b":
        return functional.mean - sign * 2 * functional.sd
    return (clinical.sd * functional.mean + functional.sd * clinical.mean) / (clinical.sd + functional.sd)


def true_norm(norm: Norm, sem: float) -> Norm:
    """The norm of true scores: the same mean, the deviation without the error of measurement (S·√r, Hageman & Arrindell).

    sem: standard error of measurement, in points. The deviation is 0 where error explains all of it.
    """
    return Norm(norm.mean, math.sqrt(max(norm.sd**2 - sem**2, 0.0)))


def s_diff(pre_sd: float, reliability: float) -> float:
    """Standard error of a difference of two scores, in points. reliability: from 0 to below 1."""
    return math.sqrt(2) * pre_sd * math.sqrt(1 - reliability)


def critical_value(alpha: float = 0.05, sides: int = 2) -> float:
    """How large an index must be so that chance alone exceeds it in a share alpha of cases: 1.96 for .05, two-sided."""
    return NormalDist().inv_cdf(1 - alpha / sides)


def normal_share(z: float) -> float:
    """Share of the standard normal distribution below z."""
    return NormalDist().cdf(z)


def whole_points(reliable_change: float) -> int:
    """The smallest whole number of points that is more than chance: strictly above, so 6.0 gives 7."""
    return math.floor(reliable_change) + 1
