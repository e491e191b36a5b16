"""Reliable and clinically significant change, for one patient and for millions with the same lines.

Called by the session room, by reports and by `openhour change`. A method is one function from first and last scores to
an index (`METHODS`); all methods share one classification. Conventions: change = post - pre; an index counts only
where it is strictly beyond the critical value; a score exactly on the cut-off is on neither side.
Formulas and conventions: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12; Claus et al., J Stat Softw 111(1),
doi:10.18637/jss.v111.i01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.measures.answers import Mask
from openhour.measures.cutoffs import SIGN, s_diff
from openhour.measures.pairs import Floats, Pairs

CLASSES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
RECOVERED, IMPROVED, UNCHANGED, DETERIORATED, HARMED = range(5)


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


def jacobson_truax(pre: Floats, post: Floats, sample: Sample) -> Floats:
    """RCI = (post - pre) / S_diff."""
    return (post - pre) / s_diff(sample.pre_sd, sample.reliability)


@dataclass(frozen=True, slots=True)
class Method:
    """index: first scores, last scores and the sample to an index, shapes (n,). sides: of the critical value.
    A method that needs whole series (mixed models) makes its index elsewhere and enters at `classes`."""

    index: Callable[[Floats, Floats, Sample], Floats]
    sides: int


METHODS: Mapping[str, Method] = {"JT": Method(jacobson_truax, sides=2)}


@dataclass(frozen=True, slots=True)
class IndexRule:
    """Judge by an index of reliable change. better: `lower` or `higher`. critical: what the index must exceed.
    cutoff: score between the clinical and the functional range; None = reliable change only."""

    method: str
    better: str
    sample: Sample
    critical: float
    cutoff: float | None

    def judge(self, pre: Floats, post: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The index, negative for a fall in points, and the class of each pair; shapes (n,)."""
        index, sign = METHODS[self.method].index(pre, post, self.sample), SIGN[self.better]
        cut = float("nan") if self.cutoff is None else self.cutoff  # nothing is beyond NaN
        clinical_pre, functional_post = sign * pre < sign * cut, sign * post > sign * cut
        functional_pre, clinical_post = sign * pre > sign * cut, sign * post < sign * cut
        crossed = (clinical_pre & functional_post, functional_pre & clinical_post)
        return index, classes(sign * index > self.critical, sign * index < -self.critical, *crossed)


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Judge by a published number of points. points: the smallest reliable change. caseness_at: a score at or beyond it
    is a case; None = reliable change only."""

    better: str
    points: int
    caseness_at: int | None

    def judge(self, pre: Floats, post: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The change in points, and the class of each pair; shapes (n,)."""
        change, sign = post - pre, SIGN[self.better]
        at = float("nan") if self.caseness_at is None else float(self.caseness_at)
        known = self.caseness_at is not None
        case_pre, case_post = sign * pre <= sign * at, sign * post <= sign * at
        crossed = (case_pre & ~case_post & known, ~case_pre & case_post & known)
        return change, classes(sign * change >= self.points, sign * change <= -self.points, *crossed)


Rule = IndexRule | PointsRule


def classes(better: Mask, worse: Mask, into_functional: Mask, out_of_functional: Mask) -> NDArray[np.int8]:
    """Index into CLASSES. better, worse: the change is reliable. into_functional: from the clinical range to the
    functional one; out_of_functional: the other way. Each pair gets exactly one class; shapes (n,)."""
    found = np.full(better.shape, UNCHANGED, np.int8)
    found[better] = IMPROVED
    found[better & into_functional] = RECOVERED
    found[worse] = DETERIORATED
    found[worse & out_of_functional] = HARMED
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One patient. change: post - pre in points. index: of the rule's method. category: one of CLASSES."""

    pre: float
    post: float
    change: float
    index: float
    category: str


def change_of(pre: float, post: float, rule: Rule) -> Change:
    """How one patient changed."""
    index, found = rule.judge(np.array([pre], np.float64), np.array([post], np.float64))
    return Change(pre, post, post - pre, float(index[0]), CLASSES[found[0]])


def class_counts(pairs: Pairs, rule: Rule) -> dict[str, int]:
    """How many patients are in each class, in the order of CLASSES; sums to `pairs.n`."""
    _, found = rule.judge(pairs.pre, pairs.post)
    return {name: int(pairs.patients[found == place].sum()) for place, name in enumerate(CLASSES)}


def points_rule(instrument: Instrument) -> PointsRule | None:
    """The published rule of the definition; None where it gives no points, or no source confirmed them."""
    rule = instrument.change
    if rule.reliable_points is None or not rule.confirmed:
        return None
    return PointsRule(rule.better, rule.reliable_points, rule.caseness_at)


def reliable_change(instrument: Instrument, before: int | None, after: int | None) -> str | None:
    """`better`, `worse` or `no reliable change` between two totals; None where a total or a confirmed rule is missing."""
    rule = points_rule(instrument)
    if rule is None or before is None or after is None:
        return None
    words = {RECOVERED: "better", IMPROVED: "better", DETERIORATED: "worse", HARMED: "worse"}
    return words.get(CLASSES.index(change_of(before, after, rule).category), "no reliable change")
