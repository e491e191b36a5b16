"""Read any CSV or Parquet file of contacts into plain typed rows, and name every cell that can't be what it should.

Called by `openhour outcomes`. Rows stream from file to file, so memory stays flat; what is wrong between rows is found
afterwards (`checks`). Nothing is guessed: a cell that can't be read is a finding with its row and column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.outcomes.cells import NO_CODES, Codes, numbers_in, texts_in
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.report.columns import COLUMNS, STATES, Column, map_findings, mapped
from openhour.outcomes.tables import NOT_A_NUMBER, NOT_UTF8, Batch, Source, note_cells, open_table, read_batches

NO_DAY = -(2**31)
"""Stands for no day where numbers are needed; never written."""

SCHEMA = pa.schema(
    {
        "row": pa.int64(),
        "patient": pa.string(),
        "episode": pa.string(),
        "therapist": pa.string(),
        "site": pa.string(),
        "indication": pa.string(),
        "instrument": pa.string(),
        "session": pa.int64(),
        "day": pa.int64(),
        "quarter": pa.int64(),
        "score": pa.float64(),
        "state": pa.string(),
        "referred": pa.int64(),
        "referred_quarter": pa.int64(),
        "began": pa.int64(),
        "began_quarter": pa.int64(),
        "ended": pa.int64(),
        "ended_quarter": pa.int64(),
        "planned_end": pa.int64(),
        "age": pa.float64(),
    }
)
"""Days count from 1970-01-01, quarters from year 0 (`year * 4 + quarter - 1`), so every engine reads plain numbers.
`session` is null where the file has no such column, and therapist, site and indication are empty where unknown."""

LOW = ["therapist", "site", "indication", "instrument", "state"]
"""Columns of few different words, written as such: that halves the time."""

_YES = frozenset({"yes", "y", "true", "1", "planned"})
_NO = frozenset({"no", "n", "false", "0", "unplanned"})
_SYNONYMS = {"held": "attended", "present": "attended", "dna": "missed", "no-show": "missed", "canceled": "cancelled"}


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """A file, and how it calls things. named: our column -> the file's. instrument: slug of the one measure of all rows,
    or empty. codes: numbers that mean no score."""

    path: Path
    named: Mapping[str, str] = field(default_factory=dict)
    instrument: str = ""
    codes: Codes = NO_CODES
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is known of the rows before they are counted. columns: ours that the file has; instruments: slugs in it."""

    place: str
    columns: tuple[str, ...]
    instruments: tuple[str, ...]
    rows: int
    scores: int
    findings: tuple[Finding, ...] = ()


Measures = Mapping[str, Instrument]


def normalised(
    asked: RowsAsked, measures: Measures, out: Path, seen: Callable[[float], None] = lambda done: None
) -> tuple[RowFacts, Source, dict[str, str]]:
    """Write the rows as Parquet of SCHEMA to `out`. measures: by slug, all that may occur. Raises Refused."""
    source = open_table(asked.path, asked.delimiter)
    names = _columns(asked, source)
    places, found, rows, scores = Places(str(asked.path)), set[str](), 0, 0
    with pq.ParquetWriter(out, SCHEMA, compression="none", use_dictionary=LOW, write_statistics=False) as writer:
        for batch in read_batches(source, list(names.values())):
            reader = _Reader(asked, names, measures, source, batch, places)
            table = reader.table()
            found |= set(pc.unique(table.column("instrument")).to_pylist())
            rows, scores = rows + batch.rows, scores + batch.rows - table.column("score").null_count
            writer.write_table(table)
            seen(batch.done)
    places.settle()
    if not rows:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    return (
        RowFacts(str(asked.path), tuple(names), tuple(sorted(found - {"", None})), rows, scores),
        source,
        names,
    )


