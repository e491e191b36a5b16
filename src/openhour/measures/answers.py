"""Read columns of answers: which were given, which are none of the choices, and what each counts.

Called by scoring and by the flags, for one patient (columns of length one) and for millions alike.
It refuses nothing; it marks, and the callers say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument, Item

Column = NDArray[Any]
"""One item's answers, shape (n,), integers or floats; NaN in a float column is "not answered"."""

Mask = NDArray[np.bool_]

Asked = tuple[Item, Column, Mask | None]
"""An item with its column and, where the numbers can't say it, which answers are missing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One column, read. counted: the points, where the answer is one of the choices that count, else 0.
    missing: asked and not answered. outside: answered, but with none of the item's choices.
    excused: answered with “not applicable”; None where the item has no such choice."""

    counted: Column
    missing: Mask
    outside: Mask
    excused: Mask | None = None


def read_column(item: Item, column: Column, missing: Mask | None = None, closed: Mask | None = None) -> Reading:
    """Sort one column of answers into counted, missing, outside and excused. Shapes (n,).

    closed: where a gate before the item is closed, so that it isn't asked: nothing counts and nothing is missing."""
    absent = np.zeros(column.shape, np.bool_) if missing is None else missing
    if column.dtype.kind == "f":
        absent = absent | np.isnan(column)
    inside = is_choice(item, column) & ~absent
    outside = ~(inside | absent)
    excused = _excused(item, column, inside)
    counting = inside if excused is None else inside & ~excused
    if closed is not None:
        counting, absent = counting & ~closed, absent & ~closed
    return Reading(_points(item, column, counting), absent, outside, excused)


def _points(item: Item, column: Column, counting: Mask) -> Column:
    if not item.adds:
        return np.zeros(column.shape, np.int8)
    if not item.reversed:
        return np.where(counting, column, 0).astype(np.int32) if column.dtype.kind == "f" else column * counting
    turned: Column = (item.values[0] + item.values[-1] - np.where(counting, column, 0).astype(np.int32)) * counting
    return turned


def _excused(item: Item, column: Column, inside: Mask) -> Mask | None:
    values = [choice.score for choice in item.choices if not choice.applies]
    return np.isin(column, values) & inside if values else None


def is_choice(item: Item, column: Column) -> Mask:
    """True where the value is the score of one of the item's choices; 1.5 and infinity never are."""
    scores = sorted({choice.score for choice in item.choices})
    if scores != list(range(scores[0], scores[-1] + 1)):
        return np.isin(column, scores)
    if (
        scores[0] == 0 and scores[-1] < 128 and column.dtype == np.int8
    ):  # one comparison: below zero is far above, read without a sign
        unsigned: Mask = column.view(np.uint8) <= scores[-1]
        return unsigned
    within: Mask = (column >= scores[0]) & (column <= scores[-1])
    return within & (np.floor(column) == column) if column.dtype.kind == "f" else within


def applies(item: Item, column: Column) -> Mask:
    """True where the value is one of the choices and not “not applicable”; shape (n,)."""
    inside = is_choice(item, column)
    excused = _excused(item, column, inside)
    return inside if excused is None else inside & ~excused


def readings_of(asked: Sequence[Asked]) -> Iterator[tuple[Item, Reading]]:
    """Each column read in turn, with the gates between them: an item behind a closed gate isn't asked."""
    gates = {gate for item, _, _ in asked if item.asked_if for gate in item.asked_if.any_of}
    known: dict[str, _Gate] = {}
    for item, column, mask in asked:
        closed = _closed(item, known)
        reading = read_column(item, column, mask, closed)
        if item.id in gates:
            given = is_choice(item, column)  # NaN is none of them
            known[item.id] = column, given if mask is None else given & ~mask, closed
        yield item, reading


_Gate = tuple[Column, Mask, Mask | None]
"""The answers to an item that others depend on, where it was answered, and where it wasn't asked itself."""


def _closed(item: Item, gates: dict[str, _Gate]) -> Mask | None:
    """Where every gate is answered below its mark, or should itself not have been asked; a gate nobody answered is not
    closed."""
    if item.asked_if is None:
        return None
    asking = [gates[gate] for gate in item.asked_if.any_of if gate in gates]
    if not asking:
        return None
    opened, settled = np.zeros(asking[0][0].shape, np.bool_), np.ones(asking[0][0].shape, np.bool_)
    for column, given, closed in asking:
        reached = given & (column >= item.asked_if.at_least)
        opened |= reached if closed is None else reached & ~closed
        settled &= given if closed is None else given | closed
    return settled & ~opened


def columns_of(instrument: Instrument, answers: Column | Sequence[Column]) -> list[tuple[Item, Column]]:
    """Pair each column with its item: all items in order, or the scored items alone.

    answers: array of shape (n, items), or a sequence of `items` arrays of shape (n,).
    Raises ValueError where the number of columns is neither.
    """
    columns = list(answers.T) if isinstance(answers, np.ndarray) else list(answers)
    for items in (instrument.items, instrument.scored_items):
        if len(items) == len(columns):
            return list(zip(items, columns, strict=True))
    wanted = " or ".join(str(count) for count in sorted({len(instrument.scored_items), len(instrument.items)}))
    raise ValueError(f"{instrument.pin.slug} has {wanted} columns of answers, not {len(columns)}")


def as_number(answer: object) -> float:
    """One answer as a cell of a column: NaN where there is none, infinity where it is no small whole number."""
    if answer is None:
        return float("nan")
    if isinstance(answer, int) and not isinstance(answer, bool) and abs(answer) < 2**31:
        return float(answer)
    return float("inf")
