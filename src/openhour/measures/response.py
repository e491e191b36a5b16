"""Response, partial response and remission: shares of the first score, and how low the last one is.

Called by reports and the course page, for one patient or for arrays alike. Only patients whose first score was high enough
are eligible, because half of nearly nothing is nothing. Refuses a first score of 0 or below: there is no share of it.
Sources: Kroenke and others, ps.201900295 (response: half; remission: PHQ-9 below 5; eligible from 10). Partial response
(a quarter) is unconfirmed and drives no alert.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HALF, QUARTER = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Responses:
    """True or False per patient, shape of the scores. Patients who aren't eligible are False in all others."""

    eligible: NDArray[np.bool_]
    response: NDArray[np.bool_]
    partial: NDArray[np.bool_]
    remission: NDArray[np.bool_]


def responses(first: NDArray[Any], last: NDArray[Any], *, eligible_from: float, remission_below: float) -> Responses:
    """For measures where lower is better and 0 is the lowest. first, last: shape (n,) or numbers, NaN = no score.

    eligible_from: lowest first score that counts, above 0 (PHQ-9: 10). remission_below: PHQ-9: 5; others by analogy.
    Raises ValueError for an eligible_from of 0 or below.
    """
    if not eligible_from > 0:
        raise ValueError("a share of a first score needs a first score above 0")
    before, after = np.asarray(first, np.float64), np.asarray(last, np.float64)
    eligible = (before >= eligible_from) & ~np.isnan(after)
    response = eligible & (after <= (1 - HALF) * before)
    partial = eligible & ~response & (after <= (1 - QUARTER) * before)
    return Responses(eligible, response, partial, eligible & (after < remission_below))
