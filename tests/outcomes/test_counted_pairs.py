"""Counting a Parquet file in the width in which it is stored gives what reading row by row gives, or leaves the file to the careful way."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import Norm, Pairs, PointsRule, Terms, rule_for
from openhour.outcomes import change_file as change_module
from openhour.outcomes.cells import Codes
from openhour.outcomes.change_file import change_file
from openhour.outcomes.counted_pairs import counted_pairs
from openhour.outcomes.shapes import ChangeAsked, Limits, Long, TwoColumns
from openhour.outcomes.tables import open_table
from tests.outcomes.files import csv_file

WIDE = TwoColumns("pre", "post")
SMALL = pa.int8()


def _file(folder, pre, post, *, rows=1_000, kind=SMALL, name="pairs.parquet"):
    path = folder / name
    pq.write_table(pa.table({"pre": pa.array(pre, kind), "post": pa.array(post, kind)}), path, row_group_size=rows)
    return path


def _counted(path, **asked):
    return counted_pairs(ChangeAsked(path, WIDE, **asked), open_table(path))


def _same(one: Pairs, other: Pairs) -> bool:
    return all(np.array_equal(getattr(one, side), getattr(other, side)) for side in ("pre", "post", "patients"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 100)), min_size=1, max_size=60), st.integers(1, 20)
)
def test_row_groups_of_any_size_are_counted_as_one_group(tmp_path, scores, rows):
    pre, post = np.array(scores, np.int8).T
    assert _same(_counted(_file(tmp_path, pre, post, rows=rows)), Pairs.of(pre, post))


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.int64(), pa.uint64()])
def test_whole_numbers_of_every_width_are_counted(tmp_path, kind):
    scores = np.random.default_rng(3).integers(0, 81, (2, 5_000))
    assert _same(_counted(_file(tmp_path, *scores, kind=kind)), Pairs.of(*scores))


def test_a_table_grows_when_later_rows_need_it(tmp_path):
    pre, post = np.repeat([5, 50, 90], 1_000), np.repeat([5, -20, 3], 1_000)
    assert _same(_counted(_file(tmp_path, pre, post)), Pairs.of(pre, post))


@pytest.mark.parametrize(
    ("pre", "post", "kind"),
    [
        ([1, None], [1, 2], pa.int8()),
        ([1, 2], [None, 2], pa.int8()),
        ([1.5, 2], [1, 2], pa.float64()),
        (["1", "2"], ["1", "2"], pa.string()),
        ([0, 10_000], [0, 1], pa.int32()),
        ([], [], pa.int8()),
    ],
)
def test_what_is_not_simple_is_left_to_the_careful_way(tmp_path, pre, post, kind):
    assert _counted(_file(tmp_path, pre, post, kind=kind)) is None


def test_codes_limits_series_and_spreadsheets_are_left_to_the_careful_way(tmp_path):
    path = _file(tmp_path, [20, 99], [9, 9])
    assert _counted(path, codes=Codes.of("99")) is None
    assert _counted(path, limits=Limits(0, 27)) is None
    assert _counted(path, limits=Limits(0, 99)) is not None
    assert counted_pairs(ChangeAsked(path, Long("id", "pre", "post")), open_table(path)) is None
    flat = csv_file(tmp_path, "pre,post\n20,9\n")
    assert counted_pairs(ChangeAsked(flat, WIDE), open_table(flat)) is None


def test_the_careful_way_then_names_the_place(tmp_path):
    path = _file(tmp_path, [20, 99, 3], [9, 9, 3], rows=1)
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(path, WIDE, limits=Limits(0, 27)), lambda pairs: PointsRule("lower", 6, 10))
    assert [finding.place for finding in refusal.value.findings] == [f"{path}, row 3, column pre"]


@pytest.mark.parametrize("shape", [TwoColumns("pre", "nope"), TwoColumns("pre", "post", "nope")])
def test_a_column_that_is_absent_is_refused_also_where_nothing_is_written(tmp_path, shape):
    path = _file(tmp_path, [20, 9], [9, 9])
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(path, shape), lambda pairs: PointsRule("lower", 6, 10))
    assert [finding.code for finding in refusal.value.findings] == ["column.missing"]


def test_a_damaged_file_is_refused_and_not_half_counted(tmp_path):
    scores = np.random.default_rng(3).integers(0, 28, (2, 50_000))
    path = _file(tmp_path, *scores, rows=5_000)
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 4_000] = bytes(4_000)
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(path, WIDE), lambda pairs: PointsRule("lower", 6, 10))
    assert {finding.code for finding in refusal.value.findings} <= {
        "file.damaged",
        "file.unreadable",
        "file.not-parquet",
    }


def test_both_ways_give_the_same_report(tmp_path, monkeypatch):
    scores = np.random.default_rng(11).integers(0, 28, (2, 30_000))
    asked = ChangeAsked(_file(tmp_path, *scores, rows=7_000), WIDE)
    terms = Terms("lower", 0.8, "c", Norm(3, 3.5))
    quick = change_file(asked, lambda pairs: rule_for(pairs, terms))
    monkeypatch.setattr(change_module, "counted_pairs", lambda *given: None)
    careful = change_file(asked, lambda pairs: rule_for(pairs, terms))
    assert quick.counts == careful.counts
    assert quick.rule == careful.rule
    assert (quick.group.patients, quick.excluded) == (careful.group.patients, careful.excluded) == (
        30_000, {"no first score": 0, "no last score": 0, "no score": 0},
    )  # fmt: skip


def _peak(path) -> tuple[int, int]:
    """Most that Python and most that Arrow held at once while counting."""
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        assert _counted(path) is not None
        return tracemalloc.get_traced_memory()[1], pool.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(usual)


def test_memory_stays_flat_while_the_file_grows(tmp_path):
    """Ten times the rows, the same memory, in Python and in Arrow."""
    peaks = []
    for name, rows in (("first.parquet", 400_000), ("small.parquet", 400_000), ("large.parquet", 4_000_000)):
        scores = np.random.default_rng(1).integers(0, 28, (2, rows)).astype(np.int8)
        peaks.append(_peak(_file(tmp_path, *scores, rows=200_000, name=name)))
    _, (small, small_arrow), (large, large_arrow) = peaks  # the first one also imports
    assert large < 2 * small + 1_000_000
    assert 0 < large_arrow < 1.5 * small_arrow + 1_000_000
