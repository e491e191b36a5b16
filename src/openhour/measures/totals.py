"""From counted points to a total: one function for each kind that a definition may name.

Called by scoring, once for every stretch of rows; the terms of a kind stand in `catalog.scoring_terms`. A kind without a
total (subscales, domains, a triage) gives zeros here, and scoring marks them as no total. Whole numbers throughout, so
that no float decides a half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.scoring_terms import Mean, Scoring

Totals = NDArray[np.int32]
Counts = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Points:
    """What was counted, shapes (n,). sums: points, weighted where the kind weighs; gaps: items that add points, were
    asked and not answered; items: items that add points and apply, one number where it is the same for all rows."""

    sums: Totals
    gaps: Counts
    items: Totals | int

    @property
    def answered(self) -> Totals:
        """How many items stand behind the sum; at least 1, so that it can be divided by."""
        return np.maximum(self.items - self.gaps.astype(np.int32), 1)


Kind = Callable[[Scoring, Points], Totals]


def _sum(scoring: Scoring, points: Points) -> Totals:
    """The sum; where the definition lets items be missing, the answered ones stand for them (their mean times the
    number of items, halves rounded up), unless blanks count nothing."""
    if scoring.gaps == "zero" or not points.gaps.any():
        return points.sums
    return _half_up(points.sums * points.items, points.answered)


def _mean(scoring: Scoring, points: Points) -> Totals:
    """The mean of the answered items times a factor, halves rounded up; of all items where blanks count nothing."""
    times = scoring.terms.times if isinstance(scoring.terms, Mean) else 1
    by = np.maximum(points.items, 1) if scoring.gaps == "zero" else points.answered
    return _half_up(times * points.sums, by)


def _none(_: Scoring, points: Points) -> Totals:
    return np.zeros_like(points.sums)


def _half_up(value: Totals, by: Totals | int) -> Totals:
    rounded: Totals = ((2 * value + by) // (2 * by)).astype(np.int32)
    return rounded


KINDS: Mapping[str, Kind] = {
    "sum": _sum,
    "mean": _mean,
    "weighted": _sum,  # the weights are in the sums already
    "subscales": _none,
    "highest-of": _none,
    "triage": _none,
    "personal": _sum,
}
"""How a definition may ask to be scored. A new kind is a function here, with its terms and its tests."""
