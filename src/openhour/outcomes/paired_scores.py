"""Read first and last scores from a file, from its two columns or from a long series.

Called by `change_file`. Every cell that is no score is noted with its row and column, and the file refused at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from openhour.outcomes.cells import LARGEST, numbers_in, texts_in
from openhour.outcomes.judged import Scores
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.series import Series, joined, read_times
from openhour.outcomes.shapes import ChangeAsked, Limits, Long, TwoColumns
from openhour.outcomes.tables import (
    NOT_A_NUMBER,
    NOT_UTF8,
    Batch,
    Source,
    note_cells,
    note_rows,
    read_batches,
)

Seen = Callable[[float], None]


def scores_of(
    asked: ChangeAsked, source: Source, seen: Seen, *, again: bool = False
) -> Iterator[tuple[Any, Scores, Scores]]:
    """Ids (where they are to be written), first and last scores, in one or more parts. Raises Refused at the end.
    again: a second reading, in which patients with two rows need not be looked for."""
    places = Places(str(asked.path))
    shape = asked.shape
    yield from (
        _two_columns(asked, shape, source, places, seen, again)
        if isinstance(shape, TwoColumns)
        else _long(asked, shape, source, places, seen)
    )
    places.settle()


def _two_columns(
    asked: ChangeAsked, shape: TwoColumns, source: Source, places: Places, seen: Seen, again: bool
) -> Iterator[tuple[Any, Scores, Scores]]:
    named, patients = [] if shape.id is None else [shape.id], list[Any]()
    for batch in read_batches(source, [shape.pre, shape.post, *named]):
        pre, post = (_column(asked, source, batch, name, places) for name in (shape.pre, shape.post))
        ids = _ids(shape.id, source, batch, places) if named or asked.out else None
        if named and not again:
            patients.append(ids)
        yield ids, pre, post
        seen(batch.done)
    if shape.id is not None and not again:
        _note_twice(source, places, joined(patients), shape.id)


def _note_twice(source: Source, places: Places, ids: Any, column: str) -> None:
    """A patient with two rows would count twice. Rows without an id are nobody's second row."""
    if _ascending(ids):
        return
    coded = ids.dictionary_encode()
    if len(coded.dictionary) == len(ids):
        return
    number = coded.indices.to_numpy(zero_copy_only=False)
    first = np.zeros(len(ids), np.bool_)
    first[np.unique(number, return_index=True)[1]] = True
    nameless = pc.equal(ids, "").to_numpy(zero_copy_only=False)
    words = "The patient has a second row. Give each course of treatment an id of its own, or keep one row."
    note_rows(places, source, np.flatnonzero(~first & ~nameless).tolist(), column, "pairs.patient-twice", words)


def _ascending(ids: Any) -> bool:
    """Each id is longer than the one before, or as long and later in the alphabet: as in most exports, and then none
    stands there twice. Looking costs a tenth of a table of all ids."""
    before, after = ids[:-1], ids[1:]
    short, long = pc.utf8_length(before), pc.utf8_length(after)
    later = pc.or_(pc.less(short, long), pc.and_(pc.equal(short, long), pc.less(before, after)))
    return bool(pc.all(later).as_py() is not False)


def _long(
    asked: ChangeAsked, shape: Long, source: Source, places: Places, seen: Seen
) -> Iterator[tuple[Any, Scores, Scores]]:
    read = series_of(asked, shape, source, places, seen)
    if read is not None:
        yield (read.series.ids, *ends_of(read, source, shape))


@dataclass(frozen=True, slots=True)
class Read:
    """A long file. when: the texts of its times, in the order of rows."""

    series: Series
    when: list[str]


def series_of(asked: ChangeAsked, shape: Long, source: Source, places: Places, seen: Seen) -> Read | None:
    """All rows of a long file; None where it has none. Raises Refused."""
    ids, times, scores = list[Any](), list[Any](), list[Scores]()
    for batch in read_batches(source, [shape.id, shape.time, shape.value]):
        ids.append(_ids(shape.id, source, batch, places))
        times.append(_texts(source, batch, shape.time, places))
        scores.append(_column(asked, source, batch, shape.value, places))
        seen(batch.done)
    if not ids:
        return None
    who, when = joined(ids), joined(times).to_pylist()
    _note_gaps(source, places, who.to_pylist(), when, shape)
    places.settle()
    read = _times(source, when, shape.time)
    moments = np.array([read[text] for text in when], np.float64)
    series = Series.of(who, moments, np.concatenate(scores).astype(np.float64))
    words = "The patient has a second row with the same time."
    note_rows(places, source, series.repeated().tolist(), shape.time, "series.time-twice", words)
    places.settle()
    return Read(series, when)


def ends_of(read: Read, source: Source, shape: Long) -> tuple[Scores, Scores]:
    """First and last scores, or those of the two times that a person named. Raises Refused for a time nobody has."""
    earliest, latest = read.series.ends()
    first, last = (_at(read, source, named, shape.time) for named in (shape.first, shape.last))
    return earliest if first is None else first, latest if last is None else last


def _note_gaps(source: Source, places: Places, who: list[str], when: list[str], shape: Long) -> None:
    for column, cells, words in (
        (shape.id, who, "The row names no patient."),
        (shape.time, when, "The row has no time, so its place in the series isn't known."),
    ):
        note_rows(places, source, [row for row, cell in enumerate(cells) if not cell], column, "series.gap", words)


def _times(source: Source, when: list[str], column: str) -> dict[str, float]:
    read = read_times(when)
    if read is None:
        words = "The times are neither all numbers nor all dates written as 2026-01-31."
        raise refuse("series.times", words, f"{source.path}, column {column}")
    return read


def _at(file: Read, source: Source, named: str | None, column: str) -> Scores | None:
    """Scores at a time that a person named, which must occur in the file."""
    if named is None:
        return None
    read = read_times([*file.when, named])
    if read is None or read[named] not in {read[text] for text in file.when}:
        raise refuse("series.no-such-time", f"No row has the time {named}.", f"{source.path}, column {column}")
    return file.series.at(read[named])


def _column(asked: ChangeAsked, source: Source, batch: Batch, name: str, places: Places) -> Scores:
    numbers, limits = numbers_in(batch.columns[name], asked.codes), asked.limits
    note_cells(places, source, batch, numbers.bad, name, *NOT_A_NUMBER)
    if limits != Limits():
        beyond = np.flatnonzero((numbers.values < limits.lowest) | (numbers.values > limits.highest))
        words = f"The score can't be: the measure goes from {limits.lowest:g} to {limits.highest:g}."
        note_cells(places, source, batch, np.setdiff1d(beyond, numbers.bad), name, "score.impossible", words)
    if not len(numbers.bad):
        return numbers.values
    values: Scores = np.where(np.abs(numbers.values) <= LARGEST, numbers.values, np.nan)
    return values


def _ids(column: str | None, source: Source, batch: Batch, places: Places) -> Any:
    if column is None:
        return pa.array([str(number) for number in range(batch.first + 1, batch.first + batch.rows + 1)])
    return _texts(source, batch, column, places)


def _texts(source: Source, batch: Batch, column: str, places: Places) -> Any:
    texts, bad = texts_in(batch.columns[column])
    note_cells(places, source, batch, bad, column, *NOT_UTF8)
    return texts
