"""The benchmark of expected courses runs, and finds what the general program finds."""

from __future__ import annotations

from benchmarks import bench_course


def test_a_small_run_agrees_with_the_peer(monkeypatch):
    """The benchmark stops where its estimates and the peer's differ."""
    monkeypatch.setenv("OPENHOUR_BENCH_COURSE", "1000")
    monkeypatch.setenv("OPENHOUR_BENCH_COURSE_PEER", "300")
    found = bench_course.run()
    assert len(found) == 6
    assert all(row.ours > 0 for row in found)
    assert [row.peer is not None for row in found].count(True) == 1
