"""Which scores of a treatment call for a signal, for one patient and for a table of many with the same lines.

Called by `measures.signals` with one row and by `outcomes.foresight` with all of a practice. Refuses nothing: a score that
isn't there (NaN) calls for nothing and clears nothing. Default rules: outcome-statistics, section 6 (failure boundary at
the worse limit of the 80 % band, never at session 1; clear after two scores on track).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.measures.change import DETERIORATED, HARMED, IMPROVED, RECOVERED, PointsRule
from openhour.measures.course import Course
from openhour.measures.cutoffs import SIGN

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CLEARS_AFTER = 2
"""Scores in a row without the sign, after which a signal clears."""


def off_track(course: Course, predictors: Floats, sessions: NDArray[Any], scores: Floats) -> Mask:
    """Scores worse than the failure boundary; never at session 1. predictors: shape (n, k); sessions: shape (s,) or
    (n, s); scores: shape (n, s), NaN = none."""
    judged = np.asarray(sessions) >= 2
    limit = course.limit(predictors[:, None, :], np.maximum(sessions, 1))
    sign = SIGN[course.better]
    return np.asarray((sign * scores < sign * limit) & judged)  # no comparison with NaN is true


def worse(points: PointsRule, intake: Floats, scores: Floats) -> Mask:
    """Scores reliably worse than at intake. intake: shape (n,); scores: shape (n, s)."""
    return _of_class(points, intake, scores, (DETERIORATED, HARMED))


def better(points: PointsRule, intake: Floats, scores: Floats) -> Mask:
    """Scores reliably better than at intake. Shapes as `worse`."""
    return _of_class(points, intake, scores, (RECOVERED, IMPROVED))


def _of_class(points: PointsRule, intake: Floats, scores: Floats, classes: tuple[int, ...]) -> Mask:
    with np.errstate(invalid="ignore"):
        _, found = points.judge(np.broadcast_to(intake[:, None], scores.shape), scores)
    return np.asarray(np.isin(found, classes))


def at_case(points: PointsRule, scores: Floats) -> Mask:
    """Scores in the clinical range; all False where no source says where it begins. Any shape."""
    if points.caseness_at is None:
        return np.zeros(np.shape(scores), np.bool_)
    sign = SIGN[points.better]
    return np.asarray(sign * scores <= sign * points.caseness_at)


def without_gain(points: PointsRule, intake: Floats, sessions: NDArray[Any], scores: Floats, by: int) -> Mask:
    """Scores from session `by` on that are not reliably better than at intake, where both are in the clinical range.
    Shapes as `off_track` and `worse`."""
    clinical = at_case(points, scores) & at_case(points, intake)[:, None]
    return clinical & ~better(points, intake, scores) & (np.asarray(sessions) >= by)


def standing(called: Mask, measured: Mask) -> tuple[Mask, Mask]:
    """How a signal lives: raised where it is called for and none stands, cleared after CLEARS_AFTER scores in a row that
    don't call for it. called, measured: shape (n, s), in the order of sessions. Returns where one is raised, and where one
    stands after that session; shape (n, s)."""
    n, sessions = called.shape
    raised, stands = np.zeros((n, sessions), np.bool_), np.zeros((n, sessions), np.bool_)
    up, calm = np.zeros(n, np.bool_), np.zeros(n, np.int64)
    for place in range(sessions):
        now, here = called[:, place], measured[:, place]
        raised[:, place] = now & ~up
        calm = np.where(now, 0, np.where(here, calm + 1, calm))
        up = (up | now) & ~(here & (calm >= CLEARS_AFTER))
        stands[:, place] = up
    return raised, stands
