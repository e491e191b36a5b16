"""Write a table so that it is there whole or not at all.

Rows go to a hidden file in the same folder, which takes the real name at the end; whatever goes wrong before leaves the
folder as it was. Refuses to write over the file that is being read.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from openhour.outcomes.places import refuse


class Rows(Protocol):
    """Takes record batches of the schema it was opened with."""

    def write_batch(self, batch: Any) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


@contextmanager
def written(path: Path, schema: Any, *, beside: Path) -> Iterator[Rows]:
    """Open a table for writing; it appears under its name when the block ends well. beside: the file being read.

    Raises Refused where the name, the folder or the disk allow no file.
    """
    try:
        _check(path, beside)
        with _hidden(path) as file:
            rows = _writer(file, path, schema)
            try:
                yield rows
                rows.close()
            except BaseException:
                rows.abandon()
                raise
    except OSError as error:
        words = f"The file can't be written: {error.strerror or 'output error'}."
        raise refuse("out.not-written", words, str(path)) from error


def _check(path: Path, beside: Path) -> None:
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise refuse("out.unknown-kind", "The file to write ends in .csv or .parquet.", str(path))
    if path.is_dir():
        raise refuse("out.a-folder", "This is a folder, not a file.", str(path))
    if not path.parent.is_dir():
        raise refuse("out.no-folder", "There is no such folder to write to.", str(path))
    if path.exists() and beside.exists() and path.samefile(beside):
        raise refuse("out.is-input", "That would overwrite the file that is read. Choose another name.", str(path))


@contextmanager
def _hidden(path: Path) -> Iterator[BinaryIO]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _writer(file: BinaryIO, path: Path, schema: Any) -> Rows:
    if path.suffix.lower() == ".parquet":
        repeated = [name for name in schema.names if name != "id"]  # ids are all different: a dictionary only costs
        return _Batches(pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=repeated))
    return _Batches(arrow_csv.CSVWriter(file, schema, write_options=arrow_csv.WriteOptions(quoting_style="needed")))


class _Batches:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write_batch(self, batch: Any) -> None:
        self._writer.write_table(pa.Table.from_batches([batch]))

    def close(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        """End without a whole file: what can't be closed now must not complain later, when it is collected."""
        with suppress(Exception):
            self._writer.close()
        if isinstance(self._writer, pq.ParquetWriter):
            self._writer.is_open = False
