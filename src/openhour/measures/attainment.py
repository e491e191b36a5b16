"""Goal attainment: from how far each goal was reached, in the patient's own terms, to one T score.

Called by the page of a patient's goals. Each goal has five levels that were written down before: -2 (much less than
expected) over 0 (as expected) to +2 (much more). T is 50 where everything came as expected. It compares a patient with
their own expectations, never with anybody else. Kiresuk & Sherman 1968, doi:10.1007/BF01530764.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = (-2, -1, 0, 1, 2)
CORRELATION = 0.3
"""Assumed between goals, as Kiresuk and Sherman do."""

HIGHEST_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Attained:
    """A goal that was rated. weight: 1 to 10, how much it counts beside the others; level: one of `LEVELS`."""

    weight: int
    level: int


def t_score(goals: Sequence[Attained], correlation: float = CORRELATION) -> float | None:
    """T = 50 + 10 Σ(w x) / √((1 − ρ) Σw² + ρ (Σw)²); None where nothing was rated.

    Raises ValueError for a level or a weight that is none, or a correlation outside 0 to 1.
    """
    if not 0 <= correlation <= 1:
        raise ValueError("the correlation lies between 0 and 1")
    for goal in goals:
        if goal.level not in LEVELS or not 1 <= goal.weight <= HIGHEST_WEIGHT:
            raise ValueError("a level is -2 to +2, a weight 1 to 10")
    if not goals:
        return None
    total, squares = sum(goal.weight for goal in goals), sum(goal.weight**2 for goal in goals)
    attained = sum(goal.weight * goal.level for goal in goals)
    return 50 + 10 * attained / math.sqrt((1 - correlation) * squares + correlation * total**2)
