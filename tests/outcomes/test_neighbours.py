"""Nearest neighbours: those who were alike at intake foretell, ties count together, and the band holds on the unseen."""

from __future__ import annotations

import json

import numpy as np
import pytest

from openhour.kernel import Refused
from openhour.measures.course import Course, expected, narrowed
from openhour.outcomes import neighbours
from openhour.outcomes.growth import fit as fit_growth
from openhour.outcomes.session_scores import SessionScores, courses_in
from tests.outcomes.made_courses import PHQ, made


@pytest.fixture(scope="module")
def learnt() -> Course:
    return neighbours.fit(made(600, 8, gaps=0.2, seed=4).table(), PHQ)


def test_the_band_holds_on_patients_held_out(learnt):
    assert learnt.kind == "neighbours"
    assert 0.75 < learnt.quality.covered80.share < 0.85
    assert learnt.quality.slope == pytest.approx(1, abs=0.2)


def test_where_the_law_is_a_line_both_models_agree(learnt):
    growth = fit_growth(made(600, 8, gaps=0.2, seed=4).table(), PHQ)
    for intake in (10, 15, 20):
        ours, theirs = expected(learnt, intake, [3, 6]), expected(growth, intake, [3, 6])
        assert ours.mean == pytest.approx(theirs.mean, abs=1.2)
        assert ours.high80 == pytest.approx(theirs.high80, abs=1.8)


def test_a_bend_that_no_line_in_intake_has_is_seen_by_neighbours_alone():
    columns = made(900, 6, seed=12)
    intake = np.repeat(columns.scores.reshape(900, 6)[:, 0], 6)
    middle = (np.abs(intake - 15) < 3) & (columns.sessions > 1)
    columns.scores[:] = np.clip(columns.scores + np.where(middle, 6, 0), 0, 27)
    near, line = neighbours.fit(columns.table(), PHQ), fit_growth(columns.table(), PHQ)
    assert near.quality.rmse < line.quality.rmse - 0.2


def test_a_course_of_neighbours_survives_a_database_row(learnt):
    again = Course.from_json(json.loads(json.dumps(learnt.to_json(), allow_nan=False)))
    assert expected(again, 18, [2, 9]).low80 == pytest.approx(expected(learnt, 18, [2, 9]).low80)
    assert again.to_json() == learnt.to_json()


def test_the_stored_model_holds_no_names(learnt):
    assert "patient-" not in json.dumps(learnt.to_json())


def test_the_order_of_rows_changes_nothing(learnt):
    columns = made(600, 8, gaps=0.2, seed=4)
    shuffled = np.random.default_rng(1).permutation(len(columns.scores))
    again = neighbours.fit(columns.table(shuffled), PHQ)
    assert expected(again, 13, [2, 5, 9]).mean == pytest.approx(expected(learnt, 13, [2, 5, 9]).mean, abs=1e-4)


def test_many_at_once_are_foretold_as_one_by_one(learnt):
    intake, sessions = np.array([[7.0], [7.0], [19.0]]), np.array([3.0, 5.0, 8.0])
    mean, sd = learnt.foretold(intake, sessions)
    for place in range(3):
        one = learnt.foretold(intake[place], sessions[place])
        assert (mean[place], sd[place]) == pytest.approx((float(one[0]), float(one[1])))


def test_the_model_is_kept_small(monkeypatch):
    monkeypatch.setattr(neighbours, "MOST", 100)
    model = neighbours.neighbours_of(courses_in(made(300, 5).table()))
    assert len(model.known) == len(model.lines) == len(model.unsure) == 100
    assert model.nearest == 40


def test_neighbours_do_not_follow_a_patients_own_scores(learnt):
    with pytest.raises(Refused) as refusal:
        narrowed(learnt, 12, [(2, 14.0)], [4])
    assert refusal.value.findings[0].code == "course.not-narrowed"


def test_too_few_are_refused():
    with pytest.raises(Refused) as refusal:
        neighbours.fit(SessionScores.of(["Ana"], [1], [12]), PHQ)
    assert refusal.value.findings[0].code == "course.too-few"
