"""Time to the first reliable improvement: what share of patients had got better by when (Kaplan-Meier).

Called by reports and pictures instead of a rate by number of sessions, which would compare those who stopped early with
those who had to stay. Patients who ended or are still in treatment without improvement count until their last score
(censored), and no further. Refuses, by name: nobody, times that are no times, arrays of unequal length.

The curve comes from statsmodels; its interval is the log-log one (it stays between 0 and 1), pointwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.change import Rule, reliably_better
from openhour.measures.cutoffs import critical_value
from openhour.measures.pairs import Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """times: when somebody improved, ascending, in the unit given (sessions, days). waiting: share not yet improved just
    after each time, with its interval low..high (NaN where the share is 0 or 1). at_risk: patients seen to that time who
    had not improved before it; improved: how many did then; all of shape (k,).
    median: time by which half had improved; None where fewer did. median_low, median_high: its interval; None = open.
    n: patients; events: how many improved; level: of the intervals, such as 0.95."""

    times: Floats
    waiting: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]
    improved: NDArray[np.int64]
    median: float | None
    median_low: float | None
    median_high: float | None
    n: int
    events: int
    level: float

    def improved_by(self, time: float) -> float:
        """Share that had improved by a time; 0 before the first improvement."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return 0.0 if place < 0 else 1 - float(self.waiting[place])


def time_to_improvement(times: NDArray[Any], happened: NDArray[Any], *, level: float = 0.95) -> Curve:
    """The curve of a group.

    times: until the first improvement, or until the last score where there was none; 0 or more, shape (n,).
    happened: whether it was an improvement; shape (n,). Raises Refused.
    """
    when, what = np.asarray(times, np.float64), np.asarray(happened).astype(np.bool_)
    _check(when, what)
    found, shares, errors, at_risk, improved = _kaplan_meier(when, what)
    low, high = _log_log(shares, errors, level)
    return Curve(
        times=found, waiting=shares, low=low, high=high, at_risk=at_risk, improved=improved,
        median=_first_at_most_half(found, shares),
        median_low=_first_at_most_half(found, low), median_high=_first_at_most_half(found, high),
        n=len(when), events=int(what.sum()), level=level,
    )  # fmt: skip


def _check(when: Floats, what: NDArray[np.bool_]) -> None:
    if when.shape != what.shape or when.ndim != 1:
        raise Refused(Finding("survival.unequal", "Each patient needs a time and whether they had improved by then."))
    if not len(when):
        raise Refused(Finding("survival.nobody", "No patient has a score to follow."))
    if not (np.isfinite(when).all() and (when >= 0).all()):
        raise Refused(Finding("survival.time", "A time is a number from 0 on, counted from the first score."))
    if (what & (when == 0)).any():
        words = "Nobody can have improved at the time of their first score."
        raise Refused(Finding("survival.at-once", words))


def _kaplan_meier(
    when: Floats, what: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, NDArray[np.int64], NDArray[np.int64]]:
    if not what.any():
        none = np.zeros(0)
        return none, none, none, np.zeros(0, np.int64), np.zeros(0, np.int64)
    from statsmodels.duration.survfunc import SurvfuncRight

    fitted = SurvfuncRight(when, what.astype(np.int64))
    some = np.asarray(fitted.n_events) > 0  # times at which patients only ended don't move the curve
    shares = np.asarray(fitted.surv_prob, np.float64)[some]
    errors = np.nan_to_num(np.asarray(fitted.surv_prob_se, np.float64)[some])  # 0/0 where nobody is left
    at_risk, improved = (np.asarray(counts)[some].astype(np.int64) for counts in (fitted.n_risk, fitted.n_events))
    return np.asarray(fitted.surv_times, np.float64)[some], shares, errors, at_risk, improved


def _log_log(shares: Floats, errors: Floats, level: float) -> tuple[Floats, Floats]:
    """share to the power exp(∓z·se / (share·ln share)); NaN where nobody or everybody has improved."""
    inside = (shares > 0) & (shares < 1)
    some = np.where(inside, shares, 0.5)
    reach = critical_value(1 - level) * errors / np.abs(some * np.log(some))
    low, high = some ** np.exp(reach), some ** np.exp(-reach)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _first_at_most_half(times: Floats, shares: Floats) -> float | None:
    """Where nobody is left waiting the interval is not known (NaN) and doesn't count."""
    below = np.flatnonzero(shares <= 0.5 + 1e-12)  # a product of shares may miss a half by its last digit
    return float(times[below[0]]) if len(below) else None


@dataclass(frozen=True, slots=True)
class Waits:
    """Per patient with two scores or more, in the order of their numbers. patient: number; times: until the first
    reliable improvement or the last score, counted from the first score; happened: which of the two; shape (k,).
    alone: patients with a single score, who can't be followed."""

    patient: NDArray[np.int64]
    times: Floats
    happened: NDArray[np.bool_]
    alone: int


def waits(patient: NDArray[np.int64], times: Floats, scores: Floats, rule: Rule) -> Waits:
    """When each patient's score was first reliably better than the first one.

    patient, times, scores: one row a score in any order, shape (n,), NaN = no score. rule: of `measures`; its class
    says what is reliable.
    """
    known = np.flatnonzero(~np.isnan(scores))
    rows = known[np.lexsort((times[known], patient[known]))]
    who, when, said = patient[rows], times[rows], scores[rows]
    ids, starts, counts = np.unique(who, return_index=True, return_counts=True)
    first = np.repeat(starts, counts)
    since = when - when[first]
    better = reliably_better(rule, said[first], said) & (since > 0)
    firsts = np.full(len(ids), np.inf)
    np.minimum.at(firsts, np.repeat(np.arange(len(ids)), counts)[better], since[better])
    happened = np.isfinite(firsts)
    until = np.where(happened, firsts, since[starts + counts - 1] if len(ids) else firsts)
    followed = counts > 1
    return Waits(ids[followed], until[followed], happened[followed], int((~followed).sum()))
