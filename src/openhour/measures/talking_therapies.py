"""The outcome rules of NHS Talking Therapies as a named rule set: two measures judged together.

Called by reports and by the course page. A course is judged by a pair: the PHQ-9 and the anxiety measure of the problem,
or the GAD-7 where that measure wasn't given both times. Thresholds of measures on the shelf come from their definitions;
those below belong to this rule set alone, and no source confirmed them: what is counted with one of them is shown as
unconfirmed. Refuses to count a patient without both scores of both measures.

Sources: PMC8411661 Table 1 (PHQ-9, GAD-7); Clark 2018, PMC5942544 Table 2 (which measure for which problem); the counts of
the monthly publication of April 2025 (finished, at caseness, reliably recovered).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument

NAME = "nhs-talking-therapies"
DEPRESSION, ANXIETY = "phq-9", "gad-7"
CONTACTS_OF_A_COURSE = 2
"""Attended treatment contacts that make a course, when the referral has ended."""

Scores = NDArray[Any]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Threshold:
    """caseness_at: a score at or beyond it is a case (beyond it only, where `beyond` is True).
    reliable_points: smallest reliable change. confirmed: False = shown as unconfirmed, drives no alert."""

    slug: str
    better: str
    caseness_at: float
    reliable_points: float
    confirmed: bool
    source: str
    beyond: bool = False

    def case(self, scores: Scores) -> Marks:
        """Whether each score is a case; any shape, or one number."""
        worse = np.asarray(scores, np.float64) * (1 if self.better == "lower" else -1)
        at = self.caseness_at * (1 if self.better == "lower" else -1)
        return np.asarray(worse > at if self.beyond else worse >= at)

    def moved(self, first: Scores, last: Scores) -> NDArray[np.int8]:
        """1 = reliably better, -1 = reliably worse, 0 = neither; any shape, or one number."""
        change = np.asarray(last, np.float64) - np.asarray(first, np.float64)
        gain = np.round(-change if self.better == "lower" else change, 9)  # means of items differ in the last bit
        return (gain >= self.reliable_points).astype(np.int8) - (gain <= -self.reliable_points).astype(np.int8)


def _unconfirmed(slug: str, at: float, points: float, *, beyond: bool = False) -> Threshold:
    return Threshold(slug, "lower", at, points, False, "NHS Talking Therapies, from memory: unconfirmed", beyond)


ELSEWHERE: Mapping[str, Threshold] = {
    threshold.slug: threshold
    for threshold in (
        _unconfirmed("spin", 19, 10),
        _unconfirmed("pdss-sr", 8, 5),
        _unconfirmed("mobility-inventory-alone", 2.3, 0.73, beyond=True),
        _unconfirmed("oci", 40, 32),
        _unconfirmed("ies-r", 33, 9),
        _unconfirmed("pcl-5", 32, 10),
        _unconfirmed("hai", 18, 4),
    )
}
"""Anxiety measures whose thresholds in this rule set are not those of a definition on the shelf (the PCL-5 counts a case
from 32 here)."""

ANXIETY_MEASURE: Mapping[str, tuple[str, ...]] = {
    "depression": (ANXIETY,),
    "generalised-anxiety": (ANXIETY,),
    "mixed-anxiety-and-depression": (ANXIETY,),
    "social-anxiety": ("spin",),
    "ptsd": ("pcl-5", "ies-r"),
    "agoraphobia": ("mobility-inventory-alone",),
    "ocd": ("oci",),
    "panic": ("pdss-sr",),
    "health-anxiety": ("hai",),
}
"""Measures by problem descriptor, the first that was given both times counts. PTSD: the PCL-5 has taken the place of the
IES-R; that it has is unconfirmed."""


def threshold_of(instrument: Instrument) -> Threshold:
    """From a definition on the shelf. Raises ValueError where it gives no points or no caseness."""
    rule = instrument.change
    if rule.reliable_points is None or rule.caseness_at is None:
        raise ValueError(f"{instrument.pin.slug} gives no reliable change or no caseness")
    return Threshold(
        instrument.pin.slug, rule.better, rule.caseness_at, rule.reliable_points, rule.confirmed, rule.source
    )


def threshold_named(slug: str, instrument: Callable[[str], Instrument]) -> Threshold:
    """Of this rule set, or else of the definition. instrument: looks one up on the shelf; its refusals pass through."""
    return ELSEWHERE[slug] if slug in ELSEWHERE else threshold_of(instrument(slug))


def pair_for(descriptor: str | None, paired: Collection[str]) -> tuple[str, str]:
    """The slugs of the two measures by which a patient is judged. descriptor: the problem, None or unknown = no descriptor.
    paired: slugs of measures with a first and a last score."""
    for slug in ANXIETY_MEASURE.get(descriptor or "", ()):
        if slug in paired:
            return DEPRESSION, slug
    return DEPRESSION, ANXIETY


def finished_course(ended: bool, attended: int) -> bool:
    """A course counts when the referral has ended after two attended treatment contacts or more."""
    return ended and attended >= CONTACTS_OF_A_COURSE


@dataclass(frozen=True, slots=True)
class Scored:
    """One measure of the pair. first, last: scores of the same patients; shape (n,), or numbers."""

    threshold: Threshold
    first: Scores
    last: Scores


@dataclass(frozen=True, slots=True)
class Judged:
    """Each True or False per patient; shape (n,), or () for one. Exactly one of `reliable_improvement`,
    `reliable_deterioration`, `no_reliable_change` is True. confirmed: both thresholds come from a confirmed source."""

    at_caseness: Marks
    recovered: Marks
    reliable_improvement: Marks
    reliable_deterioration: Marks
    no_reliable_change: Marks
    reliable_recovery: Marks
    confirmed: bool


def judge(depression: Scored, anxiety: Scored) -> Judged:
    """Judge patients by the pair. Raises ValueError where a score is missing (NaN): those are not paired."""
    pair = (depression, anxiety)
    if any(np.isnan(np.asarray(side, np.float64)).any() for one in pair for side in (one.first, one.last)):
        raise ValueError("a patient needs first and last scores of both measures")
    start, end = ([one.threshold.case(side) for one, side in zip(pair, sides, strict=True)] for sides in _sides(pair))
    one, other = (each.threshold.moved(each.first, each.last) for each in pair)
    at_caseness = start[0] | start[1]
    recovered = at_caseness & ~end[0] & ~end[1]
    better, worse = (one == 1) | (other == 1), (one == -1) | (other == -1)
    improved, deteriorated = np.asarray(better & ~worse), np.asarray(worse & ~better)
    return Judged(
        at_caseness=at_caseness, recovered=recovered,
        reliable_improvement=improved, reliable_deterioration=deteriorated,
        no_reliable_change=~improved & ~deteriorated, reliable_recovery=recovered & improved,
        confirmed=all(each.threshold.confirmed for each in pair),
    )  # fmt: skip


def _sides(pair: tuple[Scored, Scored]) -> tuple[tuple[Scores, Scores], tuple[Scores, Scores]]:
    return (pair[0].first, pair[1].first), (pair[0].last, pair[1].last)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of patients who finished a course with both measures paired. Recovery has those at caseness as its denominator,
    reliable change all."""

    finished: int
    at_caseness: int
    recovered: int
    reliably_recovered: int
    reliably_improved: int
    reliably_deteriorated: int
    no_reliable_change: int


def counted(judged: Judged) -> Counts:
    """How many of each."""
    return Counts(
        finished=int(judged.at_caseness.size),
        at_caseness=int(judged.at_caseness.sum()),
        recovered=int(judged.recovered.sum()),
        reliably_recovered=int(judged.reliable_recovery.sum()),
        reliably_improved=int(judged.reliable_improvement.sum()),
        reliably_deteriorated=int(judged.reliable_deterioration.sum()),
        no_reliable_change=int(judged.no_reliable_change.sum()),
    )
