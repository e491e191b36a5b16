"""Parts of a form and rules that count symptoms: subscales, domains, clusters, provisional diagnoses.

Called by `score` for one patient and by reports for columns. A part whose answers aren't all there has no score, unless
the instrument counts blanks as nothing; a rule that a missing answer could decide stays open and is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openhour.catalog.instrument import Instrument
from openhour.catalog.scoring_terms import Count, CountRule, Subscale
from openhour.measures.answers import Asked, Column, Mask, Reading, applies, columns_of, readings_of
from openhour.measures.totals import Totals

Readings = Mapping[str, tuple[Reading, Mask]]
"""Item id to its reading, and where it is a symptom."""


@dataclass(frozen=True, slots=True)
class SubscaleScore:
    """One part of one form. points, at_case: None where there is no score or no cut-off. highest: of its points.
    confirmed False: which items belong to it, or its cut-off, no source confirmed."""

    slug: str
    title: str
    points: int | None
    highest: int
    at_case: bool | None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class SubscaleColumns:
    """One part of many forms, shapes (n,). points: 0 where not scored; at_case: scored, and at or beyond the cut-off."""

    subscale: Subscale
    points: Totals
    scored: Mask
    at_case: Mask


@dataclass(frozen=True, slots=True)
class RuleHeld:
    """One rule and one form. holds None: an answer that isn't there could decide it."""

    slug: str
    title: str
    holds: bool | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class RuleColumns:
    """One rule and many forms, shapes (n,). holds: for sure; open: a missing answer could decide it."""

    rule: CountRule
    holds: Mask
    open: Mask


def subscale_columns(
    instrument: Instrument, answers: Column | Sequence[Column], missing: Mask | None = None
) -> tuple[SubscaleColumns, ...]:
    """Each part of the form; answers and missing as in `score_columns`."""
    readings = _readings(instrument, answers, missing) if instrument.subscales else {}
    return tuple(_subscale(instrument, one, readings) for one in instrument.subscales)


def rule_columns(
    instrument: Instrument, answers: Column | Sequence[Column], missing: Mask | None = None
) -> tuple[RuleColumns, ...]:
    """Each rule of the instrument; answers and missing as in `score_columns`."""
    readings = _readings(instrument, answers, missing) if instrument.rules else {}
    return tuple(_rule(one, readings) for one in instrument.rules)


def subscale_scores(instrument: Instrument, cells: Sequence[Column]) -> tuple[SubscaleScore, ...]:
    """The parts of one form; cells: one array of length 1 for each item."""
    return tuple(
        SubscaleScore(
            slug=one.subscale.slug,
            title=one.subscale.title,
            points=int(one.points[0]) if one.scored[0] else None,
            highest=highest_of(instrument, one.subscale),
            at_case=bool(one.at_case[0]) if one.scored[0] and one.subscale.caseness_at is not None else None,
            confirmed=one.subscale.confirmed,
        )
        for one in subscale_columns(instrument, cells)
    )


def rules_held(instrument: Instrument, cells: Sequence[Column]) -> tuple[RuleHeld, ...]:
    """The rules on one form; cells: one array of length 1 for each item."""
    return tuple(
        RuleHeld(one.rule.slug, one.rule.title, None if one.open[0] else bool(one.holds[0]), one.rule.confirmed)
        for one in rule_columns(instrument, cells)
    )


def highest_of(instrument: Instrument, subscale: Subscale) -> int:
    """The most points that a part can give."""
    points = [instrument.item(one).highest for one in subscale.items]
    return max(points) if subscale.kind == "highest" else sum(points)


def _readings(instrument: Instrument, answers: Column | Sequence[Column], missing: Mask | None) -> Readings:
    pairs = columns_of(instrument, answers)
    masks = [None] * len(pairs) if missing is None else list(missing.T)
    asked: list[Asked] = [(item, column, mask) for (item, column), mask in zip(pairs, masks, strict=True)]
    found: dict[str, tuple[Reading, Mask]] = {}
    for (item, column, mask), (_, reading) in zip(asked, readings_of(asked), strict=True):
        if not item.scored:
            continue
        symptom = np.zeros(column.shape, np.bool_)
        if item.symptom_at is not None:
            symptom = applies(item, column) & (column >= item.symptom_at)
        found[item.id] = reading, symptom if mask is None else symptom & ~mask
    return found


def _subscale(instrument: Instrument, subscale: Subscale, readings: Readings) -> SubscaleColumns:
    parts = [readings[item][0] for item in subscale.items]
    points = [part.counted.astype(np.int32) for part in parts]
    total: Totals = np.maximum.reduce(points) if subscale.kind == "highest" else np.add.reduce(points, dtype=np.int32)
    blank = np.logical_or.reduce([part.missing for part in parts])
    outside = np.logical_or.reduce([part.outside for part in parts])
    if instrument.scoring.gaps == "zero":  # the whole form says whether so many blanks are allowed
        blanks = np.add.reduce([reading.missing.astype(np.int32) for reading, _ in readings.values()])
        blank = blanks > instrument.scoring.missing_at_most
    scored = ~blank & ~outside
    return SubscaleColumns(subscale, total * scored, scored, _at_case(instrument, subscale, total) & scored)


def _at_case(instrument: Instrument, subscale: Subscale, points: Totals) -> Mask:
    if subscale.caseness_at is None:
        return np.zeros(points.shape, np.bool_)
    lower = instrument.change.better == "lower"
    return points >= subscale.caseness_at if lower else points <= subscale.caseness_at


def _rule(rule: CountRule, readings: Readings) -> RuleColumns:
    surely, possibly = zip(*(_count(one, readings) for one in rule.counts), strict=True)
    holds, may_hold = np.logical_and.reduce(surely), np.logical_and.reduce(possibly)
    return RuleColumns(rule, holds, may_hold & ~holds)


def _count(count: Count, readings: Readings) -> tuple[Mask, Mask]:
    """Whether the number of symptoms surely lies within the limits, and whether it may, given what is missing."""
    fewest = np.add.reduce([readings[item][1].astype(np.int32) for item in count.items])
    gaps = [readings[item][0].missing | readings[item][0].outside for item in count.items]
    most = fewest + np.add.reduce([gap.astype(np.int32) for gap in gaps])
    upper = len(count.items) if count.at_most is None else count.at_most
    surely = (fewest >= count.at_least) & (most <= upper)
    return surely, (most >= count.at_least) & (fewest <= upper)
