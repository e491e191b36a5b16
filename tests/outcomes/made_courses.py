"""Made-up courses with a known law, for the tests of expected courses: level and slope by intake, noise, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openhour.outcomes.growth import CourseOf
from openhour.outcomes.session_scores import SessionScores

PHQ = CourseOf("phq-9", "lower", 0.0, 27.0, "phq-9-practice", "1")

LEVEL, BY_INTAKE, SLOPE, SLOPE_BY_INTAKE, NOISE = 13.5, 0.75, -2.6, -0.08, 2.6
BETWEEN = ((4.0, -0.5), (-0.5, 1.5))


@dataclass(frozen=True)
class Columns:
    """One entry a row, patients one after the other, session 1 first."""

    patients: list[str]
    sessions: np.ndarray
    scores: np.ndarray

    def table(self, rows=slice(None), **more) -> SessionScores:
        return SessionScores.of(list(np.array(self.patients)[rows]), self.sessions[rows], self.scores[rows], **more)


def made(patients: int, sessions: int, *, seed: int = 1, gaps: float = 0.0, whole: bool = True) -> Columns:
    """Patients of the law above. gaps: share of later scores that are missing. whole: round and clip as a form does."""
    chance = np.random.default_rng(seed)
    intake = np.clip(np.rint(chance.normal(15, 5, patients)), 0, 27)
    own = chance.multivariate_normal([0, 0], BETWEEN, patients)
    number = np.arange(1, sessions + 1)
    off = intake[:, None] - 15
    line = LEVEL + BY_INTAKE * off + own[:, :1] + (SLOPE + SLOPE_BY_INTAKE * off + own[:, 1:]) * np.log(number)
    scores = line + chance.normal(0, NOISE, line.shape)
    scores = np.clip(np.rint(scores), 0, 27) if whole else scores
    scores[:, 0] = intake
    scores[:, 1:][chance.random((patients, sessions - 1)) < gaps] = np.nan
    names = [f"patient-{one}" for one in np.repeat(np.arange(patients), sessions)]
    return Columns(names, np.tile(number, patients), scores.ravel())
