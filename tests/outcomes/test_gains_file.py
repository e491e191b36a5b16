"""Gains of a file are those of each patient alone, in blocks of any size and rows of any order."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import PointsRule
from openhour.outcomes import gains_file as module
from openhour.outcomes.gains import sudden_gains
from openhour.outcomes.gains_file import gains_file
from openhour.outcomes.shapes import ChangeAsked, Long
from openhour.outcomes.survival import time_to_improvement
from tests.outcomes.files import csv_file

SIX = PointsRule("lower", 6, 10)
LONG = Long("who", "week", "score")
COURSE = st.lists(st.none() | st.integers(0, 27), min_size=2, max_size=9)


def _file(folder, courses, *, shuffler=None, start=1):
    rows = [
        f"P{who},{week},{'' if score is None else score}"
        for who, course in enumerate(courses)
        for week, score in enumerate(course, start=start)
    ]
    if shuffler is not None:
        shuffler.shuffle(rows)
    return csv_file(folder, "\n".join(["who,week,score", *rows]) + "\n")


def _by_name(path, out):
    report = gains_file(ChangeAsked(path, LONG, out=out), SIX, 6)
    return report, {row["id"]: row for row in pq.read_table(out).to_pylist()}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COURSE, min_size=1, max_size=24), st.randoms())
def test_each_patient_has_the_gains_they_have_alone(tmp_path, courses, shuffler):
    series = [np.array([np.nan if score is None else score for score in course], float) for course in courses]
    path, out = _file(tmp_path, courses, shuffler=shuffler), tmp_path / "gains.parquet"
    if all((~np.isnan(course)).sum() < 2 for course in series):
        with pytest.raises(Refused, match=r"survival\.nobody"):
            gains_file(ChangeAsked(path, LONG), SIX, 6)
        return
    _, rows = _by_name(path, out)
    for who, course in enumerate(series):
        alone, row = sudden_gains(course, 6), rows[f"P{who}"]
        gains = [gain for gain in alone if not gain.loss]
        assert (row["gains"], row["losses"]) == (len(gains), len(alone) - len(gains))
        assert row["first_gain_after"] == (gains[0].between if gains else None)
        assert row["first_gain_reversed_at"] == (gains[0].reversed_at if gains else None)
        assert row["scores"] == (~np.isnan(course)).sum()


def test_blocks_of_patients_lose_nobody(tmp_path, monkeypatch):
    courses = [[20, 19, 18, 9, 8, 10] if who % 3 else [20, 20, 21, 20, 20, 19] for who in range(25)]
    path = _file(tmp_path, courses)
    found = []
    for at_once in (1, 4, 25, 4_096):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
        report = gains_file(ChangeAsked(path, LONG), SIX, 6)
        found.append((report.gained, report.lost, report.reversed, report.patients, sorted(report.by_patient)))
    assert found == [(16, 0, 0, 25, [who for who in range(25) if who % 3])] * 4


def test_the_curve_is_that_of_the_patients_waits(tmp_path):
    courses = [[20, 19, 13], [20, 20, 20], [20, 12], [5]]
    report = gains_file(ChangeAsked(_file(tmp_path, courses), LONG), SIX, 6)
    expected = time_to_improvement(np.array([2, 2, 1]), np.array([True, False, True]))
    assert report.curve.times.tolist() == expected.times.tolist() == [1, 2]
    assert report.curve.waiting.tolist() == expected.waiting.tolist()
    assert report.alone == 1


def test_weeks_may_begin_anywhere(tmp_path):
    course = [[20, 19, 18, 9, 8, 10]]
    one, other = (gains_file(ChangeAsked(_file(tmp_path, course, start=at), LONG), SIX, 6) for at in (0, 40))
    assert one.by_patient == other.by_patient
    assert len(one.by_patient[0]) == 1
