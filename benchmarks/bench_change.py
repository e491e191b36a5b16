"""First and last scores of ten million patients to five counts, and of a million patients to a class for each.

Peer of the counts: DuckDB with the textbook CASE over every row of the same file, cut-off and points given to it ready. Ours
also finds the group's means, deviations and correlation, and both must agree on every count. From a file, decoding Parquet
alone takes most of our time (the line "decoding alone" says how much): below that no counting can go.
Peer of the patients: the textbook in pandas, column by column, from the same arrays; both must agree on every patient.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
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
        counts = _measured(path, pre, post)
        few = size("PATIENTS", 1_000_000)
        return [*counts, *_patients(Path(folder), pre[:few], post[:few])]


def _measured(path: Path, pre: np.ndarray, post: np.ndarray) -> list[Row]:
    asked = ChangeAsked(path, TwoColumns("pre", "post"))
    report = change_file(asked, lambda pairs: rule_for(pairs, TERMS))
    rule = report.rule
    assert isinstance(rule, IndexRule)
    query = _query(path, rule)
    theirs = dict(duckdb.sql(query).fetchall())
    assert report.counts == {name: theirs.get(name, 0) for name in CLASSES}, "the two disagree"
    assert class_counts(Pairs.of(pre, post), rule) == report.counts
    file, memory, decode, case = milliseconds(
        lambda: change_file(asked, lambda pairs: rule_for(pairs, TERMS)),
        lambda: class_counts(Pairs.of(pre, post), rule),
        lambda: _decode(path),
        lambda: duckdb.sql(query).fetchall(),
    )
    millions = f"{len(pre) / 1e6:g} M pairs"
    return [
        Row(f"change: {millions}, Parquet to counts, against DuckDB CASE", file, case, aim="0.10 or less"),
        Row(f"change: {millions} in memory to counts, against the same", memory, case, aim="0.10 or less"),
        Row(f"change: {millions}, decoding alone (Arrow), against the same", decode, case, aim="what a file costs"),
    ]


def _decode(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        for _ in file.iter_batches(131_072):
            pass


def _patients(folder: Path, pre: np.ndarray, post: np.ndarray) -> list[Row]:
    rule = rule_for(Pairs.of(pre, post), TERMS)
    _, found = rule.judge(pre.astype(np.float64), post.astype(np.float64))
    assert (np.array(CLASSES)[found] == _pandas(pre, post)["category"].to_numpy()).all(), "the two disagree"
    path, out = folder / "patients.parquet", folder / "judged.parquet"
    ids = pa.array([f"P{number:07}" for number in range(len(pre))])
    pq.write_table(pa.table({"id": ids, "pre": pre, "post": post}), path, compression="zstd")
    asked = ChangeAsked(path, TwoColumns("pre", "post", "id"), out=out)
    arrays, rows, textbook, table = milliseconds(
        lambda: _judged(pre, post),
        lambda: change_file(asked, lambda pairs: rule_for(pairs, TERMS)),
        lambda: _pandas(pre, post),
        lambda: _pandas_file(path, out),
    )
    millions = f"{len(pre) / 1e6:g} M patients"
    return [
        Row(f"change: {millions}, index and class each, against pandas", arrays, textbook, aim="200 ms or less"),
        Row(f"change: {millions}, Parquet to Parquet, against pandas", rows, table, aim="1.00 or less"),
    ]


def _judged(pre: np.ndarray, post: np.ndarray) -> object:
    rule = rule_for(Pairs.of(pre, post), TERMS)
    return rule.judge(pre.astype(np.float64), post.astype(np.float64))


def _pandas(pre: np.ndarray, post: np.ndarray) -> pd.DataFrame:
    """The formulas as a paper writes them."""
    return _textbook(pd.DataFrame({"pre": pre.astype(np.float64), "post": post.astype(np.float64)}))


def _textbook(patients: pd.DataFrame) -> pd.DataFrame:
    sd = patients["pre"].std()
    norm = TERMS.functional
    cut = (sd * norm.mean + norm.sd * patients["pre"].mean()) / (sd + norm.sd)
    patients["index"] = (patients["post"] - patients["pre"]) / (sd * np.sqrt(2) * np.sqrt(1 - TERMS.reliability))
    better, worse = patients["index"] < -1.959963984540054, patients["index"] > 1.959963984540054
    recovered = better & (patients["pre"] > cut) & (patients["post"] < cut)
    harmed = worse & (patients["pre"] < cut) & (patients["post"] > cut)
    cases = [recovered, better, harmed, worse]
    patients["category"] = np.select(cases, ["recovered", "improved", "harmed", "deteriorated"], "unchanged")
    return patients


def _pandas_file(path: Path, out: Path) -> None:
    patients = pd.read_parquet(path).astype({"pre": "float64", "post": "float64"})
    patients["change"] = patients["post"] - patients["pre"]
    _textbook(patients).to_parquet(out, compression="zstd")


def _query(path: Path, rule: IndexRule) -> str:
    from openhour.measures import s_diff

    facts = {
        "s_diff": s_diff(rule.sample.pre_sd, rule.sample.reliability),
        "critical": rule.critical,
        "cut": rule.cutoff,
    }
    return CASE.format(path=path, **{name: f"{value!r}::DOUBLE" for name, value in facts.items()})
