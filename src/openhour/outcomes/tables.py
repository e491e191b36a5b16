"""Open a CSV or Parquet file and let its rows stream by, a megabyte or so at a time.

Called by everything that reads a file of many patients. Refuses, in words and with the place, what is no such file:
missing, a folder, empty, another format, not UTF-8, another delimiter, columns that are absent or stand there twice,
rows of unequal length, a truncated file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.outcomes.cells import is_number, is_text
from openhour.outcomes.places import NAMED, Places, refuse
from openhour.outcomes.spreadsheet import Spreadsheet

BATCH_ROWS = 131_072
PARQUET = (".parquet", ".pq")
NOT_A_NUMBER = ("cell.not-a-number", "The cell holds no number.")
NOT_UTF8 = ("cell.not-utf8", "The cell is not UTF-8. Save the file as CSV UTF-8.")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows. first: number of the first one, from 0. columns: Arrow arrays by name. done: share of the file, 0-1."""

    first: int
    rows: int
    columns: dict[str, Any]
    done: float


class Source(Protocol):
    """A file that can be read again and again, from the start."""

    @property
    def path(self) -> Path: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Pairs of an Arrow record batch and the share of the file that is done."""

    def rows_of(self, records: Sequence[int]) -> list[int]:
        """Spreadsheet rows (heading = 1) of records counted from 0."""


def open_table(path: Path, delimiter: str = ",") -> Source:
    """Open by extension. Raises Refused."""
    try:
        _check_file(path)
        if path.suffix.lower() in PARQUET:
            return ParquetTable.open(path)
        return Spreadsheet.open(path, "\t" if path.suffix.lower() == ".tsv" else delimiter)
    except OSError as error:
        raise refuse(
            "file.unreadable", f"The file can't be read: {error.strerror or 'input error'}.", str(path)
        ) from error


def _check_file(path: Path) -> None:
    if not path.exists():
        raise refuse("file.missing", "There is no such file.", str(path))
    if not path.is_file():
        raise refuse("file.not-a-file", "This is a folder or a device, not a file.", str(path))
    if path.suffix.lower() not in (".csv", ".tsv", *PARQUET):
        words = "Only .csv, .tsv and .parquet files are read. Save it as CSV UTF-8."
        raise refuse("file.unknown-kind", words, str(path))
    if path.stat().st_size == 0:
        raise refuse("file.empty", "The file is empty.", str(path))


def read_batches(source: Source, columns: Sequence[str]) -> Iterator[Batch]:
    """The columns asked for, batch by batch. Raises Refused where one is absent or stands there twice."""
    wanted = tuple(dict.fromkeys(columns))
    if findings := tuple(_column_findings(source, wanted)):
        raise Refused(findings)
    first = 0
    try:
        for batch, done in source.batches(wanted):
            if batch.num_rows:
                yield Batch(first, batch.num_rows, {name: batch.column(name) for name in wanted}, done)
                first += batch.num_rows
    except OSError as error:
        raise refuse(
            "file.unreadable", "The file is damaged or can't be read to its end.", str(source.path)
        ) from error


def note_cells(
    places: Places, source: Source, batch: Batch, positions: NDArray[np.int64], column: str, code: str, sentence: str
) -> None:
    """Note what is wrong with the cells at these positions of a batch, by spreadsheet row."""
    note_rows(places, source, [batch.first + int(position) for position in positions], column, code, sentence)


def note_rows(places: Places, source: Source, records: Sequence[int], column: str, code: str, sentence: str) -> None:
    """Note what is wrong with a column in these records of the file, counted from 0."""
    named = records[
        : max(NAMED - len(places.findings), 0)
    ]  # finding a row reads the file again: only for those named
    places.add(code, sentence, source.rows_of(named) if named else [], column)
    places.beyond += len(records) - len(named)


def _column_findings(source: Source, wanted: Sequence[str]) -> Iterator[Finding]:
    for name in wanted:
        times = source.names.count(name)
        if times == 0:
            listed = ", ".join(source.names[:12]) + (", ..." if len(source.names) > 12 else "")
            yield Finding(
                "column.missing", f"There is no such column. The file has: {listed}.", f"{source.path}, column {name}"
            )
        elif times > 1:
            yield Finding("column.twice", f"The column stands there {times} times.", f"{source.path}, column {name}")


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file."""

    path: Path
    names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path) -> ParquetTable:
        """Read the footer. Raises Refused where it is no Parquet file, or a truncated one."""
        try:
            with pq.ParquetFile(path) as file:
                return cls(path, tuple(file.schema_arrow.names))
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the system, not of the format
                raise
            raise refuse("file.not-parquet", "This is no Parquet file, or it is cut short.", str(path)) from error

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """See `Source`."""
        try:
            with pq.ParquetFile(self.path) as file:
                self._check(file.schema_arrow, columns)
                total, done = max(file.metadata.num_rows, 1), 0
                for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
                    done += batch.num_rows
                    yield batch, done / total
        except pa.ArrowException as error:
            raise refuse("file.damaged", "The file is damaged or cut short.", str(self.path)) from error

    def rows_of(self, records: Sequence[int]) -> list[int]:
        """See `Source`."""
        return [record + 2 for record in records]

    def _check(self, schema: Any, columns: Sequence[str]) -> None:
        wrong = [name for name in columns if not _readable(schema.field(name).type)]
        if wrong:
            words = "The column holds neither numbers nor text."
            raise Refused([Finding("column.kind", words, f"{self.path}, column {name}") for name in wrong])


def _readable(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _readable(kind.value_type)
    return is_text(kind) or is_number(kind) or pa.types.is_temporal(kind)
