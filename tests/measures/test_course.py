"""The expected course: the textbook interval of a new patient, clipped to the instrument, the same for one and for many."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures.course import Course, Covered, ExpectedBand, Quality, expected, narrowed, predictors_of
from tests.measures.courses import GROWTH, course

INTAKE = st.integers(0, 27)
SESSIONS = st.lists(st.integers(1, 60), min_size=1, max_size=12)


def test_the_interval_is_that_of_a_new_patient():
    """mean = level + slope·ln(session); Var = x'Vx + z'Tz + residual, written out by hand."""
    line, off = math.log(5), 18 - 15
    x = np.array([1, off, line, off * line])
    mean = 13.0 + 0.7 * off + (-2.5 - 0.05 * off) * line
    variance = x @ np.array(GROWTH.fixed) @ x + 5.0 - 2 * 0.5 * line + 2.0 * line**2 + 7.0
    band = expected(course(), 18, [5])
    assert band.mean[0] == pytest.approx(mean)
    assert band.high80[0] == pytest.approx(mean + 1.2815516 * math.sqrt(variance))
    assert band.low80[0] == pytest.approx(mean - 1.2815516 * math.sqrt(variance))
    assert band.high68[0] == pytest.approx(mean + math.sqrt(variance))


@given(INTAKE, SESSIONS)
@settings(max_examples=60)
def test_bands_lie_in_each_other_and_in_the_instruments_range(intake, sessions):
    band = expected(course(), intake, sessions)
    rows = (np.zeros(len(sessions)), band.low80, band.low68, band.mean, band.high68, band.high80)
    for low, high in zip(rows, (*rows[1:], np.full(len(sessions), 27.0)), strict=True):
        assert (low <= high).all()


@given(st.lists(INTAKE, min_size=1, max_size=6), SESSIONS)
@settings(max_examples=60)
def test_many_patients_at_once_are_foretold_as_one_by_one(intakes, sessions):
    together = course().limit(np.array(intakes, float)[:, None, None], np.array(sessions, float))
    for row, intake in zip(together, intakes, strict=True):
        assert row == pytest.approx(expected(course(), intake, sessions).high80)


@given(INTAKE, INTAKE, st.integers(2, 40))
@settings(max_examples=60)
def test_who_began_worse_may_score_worse(one, other, session):
    low, high = sorted((one, other))
    band = [expected(course(), intake, [session]) for intake in (low, high)]
    assert band[0].mean[0] <= band[1].mean[0] + 1e-9


def test_where_higher_is_better_the_boundary_is_below():
    turned = course(better="higher")
    assert turned.limit(np.array([18.0]), np.array(5)) == pytest.approx(expected(turned, 18, [5]).low80[0])


def test_a_course_survives_json():
    covered = Covered(80, 100, 0.8, 0.71, 0.87)
    quality = Quality(400, 2900, covered, covered, covered, 0.1, 1.02, -0.2, 0.01, 4.1)
    for kept in (course(), course(confirmed=False), replace(course(), quality=quality, data_from=None)):
        assert Course.from_json(json.loads(json.dumps(kept.to_json(), allow_nan=False))) == kept


def test_a_band_survives_json():
    band = expected(course(), 12, [1, 4, 9])
    again = ExpectedBand.from_json(json.loads(json.dumps(band.to_json())))
    assert (again.high80 == band.high80).all()
    assert (again.sessions == [1, 4, 9]).all()
    assert (again.model, again.confirmed) == ("phq-9-practice@2", True)


WHOLE = course().to_json()


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"schema": "course/1"},
        WHOLE | {"schema": "course/9"},
        WHOLE | {"kind": "tea-leaves"},
        WHOLE | {"better": "sideways"},
        WHOLE | {"parameters": {}},
        WHOLE | {"parameters": None},
        WHOLE | {"parameters": WHOLE["parameters"] | {"between": [1, 2]}},
        WHOLE | {"data_from": "yesterday"},
        WHOLE | {"lowest": None},
        WHOLE | {"predictors": ["intake", "age"]},
        WHOLE | {"quality": {"patients": 3}},
        WHOLE | {"quality": 7},
        WHOLE | {"parameters": WHOLE["parameters"] | {"fixed": [[1.0]]}},
        WHOLE | {"parameters": WHOLE["parameters"] | {"level": [13.0]}},
        WHOLE | {"parameters": WHOLE["parameters"] | {"residual": math.nan}},
        WHOLE | {"parameters": WHOLE["parameters"] | {"residual": -900}},
        WHOLE | {"lowest": 27, "highest": 0},
    ],
    ids=[
        "nothing",
        "schema-only",
        "other-schema",
        "other-kind",
        "other-side",
        "no-parameters",
        "null-parameters",
        "short-spread",
        "no-date",
        "no-range",
        "too-many-predictors",
        "half-a-quality",
        "quality-a-number",
        "matrix-too-small",
        "term-missing",
        "no-number",
        "spread-below-nothing",
        "ends-exchanged",
    ],
)
def test_what_is_no_stored_course_is_refused_in_words(broken):
    with pytest.raises(Refused) as refusal:
        Course.from_json(broken)
    assert refusal.value.findings[0].code == "course.unreadable"


@pytest.mark.parametrize(
    ("intake", "sessions", "code"),
    [
        (28, [2], "course.intake"),
        (-1, [2], "course.intake"),
        (math.nan, [2], "course.intake"),
        (12, [0], "course.session"),
        (12, [-3], "course.session"),
        (12, [501], "course.session"),
    ],
    ids=["above", "below", "no-number", "session-0", "session-below-0", "session-501"],
)
def test_what_cannot_be_is_refused(intake, sessions, code):
    with pytest.raises(Refused) as refusal:
        expected(course(), intake, sessions)
    assert refusal.value.findings[0].code == code


LEAVES = [
    ("patients",),
    ("lowest",),
    ("kind",),
    ("better",),
    ("predictors",),
    ("data_until",),
    ("confirmed",),
    ("quality",),
]
LEAVES += [("parameters", name) for name in WHOLE["parameters"]]
JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-9, 10**20)
    | st.floats()
    | st.text(max_size=4)
    | st.lists(st.floats(), max_size=3)
)


@given(st.sampled_from(LEAVES), JUNK | st.dictionaries(st.text(max_size=3), JUNK, max_size=2))
@settings(max_examples=150)
def test_a_course_with_a_wrong_place_is_refused_or_works(path, junk):
    facts = json.loads(json.dumps(WHOLE))
    inner = facts
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    try:
        read = Course.from_json(facts)
    except Refused:
        return
    band = expected(read, read.lowest, [1, 2, 30])
    assert np.isfinite(band.high80).all()


def test_own_scores_that_cannot_be_are_refused():
    for score in (28.0, -1.0, math.nan):
        with pytest.raises(Refused) as refusal:
            narrowed(course(), 15, [(2, score)], [5])
        assert refusal.value.findings[0].code == "course.score"


def test_what_is_not_known_is_taken_at_its_mean():
    model = replace(
        GROWTH,
        centres=(15.0, 40.0),
        level=(13.0, 0.7, 0.1),
        slope=(-2.5, -0.05, 0.0),
        fixed=tuple(tuple(0.0 for _ in range(6)) for _ in range(6)),
    )
    with_age = replace(course(), predictors=("intake", "age"), model=model)
    unknown, older = expected(with_age, 15, [3]), expected(with_age, 15, [3], {"age": 60.0})
    assert older.mean[0] - unknown.mean[0] == pytest.approx(0.1 * 20)
    assert predictors_of(with_age, 15).tolist() == [15.0, 40.0]
    with pytest.raises(Refused):
        expected(with_age, 15, [3], {"age": math.nan})


def test_own_scores_narrow_the_band_and_draw_it_towards_them():
    wide, own = expected(course(), 15, [8]), narrowed(course(), 15, [(2, 20.0), (3, 21.0), (4, 20.0)], [8])
    assert own.mean[0] > wide.mean[0] + 2
    assert own.high80[0] - own.low80[0] < wide.high80[0] - wide.low80[0]


def test_without_own_scores_the_narrowed_band_is_the_wide_one_but_for_the_error_of_the_estimates():
    own, wide = narrowed(course(), 15, [], [8]), expected(course(), 15, [8])
    assert own.mean == pytest.approx(wide.mean)
    assert own.high80 == pytest.approx(wide.high80, abs=0.05)


def test_the_narrowed_band_is_the_conditional_normal():
    """Against the joint covariance of two scores, written out."""
    lines = np.log(np.array([3.0, 8.0]))
    design = np.column_stack([np.ones(2), lines])
    joint = design @ np.array([[5.0, -0.5], [-0.5, 2.0]]) @ design.T + 7.0 * np.eye(2)
    mean = 13.0 - 2.5 * lines
    told = mean[1] + joint[0, 1] / joint[0, 0] * (19 - mean[0])
    spread = math.sqrt(joint[1, 1] - joint[0, 1] ** 2 / joint[0, 0])
    band = narrowed(course(), 15, [(3, 19.0)], [8])
    assert band.mean[0] == pytest.approx(told)
    assert band.high68[0] - told == pytest.approx(spread)
