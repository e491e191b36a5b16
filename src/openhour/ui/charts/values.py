"""The values behind a course: the forms that were answered, and what is needed to read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import isfinite


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One answered form. score: None where it could not be scored; flag: which answer needed attention (`item 9`)."""

    on: date
    score: float | None
    flag: str = ""

    @property
    def scored(self) -> bool:
        """False for a form without a score, and for what is no number."""
        return self.score is not None and isfinite(self.score)


@dataclass(frozen=True, slots=True)
class LikelyPoint:
    """Where a course like this one is expected on a day: from low to high, most often about the middle."""

    on: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Course:
    """Points in the order of their days, with what is needed to read them. words: said instead of the usual sentence, for
    a reader who isn't a clinician."""

    points: tuple[CoursePoint, ...]
    title: str
    bands: tuple[tuple[float, str], ...]
    minimum: float
    maximum: float
    reliable_points: float | None = None
    better: str = "lower"
    caseness: float | None = None
    expected: tuple[CoursePoint, ...] = ()
    likely: tuple[LikelyPoint, ...] = ()
    words: str = ""
    scored: tuple[CoursePoint, ...] = field(init=False)

    def __post_init__(self) -> None:
        """The points that have a score, found once: the drawing asks for them often."""
        object.__setattr__(self, "scored", tuple(point for point in self.points if point.scored))

    def band_of(self, score: float) -> str:
        """The label of the band that holds the score; empty below the first."""
        held = [label for at_least, label in self.bands if score >= at_least]
        return held[-1] if held else ""

    def change(self, point: CoursePoint) -> str:
        """`better` or `worse` where the point differs reliably from the first scored one, else empty."""
        if self.reliable_points is None or not point.scored or not self.scored:
            return ""
        moved = (point.score or 0) - (self.scored[0].score or 0)
        if moved == 0 or abs(moved) < self.reliable_points:
            return ""
        return "better" if (moved < 0) == (self.better == "lower") else "worse"

    def likely_on(self, on: date) -> LikelyPoint | None:
        """What was expected on the day; None where nothing is said about it."""
        return next((point for point in self.likely if point.on == on), None)

    def against_likely(self, point: CoursePoint) -> str:
        """`worse`, `better` or `as` expected; empty where nothing was expected on that day, or there is no score."""
        likely = self.likely_on(point.on)
        if likely is None or not point.scored:
            return ""
        score = point.score or 0
        if likely.low <= score <= likely.high:
            return "as"
        return "better" if (score < likely.low) == (self.better == "lower") else "worse"


def number(score: float | None) -> str:
    """`9`, `9.5`; a dash where there is none."""
    if score is None or not isfinite(score):
        return "–"
    return f"{score:.0f}" if score == int(score) else f"{score:.1f}"
