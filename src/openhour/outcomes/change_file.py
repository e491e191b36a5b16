"""Judge how the patients of a file changed: from two columns, or from a long series.

Called by `openhour change`. Two columns stream by twice (once to know the group, once to write), so memory stays flat;
a series is held in memory because its rows come in any order. Refuses the file with every place that is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from openhour.kernel import Finding, Refused
from openhour.measures import Pairs, Rule, class_counts
from openhour.outcomes.cells import NO_CODES, Codes, numbers_in, texts_in
from openhour.outcomes.judged import REASONS, SCHEMA, Scores, judged_rows, reason_places
from openhour.outcomes.places import NAMED, Places, refuse
from openhour.outcomes.series import Series, joined, read_times
from openhour.outcomes.tables import NOT_A_NUMBER, NOT_UTF8, Batch, Source, note_cells, open_table, read_batches
from openhour.outcomes.written import written

Seen = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest score that can be, in points; both count as possible."""

    lowest: float = -np.inf
    highest: float = np.inf


@dataclass(frozen=True, slots=True)
class TwoColumns:
    """One row a patient."""

    pre: str
    post: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Long:
    """One row a patient and time. first, last: which times are compared; None = each patient's first and last score."""

    id: str
    time: str
    value: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """What a person asked for. codes: that mean no score."""

    path: Path
    shape: TwoColumns | Long
    limits: Limits = Limits()
    codes: Codes = NO_CODES
    delimiter: str = ","
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """pairs: patients with both scores. patients: all in the file. excluded: how many are left out, by reason."""

    pairs: Pairs
    patients: int
    excluded: dict[str, int]


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """counts: patients in each class, the classes of `measures.CLASSES`."""

    group: Group
    rule: Rule
    counts: dict[str, int]


def change_file(asked: ChangeAsked, rule_of: Callable[[Pairs], Rule], seen: Seen = lambda done: None) -> ChangeReport:
    """Judge every patient. rule_of: makes the rule once the group is known, or raises Refused. Raises Refused."""
    source = open_table(asked.path, asked.delimiter)
    group = _group(_scores(asked, source, seen))
    if not group.patients:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    rule = _rule(asked, group, rule_of)
    if asked.out:
        with written(asked.out, SCHEMA, beside=asked.path) as rows:
            for ids, pre, post in _scores(asked, source, seen):
                rows.write_batch(judged_rows(ids, pre, post, rule))
    return ChangeReport(group, rule, class_counts(group.pairs, rule))


def _group(scores: Iterable[tuple[Any, Scores, Scores]]) -> Group:
    parts, reasons, patients = list[Pairs](), Counter[str](dict.fromkeys(REASONS[1:], 0)), 0
    for _, pre, post in scores:
        patients += len(pre)
        why = reason_places(pre, post)
        both = why == 0
        if both.all():
            parts.append(Pairs.of(pre, post))
            continue
        parts.append(Pairs.of(pre[both], post[both]))
        for place, reason in enumerate(REASONS[1:], start=1):
            reasons[reason] += int((why == place).sum())
    return Group(Pairs.together(parts), patients, dict(reasons))


def _rule(asked: ChangeAsked, group: Group, rule_of: Callable[[Pairs], Rule]) -> Rule:
    """The rule; a refusal that knows no place gets the file's name."""
    try:
        return rule_of(group.pairs)
    except Refused as refusal:
        file = str(asked.path)
        raise Refused([Finding(f.code, f.sentence, f.place or file) for f in refusal.findings]) from refusal


def _scores(asked: ChangeAsked, source: Source, seen: Seen) -> Iterator[tuple[Any, Scores, Scores]]:
    """Ids (where they are to be written), first and last scores, in one or more parts. Raises Refused at the end."""
    places = Places(str(asked.path))
    shape = asked.shape
    yield from (
        _two_columns(asked, shape, source, places, seen)
        if isinstance(shape, TwoColumns)
        else _long(asked, shape, source, places, seen)
    )
    places.settle()


