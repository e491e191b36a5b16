"""First and last scores of ten million patients, from a Parquet file to five counts.

Peer: DuckDB with the textbook CASE over every row of the same file, cut-off and points given to it ready. Ours also finds
the group's mean and deviation, and both must agree on every count.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.rows import Row, milliseconds, size
from openhour.measures import CLASSES, IndexRule, Norm, Pairs, Terms, class_counts, rule_for
from openhour.outcomes.change_file import change_file
from openhour.outcomes.shapes import ChangeAsked, TwoColumns

TERMS = Terms("lower", 0.84, "c", Norm(2.91, 3.52))
CASE = """
SELECT CASE
    WHEN (post - pre) / {s_diff} < -{critical} AND pre > {cut} AND post < {cut} THEN 'recovered'
    WHEN (post - pre) / {s_diff} < -{critical} THEN 'improved'
    WHEN (post - pre) / {s_diff} > {critical} AND pre < {cut} AND post > {cut} THEN 'harmed'
    WHEN (post - pre) / {s_diff} > {critical} THEN 'deteriorated'
    ELSE 'unchanged' END AS category, count(*) FROM '{path}' GROUP BY category"""


def run() -> list[Row]:
    """Times in memory and from the file."""
    patients = size("PAIRS", 10_000_000)
    random = np.random.default_rng(2026)
    pre = np.clip(random.normal(15, 5.5, patients).round(), 0, 27).astype(np.int8)
    post = np.clip(pre * 0.55 + random.normal(1, 4.5, patients), 0, 27).round().astype(np.int8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.parquet"
        pq.write_table(pa.table({"pre": pre, "post": post}), path, compression="zstd")
        return _measured(path, pre, post)


def _measured(path: Path, pre: np.ndarray, post: np.ndarray) -> list[Row]:
    asked = ChangeAsked(path, TwoColumns("pre", "post"))
    report = change_file(asked, lambda pairs: rule_for(pairs, TERMS))
    rule = report.rule
    assert isinstance(rule, IndexRule)
    query = _query(path, rule)
    theirs = dict(duckdb.sql(query).fetchall())
    assert report.counts == {name: theirs.get(name, 0) for name in CLASSES}, "the two disagree"
    assert class_counts(Pairs.of(pre, post), rule) == report.counts
    file, memory, case = milliseconds(
        lambda: change_file(asked, lambda pairs: rule_for(pairs, TERMS)),
        lambda: class_counts(Pairs.of(pre, post), rule),
        lambda: duckdb.sql(query).fetchall(),
    )
    millions = f"{len(pre) / 1e6:g} M pairs"
    return [
        Row(f"change: {millions}, Parquet to counts, against DuckDB CASE", file, case, aim="0.25 or less"),
        Row(f"change: {millions} in memory to counts, against the same", memory, case, aim="0.10 or less"),
    ]


def _query(path: Path, rule: IndexRule) -> str:
    from openhour.measures import s_diff

    facts = {
        "s_diff": s_diff(rule.sample.pre_sd, rule.sample.reliability),
        "critical": rule.critical,
        "cut": rule.cutoff,
    }
    return CASE.format(path=path, **{name: f"{value!r}::DOUBLE" for name, value in facts.items()})