def _columns(asked: RowsAsked, source: Source) -> dict[str, str]:
    """Our name -> the file's. Raises Refused with every reason at once."""
    names = mapped(asked.named, source.names)
    findings = list(map_findings(asked.named))
    for column in COLUMNS:
        if column.needed and column.name not in names:
            words = f"No column is called {column.name} ({column.meaning}). Name it with --map {column.name}=COLUMN."
            findings.append(Finding("column.missing", words, f"{asked.path}, column {column.name}"))
    if asked.instrument:
        names.pop("instrument", None)
    elif "instrument" not in names:
        words = "No column names the measure. Say which it is with --instrument, such as phq-9."
        findings.append(Finding("column.missing", words, f"{asked.path}, column instrument"))
    for ours, theirs in names.items():
        if list(names.values()).count(theirs) > 1:
            findings.append(Finding("map.twice", "Two columns of the report are read from it.", f"--map {ours}"))
    if findings:
        raise Refused(findings)
    return names


@dataclass(frozen=True, slots=True)
class _Reader:
    """One batch on its way from the file's columns to ours."""

    asked: RowsAsked
    names: Mapping[str, str]
    measures: Measures
    source: Source
    batch: Batch
    places: Places

    def table(self) -> Any:
        """The rows of SCHEMA; what can't be read is noted and left empty."""
        made: dict[str, Any] = {"row": pa.array(np.arange(self.batch.first, self.batch.first + self.batch.rows))}
        for column in COLUMNS:
            made |= self._read(column)
        made["score"] = self._possible(made["instrument"], made["score"])
        self._note_states(made)
        made["episode"] = made["episode"] if "episode" in self.names else made["patient"]
        return pa.table([made[name] for name in SCHEMA.names], schema=SCHEMA)

    def _read(self, column: Column) -> dict[str, Any]:
        if column.name not in self.names:
            return self._absent(column)
        if column.kind == "day":
            name = "day" if column.name == "date" else column.name
            days = self._days(column)
            quarters = "quarter" if name == "day" else f"{name}_quarter"
            return {name: days} | ({} if quarters not in SCHEMA.names else {quarters: quarters_of(days)})
        if column.kind in ("number", "whole"):
            return {column.name: self._numbers(column)}
        texts = self._texts(column)
        return {column.name: texts}

    def _absent(self, column: Column) -> dict[str, Any]:
        names = {"date": ("day", "quarter")}.get(column.name, (column.name, f"{column.name}_quarter"))
        fixed = {"instrument": self.asked.instrument, "state": "attended"}.get(column.name, "")
        return {
            name: pa.repeat(fixed, self.batch.rows)
            if pa.types.is_string(SCHEMA.field(name).type)
            else pa.nulls(self.batch.rows, SCHEMA.field(name).type)
            for name in names
            if name in SCHEMA.names
        }

    def _texts(self, column: Column) -> Any:
        """Text as it stands; states and yes-no as their own words; measures in lower case."""
        texts, bad = texts_in(self.batch.columns[self.names[column.name]])
        self._note(bad, column, *NOT_UTF8)
        coded = pc.dictionary_encode(texts)
        words = coded.dictionary.to_pylist()
        if column.kind == "state":
            return self._chosen(column, coded, [_state(word) for word in words], STATES)
        if column.kind == "yes-no":
            return self._chosen(column, coded, [_yes(word) for word in words], ("yes", "no"))
        if column.name == "instrument":
            return self._instruments(column, coded, [word.lower() for word in words])
        if column.needed:
            self._note_empty(column, texts)
        return texts

    def _chosen(self, column: Column, coded: Any, read: list[Any], allowed: tuple[str, ...]) -> Any:
        wrong = np.array([value is False for value in read], np.bool_)
        code = "cell.not-a-state" if column.kind == "state" else "cell.not-yes-or-no"
        self._note(
            np.flatnonzero(wrong[_indices(coded)]), column, code, f"The cell is none of: {', '.join(allowed)}."
        )
        kind = pa.string() if column.kind == "state" else pa.int64()
        return pa.array([None if value is False else value for value in read], kind).take(coded.indices)

    def _instruments(self, column: Column, coded: Any, words: list[str]) -> Any:
        unknown = np.array([bool(word) and word not in self.measures for word in words], np.bool_)
        known = ", ".join(sorted(self.measures))
        sentence = f"There is no such measure on the shelf. There are: {known}."
        self._note(np.flatnonzero(unknown[_indices(coded)]), column, "instrument.unknown", sentence)
        return pa.array(words, pa.string()).take(coded.indices)

    def _note_empty(self, column: Column, texts: Any) -> None:
        empty = np.flatnonzero(pc.equal(texts, "").to_numpy(zero_copy_only=False))
        self._note(empty, column, "cell.empty", "The row names no patient.")

    def _numbers(self, column: Column) -> Any:
        codes = self.asked.codes if column.name == "score" else NO_CODES
        numbers = numbers_in(self.batch.columns[self.names[column.name]], codes)
        self._note(numbers.bad, column, *NOT_A_NUMBER)
        values = numbers.values.astype(np.float64)
        if column.name == "age":
            odd = np.setdiff1d(np.flatnonzero((values < 0) | (values > 120)), numbers.bad)
            self._note(odd, column, "age.impossible", "Nobody has this age in years.")
        if column.kind != "whole":
            return pa.array(values, pa.float64(), mask=np.isnan(values))
        whole = (values >= 1) & (values == np.floor(values)) & (values < 1e5)
        wrong = np.setdiff1d(np.flatnonzero(~whole & ~np.isnan(values)), numbers.bad)
        words = "The number of the session is a whole number from 1 to 99,999."
        self._note(wrong, column, "session.not-a-number", words)
        return pa.array(np.where(whole, values, 0).astype(np.int64), mask=~whole)

    def _days(self, column: Column) -> Any:
        texts, bad = texts_in(self.batch.columns[self.names[column.name]])
        self._note(bad, column, *NOT_UTF8)
        coded = pc.dictionary_encode(texts)
        days = [day_of(word) for word in coded.dictionary.to_pylist()]
        wrong = np.array([day is False for day in days], np.bool_)
        words = "Write the day as 2026-01-31; it lies between 1900 and 2200."
        self._note(np.flatnonzero(wrong[_indices(coded)]), column, "cell.not-a-day", words)
        if column.needed:
            empty = np.array([day is None for day in days], np.bool_)
            self._note(np.flatnonzero(empty[_indices(coded)]), column, "cell.empty", "The row has no date.")
        return pa.array([None if day is False else day for day in days], pa.int64()).take(coded.indices)

    def _possible(self, instruments: Any, scores: Any) -> Any:
        """Note scores outside their measure's range, and fractions where totals are whole."""
        coded = pc.dictionary_encode(instruments)
        values = scores.to_numpy(zero_copy_only=False)
        places = _indices(coded)
        for number, slug in enumerate(coded.dictionary.to_pylist()):
            mine = (places == number) & ~np.isnan(values)
            if not slug:
                self._note(np.flatnonzero(mine), _column("score"), "score.no-measure", "A score without a measure.")
            elif (measure := self.measures.get(slug)) is not None:
                self._note_range(measure, mine, values)
        return scores

    def _note_range(self, measure: Instrument, mine: NDArray[np.bool_], values: NDArray[np.float64]) -> None:
        low, high = measure.scoring.minimum, measure.scoring.maximum
        beyond = mine & ((values < low) | (values > high))
        share = float(beyond.sum()) / max(int(mine.sum()), 1)
        mixed = " Many scores lie outside: are two scales mixed?" if share > 0.1 and mine.sum() >= 10 else ""
        words = f"The score can't be: {measure.short} goes from {low} to {high}.{mixed}"
        self._note(np.flatnonzero(beyond), _column("score"), "scale.mixed" if mixed else "score.impossible", words)
        if measure.scoring.kind == "sum":
            words = (
                f"{measure.short} is a sum of whole answers, so its total is whole: is this another scale or a mean?"
            )
            fraction = mine & ~beyond & (values != np.floor(values))
            self._note(np.flatnonzero(fraction), _column("score"), "score.not-whole", words)

    def _note_states(self, made: Mapping[str, Any]) -> None:
        """A session that didn't take place, and a referral, have no score."""
        idle = pc.is_in(made["state"], pa.array(["missed", "cancelled", "referred"]))
        with_score = pc.and_(idle, pc.is_valid(made["score"])).to_numpy(zero_copy_only=False)
        words = "A session that was not attended can't have a score; write measure for one filled in between."
        self._note(np.flatnonzero(with_score), _column("score"), "score.without-session", words)

    def _note(self, positions: NDArray[np.int64], column: Column, code: str, sentence: str) -> None:
        if len(positions):
            theirs = self.names.get(column.name, column.name)
            note_cells(self.places, self.source, self.batch, positions, theirs, code, sentence)


