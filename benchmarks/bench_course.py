"""The growth model on 20,000 patients with 5 scores each, and the band and the signals of as many.

The R peer (lme4 behind clinicalsignificance 3.0: score ~ time + (time | patient), REML) takes 18 s for 20,000 patients with
5 waves on such a machine; R isn't run here, its figure stands in the aim. The first line is the same kind of fit: a random
line for each patient, REML, all five scores foretold from time alone. The second is the model that a practice uses: the
score at intake foretells the rest, so that four scores are left. Peer in this run: statsmodels' MixedLM on the same scores
of fewer patients (OPENHOUR_BENCH_COURSE_PEER), with the settings under which it is fastest. Both must agree on what they
find, to one part in a thousand. Times are of the processor, which others on the machine disturb less.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rows import Row, size
from openhour.measures import PointsRule
from openhour.measures.slopes import fit_slopes
from openhour.outcomes import growth, neighbours
from openhour.outcomes.growth import CourseOf
from openhour.outcomes.reml import fitted
from openhour.outcomes.session_scores import Courses, SessionScores, courses_in
from openhour.outcomes.simulation import Made, calls

PHQ = CourseOf("phq-9", "lower", 0.0, 27.0, "phq-9-practice", "1")
R_PEER = "R peer: 18,000 ms"
WAVES = 5


def run() -> list[Row]:
    """Times of processor, in ms."""
    patients, some = size("COURSE", 20_000), size("COURSE_PEER", 4_000)
    table, scores = _patients(patients)
    few = courses_in(_patients(some)[0])
    fitted(few)  # the first fit imports what it needs
    who, when = np.repeat(np.arange(patients), WAVES), np.tile(np.arange(1.0, WAVES + 1), patients)
    slopes, _ = _took(lambda: fit_slopes(who, when, _lines(patients).ravel()))
    courses_ms, courses = _took(lambda: courses_in(table))
    ours, _ = _took(lambda: fitted(courses))
    whole, course = _took(lambda: growth.fit(table, PHQ))
    near, _ = _took(lambda: neighbours.fit(table, PHQ))
    ours_few, found = _took(lambda: fitted(few))
    peer, theirs = _took(lambda: _statsmodels(few))
    assert np.allclose([*found[2].level, *found[2].slope], theirs.fe_params, atol=1e-3)
    assert np.isclose(found[2].residual, theirs.scale, rtol=1e-3)
    made = Made(np.zeros(patients, np.int64), scores, np.full(patients, float(WAVES)))
    marked, _ = _took(lambda: calls(course, PointsRule("lower", 6, 10), made))
    name = f"{patients:,} patients, {WAVES} scores"
    return [
        Row(f"REML, a line for each: {name}", slopes, None, aim=f"below the {R_PEER}"),
        Row(f"growth model with intake: {name}", courses_ms + ours, None, aim=f"below the {R_PEER}"),
        Row(f"the same on {some:,} patients, both in full", ours_few, peer),
        Row(f"learnt and held out five times: {name}", whole, None, aim=f"below the {R_PEER}"),
        Row(f"nearest neighbours, held out: {name}", near, None),
        Row(f"signals of {patients:,} patients", marked, None),
    ]


def _took(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return 1000 * (time.process_time() - began), result


def _patients(patients: int) -> tuple[SessionScores, np.ndarray]:
    """Scores at sessions 1 to 5 of patients of one law. Returns the table, and the scores as shape (patients, 5)."""
    chance = np.random.default_rng(2026)
    intake = np.clip(chance.normal(15, 5, patients).round(), 0, 27)
    own = chance.multivariate_normal([0, 0], [[4, -0.5], [-0.5, 1.5]], patients)
    sessions = np.arange(1, WAVES + 1)
    line = 13.5 + 0.75 * (intake[:, None] - 15) + own[:, :1] + (-2.6 + own[:, 1:]) * np.log(sessions)
    scores = np.clip((line + chance.normal(0, 2.6, line.shape)).round(), 0, 27)
    scores[:, 0] = intake
    names = [f"made-{one}" for one in np.repeat(np.arange(patients), WAVES)]
    return SessionScores.of(names, np.tile(sessions, patients), scores.ravel()), scores


def _lines(patients: int) -> np.ndarray:
    """Five scores about a straight line for each patient; shape (patients, 5)."""
    chance = np.random.default_rng(7)
    own = chance.multivariate_normal([16, -1.2], [[16, -0.8], [-0.8, 0.8]], patients)
    scores: np.ndarray = own[:, :1] + own[:, 1:] * np.arange(WAVES) + chance.normal(0, 2.6, (patients, WAVES))
    return scores


def _statsmodels(courses: Courses) -> Any:
    from statsmodels.regression.mixed_linear_model import MixedLM

    one, line = np.ones(len(courses.line)), courses.line
    off = (courses.values[:, 0] - courses.values[:, 0].mean())[courses.patient]
    fixed = np.column_stack([one, off, line, off * line])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM(courses.scores, fixed, groups=courses.patient, exog_re=np.column_stack([one, line]))
        found = model.fit(reml=True, method=["lbfgs"])
    assert found.converged
    return found
