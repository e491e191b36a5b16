"""How sure a share is: Wilson's interval, which stays between 0 and 1 and holds for small groups.

Called by reports and by whoever shows a share of patients. Wilson (1927), doi:10.1080/01621459.1927.10502953.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Share:
    """held of `of` people. low, high: the interval; all shares from 0 to 1."""

    held: int
    of: int
    share: float
    low: float
    high: float


def share_of(held: int, of: int, level: float = 0.95) -> Share | None:
    """The share with its interval; None of nobody. Raises ValueError where held is not from 0 to `of`."""
    if not 0 <= held <= of:
        raise ValueError("a share counts some of its people")
    if not of:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, spread = held / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = (0.0 if held == 0 else middle - half), (1.0 if held == of else middle + half)
    return Share(held, of, share, max(low, 0.0), min(high, 1.0))