def day_of(text: str) -> int | bool | None:
    """Days since 1970-01-01; None for an empty cell; False for what is no day. A time of day is passed over."""
    bare = text.strip()
    if not bare or bare.lower() in {"na", "nan", "null", "nat"}:
        return None
    try:
        day = datetime.fromisoformat(bare).date() if len(bare) > 10 else date.fromisoformat(bare)
    except ValueError:
        return False
    return (day - date(1970, 1, 1)).days if 1900 <= day.year <= 2200 else False


def quarters_of(days: Any) -> Any:
    """Quarters, counted from year 0, of days since 1970."""
    months = pc.fill_null(days, 0).to_numpy(zero_copy_only=False).astype("datetime64[D]").astype("datetime64[M]")
    quarters = (months.astype(np.int64) // 3) + 1970 * 4
    return pa.array(quarters, pa.int64(), mask=pc.is_null(days).to_numpy(zero_copy_only=False))


def quarter_label(quarter: int) -> str:
    """`2026 Q1`."""
    return f"{quarter // 4} Q{quarter % 4 + 1}"


def _indices(coded: Any) -> NDArray[np.int64]:
    return np.asarray(coded.indices.to_numpy(zero_copy_only=False))


def _column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)


def _state(word: str) -> str | bool:
    bare = word.lower() or "attended"
    bare = _SYNONYMS.get(bare, bare)
    return bare if bare in STATES else False


