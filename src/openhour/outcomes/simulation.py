"""Treatments with a known truth, to see what the signals catch, what they trouble for nothing, and how early they speak.

Called by `openhour course simulate` and by tests, with a numpy generator that the caller made: the same seed gives the same
patients. What it proves: the rules do what they say on patients who were made this way. What it doesn't: that real
patients are like these, or that anybody fares better for a signal. Refuses plans that can't be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures import marks
from openhour.measures.change import PointsRule
from openhour.measures.course import Course
from openhour.measures.pairs import Floats
from openhour.measures.signal_values import NO_GAIN, NOT_ON_TRACK, RELIABLY_WORSE
from openhour.outcomes.foresight import Foresight, first_session, foresight, share_facts
from openhour.outcomes.growth import CourseOf, fit
from openhour.outcomes.session_scores import Mask, SessionScores
from openhour.outcomes.wilson import Share, share_of

IMPROVER, NO_CHANGE, DETERIORATOR, DROPOUT = range(4)
CLASSES = ("improver", "no change", "deteriorator", "dropout")
"""What is true of a patient. A dropout improves or stays as they are, and stops early."""

FEWEST, MOST = 300, 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How patients are made, on a scale where lower is better. shares: of CLASSES, summing to 1. noise: standard deviation
    of a score about what is true, in points. gain: mean fall of improvers, in points per unit of ln(session); harm: mean
    rise of deteriorators in all. gaps: share of forms after the first that are missing. shortest, longest: sessions.
    A scale where higher is better is made by turning it round; intake_mean is then counted from its best end.
    """

    patients: int = 1000
    shares: tuple[float, float, float, float] = (0.55, 0.20, 0.08, 0.17)
    noise: float = 2.2
    gain: float = 3.2
    harm: float = 8.0
    gaps: float = 0.1
    intake_mean: float = 15.0
    intake_sd: float = 4.5
    shortest: int = 8
    longest: int = 16

    @classmethod
    def of(cls, points: PointsRule, lowest: float, highest: float, **more: Any) -> Plan:
        """In the points of an instrument: everything grows with its reliable change (6 on the PHQ-9, for which the numbers
        above stand), and people begin a little beyond the cut-off for cases."""
        unit, case = points.points / 6, points.caseness_at
        begin = (lowest + highest) / 2 if case is None else case
        worst_up = begin if points.better == "lower" else lowest + highest - begin
        scaled = {"noise": 2.2 * unit, "gain": 3.2 * unit, "harm": 8.0 * unit, "intake_sd": 4.5 * unit}
        return cls(**{"intake_mean": worst_up + 5 * unit, **scaled, **more})


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """truth: place in CLASSES, shape (n,). scores: whole points, shape (n, longest), NaN = no form or treatment over.
    last: each patient's last session, shape (n,)."""

    truth: NDArray[np.int64]
    scores: Floats
    last: Floats

    @property
    def sessions(self) -> NDArray[np.int64]:
        """1 to the longest."""
        return np.arange(1, self.scores.shape[1] + 1)

    def table(self) -> SessionScores:
        """As a course is learnt from it."""
        n, longest = self.scores.shape
        names = [f"made-{one}" for one in np.repeat(np.arange(n), longest)]
        return SessionScores.of(names, np.tile(self.sessions, n), self.scores.ravel())


def plan_findings(plan: Plan) -> tuple[Finding, ...]:
    """What is wrong with a plan, by the name of its number."""
    checks = (
        (FEWEST <= plan.patients <= MOST, f"From {FEWEST} to {MOST:,} patients can be made.", "patients"),
        (_are_shares(plan.shares), "Four shares from 0 to 1 that sum to 1 are needed.", "shares"),
        (0 < plan.noise <= 100, "The noise is above 0 and at most 100 points.", "noise"),
        (0 <= plan.gaps < 0.9, "The share of missing forms is from 0 to below 0.9.", "gaps"),
        (2 < plan.shortest <= plan.longest <= 100, "Treatments have 3 to 100 sessions.", "longest"),
        (0 <= plan.gain <= 100, "The gain is from 0 to 100 points.", "gain"),
        (0 <= plan.harm <= 500, "The harm is from 0 to 500 points.", "harm"),
    )
    return tuple(Finding("simulation.plan", words, place) for good, words, place in checks if not good)


def _are_shares(shares: tuple[float, ...]) -> bool:
    return len(shares) == len(CLASSES) and all(0 <= one <= 1 for one in shares) and abs(sum(shares) - 1) < 1e-6


