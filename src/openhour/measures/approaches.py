"""Rules that judge change without an index of reliability: anchor, percentage, and the cut-off alone.

Called by `rule.rule_for` and wherever a `Rule` is taken. Each judges arrays and single pairs by the same lines.
The percentage approach refuses pairs whose first score is 0 or below: there is no share of nothing, and saying "unchanged"
or "100 %" of it would both be inventions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.measures.answers import Mask
from openhour.measures.change import Line, all_pairs, classes
from openhour.measures.cutoffs import SIGN
from openhour.measures.indices import Sample, beyond_true_cutoff
from openhour.measures.pairs import Floats

Judged = tuple[Floats, NDArray[np.int8]]


@dataclass(frozen=True, slots=True)
class AnchorRule:
    """Judge by a minimal important difference, in points, both above 0: a change counts from it on.
    cutoff: points; None = nobody recovers and nobody is harmed."""

    better: str
    improvement: float
    deterioration: float
    cutoff: float | None

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """All of them."""
        return all_pairs(pre)

    def judge(self, pre: Floats, post: Floats) -> Judged:
        """The change in points, and the class of each pair; numbers or shape (n,)."""
        change, gain = post - pre, SIGN[self.better] * (post - pre)
        beyond = (gain >= self.improvement, gain <= -self.deterioration)
        return change, classes(*beyond, *Line(self.better, self.cutoff).crossed(pre, post))


@dataclass(frozen=True, slots=True)
class PercentRule:
    """Judge by the change as a share of the first score; shares above 0, such as 0.5: a change counts from it on."""

    better: str
    improvement: float
    deterioration: float

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """Those whose first score is above 0."""
        return np.asarray(np.asarray(pre) > 0)

    def judge(self, pre: Floats, post: Floats) -> Judged:
        """The change as a share of the first score, NaN where there is none (and then unchanged), and the class."""
        base = np.where(self.judges(pre, post), pre, math.nan)
        share = (post - pre) / base
        gain, nowhere = SIGN[self.better] * share, np.zeros(np.shape(share), np.bool_)
        return share, classes(gain >= self.improvement, gain <= -self.deterioration, nowhere, nowhere)


@dataclass(frozen=True, slots=True)
class CutoffRule:
    """Judge by the cut-off alone: crossing it is improvement, crossing it back deterioration. Says nothing of how far."""

    line: Line

    @property
    def better(self) -> str:
        """Of the line."""
        return self.line.better

    @property
    def sample(self) -> Sample | None:
        """Of the line: set for Hageman and Arrindell's test."""
        return self.line.sample

    def judges(self, pre: Floats, post: Floats) -> Mask:
        """All of them."""
        return all_pairs(pre)

    def judge(self, pre: Floats, post: Floats) -> Judged:
        """Hageman and Arrindell's index of the last score, or without it the change in points, and the class."""
        nowhere = np.zeros(np.shape(pre), np.bool_)
        return self._index(pre, post), classes(*self.line.crossed(pre, post), nowhere, nowhere)

    def _index(self, pre: Floats, post: Floats) -> Floats:
        if self.line.sample is None or self.line.at is None:
            return post - pre
        return beyond_true_cutoff(post, self.line.at, self.line.sample)
