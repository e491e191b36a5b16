"""Answers to a score, its band, and whether it is at or above case; or the reasons why there is no score.

Called for one patient when a form is saved (`score`) and for files of millions (`score_columns`): the first is the
second with one row, so a formula stands once. Incomplete is not zero: where more items are missing than the
definition allows there is no total. An answer that is none of the choices is never counted. Where a cut-off depends on
a fact about the person that isn't known, there is a total and no band.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.catalog.scoring_terms import Mean, Triage, Weighted
from openhour.kernel import Finding
from openhour.measures.answers import (
    Asked,
    Column,
    Mask,
    Reading,
    applies,
    as_number,
    columns_of,
    is_choice,
    readings_of,
)
from openhour.measures.flags import FlagRaised, flags_of_form
from openhour.measures.parts import RuleHeld, SubscaleScore, rules_held, subscale_scores
from openhour.measures.totals import KINDS, Counts, Points, Totals

__all__ = ["CHUNK", "KINDS", "Facts", "Score", "ScoreColumns", "at_case", "score", "score_columns"]

CHUNK = 131_072
"""Rows at a time: small enough for the processor's cache, large enough that Python costs nothing."""

Facts = Mapping[str, NDArray[np.str_]]
"""What is known about the people, by the name of the fact (`sex`); shapes (n,), empty text where it isn't known."""


@dataclass(frozen=True, slots=True)
class ScoreColumns:
    """Scores of many forms; every array has shape (n,).

    totals: points, 0 where not scored. scored: there is a total. bands: index into `instrument.band_labels`, -1 for none
    (a triage has a level and no total). at_case: scored, and at or beyond the definition's case cut-off. missing,
    outside: how many scored items were asked and not answered, or answered with none of the choices. out_of_reach:
    points that this form can't give, because an item doesn't apply.
    """

    totals: Totals
    scored: Mask
    bands: NDArray[np.int8]
    at_case: Mask
    missing: Counts
    outside: Counts
    out_of_reach: NDArray[np.int16]

    @property
    def prorated(self) -> Mask:
        """There is a total, and something stands in it for an item that was not answered."""
        return self.scored & (self.missing > 0)


@dataclass(frozen=True, slots=True)
class Score:
    """One form. total, band, at_case: None where there is no score. complete: every scored item that was asked is
    answered. missing: ids of scored items without a usable answer. answered: how many scored items have one, or need
    none. flags: raised whether or not there is a total. findings: every answer refused, and why there is no total.

    raw: the points of the answered items, before anything stands in for a gap. max_possible: the highest total that
    this form could give. prorated: something in the total stands for a gap. confirmed False: no source confirmed the band.
    """

    total: int | None
    band: str | None
    at_case: bool | None
    complete: bool
    missing: tuple[str, ...]
    answered: int
    flags: tuple[FlagRaised, ...]
    findings: tuple[Finding, ...]
    raw: int = 0
    max_possible: int | None = None
    prorated: bool = False
    subscales: tuple[SubscaleScore, ...] = ()
    rules: tuple[RuleHeld, ...] = ()
    confirmed: bool = True

    @property
    def n_missing(self) -> int:
        """How many scored items have no usable answer."""
        return len(self.missing)

    @property
    def critical(self) -> tuple[FlagRaised, ...]:
        """The answers that a person must see at once; total or not."""
        return self.flags

    @property
    def reason(self) -> str:
        """Why there is no total, as a sentence; empty where there is one."""
        why = [one for one in self.findings if one.code in ("score.incomplete", "answer.outside-choices")]
        why += [one for one in self.findings if one.code == "score.no-total"]
        return why[0].sentence if self.total is None and why else ""


