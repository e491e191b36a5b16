"""Answers to a score, its band, and whether it is at or above case; or the reasons why there is no score.

Called for one patient when a form is saved (`score`) and for files of millions (`score_columns`): the first is the
second with one row, so a formula stands once. Incomplete is not zero: where more items are missing than the
definition allows there is no total. An answer that is none of the choices is never counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument, Item
from openhour.kernel import Finding
from openhour.measures.answers import Column, Mask, as_number, columns_of, read_column
from openhour.measures.flags import FlagRaised, flags_of_form

CHUNK = 131_072
"""Rows at a time: small enough for the processor's cache, large enough that Python costs nothing."""

Totals = NDArray[np.int32]
Counts = NDArray[np.int8]
Triple = tuple[Item, Column, Mask | None]
Kind = Callable[[Instrument, Totals, Counts], Totals]


@dataclass(frozen=True, slots=True)
class ScoreColumns:
    """Scores of many forms; every array has shape (n,).

    totals: points, 0 where not scored. scored: there is a total. bands: index into `instrument.bands`, -1 for none.
    at_case: scored, and at or beyond the definition's case cut-off. missing, outside: how many scored items were
    not answered, or answered with none of the choices.
    """

    totals: Totals
    scored: Mask
    bands: NDArray[np.int8]
    at_case: Mask
    missing: Counts
    outside: Counts


@dataclass(frozen=True, slots=True)
class Score:
    """One form. total, band, at_case: None where there is no score. complete: every scored item is answered.
    missing: ids of scored items without a usable answer. answered: how many scored items have one.
    flags: raised whether or not there is a total. findings: every answer refused, and why there is no total."""

    total: int | None
    band: str | None
    at_case: bool | None
    complete: bool
    missing: tuple[str, ...]
    answered: int
    flags: tuple[FlagRaised, ...]
    findings: tuple[Finding, ...]


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> Score:
    """Score one form. answers: item id to the score of the choice, None or absent = not answered."""
    cells = {item.id: np.array([as_number(answers.get(item.id))]) for item in instrument.items}
    columns = score_columns(instrument, list(cells.values()))
    readings = {item.id: read_column(item, cells[item.id]) for item in instrument.items}
    missing = tuple(i.id for i in instrument.scored_items if readings[i.id].missing[0] or readings[i.id].outside[0])
    outside = tuple(item_id for item_id, reading in readings.items() if reading.outside[0])
    scored, band = bool(columns.scored[0]), int(columns.bands[0])
    return Score(
        total=int(columns.totals[0]) if scored else None,
        band=instrument.bands[band].label if band >= 0 else None,
        at_case=bool(columns.at_case[0]) if scored and instrument.change.caseness_at is not None else None,
        complete=not missing,
        missing=missing,
        answered=len(instrument.scored_items) - len(missing),
        flags=flags_of_form(instrument, answers),
        findings=(
            *_unknown(instrument, answers),
            *_outside(outside),
            *(() if scored else _incomplete(instrument, int(columns.missing[0]))),
        ),
    )


def score_columns(
    instrument: Instrument, answers: Column | Sequence[Column], missing: Mask | None = None
) -> ScoreColumns:
    """Score many forms at once.

    answers: shape (n, items), or one array of shape (n,) for each item; integers or floats (NaN = not answered);
    the columns are all items in order, or the scored items alone. missing: shape (n, items), True = not answered.
    Raises ValueError where the number of columns fits neither, or the columns differ in length.
    """
    pairs = columns_of(instrument, answers)
    if len({len(column) for _, column in pairs}) > 1:
        raise ValueError("the columns of answers differ in length")
    masks = [None] * len(pairs) if missing is None else list(missing.T)
    triples = [(item, column, mask) for (item, column), mask in zip(pairs, masks, strict=True) if item.scored]
    size = len(triples[0][1])
    parts = [_score_rows(instrument, triples, rows) for rows in _chunks(size)]
    return ScoreColumns(*(np.concatenate([getattr(part, name) for part in parts]) for name in ScoreColumns.__slots__))


