"""A file of patients is judged as each of them alone, from two columns or from a series, and bad files say where."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import CLASSES, Norm, PointsRule, Terms, change_of, rule_for
from openhour.outcomes.cells import Codes
from openhour.outcomes.change_file import change_file
from openhour.outcomes.shapes import ChangeAsked, Limits, Long, TwoColumns
from tests.outcomes.files import csv_file, leftovers, parquet_file

POINTS = PointsRule("lower", 6, 10)
WIDE = TwoColumns("pre", "post", "id")
LONG = Long("id", "week", "score")
SCORE = st.none() | st.integers(0, 27)


def by_points(pairs):
    return POINTS


def wide(folder, rows, name="pairs.csv"):
    lines = ["id,pre,post", *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    return csv_file(folder, "\n".join(lines) + "\n", name)


def long(folder, rows):
    return csv_file(folder, "\n".join(["id,week,score", *(",".join(map(str, row)) for row in rows)]) + "\n")


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def codes_and_places(path, shape, rule=by_points, **asked):
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(path, shape, **asked), rule)
    return [(finding.code, finding.place.removeprefix(str(path)).lstrip(", ")) for finding in refusal.value.findings]


def test_two_columns_are_judged_row_by_row(tmp_path):
    path = wide(tmp_path, [("Ana", 20, 9), ("Ben", 9, 8), ("Dee", 5, None), ("Eli", None, 3), ("Olga", None, None)])
    out = tmp_path / "judged.csv"
    report = change_file(ChangeAsked(path, WIDE, out=out), by_points)
    assert report.counts == dict.fromkeys(CLASSES, 0) | {"recovered": 1, "unchanged": 1}
    assert (report.group.patients, report.group.pairs.n) == (5, 2)
    assert report.group.excluded == {"no first score": 1, "no last score": 1, "no score": 1}
    written = rows_of(out)
    assert written[0] == {
        "id": "Ana",
        "pre": "20",
        "post": "9",
        "change": "-11",
        "index": "-11",
        "category": "recovered",
        "reason": "",
    }
    assert [(row["category"], row["reason"]) for row in written[1:]] == [
        ("unchanged", ""),
        ("", "no last score"),
        ("", "no first score"),
        ("", "no score"),
    ]


def test_a_long_series_is_judged_by_its_ends_or_by_two_named_times(tmp_path):
    path = long(tmp_path, [("Ana", 3, 9), ("Ana", 1, 20), ("Ben", 1, 12), ("Ana", 2, 16), ("Ben", 2, 11)])
    assert change_file(ChangeAsked(path, LONG), by_points).counts["recovered"] == 1
    named = Long("id", "week", "score", "1", "2")
    assert change_file(ChangeAsked(path, named), by_points).counts["unchanged"] == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=20), shuffler=st.randoms())
def test_the_order_of_rows_and_the_shape_of_the_file_change_nothing(tmp_path, pairs, shuffler):
    patients = list(enumerate(pairs))
    alone = [change_of(pre, post, POINTS).category for pre, post in pairs if pre is not None and post is not None]
    expected = {name: alone.count(name) for name in CLASSES}
    series = [
        (who, week, "" if score is None else score) for who, pair in patients for week, score in enumerate(pair)
    ]
    shuffler.shuffle(patients)
    shuffler.shuffle(series)
    path = wide(tmp_path, [(who, *pair) for who, pair in patients])
    assert change_file(ChangeAsked(path, WIDE), by_points).counts == expected
    named = Long("id", "week", "score", "0", "1")
    assert change_file(ChangeAsked(long(tmp_path, series), named), by_points).counts == expected


def test_the_group_sets_the_rule_and_every_batch_counts(tmp_path):
    scores = np.random.default_rng(11).integers(0, 28, (2, 300_000)).astype(np.int8)
    path = parquet_file(tmp_path, {"pre": scores[0], "post": scores[1]})
    terms = Terms("lower", 0.8, "c", Norm(3, 3.5))
    seen = []
    report = change_file(
        ChangeAsked(path, TwoColumns("pre", "post")), lambda pairs: rule_for(pairs, terms), seen.append
    )
    index, found = report.rule.judge(*scores.astype(np.float64))
    assert report.rule.sample.pre_sd == pytest.approx(scores[0].std(ddof=1))
    assert list(report.counts.values()) == np.bincount(found, minlength=5).tolist()
    assert (seen[-1], index.shape) == (1.0, (300_000,))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Ana", "x", 9), ("Ben", 9, "3,5")], None),
        ([("Ana", 20, 9), ("Ben", 20, "ill")], [("cell.not-a-number", "row 3, column post")]),
        (
            [("Ana", 20, 99), ("Ben", -1, 3)],
            [("score.impossible", "row 3, column pre"), ("score.impossible", "row 2, column post")],
        ),
        ([("Ana", "inf", 9)], [("cell.not-a-number", "row 2, column pre")]),
        ([], [("file.no-rows", "")]),
    ],
)
def test_bad_scores_are_refused_by_row_and_column_and_nothing_is_written(tmp_path, rows, expected):
    path, out = wide(tmp_path, rows), tmp_path / "judged.csv"
    found = codes_and_places(path, WIDE, limits=Limits(0, 27), out=out)
    assert found == (expected or [("row.length", "row 3")])
    assert leftovers(tmp_path, path) == set()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("Ana", 20, 9)], "change.one-patient"),
        ([("Ana", 20, 9), ("Ben", 20, 5)], "change.no-variance"),
        ([("Ana", None, None), ("Ben", None, None)], "change.nobody"),
    ],
)
def test_a_group_that_can_not_be_judged_is_refused_with_the_name_of_the_file(tmp_path, rows, code):
    terms = Terms("lower", 0.8, "a", None)
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(wide(tmp_path, rows), WIDE), lambda pairs: rule_for(pairs, terms))
    assert [finding.code for finding in refusal.value.findings] == [code]
    assert refusal.value.findings[0].place


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Ana", 1, 5), ("Ana", 1, 6)], ("series.time-twice", "row 3, column week")),
        ([("Ana", 1, 5), ("", 2, 6)], ("series.gap", "row 3, column id")),
        ([("Ana", "", 5), ("Ana", 2, 6)], ("series.gap", "row 2, column week")),
        ([("Ana", "soon", 5), ("Ana", 2, 6)], ("series.times", "column week")),
        ([("Ana", 1, "low"), ("Ana", 2, 6)], ("cell.not-a-number", "row 2, column score")),
    ],
)
def test_a_series_that_can_not_be_read_is_refused_with_its_place(tmp_path, rows, expected):
    assert codes_and_places(long(tmp_path, rows), LONG) == [expected]


def test_many_repeated_rows_are_named_twenty_times_and_counted(tmp_path):
    found = codes_and_places(long(tmp_path, [("Ana", 1, 5)] * 51), LONG)
    assert [code for code, _ in found] == ["series.time-twice"] * 20 + ["file.more"]
    with pytest.raises(Refused) as refusal:
        change_file(ChangeAsked(long(tmp_path, [("Ana", 1, 5)] * 51), LONG), by_points)
    assert refusal.value.findings[-1].sentence.startswith("30 more")


@pytest.mark.parametrize("out", [None, "judged.csv"])
def test_a_patient_with_two_rows_is_refused_by_row_and_not_counted_twice(tmp_path, out):
    """A peer counts such a patient twice, or takes whichever row comes first."""
    path = wide(tmp_path, [("Ana", 20, 9), ("Ben", 12, 11), ("Ana", 9, 20), ("", 5, 5), ("", 6, 6), ("Ana", 1, 1)])
    found = codes_and_places(path, WIDE, out=out and tmp_path / out)
    assert found == [("pairs.patient-twice", "row 4, column id"), ("pairs.patient-twice", "row 7, column id")]
    assert leftovers(tmp_path, path) == set()
    assert change_file(ChangeAsked(path, TwoColumns("pre", "post")), by_points).group.patients == 6


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["1", "2", "9", "10", "P1", "P2", "é", "Z"]), min_size=1, max_size=9), st.booleans())
def test_a_second_row_is_found_whatever_the_order_of_ids(tmp_path, ids, sort):
    names = sorted(ids, key=lambda name: (len(name), name)) if sort else ids
    path = wide(tmp_path, [(name, 20, 9) for name in names])
    second = [row for row, name in enumerate(names, start=2) if name in names[: row - 2]]
    if second:
        found = codes_and_places(path, WIDE)
        assert found == [("pairs.patient-twice", f"row {row}, column id") for row in second]
    else:
        assert change_file(ChangeAsked(path, WIDE), by_points).group.patients == len(names)


def test_a_patient_with_two_rows_is_found_in_parquet_too(tmp_path):
    path = parquet_file(tmp_path, {"id": ["Ana", "Ben", "Ana"], "pre": [20, 12, 9], "post": [9, 11, 20]})
    assert codes_and_places(path, WIDE) == [("pairs.patient-twice", "row 4, column id")]


def test_a_named_time_that_nobody_has_is_refused(tmp_path):
    path = long(tmp_path, [("Ana", 1, 5), ("Ana", 2, 6)])
    for named in ("3", "soon"):
        shape = Long("id", "week", "score", "1", named)
        assert codes_and_places(path, shape) == [("series.no-such-time", "column week")]


def test_codes_for_no_score_are_left_out(tmp_path):
    path = wide(tmp_path, [("Ana", 20, 99), ("Ben", 20, 9)])
    report = change_file(ChangeAsked(path, WIDE, codes=Codes.of("99")), by_points)
    assert report.group.excluded["no last score"] == 1
