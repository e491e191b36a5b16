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
Kind = Callable[[Instrument, Totals, Totals], Totals]


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
    missing: NDArray[np.int16]
    outside: NDArray[np.int16]


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
    sums, absent, wrong = np.zeros(size, np.int32), np.zeros(size, np.int16), np.zeros(size, np.int16)
    for rows in _chunks(size):
        for item, column, mask in triples:
            _count(item, column[rows], None if mask is None else mask[rows], sums[rows], absent[rows], wrong[rows])
    return _scored(instrument, sums, absent, wrong)


def _chunks(size: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, size, CHUNK))


def _count(
    item: Item, column: Column, mask: Mask | None, sums: Totals, absent: NDArray[np.int16], wrong: NDArray[np.int16]
) -> None:
    """Add one item to the running sums, in place."""
    reading = read_column(item, column, mask)
    sums += reading.counted
    absent += reading.missing
    wrong += reading.outside


def _scored(
    instrument: Instrument, sums: Totals, missing: NDArray[np.int16], outside: NDArray[np.int16]
) -> ScoreColumns:
    scored = (outside == 0) & (missing <= instrument.scoring.missing_at_most)
    scored &= missing < len(instrument.scored_items)
    totals = np.where(scored, KINDS[instrument.scoring.kind](instrument, sums, missing.astype(np.int32)), 0)
    starts = [band.at_least for band in instrument.bands]
    bands = np.where(scored, np.searchsorted(starts, totals, side="right") - 1, -1).astype(np.int8)
    return ScoreColumns(totals, scored, bands, scored & at_case(instrument, totals), missing, outside)


def _sum(instrument: Instrument, sums: Totals, missing: Totals) -> Totals:
    """The sum; where the definition lets items be missing, the answered ones stand for them: the mean answer
    times the number of items, halves rounded up, in whole numbers so that no float decides a half."""
    if not missing.any():
        return sums
    items = len(instrument.scored_items)
    answered = np.maximum(items - missing, 1)
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