def _chunks(size: int) -> list[slice]:
    """At least one, so that no rows have an (empty) result too."""
    return [slice(start, start + CHUNK) for start in range(0, max(size, 1), CHUNK)]


def _score_rows(instrument: Instrument, triples: Sequence[Triple], rows: slice) -> ScoreColumns:
    """Running sums in the smallest numbers that hold them: that is what makes it fast."""
    size = len(triples[0][1][rows])
    highest = sum(max(abs(choice.score) for choice in item.choices) for item, _, _ in triples)
    sums: Column = np.zeros(size, np.int8 if highest < 128 else np.int32)
    absent, wrong = np.zeros(size, np.int8), np.zeros(size, np.int8)
    for item, column, mask in triples:
        reading = read_column(item, column[rows], None if mask is None else mask[rows])
        sums += reading.counted.astype(sums.dtype, copy=False)
        wrong += reading.outside.view(np.int8)
        if mask is not None or column.dtype.kind == "f":
            absent += reading.missing.view(np.int8)
    return _scored(instrument, sums.astype(np.int32), absent, wrong)


def _scored(instrument: Instrument, sums: Totals, missing: Counts, outside: Counts) -> ScoreColumns:
    scored = (outside == 0) & (missing <= instrument.scoring.missing_at_most)
    scored &= missing < len(instrument.scored_items)
    totals = KINDS[instrument.scoring.kind](instrument, sums, missing) * scored
    lowest = int(totals.min(initial=0))
    possible = np.arange(lowest, int(totals.max(initial=0)) + 1, dtype=np.int32)
    starts = [band.at_least for band in instrument.bands]
    band_of = (np.searchsorted(starts, possible, side="right") - 1).astype(np.int8)
    place = totals if lowest == 0 else totals - lowest
    bands = np.where(scored, band_of[place], np.int8(-1))
    return ScoreColumns(totals, scored, bands, at_case(instrument, possible)[place] & scored, missing, outside)


def _sum(instrument: Instrument, sums: Totals, missing: Counts) -> Totals:
    """The sum; where the definition lets items be missing, the answered ones stand for them: the mean answer
    times the number of items, halves rounded up, in whole numbers so that no float decides a half."""
    if not missing.any():
        return sums
    items = len(instrument.scored_items)
    answered = np.maximum(items - missing.astype(np.int32), 1)
    prorated: Totals = (2 * sums * items + answered) // (2 * answered)
    return prorated


KINDS: Mapping[str, Kind] = {"sum": _sum}
"""How a definition may ask to be scored. A new kind is a function here, with its tests."""


def at_case(instrument: Instrument, totals: Totals) -> Mask:
    """True at or beyond the case cut-off, on the side that is worse; False throughout where there is none."""
    cut = instrument.change.caseness_at
    if cut is None:
        return np.zeros(totals.shape, np.bool_)
    return totals >= cut if instrument.change.better == "lower" else totals <= cut


def _unknown(instrument: Instrument, answers: Mapping[str, int | None]) -> Iterator[Finding]:
    known = {item.id for item in instrument.items}
    if any(item_id not in known for item_id in answers):
        yield Finding("answer.unknown-item", f"{instrument.short} has no such question; the answer isn't counted.")


def _outside(item_ids: Sequence[str]) -> Iterator[Finding]:
    for item_id in item_ids:
        sentence = f"The answer to question {item_id} is none of its choices, so it isn't counted."
        yield Finding("answer.outside-choices", sentence, item_id)


def _incomplete(instrument: Instrument, missing: int) -> Iterator[Finding]:
    if missing:
        asked = len(instrument.scored_items)
        yield Finding("score.incomplete", f"{missing} of {asked} questions aren't answered, so there is no score.")
