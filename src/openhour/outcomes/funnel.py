"""Where a therapist's or a site's result would lie by chance and ordinary differences alone: the limits of a funnel.

Called by reports. Nobody is ranked: a result is above, as expected or below, and it is called so only beyond the outer
limit (99.8 %), because many are looked at together and one in twenty lies beyond the inner one by chance.
Spiegelhalter (2005), doi:10.1002/sim.1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from openhour.outcomes.case_mix import CaseMix, Effect

INNER, OUTER = 0.95, 0.998
FEWEST_CASES = 15
"""Closed cases below which a therapist isn't shown."""

FEWEST_THERAPISTS = 5
"""Therapists below which others could be recognised although no name stands there."""

WORDS = ("below", "as expected", "above")


@dataclass(frozen=True, slots=True)
class Limits:
    """For n cases: inner and outer limits, in points or as shares from 0 to 1."""

    n: int
    inner_low: float
    inner_high: float
    outer_low: float
    outer_high: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One therapist without a name. better: in the direction that is good for patients. word: one of WORDS, of results,
    so that "above" is good whichever way the measure counts. mine: the one who looks."""

    n: int
    better: float
    shrunken: float
    low: float
    high: float
    word: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """points: by caseload, never by result. limits: from the fewest to the most cases. between, within: variances in
    squared points. why_not: the sentence that stands instead of points, or empty."""

    points: tuple[FunnelPoint, ...]
    limits: tuple[Limits, ...]
    between: float = 0.0
    within: float = 0.0
    why_not: str = ""


def mean_limits(n: int, between: float, within: float) -> Limits:
    """Limits of a mean of n cases around 0: z * sqrt(within/n + between), in points. between: ordinary differences of
    therapists, so that a large caseload alone makes nobody stand out (overdispersion)."""
    spread = sqrt(within / n + between)
    inner, outer = _z(INNER) * spread, _z(OUTER) * spread
    return Limits(n, -inner, inner, -outer, outer)


def share_limits(n: int, expected: float) -> Limits:
    """Exact binomial limits of a share of n cases around an expected share from 0 to 1: the smallest and the largest count
    that are not in either tail of half the rest."""
    from scipy.stats import binom  # only here: it takes long to import

    tails = ((1 - INNER) / 2, (1 + INNER) / 2, (1 - OUTER) / 2, (1 + OUTER) / 2)
    counts = binom.ppf(tails, n, expected)
    shares = [float(min(max(count, 0), n)) / n for count in counts]
    return Limits(n, *shares)


def word_of(value: float, limits: Limits) -> str:
    """One of WORDS, for a value where more is better. Exactly on the limit is as expected."""
    if value > limits.outer_high:
        return WORDS[2]
    return WORDS[0] if value < limits.outer_low else WORDS[1]


def funnel_of(
    model: CaseMix, sign: int, mine: int | None = None, *, fewest: int = FEWEST_CASES, others: bool = True
) -> Funnel:
    """The funnel of a model's effects. sign: -1 where lower scores are better. mine: place of the one who looks among the
    effects, or None. others: False shows only the one who looks. Others are shown only where there are enough of them."""
    placed = [(place, one) for place, one in enumerate(model.effects) if one.n >= fewest]
    if others and len(placed) < FEWEST_THERAPISTS:
        words = f"Therapists are shown from {FEWEST_THERAPISTS} on, each with {fewest} closed cases or more."
        placed, why_not = [pair for pair in placed if pair[0] == mine], words
    else:
        why_not = ""
    if not others:
        placed = [pair for pair in placed if pair[0] == mine]
        why_not = "" if placed else f"Your own place is shown from {fewest} closed cases on."
    points = tuple(
        sorted(
            (_point(one, model, sign, place == mine) for place, one in placed), key=lambda one: (one.n, one.better)
        )
    )
    return Funnel(points, _limits(points, model), model.between, model.within, why_not)


def _point(one: Effect, model: CaseMix, sign: int, mine: bool) -> FunnelPoint:
    ends = sorted((sign * one.low, sign * one.high))
    word = word_of(sign * one.adjusted, mean_limits(one.n, model.between, model.within))
    return FunnelPoint(one.n, sign * one.adjusted, sign * one.shrunken, ends[0], ends[1], word, mine)


def _limits(points: Sequence[FunnelPoint], model: CaseMix) -> tuple[Limits, ...]:
    if not points:
        return ()
    return tuple(mean_limits(n, model.between, model.within) for n in steps(point.n for point in points))


def steps(numbers: Iterable[int], most: int = 40) -> tuple[int, ...]:
    """Numbers of cases at which limits are drawn: from a little below the fewest to a little above the most."""
    held = sorted(numbers)
    low, high = max(1, int(held[0] * 0.8)), int(held[-1] * 1.1) + 1
    count = min(most, high - low + 1)
    return tuple(sorted({round(low + (high - low) * place / max(count - 1, 1)) for place in range(count)}))


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
