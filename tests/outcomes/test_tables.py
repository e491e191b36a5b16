"""A file that can't be read is refused in words, with its place, and never with an exception of a library."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from openhour.kernel import Refused
from openhour.outcomes.tables import open_table, read_batches
from tests.outcomes.files import csv_file, parquet_file


def refused(path, columns=("a",), delimiter=","):
    with pytest.raises(Refused) as refusal:
        list(read_batches(open_table(path, delimiter), columns))
    assert all(str(path) in finding.place for finding in refusal.value.findings)
    return [finding.code for finding in refusal.value.findings]


def read(path, columns=("a", "b"), delimiter=","):
    batches = list(read_batches(open_table(path, delimiter), columns))
    return [
        tuple(row) for batch in batches for row in zip(*(batch.columns[c].to_pylist() for c in columns), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n3,4\n", [(b"1", b"2"), (b"3", b"4")]),
        ("a,b\r\n1,2\r\n", [(b"1", b"2")]),
        ("a,b\n1,2", [(b"1", b"2")]),
        ("\ufeffa,b\n1,2\n", [(b"1", b"2")]),
        ('"a","b"\n"x, y","two\nlines"\n', [(b"x, y", b"two\nlines")]),
        ("b,other,a\n2,Zoë,1\n", [(b"1", b"2")]),
        ("a,b\n1,\n", [(b"1", b"")]),
        ("a,b\n", []),
    ],
)
def test_a_spreadsheet_is_read_as_written(tmp_path, text, rows):
    assert read(csv_file(tmp_path, text)) == rows


def test_other_delimiters_are_read_when_named(tmp_path):
    assert read(csv_file(tmp_path, "a;b\n1;2\n"), delimiter=";") == [(b"1", b"2")]
    assert read(csv_file(tmp_path, "a\tb\n1\t2\n", "answers.tsv")) == [(b"1", b"2")]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", ["file.empty"]),
        (b"\n\n", ["file.no-heading"]),
        (b",,\n1,2,3\n", ["file.no-heading"]),
        ("a,b\n1,2\n".encode("utf-16"), ["file.not-utf8"]),
        (b"a,b\xff\n1,2\n", ["file.not-utf8"]),
        (b"a\x00,b\n1,2\n", ["file.not-text"]),
        (b"a;b\n1;2\n", ["file.delimiter"]),
        (b"a\tb\n1\t2\n", ["file.delimiter"]),
        (b"a,a,b\n1,2,3\n", ["column.twice"]),
        (b"b,c\n1,2\n", ["column.missing"]),
        (b"a,b\n1,2\n3\n4,5,6\n", ["row.length", "row.length"]),
        (b'a,b\n"1,2\n3,4\n', ["row.length"]),
        (b"PAR1 and more", ["file.not-csv"]),
        (b"PK\x03\x04 and more", ["file.not-csv"]),
        (b"a,b\n" + b"x" * (9 << 20) + b",2\n", ["row.too-long"]),
        (b"x" * (2 << 20), ["file.heading"]),
    ],
)
def test_a_broken_spreadsheet_is_refused(tmp_path, content, codes):
    assert refused(csv_file(tmp_path, content)) == codes


def test_rows_of_another_length_are_named_by_their_row(tmp_path):
    path = csv_file(tmp_path, "a,b\n1,2\n\n3\n")
    with pytest.raises(Refused) as refusal:
        list(read_batches(open_table(path), ["a"]))
    assert refusal.value.findings[0].place.endswith("row 4")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_what_is_no_parquet_file_is_refused(tmp_path, content):
    assert refused(csv_file(tmp_path, content, "answers.parquet")) in (["file.empty"], ["file.not-parquet"])


def test_a_parquet_file_cut_short_anywhere_is_refused(tmp_path):
    whole = parquet_file(tmp_path, {"a": list(range(5000))}).read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        assert refused(csv_file(tmp_path, whole[: int(len(whole) * share)], "cut.parquet")) == ["file.not-parquet"]


def test_a_parquet_file_damaged_in_the_middle_is_refused_or_read_but_never_raises(tmp_path):
    whole = parquet_file(tmp_path, {"a": [str(number) for number in range(20_000)]}).read_bytes()
    for place in range(4, 2_000, 97):
        damaged = whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :]
        assert _outcome(csv_file(tmp_path, damaged, "damaged.parquet")) <= {
            "file.damaged",
            "file.not-parquet",
            "file.unreadable",
        }


def _outcome(path) -> set[str]:
    try:
        list(read_batches(open_table(path), ["a"]))
    except Refused as refusal:
        return {finding.code for finding in refusal.findings}
    return set()


def test_a_parquet_column_of_lists_is_refused(tmp_path):
    assert refused(parquet_file(tmp_path, {"a": [[1], [2]]})) == ["column.kind"]
    assert refused(parquet_file(tmp_path, {"b": [1]})) == ["column.missing"]


def test_what_is_no_file_is_refused(tmp_path):
    assert refused(tmp_path / "nowhere.csv") == ["file.missing"]
    assert refused(tmp_path) == ["file.not-a-file"]
    assert refused(csv_file(tmp_path, "a\n1\n", "answers.xlsx")) == ["file.unknown-kind"]
    (tmp_path / "folder.csv").mkdir()
    assert refused(tmp_path / "folder.csv") == ["file.not-a-file"]


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = csv_file(tmp_path, "a\n1\n")

    def locked(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    assert refused(path) == ["file.unreadable"]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path):
    source = open_table(csv_file(tmp_path, 'a,b\n1,2\n\n"x\ny",4\n5,6\n'))
    assert source.rows_of([0, 1, 2]) == [2, 4, 5]
    assert open_table(parquet_file(tmp_path, {"a": pa.array([1, 2])})).rows_of([0, 1]) == [2, 3]
