"""Learn the expected course of an instrument from a practice's own closed episodes: the growth model.

Called by `openhour course fit` and by the nightly refit. Refuses fewer than 300 patients (outcome-statistics, section 6),
rows that can't be, and a fit that did not converge. What comes back carries its data span, its size and its quality on
patients held out; where its band didn't hold there, it is marked as unconfirmed and drives no signal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.measures.course import Course
from openhour.measures.growth import Growth
from openhour.measures.neighbours import Neighbours
from openhour.outcomes.held_out import held_out, holds
from openhour.outcomes.reml import fitted
from openhour.outcomes.session_scores import Courses, SessionScores, bad_rows, courses_in

FEWEST = 300
"""Patients with a score at intake and one after session 1, below which no course is learnt."""

NAMED = 20
"""Bad rows that are named one by one."""


@dataclass(frozen=True, slots=True)
class CourseOf:
    """What is learnt, and how it will be called. better, lowest, highest: of the instrument. source: whose patients."""

    instrument: str
    better: str
    lowest: float
    highest: float
    slug: str
    version: str
    source: str = "own closed episodes"

    @classmethod
    def of(cls, instrument: Instrument, version: str, **more: Any) -> CourseOf:
        """With the facts of the instrument; the slug is `<instrument>-practice`."""
        scoring, slug = instrument.scoring, instrument.pin.slug
        facts = (slug, instrument.change.better, float(scoring.minimum), float(scoring.maximum))
        return cls(*facts, f"{slug}-practice", version, **more)


def fit(table: SessionScores, of: CourseOf, *, fewest: int = FEWEST) -> Course:
    """The growth model of these patients. fewest: patients needed; lower it only to compare programs. Raises Refused."""
    return learnt(table, of, growth_of, fewest)


def growth_of(courses: Courses) -> Growth:
    """The model alone, without its quality. Raises Refused."""
    return fitted(courses)[2]


def learnt(
    table: SessionScores, of: CourseOf, fitter: Callable[[Courses], Growth | Neighbours], fewest: int
) -> Course:
    """A course by any model: look at the rows, learn from all, hold against patients held out. Raises Refused."""
    if findings := table_findings(table, of):
        raise Refused(findings)
    courses = courses_in(table)
    if courses.n < fewest:
        raise Refused(too_few(courses, fewest))
    quality = held_out(courses, fitter, better=of.better, lowest=of.lowest, highest=of.highest)
    course = Course(
        slug=of.slug,
        version=of.version,
        instrument=of.instrument,
        source=of.source,
        confirmed=holds(quality),
        data_from=table.first_day,
        data_until=table.last_day,
        patients=courses.n,
        scores=len(courses.scores),
        better=of.better,
        lowest=of.lowest,
        highest=of.highest,
        predictors=courses.predictors,
        model=fitter(courses),
    )
    return replace(course, quality=quality)


def too_few(courses: Courses, fewest: int) -> Finding:
    """Why no course is learnt, with what was left out."""
    out = "; ".join(f"{count} left out: {reason}" for reason, count in courses.left_out.items() if count)
    words = f"A course needs {fewest} patients with a score at intake and one after session 1; there are {courses.n}"
    return Finding("course.too-few", f"{words} ({out})." if out else f"{words}.")


def table_findings(table: SessionScores, of: CourseOf) -> tuple[Finding, ...]:
    """What is wrong with rows, by number from 1; the first twenty of each kind."""
    return tuple(
        Finding(bad.code, bad.sentence, f"row {row + 1}, {bad.column}")
        for bad in bad_rows(table, of.lowest, of.highest)
        for row in bad.rows[:NAMED].tolist()
    )
