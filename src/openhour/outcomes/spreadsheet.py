"""A CSV file as a spreadsheet writes it, streamed through Arrow's reader.

All cells are taken as bytes and read by `cells`, so that a bad one is found with its row and column, and no reader's
guess decides what a number is. Python's own reader is asked for row numbers only when something is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from openhour.outcomes.places import Places, refuse

BLOCK = 1 << 20
HEADING_LIMIT = 1 << 20
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A CSV file with a heading."""

    path: Path
    names: tuple[str, ...]
    delimiter: str

    @classmethod
    def open(cls, path: Path, delimiter: str) -> Spreadsheet:
        """Read the heading. Raises Refused where there is none that can be understood."""
        with path.open("rb") as file:
            head = file.read(HEADING_LIMIT)
        return cls(path, _heading(head, path, delimiter), delimiter)

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """See `tables.Source`."""
        ragged: list[int] = []
        try:
            with pa.OSFile(str(self.path)) as file:
                size = max(file.size(), 1)
                for batch in self._reader(file, columns, ragged):
                    yield batch, min(file.tell() / size, 1.0)
        except pa.ArrowException as error:
            if ragged or "straddl" not in str(error):
                self._refuse_ragged()
            raise refuse(
                "row.too-long", "A row is longer than 1 MB. Is a quotation mark left open?", str(self.path)
            ) from error
        if ragged:
            self._refuse_ragged()

    def _reader(self, file: Any, columns: Sequence[str], ragged: list[int]) -> Any:
        def note(row: Any) -> str:
            ragged.append(row.actual_columns)
            return "skip"

        return arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK, encoding="utf8"),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(columns, pa.binary()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )

    def rows_of(self, records: Sequence[int]) -> list[int]:
        """See `tables.Source`. Arrow passes over blank lines; a spreadsheet counts them."""
        wanted, found, record = set(records), dict[int, int](), -1
        for row, cells in self._rows():
            record += bool(cells)
            if cells and record - 1 in wanted:
                found[record - 1] = row
                if len(found) == len(wanted):
                    break
        return [found.get(one, one + 2) for one in records]

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            try:
                yield from enumerate(csv.reader(file, delimiter=self.delimiter), start=1)
            except csv.Error:  # a cell beyond the reader's limit: the rows before it are known
                return

    def _refuse_ragged(self) -> None:
        places, wanted = Places(str(self.path)), len(self.names)
        for row, cells in self._rows():
            if cells and len(cells) != wanted:
                places.add("row.length", f"The row has {len(cells)} cells, the heading has {wanted}.", [row])
        places.settle()
        raise refuse("file.not-csv", "The file can't be read as CSV.", str(self.path))


def _heading(head: bytes, path: Path, delimiter: str) -> tuple[str, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("file.not-utf8", "The file is saved as UTF-16. Save it as CSV UTF-8.", str(path))
    if head.startswith((b"PAR1", b"PK\x03\x04")):
        raise refuse("file.not-csv", "This is a Parquet or Excel file under another name.", str(path))
    names = _names(head, path, delimiter)
    if not any(name.strip() for name in names):
        raise refuse("file.no-heading", "The first row names no column.", str(path))
    for other, words in OTHER_DELIMITERS.items():
        if len(names) == 1 and other != delimiter and other in names[0]:
            words = f"The file seems to be separated by {words}. Name the character with --delimiter."
            raise refuse("file.delimiter", words, str(path))
    return names


def _names(head: bytes, path: Path, delimiter: str) -> tuple[str, ...]:
    text = head.decode("utf-8-sig", errors="surrogateescape")
    try:
        names = next((row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row), [])
    except csv.Error as error:
        raise refuse(
            "file.heading", "The heading can't be read. Is a quotation mark left open?", str(path)
        ) from error
    joined = "".join(names)
    if "\x00" in joined:
        raise refuse("file.not-text", "The file holds no plain text. Save it as CSV UTF-8.", str(path))
    if any("\ud800" <= letter <= "\udfff" for letter in joined):
        raise refuse("file.not-utf8", "The heading is not UTF-8. Save the file as CSV UTF-8.", f"{path}, row 1")
    return tuple(names)