def score(instrument: Instrument, answers: Mapping[str, int | None], facts: Mapping[str, str] | None = None) -> Score:
    """Score one form. answers: item id to the score of the choice, None or absent = not answered.
    facts: what is known about the person and decides a cut-off (`{"sex": "female"}`)."""
    cells = [np.array([as_number(answers.get(item.id))]) for item in instrument.items]
    known = {fact: np.array([value]) for fact, value in (facts or {}).items()}
    columns = score_columns(instrument, cells, facts=known)
    readings = dict(_by_id(instrument, cells))
    missing = tuple(i.id for i in instrument.scored_items if readings[i.id].missing[0] or readings[i.id].outside[0])
    outside = tuple(item_id for item_id, reading in readings.items() if reading.outside[0])
    scored, band = bool(columns.scored[0]), int(columns.bands[0])
    return Score(
        total=int(columns.totals[0]) if scored else None,
        band=instrument.band_labels[band] if band >= 0 else None,
        at_case=bool(columns.at_case[0]) if _judged(instrument, scored, band, facts or {}) else None,
        complete=not missing,
        missing=missing,
        answered=len(instrument.scored_items) - len(missing),
        flags=flags_of_form(instrument, answers),
        findings=(
            *_unknown(instrument, answers),
            *_outside(outside),
            *_behind_gates(instrument, answers, cells),
            *(() if scored else _incomplete(instrument, int(columns.missing[0]))),
            *_no_total(instrument),
            *_facts_missing(instrument, scored, facts or {}),
        ),
        raw=sum(int(readings[item.id].counted[0]) for item in instrument.scored_items),
        max_possible=_possible(instrument, int(columns.out_of_reach[0])),
        prorated=bool(columns.prorated[0]),
        subscales=subscale_scores(instrument, cells),
        rules=rules_held(instrument, cells),
        confirmed=instrument.bands_confirmed,
    )


def score_columns(
    instrument: Instrument,
    answers: Column | Sequence[Column],
    missing: Mask | None = None,
    facts: Facts | None = None,
) -> ScoreColumns:
    """Score many forms at once.

    answers: shape (n, items), or one array of shape (n,) for each item; integers or floats (NaN = not answered);
    the columns are all items in order, or the scored items alone. missing: shape (n, items), True = not answered.
    facts: see `Facts`; only for instruments whose cut-offs need one.
    Raises ValueError where the number of columns fits neither, or the columns differ in length.
    """
    pairs = columns_of(instrument, answers)
    if len({len(column) for _, column in pairs}) > 1:
        raise ValueError("the columns of answers differ in length")
    masks = [None] * len(pairs) if missing is None else list(missing.T)
    triples = [(item, column, mask) for (item, column), mask in zip(pairs, masks, strict=True) if item.scored]
    size = len(triples[0][1])
    parts = [_score_rows(instrument, triples, rows, facts or {}) for rows in _chunks(size)]
    return ScoreColumns(*(np.concatenate([getattr(part, name) for part in parts]) for name in ScoreColumns.__slots__))


def _chunks(size: int) -> list[slice]:
    """At least one, so that no rows have an (empty) result too."""
    return [slice(start, start + CHUNK) for start in range(0, max(size, 1), CHUNK)]


def _score_rows(instrument: Instrument, triples: Sequence[Asked], rows: slice, facts: Facts) -> ScoreColumns:
    """Running sums in the smallest numbers that hold them: that is what makes it fast."""
    asked: list[Asked] = [
        (item, column[rows], None if mask is None else mask[rows]) for item, column, mask in triples
    ]
    size, weights = len(asked[0][1]), _weights(instrument)
    highest = sum(max(abs(choice.score) for choice in item.choices) * weights[item.id] for item, _, _ in asked)
    sums: Column = np.zeros(size, np.int8 if highest < 128 else np.int32)
    absent, gaps, wrong = (np.zeros(size, np.int8) for _ in range(3))
    excused, out_of_reach = np.zeros(size, np.int8), np.zeros(size, np.int16)
    for (item, column, mask), (_, reading) in zip(asked, readings_of(asked), strict=True):
        weight = weights[item.id]
        counted = reading.counted.astype(sums.dtype, copy=False)
        sums += counted if weight == 1 else counted * weight
        wrong += reading.outside.view(np.int8)
        if mask is not None or column.dtype.kind == "f":
            absent += reading.missing.view(np.int8)
            if item.adds:
                gaps += reading.missing.view(np.int8)
        if reading.excused is not None:
            excused += reading.excused.view(np.int8)
            out_of_reach += reading.excused * np.int16(item.highest * weight)
    adding = sum(item.adds for item, _, _ in asked)
    items = adding - excused.astype(np.int32) if excused.any() else adding
    points = Points(sums.astype(np.int32), gaps, items)
    here = {fact: values[rows] for fact, values in facts.items()}
    return _scored(instrument, points, (absent, wrong, excused, out_of_reach), asked, here)


