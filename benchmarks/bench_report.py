"""A practice's report over a million sessions, from a Parquet file to the finished report, and what it needs of memory.

Peer: DuckDB alone counts first and last scores of the same file by plain SQL with window functions, which is one of the
report's dozen tables and checks nothing. Memory: the most that a fresh process held, for a file and for one four times as long.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.rows import Row, milliseconds, size
from openhour.catalog import shelf_with
from openhour.outcomes.report.columns import ReportAsked
from openhour.outcomes.report.reading import RowsAsked
from openhour.outcomes.report.report import report_on_file
from openhour.outcomes.report.values import Report

PLAIN = """
WITH scored AS (
    SELECT episode, site, score,
           row_number() OVER (PARTITION BY episode ORDER BY date, session) AS up,
           row_number() OVER (PARTITION BY episode ORDER BY date DESC, session DESC) AS down
    FROM '{path}' WHERE score IS NOT NULL),
pairs AS (
    SELECT episode, any_value(site) AS site, max(score) FILTER (up = 1) AS pre, max(score) FILTER (down = 1) AS post,
           count(*) AS n FROM scored GROUP BY episode)
SELECT site, count(*) FILTER (pre - post >= 6), count(*) FROM pairs WHERE n > 1 GROUP BY site ORDER BY site"""
ALONE = """
import resource, sys
from benchmarks.bench_report import made
made(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run() -> list[Row]:
    """Time against the peer, and memory at one and four times the length."""
    sessions = size("SESSIONS", 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        once, four = Path(folder) / "once.parquet", Path(folder) / "four.parquet"
        write(once, sessions)
        write(four, 4 * sessions)
        report, query = made(str(once)), PLAIN.format(path=once)
        better, paired = (
            {group: report.line(what, group, "PHQ-9").n for group in report.groups} for what in ("better", "paired")
        )
        assert [(site, better[site], paired[site]) for site in sorted(better)] == duckdb.sql(query).fetchall()
        ours, theirs = milliseconds(lambda: made(str(once)), lambda: duckdb.sql(query).fetchall(), rounds=3)
        small, large = (memory(path) for path in (once, four))
    millions = f"{sessions / 1e6:g} M sessions"
    return [
        Row(
            f"report: {millions}, Parquet to the whole report, beside one plain table",
            ours,
            theirs,
            aim="2,000 ms or less",
        ),
        Row(f"report: memory at four times {millions}, beside once", large, small, "MB", aim="1.3 or less"),
    ]


def made(path: str) -> Report:
    """The report of a file, by site."""
    measures = {one.pin.slug: one for one in shelf_with(None).instruments}
    return report_on_file(RowsAsked(Path(path)), ReportAsked(by="site"), measures)


def memory(path: Path) -> float:
    """Megabytes that a process of its own held at most."""
    told = subprocess.run([sys.executable, "-c", ALONE, path], capture_output=True, text=True, check=True)
    return int(told.stdout.split()[-1]) / 1024


def write(path: Path, sessions: int) -> None:
    """About so many sessions of made-up courses, in seven sites, by eighty therapists."""
    random = np.random.default_rng(2026)
    lengths = random.integers(4, 17, sessions // 10)
    course = np.repeat(np.arange(len(lengths)), lengths)
    number = np.arange(len(course)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    begins = np.repeat(random.integers(18_000, 20_000, len(lengths)), lengths)
    first = np.repeat(random.normal(15, 5, len(lengths)), lengths)
    score = np.clip(first - 0.6 * number + random.normal(0, 3, len(course)), 0, 27).round()
    missed = random.random(len(course)) < 0.1
    unscored = missed | (random.random(len(course)) < 0.15)
    keys = pa.array([f"e{one}" for one in range(len(lengths))])
    table = {
        "patient": keys.take(pa.array(course)),
        "episode": keys.take(pa.array(course)),
        "therapist": pa.array([f"t{one}" for one in range(80)]).take(pa.array(course % 80)),
        "site": pa.array([f"site {one}" for one in range(7)]).take(pa.array(course % 7)),
        "indication": pa.array(["depression", "anxiety"]).take(pa.array(course % 2)),
        "instrument": pa.array(["phq-9"] * len(course)),
        "session": number,
        "date": (begins + 7 * number).astype("datetime64[D]"),
        "score": pa.array(score, mask=unscored),
        "state": pa.array(["attended", "missed"]).take(pa.array(missed.astype(np.int64))),
        "ended": (begins + 7 * np.repeat(lengths, lengths)).astype("datetime64[D]"),
        "age": 20 + course % 60,
    }
    pq.write_table(pa.table(table), path)