def make(plan: Plan, of: CourseOf, chance: np.random.Generator) -> Made:
    """Patients of the plan on the instrument's scale. chance: made by the caller from a seed. Raises Refused."""
    if findings := plan_findings(plan):
        raise Refused(findings)
    n, sessions = plan.patients, np.arange(1, plan.longest + 1)
    truth = chance.choice(len(CLASSES), n, p=np.array(plan.shares) / sum(plan.shares))
    intake = chance.normal(plan.intake_mean, plan.intake_sd, n)
    improves = (truth == IMPROVER) | ((truth == DROPOUT) & (chance.random(n) < 0.5))
    slope = np.where(improves, chance.normal(-plan.gain, 0.28 * plan.gain, n), chance.normal(0, 0.12 * plan.gain, n))
    onset, speed = chance.integers(2, 6, n), chance.uniform(4, 8, n)
    rise = (
        np.clip((sessions - onset[:, None]) / speed[:, None], 0, 1)
        * chance.normal(plan.harm, 0.2 * plan.harm, n)[:, None]
    )
    line = intake[:, None] + np.where((truth == DETERIORATOR)[:, None], rise, slope[:, None] * np.log(sessions))
    scores = np.clip(np.rint(line + chance.normal(0, plan.noise, line.shape)), of.lowest, of.highest)
    last = chance.integers(plan.shortest, plan.longest + 1, n)
    last = np.where(truth == DROPOUT, np.minimum(chance.integers(2, 7, n), last), last)
    missing = chance.random(line.shape) < plan.gaps
    missing[:, 0] = False
    scores[missing | (sessions > last[:, None])] = np.nan
    turned = scores if of.better == "lower" else of.lowest + of.highest - scores
    return Made(truth.astype(np.int64), turned, last.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Raised:
    """How many of a class saw a signal of a kind at some session; None where the class is empty. times: how often it was
    raised in a treatment, on average; a signal that stands isn't raised again."""

    kind: str
    truth: str
    share: Share | None
    times: float


@dataclass(frozen=True, slots=True)
class Report:
    """What came out. course: learnt from other made patients. raised: by kind and class."""

    plan: Plan
    course: Course
    foreseen: tuple[Foresight, ...]
    raised: tuple[Raised, ...]

    def facts(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "patients": self.plan.patients,
            "course": self.course.to_json(),
            "signals": [one.facts() for one in self.foreseen],
            "raised": [
                {"kind": r.kind, "truth": r.truth, "share": share_facts(r.share), "times": r.times}
                for r in self.raised
            ],
        }


def simulate(
    plan: Plan, of: CourseOf, points: PointsRule, chance: np.random.Generator, no_gain_by: int = 6
) -> Report:
    """Learn a course from one set of made patients, hold another set against it. Raises Refused."""
    course = fit(make(plan, of, chance).table(), of)
    seen = make(plan, of, chance)
    called = calls(course, points, seen, no_gain_by)
    return Report(
        plan=plan,
        course=course,
        foreseen=tuple(_foreseen(truth, called[truth.kind], seen, points, no_gain_by) for truth in _TRUTHS),
        raised=tuple(
            _raised(kind, marked, seen, place) for kind, marked in called.items() for place in range(len(CLASSES))
        ),
    )


def _raised(kind: str, marked: Mask, made: Made, place: int) -> Raised:
    theirs: Mask = np.asarray(made.truth == place)
    raised, _ = marks.standing(marked[theirs], ~np.isnan(made.scores[theirs]))
    times = np.asarray(raised.sum(axis=1))
    share = share_of(int((times > 0).sum()), len(times))
    return Raised(kind, CLASSES[place], share, float(times.mean()) if len(times) else 0.0)


def calls(course: Course, points: PointsRule, made: Made, no_gain_by: int = 6) -> dict[str, Mask]:
    """Where each kind of signal is called for; each of shape (n, sessions). The score at intake calls for none."""
    intake, later = made.scores[:, 0], made.scores.copy()
    later[:, 0] = np.nan
    return {
        NOT_ON_TRACK: marks.off_track(course, intake[:, None], made.sessions, later),
        RELIABLY_WORSE: marks.worse(points, intake, later),
        NO_GAIN: marks.without_gain(points, intake, made.sessions, later, no_gain_by),
    }


@dataclass(frozen=True, slots=True)
class _Truth:
    """What a kind of signal is held against: the classes of whom it is true, in words."""

    kind: str
    classes: tuple[int, ...]
    words: str


_TRUTHS = (
    _Truth(NOT_ON_TRACK, (DETERIORATOR,), "gets worse"),
    _Truth(NOT_ON_TRACK, (NO_CHANGE, DETERIORATOR), "doesn't get better"),
    _Truth(RELIABLY_WORSE, (DETERIORATOR,), "gets worse"),
    _Truth(NO_GAIN, (NO_CHANGE, DETERIORATOR), "doesn't get better; cases who reached the session"),
)


def _foreseen(truth: _Truth, marked: Mask, made: Made, points: PointsRule, no_gain_by: int) -> Foresight:
    asked = np.ones(len(made.truth), np.bool_)
    if truth.kind == NO_GAIN:  # who was no case, or stopped before it was asked, was neither caught nor missed
        asked = (made.last >= no_gain_by) & marks.at_case(points, made.scores[:, 0])
    first = first_session(marked[asked], made.sessions)
    return foresight(truth.kind, truth.words, first, np.isin(made.truth[asked], truth.classes), made.last[asked])
