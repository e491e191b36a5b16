"""The same report definition on an existing distributed engine: the same counts, here on a Spark of two local cores."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from openhour.kernel import Refused
from openhour.outcomes.report.columns import Period, ReportAsked
from openhour.outcomes.report.reading import RowsAsked
from openhour.outcomes.report.report import report_on_file
from tests.outcomes.report.rows import BEGINS, MEASURES, course, practice, written

pytestmark = pytest.mark.spark


@pytest.fixture(autouse=True)
def _spark_is_here():
    java = shutil.which("java") or (
        os.environ.get("JAVA_HOME") and Path(os.environ["JAVA_HOME"], "bin/java").exists()
    )
    why = "" if java else "Java isn't installed"
    why = why if find_spec("pyspark") else "pyspark isn't installed (./dev spark adds it)"
    if why and os.environ.get("OPENHOUR_NO_SKIP") == "1":
        pytest.fail(why)
    if why:
        pytest.skip(why)


def both(path, asked):
    return [report_on_file(RowsAsked(path), asked, MEASURES, engine=engine) for engine in ("duckdb", "spark")]


def test_spark_counts_what_duckdb_counts(tmp_path):
    rows = practice(120)
    for name in ("x1", "x2"):
        rows += course(name, [18, 4]) + course(name, [15, 3], instrument="gad-7")
    path = written(tmp_path, rows)
    here, there = both(path, ReportAsked(by="site", smallest=1, period=Period(until=BEGINS.replace(year=2026))))
    assert [(line.group, line.what, line.n, line.of, line.hidden) for line in here.lines] == [
        (line.group, line.what, line.n, line.of, line.hidden) for line in there.lines
    ]
    for mine, theirs in zip(here.lines, there.lines, strict=True):
        for end in ("share", "value", "low", "high"):
            here_end, there_end = getattr(mine, end), getattr(theirs, end)
            assert here_end is there_end is None or here_end == pytest.approx(there_end, rel=1e-9), mine.what
    assert here.pictures[0].spots == there.pictures[0].spots
    assert [point.word for point in here.pictures[-1].funnel.points] == [
        point.word for point in there.pictures[-1].funnel.points
    ]
    wrong = written(tmp_path, [*rows, rows[3]], name="wrong.csv")
    findings = []
    for engine in ("duckdb", "spark"):
        with pytest.raises(Refused) as refused:
            report_on_file(RowsAsked(wrong), ReportAsked(), MEASURES, engine=engine)
        findings.append(refused.value.findings)
    assert findings[0] == findings[1]
