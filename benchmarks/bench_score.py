"""Nine answers each of millions of forms to totals, bands and cases; in memory, and from Parquet and CSV files.

Peer: DuckDB adding the same columns and choosing bands by CASE, over the same file; both must agree on every count.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from benchmarks.rows import Row, milliseconds, size
from openhour.catalog import Instrument, shipped_shelf
from openhour.measures import score_columns
from openhour.outcomes.score_file import Asked, score_file

SUM = """
SELECT CASE WHEN total IS NULL THEN 'none' WHEN total >= 20 THEN 'severe' WHEN total >= 15 THEN 'moderately severe'
    WHEN total >= 10 THEN 'moderate' WHEN total >= 5 THEN 'mild' ELSE 'minimal' END AS band, count(*)
FROM (SELECT CASE WHEN {whole} THEN {sum} END AS total FROM {source}) GROUP BY band"""


def run() -> list[Row]:
    """Times in memory, from Parquet, and from CSV (a tenth of the rows)."""
    phq = shipped_shelf().instrument("phq-9", on=date(2026, 1, 1))
    forms = size("FORMS", 5_000_000)
    random = np.random.default_rng(2026)
    answers = random.choice(np.array([0, 1, 2, 3, 9], np.int8), (9, forms), p=[0.55, 0.22, 0.12, 0.1, 0.01])
    columns = {name: answers[place] for place, name in enumerate(phq.data_columns)}
    with tempfile.TemporaryDirectory() as folder:
        parquet, csv = Path(folder) / "answers.parquet", Path(folder) / "answers.csv"
        pq.write_table(pa.table(columns), parquet, compression="zstd")
        arrow_csv.write_csv(pa.table(columns).slice(0, forms // 10), csv)
        return [_from_file(phq, parquet, forms), _from_file(phq, csv, forms // 10), _in_memory(phq, parquet, answers)]


def _from_file(phq: Instrument, path: Path, forms: int) -> Row:
    query = _query(phq, f"'{path}'")
    theirs = dict(duckdb.sql(query).fetchall())
    ours = score_file(phq, Asked(path))
    assert {name: count for name, count in ours.bands.items() if count} == {
        k: v for k, v in theirs.items() if k != "none"
    }
    took, peer = milliseconds(lambda: score_file(phq, Asked(path)), lambda: duckdb.sql(query).fetchall(), rounds=3)
    return Row(f"score: {forms / 1e6:g} M forms from {path.suffix[1:]} to counts, against DuckDB", took, peer)


def _in_memory(phq: Instrument, path: Path, answers: np.ndarray) -> Row:
    query = _query(phq, f"'{path}'")
    took, peer = milliseconds(
        lambda: score_columns(phq, list(answers)), lambda: duckdb.sql(query).fetchall(), rounds=3
    )
    return Row(f"score: {answers.shape[1] / 1e6:g} M forms in memory, against the same from Parquet", took, peer)


def _query(phq: Instrument, source: str) -> str:
    whole = " AND ".join(f"{name} BETWEEN 0 AND 3" for name in phq.data_columns)
    return SUM.format(whole=whole, sum=" + ".join(phq.data_columns), source=source)
