"""What one cell of a spreadsheet says: a number, nothing, or something that is no number.

Called for every column that is read as numbers. Cells are read once for each different text, so that a file of millions
of answers costs a handful of readings. Nothing here raises for a bad cell; its place is reported by the caller.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

NOTHING = frozenset({"", ".", "na", "n/a", "nan", "null"})
"""Texts, in lower case, by which spreadsheets and statistics programs write an empty cell."""

LARGEST = 1e15
"""No score is larger, and sums of squares of such numbers still are numbers."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """One column. values: floats with NaN = nothing there, or whole numbers without gaps; shape (n,).
    bad: positions of cells that are no number."""

    values: NDArray[Any]
    bad: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes that mean "no answer": numbers, and texts in lower case."""

    numbers: tuple[float, ...] = ()
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, written: str) -> Codes:
        """Read `7,9,refused`; empty parts are passed over."""
        parts = [part.strip().lower() for part in written.split(",") if part.strip()]
        numbers = [read_number(part) for part in parts]
        return cls(
            tuple(number for number in numbers if number is not None and not math.isnan(number)),
            frozenset(part for part, number in zip(parts, numbers, strict=True) if number is None),
        )


NO_CODES = Codes()


def read_number(text: str, codes: Codes = NO_CODES) -> float | None:
    """The number; NaN for an empty cell; None for anything else (a word, a comma, a number beyond LARGEST)."""
    bare = text.strip()
    if bare.lower() in NOTHING or bare.lower() in codes.texts:
        return math.nan
    if len(bare) > 400 or not _NUMBER.fullmatch(bare):
        return None
    number = float(bare)
    if number in codes.numbers:
        return math.nan
    return number if abs(number) <= LARGEST else None


def numbers_in(column: Any, codes: Codes = NO_CODES) -> Numbers:
    """Read an Arrow array of text, bytes or numbers."""
    column = _plain(column)
    if is_text(column.type):
        return _from_text(column, codes)
    if not is_number(column.type):  # dates and truth values are no scores
        return Numbers(np.full(len(column), np.nan), np.arange(len(column)))
    if pa.types.is_integer(column.type) and not column.null_count and not codes.numbers:
        return Numbers(column.to_numpy(), np.zeros(0, np.int64))  # as they are: floats would cost ten times the time
    values = np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    values[np.isin(values, codes.numbers)] = np.nan
    return Numbers(values, np.flatnonzero(np.abs(values) > LARGEST))


def texts_in(column: Any) -> tuple[Any, NDArray[np.int64]]:
    """Read an Arrow array as text, bare of spaces around it, and the positions of cells that are not UTF-8."""
    column = _plain(column)
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return pc.fill_null(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), ""), np.zeros(0, np.int64)
    filled = pc.fill_null(column, b"")
    try:
        return pc.utf8_trim_whitespace(pc.cast(filled, pa.string())), np.zeros(0, np.int64)
    except pa.ArrowInvalid:  # some cell is not UTF-8: find which
        texts = [_decoded(cell) for cell in filled.to_pylist()]
        bad = np.flatnonzero([text is None for text in texts])
        return pa.array([text or "" for text in texts], pa.string()), bad


def is_text(kind: Any) -> bool:
    """True for Arrow types of text or bytes."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def is_number(kind: Any) -> bool:
    """True for Arrow types that hold numbers, or nothing at all."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(test(kind) for test in tests)


def _plain(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _from_text(column: Any, codes: Codes) -> Numbers:
    coded = pc.dictionary_encode(pc.cast(column, pa.binary()))
    read = [_read_bytes(cell, codes) for cell in coded.dictionary.to_pylist()]
    table = np.array([math.nan if number is None else number for number in (*read, math.nan)], np.float64)
    wrong = np.array([number is None for number in read] + [False], np.bool_)
    empty = len(read)  # where null cells point
    places = pc.fill_null(coded.indices, empty).to_numpy(zero_copy_only=False)
    return Numbers(table[places], np.flatnonzero(wrong[places]))


def _read_bytes(cell: bytes, codes: Codes) -> float | None:
    text = _decoded(cell)
    return None if text is None else read_number(text, codes)


def _decoded(cell: bytes) -> str | None:
    try:
        return cell.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
