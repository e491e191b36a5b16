"""Real files of others: the trial BtheB (100 patients) and the simulated weekly PHQ-9 (300 patients, near-uniform items)."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from openhour.kernel import Refused
from openhour.outcomes.growth import CourseOf, fit
from openhour.outcomes.neighbours import fit as fit_neighbours
from openhour.outcomes.session_scores import SessionScores, courses_in
from tests.outcomes.test_growth import judged_by_peer
from tests.shared_data import shared

BDI = CourseOf("bdi-ii", "lower", 0.0, 63.0, "bdi-ii-practice", "1")
WEEKLY = CourseOf("phq-9", "lower", 0.0, 27.0, "phq-9-practice", "1")


def btheb():
    with shared("outcomes/BtheB.csv").open() as file:
        rows = list(csv.DictReader(file))
    waves = ("bdi.pre", "bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m")
    scores = [float(row[wave]) if row[wave] else np.nan for row in rows for wave in waves]
    patients = [row["rownames"] for row in rows for _ in waves]
    return SessionScores.of(patients, list(range(1, 6)) * len(rows), scores)


def weekly():
    with shared("items/simulated_weekly_phq9_300x12.csv").open() as file:
        rows = list(csv.DictReader(file))
    patients = [row["Patient_Identifier"] for row in rows]
    return SessionScores.of(
        patients, [float(row["Week"]) for row in rows], [float(row["PHQ9_Score"]) for row in rows]
    )


def test_a_trial_of_100_is_too_small_for_a_course():
    with pytest.raises(Refused) as refusal:
        fit(btheb(), BDI)
    assert [finding.code for finding in refusal.value.findings] == ["course.too-few"]
    assert "no score after session 1" in refusal.value.findings[0].sentence


def test_on_the_trial_the_general_program_finds_the_same_model():
    courses = courses_in(btheb())
    assert courses.n == 97
    assert courses.left_out["no score after session 1"] == 3
    growth, peer = fit(btheb(), BDI, fewest=50).model, judged_by_peer(courses)
    assert [*growth.level, *growth.slope] == pytest.approx(peer.fe_params, abs=5e-3)
    assert growth.residual == pytest.approx(peer.scale, rel=5e-3)


def test_the_band_of_the_trial_holds_on_patients_held_out():
    quality = fit(btheb(), BDI, fewest=50).quality
    assert quality.patients == 97
    assert 0.7 < quality.covered80.share < 0.9


def test_weekly_noise_gives_a_course_that_says_it_foretells_little():
    course = fit(weekly(), WEEKLY)
    assert course.patients == 300
    assert course.scores == 300 * 11
    assert 0.72 < course.quality.covered80.share < 0.88
    assert abs(course.model.slope[0]) < 1.0


def test_neighbours_stand_beside_growth_with_the_same_figures():
    growth, neighbours = fit(weekly(), WEEKLY).quality, fit_neighbours(weekly(), WEEKLY).quality
    assert neighbours.patients == growth.patients
    assert neighbours.covered80.share == pytest.approx(growth.covered80.share, abs=0.05)
