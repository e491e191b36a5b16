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
from openhour.measures.parts import SubscaleColumns, subscale_columns
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
    definition. id_column: copied to the result; None = the number of the row, from 1. codes: that mean no answer.
    sex_column: what some cut-offs need, `female` or `male` (or `f`, `m`); None = not known."""

    path: Path
    columns: tuple[str, ...] = ()
    id_column: str | None = None
    codes: Codes = field(default_factory=Codes)
    delimiter: str = ","
    out: Path | None = None
    sex_column: str | None = None


@dataclass(slots=True)
class Tally:
    """Counts of a file, growing while it streams by. scored: forms with a result, which is a total, a level or a score
    of every part. at_case: at or beyond the case cut-off; parts: the same, part by part. prorated: totals in which
    something stands for a gap."""

    n: int = 0
    scored: int = 0
    at_case: int = 0
    bands: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    prorated: int = 0


def score_file(instrument: Instrument, asked: Asked, seen: Callable[[float], None] = lambda done: None) -> Tally:
    """Score every row. seen: told the share of the file that is done, 0 to 1. Raises Refused."""
    source = open_table(asked.path, asked.delimiter)
    columns = answer_columns(instrument, asked.columns, source)
    tally, places = Tally(), Places(str(asked.path))
    beside = [name for name in (asked.id_column, asked.sex_column) if name is not None]
    with written(asked.out, schema_of(instrument), beside=asked.path) if asked.out else nullcontext() as rows:
        for batch in read_batches(source, [*columns, *dict.fromkeys(beside)]):
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
    scores, flags = score_columns(instrument, answers, facts=_facts(asked, batch)), flag_columns(instrument, answers)
    raised = [(flag.raises, mask) for flag, mask in flags]
    parts = subscale_columns(instrument, answers)
    _tally(instrument, tally, scores, raised, parts)
    if rows is not None:
        ids = _ids(asked, batch, places, source)
        if not places.findings:
            rows.write_batch(_rows(instrument, ids, columns, answers, scores, raised, parts))


def schema_of(instrument: Instrument) -> pa.Schema:
    """What is written for each form: the same for all instruments, and for some more.

    A column for each part; `prorated` where something may stand for a gap; `possible` where items may not apply."""
    more = [(f"part_{part.slug}", pa.int32()) for part in instrument.subscales]
    if instrument.scoring.missing_at_most:
        more.append(("prorated", pa.bool_()))
    if _may_not_apply(instrument):
        more.append(("possible", pa.int32()))
    fields = [*SCHEMA, *(pa.field(name, kind) for name, kind in more)]
    return pa.schema(fields)


def _may_not_apply(instrument: Instrument) -> bool:
    return any(not choice.applies for item in instrument.scored_items for choice in item.choices)


_SEXES = {"f": "female", "female": "female", "w": "female", "m": "male", "male": "male"}


def _facts(asked: Asked, batch: Batch) -> dict[str, NDArray[np.str_]]:
    """What the file says about the people; other words than these are “not known”."""
    if asked.sex_column is None:
        return {}
    texts, _ = texts_in(batch.columns[asked.sex_column])
    told = [_SEXES.get((text or "").strip().lower(), "") for text in texts.to_pylist()]
    return {"sex": np.array(told, np.str_)}


def _tally(
    instrument: Instrument,
    tally: Tally,
    scores: ScoreColumns,
    flags: list[tuple[str, NDArray[Any]]],
    parts: Sequence[SubscaleColumns],
) -> None:
    found = _with_result(instrument, scores)
    tally.n += len(scores.totals)
    tally.scored += int(found.sum())
    tally.at_case += int(scores.at_case.sum())
    tally.prorated += int(scores.prorated.sum())
    outside = int((scores.outside > 0).sum())  # none of these has a score
    tally.reasons[OUTSIDE] += outside
    tally.reasons[NOT_ANSWERED] += len(scores.totals) - int(found.sum()) - outside
    for place, band in enumerate(instrument.band_labels):
        tally.bands[band] += int((scores.bands == place).sum())
    for raises, mask in flags:
        tally.flags[raises] += int(mask.sum())
    for part in parts:
        if part.subscale.caseness_at is not None:
            tally.parts[part.subscale.slug] += int(part.at_case.sum())


def _with_result(instrument: Instrument, scores: ScoreColumns) -> NDArray[np.bool_]:
    """A total; or, of a form that gives none, that nothing is missing for its level or its parts."""
    whole: NDArray[np.bool_] = (scores.missing == 0) & (scores.outside == 0)
    return scores.scored if instrument.scoring.gives_total else whole


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
    parts: Sequence[SubscaleColumns],
) -> Any:
    labels = np.array([*instrument.band_labels, None], object)
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
            *_more(instrument, scores, parts),
        ],
        schema=schema_of(instrument),
    )


def _more(instrument: Instrument, scores: ScoreColumns, parts: Sequence[SubscaleColumns]) -> list[Any]:
    """The columns that only some instruments have, in the order of `schema_of`."""
    more = [pa.array(part.points, pa.int32(), mask=~part.scored) for part in parts]
    if instrument.scoring.missing_at_most:
        more.append(pa.array(scores.prorated))
    if _may_not_apply(instrument):
        possible = instrument.scoring.maximum - scores.out_of_reach.astype(np.int32)
        more.append(pa.array(possible, pa.int32(), mask=~scores.scored))
    return more
