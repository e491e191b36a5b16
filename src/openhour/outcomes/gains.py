"""Sudden gains between two sessions, sudden losses as their mirror image, and gains that were lost again.

Called by reports and the course page with one patient's scores session by session, or with a table of many patients: the
criteria are the same lines for both. Criteria of Tang & DeRubeis 1999, doi:10.1037/0022-006X.67.6.894, in the published
form, whose third criterion divides by the pooled deviation alone, without √(1/n1 + 1/n2): stricter than a t test.
Refuses a cut-off that is no number above 0. A gain says nothing by itself; it is where to look what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.cutoffs import SIGN
from openhour.measures.pairs import Floats

WINDOW = 3
"""Sessions before and after the gap that are compared."""
SHARE = 0.25
"""Of the score before the gap that must be gained at least."""
REVERSAL = 0.5
"""Of the gain that is lost again in a reversal. Unconfirmed: from memory of the literature."""

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Gain:
    """between: the session before the gap, counted from 1, so 3 = between sessions 3 and 4. points: change, above 0.
    loss: the patient got worse. reversed_at: the session at which half of it was gone again; None where it held."""

    between: int
    points: float
    loss: bool
    reversed_at: int | None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Each criterion at each gap, True = met; shape (..., sessions - 1)."""

    large: Marks
    a_quarter: Marks
    beyond_the_sessions_around: Marks

    @property
    def met(self) -> Marks:
        """All three."""
        return self.large & self.a_quarter & self.beyond_the_sessions_around


def sudden_gains(scores: NDArray[Any], cutoff: float, *, better: str = "lower") -> tuple[Gain, ...]:
    """Gains and losses of one patient in the order of sessions. scores: shape (sessions,), NaN = not measured.
    cutoff: points of reliable change. Raises Refused."""
    series = np.asarray(scores, np.float64)
    if series.ndim != 1:
        raise Refused(Finding("gains.shape", "One patient is one row of scores, session by session."))
    found = [
        _gain(series, int(place), loss, SIGN[better])
        for loss, marks in enumerate((gain_criteria(series, cutoff, better), loss_criteria(series, cutoff, better)))
        for place in np.flatnonzero(marks.met)
    ]
    return tuple(sorted(found, key=lambda gain: gain.between))


def gain_criteria(scores: NDArray[Any], cutoff: float, better: str = "lower") -> Criteria:
    """The three criteria at each gap. scores: shape (..., sessions), NaN = not measured. Raises Refused."""
    return _criteria(np.asarray(scores, np.float64), cutoff, SIGN[better])


def loss_criteria(scores: NDArray[Any], cutoff: float, better: str = "lower") -> Criteria:
    """The mirror image: the same size, the other way. Shapes and refusals as `gain_criteria`."""
    return _criteria(np.asarray(scores, np.float64), cutoff, -SIGN[better])


def _criteria(scores: Floats, cutoff: float, sign: int) -> Criteria:
    if not (np.isfinite(cutoff) and cutoff > 0):
        raise Refused(Finding("gains.cutoff", "The reliable change is a number of points above 0.", "cutoff"))
    before, after = _windows(scores)
    step = sign * (scores[..., 1:] - scores[..., :-1])
    with np.errstate(invalid="ignore"):  # a comparison with a session that was not measured is False
        large, quarter = step >= cutoff, step >= SHARE * np.abs(scores[..., :-1])
    count, other = (np.sum(~np.isnan(side), axis=-1) for side in (before, after))
    mean, other_mean = (_mean(side, n) for side, n in ((before, count), (after, other)))
    squares = _squares(before, mean) + _squares(after, other_mean)
    df = count + other - 2
    enough = (count >= 2) & (other >= 2)
    spread = np.sqrt(squares / np.where(enough, df, 1))
    beyond = enough & (sign * (other_mean - mean) > _t(np.where(enough, df, 2)) * spread)
    return Criteria(large, quarter, beyond)


def _windows(scores: Floats) -> tuple[Floats, Floats]:
    """The three sessions up to each gap and the three after it, NaN beyond the ends; shape (..., sessions - 1, 3)."""
    edge = np.full((*scores.shape[:-1], WINDOW - 1), np.nan)
    padded = np.concatenate([edge, scores, edge], axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=-1)
    sessions = scores.shape[-1]
    return windows[..., : sessions - 1, :], windows[..., WINDOW : WINDOW + sessions - 1, :]


def _mean(side: Floats, count: NDArray[Any]) -> Floats:
    means: Floats = np.nansum(side, axis=-1) / np.maximum(count, 1)
    return means


def _squares(side: Floats, mean: Floats) -> Floats:
    squares: Floats = np.nansum((side - mean[..., None]) ** 2, axis=-1)
    return squares


def _t(df: NDArray[Any]) -> Floats:
    values: Floats = np.array(_critical())[df]
    return values


@cache
def _critical() -> tuple[float, ...]:
    """Critical t, two-sided 5 %, by degrees of freedom; 0 and 1 can't occur."""
    from scipy import special

    return (np.nan, np.nan, *(float(special.stdtrit(df, 0.975)) for df in range(2, 2 * WINDOW - 1)))


def _gain(series: Floats, place: int, loss: int, sign: int) -> Gain:
    way = -sign if loss else sign
    points = way * (series[place + 1] - series[place])
    lost = way * (series[place + 1] - series[place + 2 :])
    again = np.flatnonzero(lost >= REVERSAL * points)
    return Gain(place + 1, float(points), bool(loss), place + 3 + int(again[0]) if len(again) else None)
