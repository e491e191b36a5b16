"""Score a file of answers, one form a row: totals, bands, flags, or the reason where there is no score.

Called by `openhour score`. Memory stays flat: rows stream from file to file. A code outside the choices (7 refused,
9 unknown) is a reason and never a number of points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.measures import ScoreColumns, flag_columns, score_columns
from openhour.outcomes.cells import Codes, numbers_in, texts_in
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.reasons import reasons_of
from openhour.outcomes.tables import NOT_A_NUMBER, NOT_UTF8, Batch, Source, note_cells, open_table, read_batches
from openhour.outcomes.written import Rows, written

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "total": pa.int32(),
        "band": pa.string(),
        "flags": pa.string(),
        "complete": pa.bool_(),
        "reason": pa.string(),
    }
)
NOT_ANSWERED, OUTSIDE = "not-answered", "outside-choices"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for. columns: of all items in order, or of the scored ones alone; empty = those of the
    definition. id_column: copied to the result; None = the number of the row, from 1. codes: that mean no answer."""

    path: Path
    columns: tuple[str, ...] = ()
    id_column: str | None = None
    codes: Codes = field(default_factory=Codes)
    delimiter: str = ","
    out: Path | None = None


@dataclass(slots=True)
class Tally:
    """Counts of a file, growing while it streams by. at_case: at or beyond the case cut-off."""

    n: int = 0
    scored: int = 0
    at_case: int = 0
    bands: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


def score_file(instrument: Instrument, asked: Asked, seen: Callable[[float], None] = lambda done: None) -> Tally:
    """Score every row. seen: told the share of the file that is done, 0 to 1. Raises Refused."""
    source = open_table(asked.path, asked.delimiter)
    columns = answer_columns(instrument, asked.columns, source)
    tally, places = Tally(), Places(str(asked.path))
    with written(asked.out, SCHEMA, beside=asked.path) if asked.out else nullcontext() as rows:
        for batch in read_batches(source, [*columns, *([] if asked.id_column is None else [asked.id_column])]):
            _score_batch(instrument, asked, columns, batch, source, (tally, places, rows))
            seen(batch.done)
        places.settle()
        if not tally.n:
            raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    return tally


def answer_columns(instrument: Instrument, given: Sequence[str], source: Source) -> tuple[str, ...]:
    """The columns to read: those given, else the public names of the definition, else the ids of the items."""
    counts = sorted({len(instrument.scored_items), len(instrument.items)})
    if given:
        if len(given) not in counts:
            words = f"{instrument.short} needs {' or '.join(map(str, counts))} columns, in the order of its questions; {len(given)} are named."
            raise refuse("columns.number", words, "--columns")
        return tuple(given)
    known = (instrument.data_columns, tuple(item.id for item in instrument.items))
    for names in (*known, instrument.data_columns[: counts[0]], tuple(item.id for item in instrument.scored_items)):
        if len(names) in counts and set(names) <= set(source.names):
            return tuple(names)
    words = f"Say which columns hold the {counts[0]} answers: --columns A,B,... in the order of the questions."
    raise refuse("columns.unknown", words, str(source.path))


def _score_batch(
    instrument: Instrument,
    asked: Asked,
    columns: Sequence[str],
    batch: Batch,
    source: Source,
    into: tuple[Tally, Places, Rows | None],
) -> None:
    tally, places, rows = into
    answers = []
    for name in columns:
        numbers = numbers_in(batch.columns[name], asked.codes)
        note_cells(places, source, batch, numbers.bad, name, *NOT_A_NUMBER)
        answers.append(numbers.values)
    scores, flags = score_columns(instrument, answers), flag_columns(instrument, answers)
    _tally(instrument, tally, scores, [(flag.raises, mask) for flag, mask in flags])
    if rows is not None:
        ids = _ids(asked, batch, places, source)
        if not places.findings:
            raised = [(flag.raises, mask) for flag, mask in flags]
            rows.write_batch(_rows(instrument, ids, columns, answers, scores, raised))


def _tally(instrument: Instrument, tally: Tally, scores: ScoreColumns, flags: list[tuple[str, NDArray[Any]]]) -> None:
    tally.n += len(scores.totals)
    tally.scored += int(scores.scored.sum())
    tally.at_case += int(scores.at_case.sum())
    outside = int((scores.outside > 0).sum())  # none of these has a score
    tally.reasons[OUTSIDE] += outside
    tally.reasons[NOT_ANSWERED] += len(scores.totals) - int(scores.scored.sum()) - outside
    for place, band in enumerate(instrument.bands):
        tally.bands[band.label] += int((scores.bands == place).sum())
    for raises, mask in flags:
        tally.flags[raises] += int(mask.sum())


def _ids(asked: Asked, batch: Batch, places: Places, source: Source) -> Any:
    if asked.id_column is None:
        return pa.array([str(number) for number in range(batch.first + 1, batch.first + batch.rows + 1)])
    texts, bad = texts_in(batch.columns[asked.id_column])
    note_cells(places, source, batch, bad, asked.id_column, *NOT_UTF8)
    return texts


def _rows(
    instrument: Instrument,
    ids: Any,
    columns: Sequence[str],
    answers: list[NDArray[np.float64]],
    scores: ScoreColumns,
    flags: list[tuple[str, NDArray[Any]]],
) -> Any:
    labels = np.array([*(band.label for band in instrument.bands), None], object)
    raised = np.full(len(scores.totals), "", object)
    for raises, mask in flags:
        raised[mask] += np.where(raised[mask] == "", raises, ";" + raises)
    reasons = reasons_of(instrument, columns, answers, scores)
    return pa.record_batch(
        [
            ids,
            pa.array(scores.totals, pa.int32(), mask=~scores.scored),
            pa.array(labels[scores.bands], pa.string()),
            pa.array(raised, pa.string()),
            pa.array((scores.missing == 0) & (scores.outside == 0)),
            pa.array(reasons, pa.string()),
        ],
        schema=SCHEMA,
    )
