"""Read columns of answers: which were given, which are none of the choices, and what each counts.

Called by scoring and by the flags, for one patient (columns of length one) and for millions alike.
It refuses nothing; it marks, and the callers say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument, Item

Column = NDArray[Any]
"""One item's answers, shape (n,), integers or floats; NaN in a float column is "not answered"."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """One column, read. counted: the answer where it is one of the choices, else 0.
    missing: not answered. outside: answered, but with none of the item's choices."""

    counted: Column
    missing: Mask
    outside: Mask


def read_column(item: Item, column: Column, missing: Mask | None = None) -> Reading:
    """Sort one column of answers into counted, missing and outside. Shapes (n,)."""
    absent = np.zeros(column.shape, np.bool_) if missing is None else missing
    if column.dtype.kind == "f":
        absent = absent | np.isnan(column)
    inside = is_choice(item, column) & ~absent
    counted = np.where(inside, column, 0).astype(np.int32) if column.dtype.kind == "f" else column * inside
    return Reading(counted, absent, ~(inside | absent))


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
