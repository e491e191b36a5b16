"""The growth model: a general mixed-model program agrees, the law that was put in comes back, and bad input has a name."""

from __future__ import annotations

import json
import warnings
from datetime import date

import numpy as np
import pytest

from openhour.catalog import shipped_shelf
from openhour.kernel import Refused
from openhour.measures.course import Course, expected
from openhour.outcomes.growth import FEWEST, CourseOf, fit, growth_of
from openhour.outcomes.reml import fitted, own_lines
from openhour.outcomes.session_scores import SessionScores, courses_in
from tests.outcomes.made_courses import BETWEEN, BY_INTAKE, LEVEL, NOISE, PHQ, SLOPE, SLOPE_BY_INTAKE, made


def judged_by_peer(courses):
    """The same model by statsmodels' MixedLM, which knows nothing of our sums."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    one, line = np.ones(len(courses.line)), courses.line
    off = (courses.values - courses.values.mean(axis=0))[courses.patient]
    fixed = np.column_stack([one, off, line, off * line[:, None]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = MixedLM(courses.scores, fixed, groups=courses.patient, exog_re=np.column_stack([one, line]))
        found = peer.fit(reml=True, method=["bfgs"], gtol=1e-8)
    assert found.converged
    return found


@pytest.mark.parametrize("gaps", [0.0, 0.3], ids=["all-sessions", "gaps"])
def test_the_general_program_finds_the_same_model(gaps):
    courses = courses_in(made(150, 7, gaps=gaps, seed=3).table())
    growth, peer = growth_of(courses), judged_by_peer(courses)
    assert [*growth.level, *growth.slope] == pytest.approx(peer.fe_params, abs=1e-3)
    between = np.asarray(peer.cov_re)
    assert growth.between == pytest.approx((between[0, 0], between[0, 1], between[1, 1]), abs=1e-3)
    assert growth.residual == pytest.approx(peer.scale, rel=1e-3)
    errors = np.sqrt(np.diag(np.array(growth.fixed)))
    assert errors == pytest.approx(peer.bse_fe, rel=1e-2)  # theirs are of a Hessian by differences


def test_the_general_program_finds_the_same_model_with_a_covariate():
    columns = made(150, 6, seed=8)
    chronic = np.repeat(np.random.default_rng(2).integers(0, 2, 150), 6).astype(float)
    columns.scores[:] += np.where(columns.sessions > 1, 2.0 * chronic, 0)
    courses = courses_in(
        SessionScores.of(columns.patients, columns.sessions, columns.scores, known={"chronic": chronic})
    )
    growth, peer = growth_of(courses), judged_by_peer(courses)
    assert [*growth.level, *growth.slope] == pytest.approx(peer.fe_params, abs=1e-3)
    assert growth.level[2] == pytest.approx(2.0, abs=0.8)


def test_the_general_program_steadies_patients_lines_alike():
    courses = courses_in(made(120, 6, gaps=0.2, seed=5).table())
    model, sums, growth = fitted(courses)
    lines, unsure = own_lines(model, sums)
    peer = judged_by_peer(courses)
    off = lines - np.column_stack(growth.lines(courses.values))
    theirs = np.array([np.asarray(peer.random_effects[one]) for one in range(courses.n)])
    assert off == pytest.approx(theirs, abs=5e-3)
    assert np.asarray(peer.random_effects_cov[7]) == pytest.approx(
        np.array([[unsure[7, 0], unsure[7, 1]], [unsure[7, 1], unsure[7, 2]]]), abs=5e-3
    )


def test_the_law_that_was_put_in_comes_back():
    growth = growth_of(courses_in(made(6000, 8, seed=11, whole=False).table()))
    off = growth.centres[0] - 15
    assert growth.level == pytest.approx((LEVEL + BY_INTAKE * off, BY_INTAKE), abs=0.12)
    assert growth.slope == pytest.approx((SLOPE + SLOPE_BY_INTAKE * off, SLOPE_BY_INTAKE), abs=0.12)
    assert growth.residual == pytest.approx(NOISE**2, rel=0.03)
    assert growth.between == pytest.approx((BETWEEN[0][0], BETWEEN[0][1], BETWEEN[1][1]), abs=0.35)


@pytest.fixture(scope="module")
def learnt() -> Course:
    return fit(made(600, 8, gaps=0.2, seed=4).table(), PHQ)


def test_four_of_five_unseen_scores_lie_in_the_band(learnt):
    quality = learnt.quality
    assert quality.patients == 600
    assert 0.76 < quality.covered80.share < 0.84
    assert 0.63 < quality.covered68.share < 0.74
    assert quality.last80.of == 600
    assert 0.05 < quality.beyond < 0.15
    assert quality.slope == pytest.approx(1, abs=0.15)
    assert abs(quality.error) < 0.3
    assert learnt.confirmed


def test_a_course_says_where_it_comes_from(learnt):
    assert (learnt.slug, learnt.version, learnt.key) == ("phq-9-practice", "1", "phq-9-practice@1")
    assert (learnt.instrument, learnt.kind, learnt.predictors) == ("phq-9", "growth", ("intake",))
    assert learnt.patients == 600
    assert learnt.scores == learnt.quality.scores


def test_a_course_survives_a_database_row(learnt):
    again = Course.from_json(json.loads(json.dumps(learnt.to_json(), allow_nan=False)))
    assert again == learnt
    assert (expected(again, 18, [4]).high80 == expected(learnt, 18, [4]).high80).all()


def test_the_order_of_rows_changes_nothing(learnt):
    columns = made(600, 8, gaps=0.2, seed=4)
    shuffled = np.random.default_rng(9).permutation(len(columns.scores))
    again = fit(columns.table(shuffled), PHQ)
    assert again.model.level == pytest.approx(learnt.model.level, abs=1e-6)
    assert again.quality.covered80 == learnt.quality.covered80


def test_the_days_of_the_scores_are_kept():
    columns = made(300, 4)
    days = [date(2025, 1, 1 + one) for one in columns.sessions]
    course = fit(columns.table(days=days), PHQ)
    assert (course.data_from, course.data_until) == (date(2025, 1, 2), date(2025, 1, 5))


def test_a_band_that_does_not_hold_drives_no_signal():
    columns = made(400, 5, seed=6)
    wild = np.random.default_rng(3).random(400) < 0.08  # some patients are another kind, far from any normal curve
    away = np.repeat(wild, 5) & (columns.sessions > 1)
    columns.scores[:] = np.where(columns.sessions > 1, 5.0, columns.scores)
    columns.scores[away] = 27.0
    noisy = columns.scores + np.where(columns.sessions > 1, np.random.default_rng(1).integers(0, 2, 2000), 0)
    columns.scores[:] = np.clip(noisy, 0, 27)
    course = fit(columns.table(), PHQ)
    assert not 0.7 <= course.quality.covered80.share <= 0.9
    assert not course.confirmed


def test_fewer_than_300_patients_are_refused_in_words():
    with pytest.raises(Refused) as refusal:
        fit(made(FEWEST - 1, 5).table(), PHQ)
    (finding,) = refusal.value.findings
    assert finding.code == "course.too-few"
    assert "300" in finding.sentence
    assert "299" in finding.sentence


def test_300_patients_are_enough():
    assert fit(made(FEWEST, 5).table(), PHQ).patients == FEWEST


def test_whole_therapists_are_held_out_where_there_are_enough():
    columns = made(300, 4)
    therapists = [f"therapist-{int(name.split('-')[1]) % 12}" for name in columns.patients]
    assert len(set(columns.table(therapists=therapists).keys)) == 12
    assert len(set(columns.table(therapists=["Ben"] * len(therapists)).keys)) == 300


def nothing_learnt(table, *, fewest=1):
    with pytest.raises(Refused) as refusal:
        fit(table, PHQ, fewest=fewest)
    return [(finding.code, finding.place) for finding in refusal.value.findings]


def test_one_patient_is_refused():
    assert nothing_learnt(made(1, 8).table(), fewest=300) == [("course.too-few", "")]


def test_nobody_is_refused():
    assert nothing_learnt(SessionScores.of([], [], []), fewest=300) == [("course.too-few", "")]


def test_scores_that_are_all_missing_are_refused():
    columns = made(10, 5)
    columns.scores[:] = np.nan
    assert nothing_learnt(columns.table(), fewest=2) == [("course.too-few", "")]


def test_scores_that_do_not_vary_are_refused():
    columns = made(50, 5)
    columns.scores[:] = np.where(columns.sessions == 1, columns.scores, 8)
    assert nothing_learnt(columns.table()) == [("course.no-variance", "")]


def test_an_intake_score_that_does_not_vary_is_refused():
    columns = made(50, 5)
    columns.scores[:] = np.where(columns.sessions == 1, 15, columns.scores)
    assert nothing_learnt(columns.table()) == [("course.no-variance", "intake")]


def test_two_sessions_are_no_course():
    assert nothing_learnt(made(50, 2).table()) == [("course.one-session", "")]


def test_bad_rows_are_named_by_number():
    patients, scores = ["Ana"] * 5, [12.0, 28.0, -1.0, 9.0, 8.0]
    table = SessionScores.of(patients, [1, 2, 3, 3.5, 2], scores)
    assert nothing_learnt(table) == [
        ("score.impossible", "row 2, score"),
        ("score.impossible", "row 3, score"),
        ("course.session", "row 4, session"),
        ("course.session-twice", "row 5, session"),
    ]


def test_a_course_of_higher_is_better_has_its_limit_below():
    columns = made(400, 6, seed=2)
    upside_down = CourseOf("who-5", "higher", 0.0, 27.0, "who-5-practice", "1")
    turned = fit(SessionScores.of(columns.patients, columns.sessions, 27 - columns.scores), upside_down)
    straight = fit(columns.table(), PHQ)
    limit = turned.limit(np.array([[27 - 18.0]]), np.array([5]))
    assert 27 - limit[0] == pytest.approx(straight.limit(np.array([[18.0]]), np.array([5]))[0], abs=1e-4)
    assert turned.quality.beyond == pytest.approx(straight.quality.beyond)


def test_a_practice_names_its_course_after_the_instrument():
    of = CourseOf.of(shipped_shelf().instrument("phq-9", on=date(2026, 1, 1)), "3")
    assert of == CourseOf("phq-9", "lower", 0.0, 27.0, "phq-9-practice", "3")
