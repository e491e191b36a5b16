"""A written file is there whole, or not at all."""

from __future__ import annotations

import gc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openhour.kernel import Refused
from openhour.outcomes.written import written
from tests.outcomes.files import csv_file, leftovers

SCHEMA = pa.schema({"id": pa.string(), "total": pa.int32()})
ROWS = pa.record_batch([["Ana", "B, en"], [3, None]], schema=SCHEMA)


def test_a_csv_file_is_written(tmp_path):
    out = tmp_path / "scores.csv"
    with written(out, SCHEMA, beside=tmp_path / "answers.csv") as rows:
        rows.write_batch(ROWS)
        assert not out.exists()
    assert out.read_text().splitlines() == ['"id","total"', '"Ana",3', '"B, en",']
    assert leftovers(tmp_path, out) == set()


def test_a_parquet_file_is_written(tmp_path):
    out = tmp_path / "scores.parquet"
    with written(out, SCHEMA, beside=tmp_path / "answers.csv") as rows:
        rows.write_batch(ROWS)
        rows.write_batch(ROWS)
    assert pq.read_table(out).num_rows == 4


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_nothing_half_written_is_left_and_the_old_file_stays(tmp_path, name):
    out = csv_file(tmp_path, "what was there", name)
    with pytest.raises(pa.ArrowException), written(out, SCHEMA, beside=tmp_path / "answers.csv") as rows:
        _write_and_fail(rows)
    gc.collect()
    assert out.read_text() == "what was there"
    assert leftovers(tmp_path, out) == set()


def _write_and_fail(rows) -> None:
    rows.write_batch(ROWS)
    raise pa.ArrowInvalid


def test_the_file_that_is_read_is_never_overwritten(tmp_path):
    answers = csv_file(tmp_path, "a\n1\n")
    (tmp_path / "link.csv").symlink_to(answers)
    for out in (answers, tmp_path / "link.csv", tmp_path / "." / "answers.csv"):
        with pytest.raises(Refused, match="is-input"), written(out, SCHEMA, beside=answers):
            pass
    assert answers.read_text() == "a\n1\n"


@pytest.mark.parametrize(
    ("name", "code"),
    [("scores.xlsx", "out.unknown-kind"), ("none/scores.csv", "out.no-folder"), ("folder.csv", "out.a-folder")],
)
def test_a_place_that_takes_no_file_is_refused(tmp_path, name, code):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Refused, match=code), written(tmp_path / name, SCHEMA, beside=tmp_path / "answers.csv"):
        pass


def test_a_full_disk_is_told_in_words_and_leaves_nothing(tmp_path):
    with (
        pytest.raises(Refused, match="not-written") as refusal,
        written(tmp_path / "scores.csv", SCHEMA, beside=tmp_path / "answers.csv"),
    ):
        raise OSError(28, "No space left on device")
    assert "No space left" in refusal.value.findings[0].sentence
    assert leftovers(tmp_path) == set()