def _two_columns(
    asked: ChangeAsked, shape: TwoColumns, source: Source, places: Places, seen: Seen
) -> Iterator[tuple[Any, Scores, Scores]]:
    for batch in read_batches(source, [shape.pre, shape.post, *([] if shape.id is None else [shape.id])]):
        pre, post = (_column(asked, source, batch, name, places) for name in (shape.pre, shape.post))
        yield _ids(shape.id, source, batch, places) if asked.out else None, pre, post
        seen(batch.done)


def _long(
    asked: ChangeAsked, shape: Long, source: Source, places: Places, seen: Seen
) -> Iterator[tuple[Any, Scores, Scores]]:
    ids, times, scores = list[Any](), list[Any](), list[Scores]()
    for batch in read_batches(source, [shape.id, shape.time, shape.value]):
        ids.append(_ids(shape.id, source, batch, places))
        times.append(_texts(source, batch, shape.time, places))
        scores.append(_column(asked, source, batch, shape.value, places))
        seen(batch.done)
    if not ids:
        return
    who, when = joined(ids), joined(times).to_pylist()
    _note_gaps(source, places, who.to_pylist(), when, shape)
    places.settle()
    first, last = (_read(source, when, asked_time, shape.time) for asked_time in (shape.first, shape.last))
    series = Series.of(who, _times(source, when, shape.time), np.concatenate(scores).astype(np.float64))
    words = "The patient has a second row with the same time."
    places.add("series.time-twice", words, source.rows_of(series.repeated().tolist()[: NAMED + 1]), shape.time)
    places.settle()
    earliest, latest = series.ends()
    yield (
        series.ids,
        earliest if first is None else series.at(first),
        latest if last is None else series.at(last),
    )


def _note_gaps(source: Source, places: Places, who: list[str], when: list[str], shape: Long) -> None:
    for column, cells, words in (
        (shape.id, who, "The row names no patient."),
        (shape.time, when, "The row has no time, so its place in the series isn't known."),
    ):
        empty = [row for row, cell in enumerate(cells) if not cell][: NAMED + 1]
        places.add("series.gap", words, source.rows_of(empty), column)


def _times(source: Source, when: list[str], column: str) -> Scores:
    read = read_times(when)
    if read is None:
        words = "The times are neither all numbers nor all dates written as 2026-01-31."
        raise refuse("series.times", words, f"{source.path}, column {column}")
    return np.array([read[text] for text in when], np.float64)


def _read(source: Source, when: list[str], asked_time: str | None, column: str) -> float | None:
    """The time that a person named, which must occur in the file."""
    if asked_time is None:
        return None
    read = read_times([*when, asked_time])
    if read is None or read[asked_time] not in {read[text] for text in when}:
        raise refuse("series.no-such-time", f"No row has the time {asked_time}.", f"{source.path}, column {column}")
    return read[asked_time]


def _column(asked: ChangeAsked, source: Source, batch: Batch, name: str, places: Places) -> Scores:
    numbers, limits = numbers_in(batch.columns[name], asked.codes), asked.limits
    note_cells(places, source, batch, numbers.bad, name, *NOT_A_NUMBER)
    if limits != Limits():
        beyond = np.flatnonzero((numbers.values < limits.lowest) | (numbers.values > limits.highest))
        words = f"The score can't be: the measure goes from {limits.lowest:g} to {limits.highest:g}."
        note_cells(places, source, batch, np.setdiff1d(beyond, numbers.bad), name, "score.impossible", words)
    if not len(numbers.bad):
        return numbers.values
    values: Scores = np.where(np.isfinite(numbers.values), numbers.values, np.nan)
    return values


def _ids(column: str | None, source: Source, batch: Batch, places: Places) -> Any:
    if column is None:
        return pa.array([str(number) for number in range(batch.first + 1, batch.first + batch.rows + 1)])
    return _texts(source, batch, column, places)


def _texts(source: Source, batch: Batch, column: str, places: Places) -> Any:
    texts, bad = texts_in(batch.columns[column])
    note_cells(places, source, batch, bad, column, *NOT_UTF8)
    return texts