def _scored(
    instrument: Instrument,
    points: Points,
    counts: tuple[Counts, Counts, Counts, NDArray[np.int16]],
    asked: Sequence[Asked],
    facts: Facts,
) -> ScoreColumns:
    missing, outside, excused, out_of_reach = counts
    whole = (outside == 0) & (missing <= instrument.scoring.missing_at_most)
    if isinstance(instrument.scoring.terms, Triage):
        return _level(instrument.scoring.terms, whole, asked, (missing, outside, out_of_reach))
    scored = whole & (missing + excused < len(asked)) & (points.gaps < points.items)
    scored &= instrument.scoring.gives_total
    totals = KINDS[instrument.scoring.kind](instrument.scoring, points) * scored
    bands, case = _judgements(instrument, totals, scored, facts)
    return ScoreColumns(totals, scored, bands, case, missing, outside, out_of_reach)


def _judgements(instrument: Instrument, totals: Totals, scored: Mask, facts: Facts) -> tuple[NDArray[np.int8], Mask]:
    """Bands and cases, for everybody alike or by a fact about the person."""
    if not instrument.bands_for:
        lowest = int(totals.min(initial=0))
        possible = np.arange(lowest, int(totals.max(initial=0)) + 1, dtype=np.int32)
        place = totals if lowest == 0 else totals - lowest
        bands = _band_of([band.at_least for band in instrument.bands], possible)[place]
        return np.where(scored, bands, np.int8(-1)), at_case(instrument, possible)[place] & scored
    bands, case = np.full(totals.shape, -1, np.int8), np.zeros(totals.shape, np.bool_)
    for one in instrument.bands_for:
        if one.fact not in facts:
            continue
        theirs = scored & (facts[one.fact] == one.value)
        bands = np.where(theirs, _band_of([at_least for at_least, _ in one.bands], totals), bands)
        case |= theirs & _beyond(instrument, totals, one.caseness_at)
    return bands, case


def _band_of(starts: Sequence[int], totals: Totals) -> NDArray[np.int8]:
    return (np.searchsorted(starts, totals, side="right") - 1).astype(np.int8)


def _level(
    terms: Triage, whole: Mask, asked: Sequence[Asked], counts: tuple[Counts, Counts, NDArray[np.int16]]
) -> ScoreColumns:
    """The highest level that any answer reaches, also one that a gate should have kept from being asked."""
    by_id = {item.id: (item, column, mask) for item, column, mask in asked}
    levels = np.zeros(whole.shape, np.int8)
    for place, level in enumerate(terms.levels):
        for when in level.any_of:
            item, column, mask = by_id[when.item]
            given = applies(item, column) & (column >= when.at_least)
            levels[given if mask is None else given & ~mask] = place
    positive = np.array([level.positive for level in terms.levels], np.bool_)
    bands = np.where(whole, levels, np.int8(-1))
    none = np.zeros(whole.shape, np.bool_)
    return ScoreColumns(np.zeros(whole.shape, np.int32), none, bands, positive[levels] & whole, *counts)


def at_case(instrument: Instrument, totals: Totals) -> Mask:
    """True at or beyond the case cut-off, on the side that is worse; False throughout where there is none."""
    cut = instrument.change.caseness_at
    return np.zeros(totals.shape, np.bool_) if cut is None else _beyond(instrument, totals, cut)


