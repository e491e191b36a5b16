"""Reliable and clinically significant change, for one patient and for millions with the same lines.

Called by the session room, by reports and by `openhour change`. A method is one function from first and last scores to
an index (`METHODS` in `indices`); all methods share one classification. Other approaches (percentage, minimal important
difference, cut-off alone) stand in `approaches`. Conventions: change = post - pre; an index counts only
where it is strictly beyond the critical value; a score exactly on the cut-off is on neither side.
Formulas and conventions: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12; Claus et al., J Stat Softw 111(1),
doi:10.18637/jss.v111.i01.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.measures.answers import Mask
from openhour.measures.cutoffs import SIGN
from openhour.measures.indices import METHODS, Sample, beyond_true_cutoff
from openhour.measures.pairs import Floats, Pairs

CLASSES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
RECOVERED, IMPROVED, UNCHANGED, DETERIORATED, HARMED = range(5)


class Rule(Protocol):
    """What judges pairs of scores. better: which scores are, `lower` or `higher`."""

    @property
    def better(self) -> str: ...

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """Which pairs the rule can say anything about; shape of the scores."""

    def judge(self, pre: Floats, post: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The rule's index, and the class of each pair as a place in CLASSES; numbers or shape (n,)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A cut-off between the clinical and the functional range. at: points; None = there is none and nobody crosses it.
    sample: set for Hageman and Arrindell's test of the last score, which then must be beyond the line by more than its
    error (critical); None = the bare score counts. A score exactly on the line is on neither side."""

    better: str
    at: float | None
    sample: Sample | None = None
    critical: float = 0.0

    def crossed(self, pre: Floats, post: Floats) -> tuple[Mask, Mask]:
        """From the clinical range into the functional one, and the other way; numbers or shape (n,)."""
        sign, at = SIGN[self.better], math.nan if self.at is None else self.at  # nothing is beyond NaN
        beyond = post - at if self.sample is None else beyond_true_cutoff(post, at, self.sample)
        into = (sign * pre < sign * at) & (sign * beyond > self.critical)
        out_of = (sign * pre > sign * at) & (sign * beyond < -self.critical)
        return np.asarray(into), np.asarray(out_of)


@dataclass(frozen=True, slots=True)
class IndexRule:
    """Judge by an index of reliable change. better: `lower` or `higher`. critical: what the index must exceed.
    cutoff: score between the clinical and the functional range; None = reliable change only."""

    method: str
    better: str
    sample: Sample
    critical: float
    cutoff: float | None

    @property
    def line(self) -> Line:
        """The cut-off, with the test that belongs to the method."""
        tested = self.method == "HA"
        return Line(self.better, self.cutoff, self.sample if tested else None, self.critical if tested else 0.0)

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """All of them."""
        return all_pairs(pre)

    def judge(self, pre: Floats, post: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The index, negative for a fall in points, and the class of each pair; numbers or shape (n,)."""
        index, sign = METHODS[self.method].index(pre, post, self.sample), SIGN[self.better]
        beyond = (sign * index > self.critical, sign * index < -self.critical)
        return index, classes(*beyond, *self.line.crossed(pre, post))


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Judge by a published number of points. points: the smallest reliable change. caseness_at: a score at or beyond it
    is a case; None = reliable change only."""

    better: str
    points: int
    caseness_at: int | None

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """All of them."""
        return all_pairs(pre)

    def judge(self, pre: Floats, post: Floats) -> tuple[Floats, NDArray[np.int8]]:
        """The change in points, and the class of each pair; numbers or shape (n,)."""
        change, sign = post - pre, SIGN[self.better]
        at = float("nan") if self.caseness_at is None else float(self.caseness_at)
        known = self.caseness_at is not None
        case_pre, case_post = sign * pre <= sign * at, sign * post <= sign * at
        crossed = (case_pre & ~case_post & known, ~case_pre & case_post & known)
        return change, classes(sign * change >= self.points, sign * change <= -self.points, *crossed)


def all_pairs(scores: Floats) -> Mask:
    """True for each; shape of the scores."""
    return np.ones(np.shape(scores), np.bool_)


def classes(better: Mask, worse: Mask, into_functional: Mask, out_of_functional: Mask) -> NDArray[np.int8]:
    """Index into CLASSES. better, worse: the change is reliable. into_functional: from the clinical range to the
    functional one; out_of_functional: the other way. Each pair gets exactly one class; all of one shape."""
    found = np.full(np.shape(better), UNCHANGED, np.int8)
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
    """How one patient changed. Raises Refused where the rule can't judge this pair."""
    if not rule.judges(np.array([pre]), np.array([post])).all():
        raise Refused(Finding("change.no-share", "A first score of 0 or below has no percentage.", "pre"))
    index, found = rule.judge(np.array([pre], np.float64), np.array([post], np.float64))
    return Change(pre, post, post - pre, float(index[0]), CLASSES[found[0]])


def class_counts(pairs: Pairs, rule: Rule) -> dict[str, int]:
    """How many patients are in each class, in the order of CLASSES; sums to the patients that the rule judges."""
    judged = rule.judges(pairs.pre, pairs.post)
    _, found = rule.judge(pairs.pre[judged], pairs.post[judged])
    patients = pairs.patients[judged]
    return {name: int(patients[found == place].sum()) for place, name in enumerate(CLASSES)}


def reliably_better(rule: Rule, pre: Floats, post: Floats) -> Mask:
    """Whether each pair got reliably better; shape (n,)."""
    _, found = rule.judge(pre, post)
    return np.asarray((found == RECOVERED) | (found == IMPROVED))


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