def _yes(word: str) -> int | bool | None:
    bare = word.lower()
    if bare in ("", "na", "unknown"):
        return None
    return 1 if bare in _YES else 0 if bare in _NO else False


def rows_in_memory(columns: Mapping[str, Sequence[Any]], place: str) -> tuple[Any, RowFacts]:
    """An Arrow table of SCHEMA and what is known of it, from columns that are right already, days as days since 1970.
    Columns that are made of days, and those that are absent, are made here."""
    length = len(columns["patient"])
    held: dict[str, Any] = {"row": pa.array(np.arange(length))}
    for field_ in SCHEMA:
        if field_.name in columns:
            held[field_.name] = pa.array(columns[field_.name], field_.type)
        elif field_.name not in held and not field_.name.endswith("quarter"):
            empty = "" if pa.types.is_string(field_.type) else None
            held[field_.name] = pa.array([empty] * length, field_.type)
    for name in ("day", "referred", "began", "ended"):
        held["quarter" if name == "day" else f"{name}_quarter"] = quarters_of(held[name])
    table = pa.table([held[name] for name in SCHEMA.names], schema=SCHEMA)
    slugs = tuple(sorted({slug for slug in columns["instrument"] if slug}))
    scores = length - table.column("score").null_count
    return table, RowFacts(place, tuple(columns), slugs, length, scores)
