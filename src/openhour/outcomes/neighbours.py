"""Learn the expected course by nearest neighbours: the second model beside growth, judged by the same figures.

Called by `openhour course fit --model neighbours` and by reports that hold the two side by side. Each patient's own line is
steadied by the growth model first (empirical Bayes): raw lines of two or three scores are mostly noise. Refuses what
`outcomes.growth` refuses.
"""

from __future__ import annotations

import numpy as np

from openhour.measures.course import Course
from openhour.measures.neighbours import Neighbours
from openhour.outcomes.growth import FEWEST, CourseOf, learnt
from openhour.outcomes.reml import fitted, own_lines
from openhour.outcomes.session_scores import Courses, SessionScores

NEAREST = 40
"""Neighbours asked; 30 to 50 are usual in the literature, which no source here confirmed."""

MOST = 3_000
"""Patients kept in the model, chosen by digest: more add size to what is stored and nothing to what is foretold."""


def fit(table: SessionScores, of: CourseOf, *, fewest: int = FEWEST) -> Course:
    """The neighbours model of these patients. Raises Refused."""
    return learnt(table, of, neighbours_of, fewest)


def neighbours_of(courses: Courses) -> Neighbours:
    """The model alone, without its quality. Raises Refused."""
    fit, sums, growth = fitted(courses)
    lines, unsure = own_lines(fit, sums)
    spreads = courses.values.std(axis=0)
    kept = np.sort(np.argsort(courses.keys, kind="stable")[:MOST])
    return Neighbours(
        centres=growth.centres,
        spreads=tuple(spreads.tolist()),
        known=sums.terms[kept, 1:],
        lines=lines[kept],
        unsure=unsure[kept],
        residual=growth.residual,
        nearest=min(NEAREST, len(kept)),
    )
