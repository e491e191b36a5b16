"""The second model of an expected course: how those went who were most like this patient at intake.

Distance is taken on standardised intake variables; the nearest patients' own lines, weighted by nearness, are averaged
(Lutz and others' nearest neighbours). Called by `measures.course`; made by `outcomes.neighbours`. The interval is the law
of total variance: how the neighbours' lines differ, how unsure each line is, and the noise of a single score.
Holds numbers of intake and lines only, never who they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REACH = 1.5
"""A neighbour's weight falls to nothing at so many times the distance of the k-th nearest."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """centres, spreads: mean and standard deviation of each predictor; shape (k,). known: standardised predictors of the
    patients it learnt from, shape (n, k). lines: level and slope of each, shape (n, 2). unsure: variance of the level,
    covariance, variance of the slope of each line, shape (n, 3). residual: variance of scores about a line, in points².
    nearest: how many are asked; those as near as the last of them are asked too, so no order of rows decides."""

    centres: tuple[float, ...]
    spreads: tuple[float, ...]
    known: Floats
    lines: Floats
    unsure: Floats
    residual: float
    nearest: int

    def foretold(self, predictors: Floats, sessions: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of a new patient's score. Shapes as `Growth.foretold`."""
        shape = np.broadcast_shapes(np.shape(sessions), predictors.shape[:-1])
        line = np.log(np.broadcast_to(sessions, shape)).ravel()
        rows = np.broadcast_to(predictors, (*shape, predictors.shape[-1])).reshape(-1, predictors.shape[-1])
        different, place = np.unique(rows, axis=0, return_inverse=True)
        asked = np.array([self._asked(one) for one in different]).reshape(len(different), 5)
        level, slope, a, b, c = asked[place.reshape(-1)].T
        variance = a + 2 * b * line + c * line**2 + self.residual
        mean = (level + slope * line).reshape(shape)
        return mean, np.sqrt(np.maximum(variance, 0.0)).reshape(shape)

    def _asked(self, predictors: Floats) -> tuple[float, ...]:
        """Level and slope of the neighbours of one patient, and the variances and covariance of a new patient's line."""
        place = (predictors - np.array(self.centres)) / np.array(self.spreads)
        distance = np.sqrt(((self.known - place) ** 2).sum(axis=1))
        farthest = float(np.partition(distance, self.nearest - 1)[self.nearest - 1])
        near = distance <= farthest
        weight = 1 - (distance[near] / (REACH * farthest)) ** 2 if farthest > 0 else np.ones(int(near.sum()))
        share = weight / weight.sum()
        mean = share @ self.lines[near]
        off = self.lines[near] - mean
        # what differs between neighbours, once more for the error of their mean
        between = (share[:, None] * off).T @ off * (1 + float((share**2).sum()))
        a, b, c = share @ self.unsure[near]
        return (*mean, between[0, 0] + a, between[0, 1] + b, between[1, 1] + c)

    def facts(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "centres": list(self.centres),
            "spreads": list(self.spreads),
            "known": self.known.tolist(),
            "lines": self.lines.tolist(),
            "unsure": self.unsure.tolist(),
            "residual": self.residual,
            "nearest": self.nearest,
        }

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Neighbours:
        """From `facts()`. Raises KeyError, TypeError or ValueError where it is no such object."""
        predictors = len(facts["centres"])
        known = np.array(facts["known"], np.float64).reshape(-1, predictors)
        nearest = int(facts["nearest"])
        if not 0 < nearest <= len(known):
            raise ValueError("more neighbours are asked than there are")
        return cls(
            centres=tuple(map(float, facts["centres"])),
            spreads=tuple(map(float, facts["spreads"])),
            known=known,
            lines=np.array(facts["lines"], np.float64).reshape(len(known), 2),
            unsure=np.array(facts["unsure"], np.float64).reshape(len(known), 3),
            residual=float(facts["residual"]),
            nearest=nearest,
        )
