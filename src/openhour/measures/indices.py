"""Indices of reliable change: one function for each method, from first and last scores to an index.

Called through `METHODS` by the rules in `change`. The functions take numbers or arrays alike and know no cut-off, no
critical value and no class. Conventions: change = post - pre; a negative index is a fall in points, whichever way is better.
Formulas: Claus et al., J Stat Softw 111(1), doi:10.18637/jss.v111.i01. The hierarchical linear model needs whole series
and stands in `slopes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openhour.measures.cutoffs import s_diff
from openhour.measures.pairs import Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """What a method may know of the group, in points; correlation and reliabilities without a unit."""

    n: int
    pre_mean: float
    pre_sd: float
    post_mean: float
    post_sd: float
    correlation: float
    reliability: float
    post_reliability: float

    @property
    def sem(self) -> float:
        """Standard error of one score, in points."""
        return self.pre_sd * math.sqrt(1 - self.reliability)

    @property
    def true_share_post(self) -> float:
        """Share of the variance of last scores that is not error of measurement; NaN where they don't vary, and below 0
        where they vary less than the error alone would."""
        return 1 - (self.sem / self.post_sd) ** 2 if self.post_sd > 0 else float("nan")

    @property
    def difference_variance(self) -> float:
        """Of the changes, in squared points."""
        return self.pre_sd**2 + self.post_sd**2 - 2 * self.pre_sd * self.post_sd * self.correlation

    @property
    def difference_reliability(self) -> float:
        """Reliability of the change (r_dd of Hageman & Arrindell); at most 1, and 0 or below where changes are noise."""
        true = self.pre_sd**2 * self.reliability + self.post_sd**2 * self.true_share_post
        shared = 2 * self.pre_sd * self.post_sd * self.correlation
        return (true - shared) / self.difference_variance if self.difference_variance > 0 else float("nan")


def jacobson_truax(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """(post - pre) / S_diff."""
    return (post - pre) / s_diff(sample.pre_sd, sample.reliability)


def gulliksen_lord_novick(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """Last score against what regression to the mean foretells, by the standard error of prediction."""
    foretold = sample.pre_mean + sample.reliability * (pre - sample.pre_mean)
    return (post - foretold) / _prediction_error(sample)


def hsu_linn_nord(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """As Gulliksen, Lord and Novick, around the group's own mean of last scores: better or worse than the others."""
    foretold = sample.post_mean + sample.reliability * (pre - sample.pre_mean)
    return (post - foretold) / _prediction_error(sample)


def edwards_nunnally(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """Last score against the estimated true first one, by the standard error of measurement."""
    return (post - _true_first(pre, sample)) / sample.sem


def nunnally_kotsch(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """As Edwards and Nunnally, with a reliability of the last scores of their own."""
    r, variance = sample.reliability, sample.pre_sd**2
    return (post - _true_first(pre, sample)) / math.sqrt(
        r**2 * variance * (1 - r) + variance * (1 - sample.post_reliability)
    )


def hageman_arrindell(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """The change, drawn towards the group's mean change as far as changes are unreliable. One-sided: see `METHODS`."""
    r, mean = sample.difference_reliability, sample.post_mean - sample.pre_mean
    return ((post - pre) * r + mean * (1 - r)) / (math.sqrt(r) * s_diff(sample.pre_sd, sample.reliability))


def beyond_true_cutoff(post: Floats, cutoff: float, sample: Sample) -> Floats:
    """Hageman and Arrindell's test of one patient's last score against a cut-off between true scores (CS_indiv)."""
    r = sample.true_share_post
    return (sample.post_mean + (post - sample.post_mean) * r - cutoff) / (math.sqrt(r) * sample.sem)


def _prediction_error(sample: Sample) -> float:
    return sample.pre_sd * math.sqrt(1 - sample.reliability**2)


def _true_first(pre: Floats, sample: Sample) -> Floats:
    return sample.reliability * (pre - sample.pre_mean) + sample.pre_mean


@dataclass(frozen=True, slots=True)
class Method:
    """index: first scores, last scores and the sample to an index, numbers or shape (n,). sides: of the critical value.
    title: its authors. needs: what it asks of the group beside the deviation of first scores: `pre-mean`, `post-mean`,
    `changes` (last scores and changes that vary)."""

    index: Callable[[Floats, Floats, Sample], Floats]
    sides: int
    title: str
    needs: tuple[str, ...] = ()


METHODS: Mapping[str, Method] = {
    "JT": Method(jacobson_truax, 2, "Jacobson and Truax"),
    "GLN": Method(gulliksen_lord_novick, 2, "Gulliksen, Lord and Novick", ("pre-mean",)),
    "HLL": Method(hsu_linn_nord, 2, "Hsu, Linn and Nord", ("pre-mean", "post-mean")),
    "EN": Method(edwards_nunnally, 2, "Edwards and Nunnally", ("pre-mean",)),
    "NK": Method(nunnally_kotsch, 2, "Nunnally and Kotsch", ("pre-mean",)),
    # alpha is the largest share of wrong judgements in one direction, so one side
    "HA": Method(hageman_arrindell, 1, "Hageman and Arrindell", ("pre-mean", "post-mean", "changes")),
}
