"""First and last scores of a group, kept as how often each pair occurs.

A group of ten million patients on a scale of 28 points has at most 784 different pairs, and every rule of change gives
the same answer to the same pair: so means, deviations and class counts need the pairs and their numbers only. That is
exact, needs no memory for the patients, and lets the same textbook formula serve one patient and ten million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CHUNK = 131_072
WIDEST = 512
"""Widest range of whole points that is counted in a table; wider ones are sorted instead."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct pairs in ascending order. pre, post: points, shape (k,). patients: how many have the pair, shape (k,)."""

    pre: Floats
    post: Floats
    patients: NDArray[np.int64]

    @classmethod
    def of(cls, pre: NDArray[Any], post: NDArray[Any]) -> Pairs:
        """Count the pairs of two arrays of shape (n,), without gaps (no NaN). Raises ValueError for NaN or infinity."""
        if pre.shape != post.shape or pre.ndim != 1:
            raise ValueError("first and last scores need the same number of patients")
        if not (_finite(pre) and _finite(post)):
            raise ValueError("a pair needs two finite scores")
        return _tabulated(pre, post) or _sorted(pre, post, np.ones(pre.shape, np.int64))

    @classmethod
    def together(cls, groups: Sequence[Pairs]) -> Pairs:
        """All groups as one; nobody where there is no group."""
        nobody = Pairs(np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
        parts = (nobody, *groups)
        pre, post = np.concatenate([part.pre for part in parts]), np.concatenate([part.post for part in parts])
        return _sorted(pre, post, np.concatenate([part.patients for part in parts]))

    @property
    def n(self) -> int:
        """How many patients."""
        return int(self.patients.sum())

    def mean(self, scores: Floats) -> float:
        """Mean of `self.pre` or `self.post` over the patients; NaN for nobody."""
        return float((scores * self.patients).sum() / self.n) if self.n else float("nan")

    def sd(self, scores: Floats) -> float:
        """Standard deviation of `self.pre` or `self.post` (n - 1); NaN for fewer than two patients."""
        if self.n < 2:
            return float("nan")
        return float(np.sqrt((self.patients * (scores - self.mean(scores)) ** 2).sum() / (self.n - 1)))

    @property
    def correlation(self) -> float:
        """Pearson's r of first and last scores; NaN where either doesn't vary."""
        spread = self.sd(self.pre) * self.sd(self.post)
        if not spread > 0:
            return float("nan")
        joint = (self.patients * (self.pre - self.mean(self.pre)) * (self.post - self.mean(self.post))).sum()
        return float(joint / (self.n - 1) / spread)


def _tabulated(pre: NDArray[Any], post: NDArray[Any]) -> Pairs | None:
    """Count in a table where all scores are whole and close together; None where they are not."""
    if not len(pre) or not (_whole(pre) and _whole(post)):
        return None
    tally = Tally.around(pre, post)
    if tally is None:
        return None
    tally.add(pre, post)
    return tally.pairs()


@dataclass(slots=True)
class Tally:
    """A table of how often each pair of whole numbers occurs, which grows while patients stream by.

    low: score of its first row and column; width: rows and columns, at most WIDEST; table: shape (width * width,)."""

    low: int
    width: int
    table: NDArray[np.int64]

    @classmethod
    def around(cls, pre: NDArray[Any], post: NDArray[Any]) -> Tally | None:
        """An empty one that holds these whole numbers, shape (n,) with n > 0; None where they lie too far apart."""
        low, width = _span(pre, post)
        return cls(low, width, np.zeros(width * width, np.int64)) if width <= WIDEST else None

    def add(self, pre: NDArray[Any], post: NDArray[Any]) -> bool:
        """Count whole numbers, shape (n,); False, and nothing counted, where the table would become too wide."""
        if not len(pre):
            return True
        low, width = _span(pre, post)
        within = low >= self.low and low + width <= self.low + self.width
        if not (within or self._widen(min(low, self.low), max(low + width, self.low + self.width))):
            return False
        for start in range(0, len(pre), CHUNK):
            rows = slice(start, start + CHUNK)
            places = _places(pre[rows], post[rows], self.low, self.width)
            self.table += np.bincount(places, minlength=self.width * self.width)
        return True

    def _widen(self, low: int, end: int) -> bool:
        if end - low > WIDEST:
            return False
        wider, at = np.zeros((end - low, end - low), np.int64), self.low - low
        wider[at : at + self.width, at : at + self.width] = self.table.reshape(self.width, self.width)
        self.low, self.width, self.table = low, end - low, wider.reshape(-1)
        return True

    def pairs(self) -> Pairs:
        """What was counted."""
        seen = np.flatnonzero(self.table)
        pre, post = seen // self.width + self.low, seen % self.width + self.low
        return Pairs(pre.astype(np.float64), post.astype(np.float64), self.table[seen])


def _span(pre: NDArray[Any], post: NDArray[Any]) -> tuple[int, int]:
    """The lowest score and how many whole numbers there are from it to the highest."""
    low, high = min(int(pre.min()), int(post.min())), max(int(pre.max()), int(post.max()))
    return low, high - low + 1


def _places(pre: NDArray[Any], post: NDArray[Any], low: int, width: int) -> NDArray[Any]:
    """Row times width plus column, in the smallest numbers that hold it."""
    small = width * width < 2**15 and low >= -(2**15) and low + width < 2**15
    places: NDArray[Any] = pre.astype(np.int16 if small else np.int64)
    places -= low
    places *= width
    places += post if post.dtype == np.int8 else post.astype(places.dtype, copy=False)
    places -= low
    return places


def _finite(scores: NDArray[Any]) -> bool:
    return scores.dtype.kind in "iu" or bool(np.isfinite(scores).all())


def _whole(scores: NDArray[Any]) -> bool:
    return scores.dtype.kind in "iu" or bool((np.floor(scores) == scores).all())


def _sorted(pre: NDArray[Any], post: NDArray[Any], patients: NDArray[np.int64]) -> Pairs:
    pre, post = pre.astype(np.float64) + 0.0, post.astype(np.float64) + 0.0  # -0.0 and 0.0 are one score
    order = np.lexsort((post, pre))
    pre, post, patients = pre[order], post[order], patients[order]
    first = np.ones(pre.shape, np.bool_)
    first[1:] = (pre[1:] != pre[:-1]) | (post[1:] != post[:-1])
    starts = np.flatnonzero(first)
    counted = np.add.reduceat(patients, starts) if len(starts) else patients
    return Pairs(pre[first], post[first], counted)
