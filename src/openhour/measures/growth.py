"""The growth model of an expected course: a score falls (or rises) with the logarithm of the session.

Score = level + slope · ln(session) + noise; level and slope depend on the score at intake, and on what else is known then,
and differ between patients. Called by `measures.course`; fitted by `outcomes.growth`. Formulas: outcome-statistics, model
A (Lutz and Howard's log-linear growth); the interval is that of a *new* patient: Var = x'V x + z'T z + residual variance.
Refuses nothing: it holds numbers that a fit or a published source gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Growth:
    """Terms are 1, then the predictors less their centres; the first predictor is the score at intake.

    level: points at ln(session) = 0 by term; slope: points per unit of ln(session) by term; shape (terms,).
    fixed: covariance of the estimates, first those of level, then those of slope; shape (2·terms, 2·terms); zeros where a
    published source gives none. between: variance of patients' levels, covariance, variance of their slopes; in points².
    residual: variance of scores about a patient's own line, in points².
    """

    centres: tuple[float, ...]
    level: tuple[float, ...]
    slope: tuple[float, ...]
    fixed: tuple[tuple[float, ...], ...]
    between: tuple[float, float, float]
    residual: float

    def foretold(self, predictors: Floats, sessions: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of a new patient's score.

        predictors: shape (..., k), those of each patient; sessions: from 1 on, shapes broadcast to (...)."""
        line, terms = np.log(sessions), self.terms(predictors)
        mean = terms @ np.array(self.level) + terms @ np.array(self.slope) * line
        a, b, c = self.between
        unsure = [np.einsum("...i,ij,...j->...", terms, block, terms) for block in self._blocks()]
        spread = a + unsure[0] + (2 * b + unsure[1]) * line + (c + unsure[2]) * line**2
        return mean, np.sqrt(np.maximum(spread + self.residual, 0.0))

    def _blocks(self) -> tuple[Floats, Floats, Floats]:
        """The covariance of the estimates by the power of ln(session) with which it enters."""
        fixed, q = np.array(self.fixed), len(self.level)
        return fixed[:q, :q], fixed[:q, q:] + fixed[q:, :q], fixed[q:, q:]

    def terms(self, predictors: Floats) -> Floats:
        """1 and the predictors less their centres; shape (..., k + 1)."""
        centred = np.asarray(predictors, np.float64) - np.array(self.centres)
        return np.concatenate([np.ones((*centred.shape[:-1], 1)), centred], axis=-1)

    def lines(self, predictors: Floats) -> tuple[Floats, Floats]:
        """Level and slope expected of patients with these predictors; shapes (...)."""
        terms = self.terms(predictors)
        return terms @ np.array(self.level), terms @ np.array(self.slope)

    def own_line(self, predictors: Floats, sessions: Floats, scores: Floats) -> tuple[Floats, Floats]:
        """What a patient's own scores say of their line: level and slope, shape (2,), and their covariance, shape (2, 2).

        Empirical Bayes: the expected line, moved towards the patient's scores as far as these can be trusted.
        predictors: shape (k,); sessions, scores: shape (n,), n may be 0."""
        level, slope = self.lines(predictors)
        expected, between = np.array([level, slope]), self.covariance()
        design = np.column_stack([np.ones(len(sessions)), np.log(sessions)])
        around = design @ between @ design.T + self.residual * np.eye(len(sessions))
        gain = np.linalg.solve(around, design @ between).T
        left: Floats = scores - design @ expected
        return expected + gain @ left, between - gain @ design @ between

    def covariance(self) -> Floats:
        """`between` as a matrix, shape (2, 2)."""
        a, b, c = self.between
        return np.array([[a, b], [b, c]])

    def facts(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "centres": list(self.centres),
            "level": list(self.level),
            "slope": list(self.slope),
            "fixed": [list(row) for row in self.fixed],
            "between": list(self.between),
            "residual": self.residual,
        }

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Growth:
        """From `facts()`. Raises KeyError, TypeError or ValueError where it is no such object."""
        between = tuple(map(float, facts["between"]))
        if len(between) != 3:
            raise ValueError("the spread between patients has three numbers")
        return cls(
            centres=tuple(map(float, facts["centres"])),
            level=tuple(map(float, facts["level"])),
            slope=tuple(map(float, facts["slope"])),
            fixed=tuple(tuple(map(float, row)) for row in facts["fixed"]),
            between=between,
            residual=float(facts["residual"]),
        )
