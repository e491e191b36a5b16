"""The benchmarks run, agree with their peer on every count, and print a table."""

from __future__ import annotations

import pytest
from benchmarks import bench_change, bench_score
from benchmarks.__main__ import main
from benchmarks.rows import Row, table


@pytest.mark.parametrize(("benchmark", "rows"), [(bench_change, 5), (bench_score, 3)])
def test_a_small_run_agrees_with_the_peer(monkeypatch, benchmark, rows):
    """Each benchmark stops where its counts and the peer's differ."""
    monkeypatch.setenv("OPENHOUR_BENCH_PAIRS", "20000")
    monkeypatch.setenv("OPENHOUR_BENCH_PATIENTS", "5000")
    monkeypatch.setenv("OPENHOUR_BENCH_FORMS", "20000")
    found = benchmark.run()
    assert len(found) == rows
    assert all(row.ours > 0 and row.ratio for row in found)


def test_the_table_has_a_line_for_each_row():
    lines = table([Row("fast", 1, 4), Row("alone", 2000, None, "1/s", "50,000 or more")]).splitlines()
    assert lines[1].split() == ["fast", "1.0", "ms", "4.0", "ms", "0.250"]
    assert "2,000.0 1/s" in lines[2]
    assert lines[2].endswith("50,000 or more")


def test_a_benchmark_that_is_not_there_is_named(capsys):
    assert main(["nonsense"]) == 2
    said = capsys.readouterr().err
    assert "nonsense" in said
    assert "change" in said