def _beyond(instrument: Instrument, totals: Totals, cut: int) -> Mask:
    return totals >= cut if instrument.change.better == "lower" else totals <= cut


def _weights(instrument: Instrument) -> dict[str, int]:
    terms, items = instrument.scoring.terms, instrument.scored_items
    weights = terms.weights if isinstance(terms, Weighted) else (1,) * len(items)
    return {item.id: weight for item, weight in zip(items, weights, strict=True)}


def _by_id(instrument: Instrument, cells: Sequence[Column]) -> Iterator[tuple[str, Reading]]:
    asked: list[Asked] = [(item, cell, None) for item, cell in zip(instrument.items, cells, strict=True)]
    return ((item.id, reading) for item, reading in readings_of(asked))


def _judged(instrument: Instrument, scored: bool, band: int, facts: Mapping[str, str]) -> bool:
    if isinstance(instrument.scoring.terms, Triage):
        return band >= 0
    if instrument.bands_for:
        return scored and band >= 0
    return scored and instrument.change.caseness_at is not None


def _possible(instrument: Instrument, out_of_reach: int) -> int | None:
    if not instrument.scoring.gives_total:
        return None
    mean = isinstance(instrument.scoring.terms, Mean)
    return instrument.scoring.maximum - (0 if mean else out_of_reach)


def _unknown(instrument: Instrument, answers: Mapping[str, int | None]) -> Iterator[Finding]:
    known = {item.id for item in instrument.items}
    if any(item_id not in known for item_id in answers):
        yield Finding("answer.unknown-item", f"{instrument.short} has no such question; the answer isn't counted.")


def _outside(item_ids: Sequence[str]) -> Iterator[Finding]:
    for item_id in item_ids:
        sentence = f"The answer to question {item_id} is none of its choices, so it isn't counted."
        yield Finding("answer.outside-choices", sentence, item_id)


def _behind_gates(
    instrument: Instrument, answers: Mapping[str, int | None], cells: Sequence[Column]
) -> Iterator[Finding]:
    """Answers to items that should not have been asked: told, because one of the two answers must be wrong."""
    by_id = dict(zip((item.id for item in instrument.items), cells, strict=True))
    for item in instrument.items:
        if item.asked_if is None or answers.get(item.id) is None:
            continue
        gates = [(instrument.item(gate), by_id[gate]) for gate in item.asked_if.any_of]
        shut = all(is_choice(gate, cell)[0] and cell[0] < item.asked_if.at_least for gate, cell in gates)
        if shut and not isinstance(instrument.scoring.terms, Triage):
            sentence = (
                f"Question {item.id} is answered, though an earlier answer says it doesn't arise; it isn't counted."
            )
            yield Finding("score.behind-gate", sentence, item.id)


def _incomplete(instrument: Instrument, missing: int) -> Iterator[Finding]:
    if missing:
        asked = len(instrument.scored_items)
        yield Finding("score.incomplete", f"{missing} of {asked} questions aren't answered, so there is no score.")


def _no_total(instrument: Instrument) -> Iterator[Finding]:
    words = {
        "subscales": f"{instrument.short} has a score for each of its parts, and no total.",
        "highest-of": f"{instrument.short} has a score for each of its domains, and no total.",
        "triage": f"{instrument.short} gives a level of risk, and no total.",
    }
    if instrument.scoring.kind in words:
        yield Finding("score.no-total", words[instrument.scoring.kind])


def _facts_missing(instrument: Instrument, scored: bool, facts: Mapping[str, str]) -> Iterator[Finding]:
    fact = instrument.needs_fact
    if scored and fact and facts.get(fact) not in {one.value for one in instrument.bands_for}:
        sentence = (
            f"{instrument.short} is judged by the patient's {fact}, which isn't known here: the total stands alone."
        )
        yield Finding("score.needs-fact", sentence, fact)
