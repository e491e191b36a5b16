"""A course with round numbers, and treatments to hold against it."""

from __future__ import annotations

from datetime import date, timedelta

from openhour.catalog import shipped_shelf
from openhour.measures.course import Course
from openhour.measures.growth import Growth
from openhour.measures.signals import Reading, SignalRule, Situation

START = date(2026, 1, 5)
PHQ = shipped_shelf().instrument("phq-9", on=START)
RULE = SignalRule.of(PHQ)

GROWTH = Growth(
    centres=(15.0,),
    level=(13.0, 0.7),
    slope=(-2.5, -0.05),
    fixed=((0.04, 0, -0.02, 0), (0, 0.002, 0, -0.001), (-0.02, 0, 0.017, 0), (0, -0.001, 0, 0.0008)),
    between=(5.0, -0.5, 2.0),
    residual=7.0,
)


def course(*, confirmed: bool = True, better: str = "lower") -> Course:
    return Course(
        slug="phq-9-practice",
        version="2",
        instrument="phq-9",
        source="own closed episodes",
        confirmed=confirmed,
        data_from=date(2024, 1, 1),
        data_until=date(2025, 12, 31),
        patients=412,
        scores=2900,
        better=better,
        lowest=0.0,
        highest=27.0,
        predictors=("intake",),
        model=GROWTH,
    )


def day(session: int) -> date:
    """A session each week; session 1 on START."""
    return START + timedelta(weeks=session - 1)


def treatment(*scores: float | None, **more) -> Situation:
    """One score a session, from session 1; None = no finished form."""
    readings = tuple(
        Reading(day(session), session, score, complete=score is not None)
        for session, score in enumerate(scores, start=1)
    )
    attended = more.pop("attended", tuple(day(session) for session in range(1, len(scores) + 1)))
    return Situation.of(PHQ, readings, attended=attended, **more)
