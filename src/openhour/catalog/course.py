"""Starting values of an expected course, for a practice that has too few closed episodes of its own.

Read from `shelf/courses`; `measures.starting` makes a course of them. `confirmed` False marks values that no source
confirmed: the band is shown as such and drives no signal. Knows no patient.
"""

from __future__ import annotations

from dataclasses import dataclass

from openhour.catalog.pin import Pin


@dataclass(frozen=True, slots=True)
class CourseExample:
    """What somebody who began with `intake` is expected to score at `session`, with the limits of the 80 % band, each to
    one decimal, unclipped."""

    intake: float
    session: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StartingCourse:
    """Score = level + slope · ln(session) for somebody with a score at intake of `intake`; each moves by `by_intake` points
    for each point beyond that. instrument: slug.

    level_variance, covariance, slope_variance: how patients' own lines differ, in points²; residual: how scores differ from
    a line, in points². patients: how many stand behind the values, 0 where none does. source: where they come from;
    made_by: how they were made of it. until: the last session of which they say anything.
    """

    pin: Pin
    instrument: str
    title: str
    source: str
    made_by: str
    confirmed: bool
    patients: int
    intake: float
    level: float
    level_by_intake: float
    slope: float
    slope_by_intake: float
    level_variance: float
    covariance: float
    slope_variance: float
    residual: float
    until: int
    examples: tuple[CourseExample, ...]
