"""The expected course: what people who began like this patient usually score at which session, and how widely they differ.

Called by the course page (`expected`, `narrowed`), by `measures.signals` (the failure boundary) and by
`openhour course show`. Made by `outcomes.growth.fit`, `outcomes.neighbours.fit`, or of a published definition by
`published_course`. One formula serves one patient and a table of many. Refuses a stored course that can't be read, an
intake score that the instrument can't have, and sessions below 1.

A course says what was usual among the patients it was made from. It doesn't say what is possible, nor what therapy did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.cutoffs import SIGN
from openhour.measures.growth import Growth
from openhour.measures.neighbours import Neighbours

Floats = NDArray[np.float64]

INTAKE = "intake"
"""Name of the predictor that every course has: the score at the beginning."""

LONGEST = 500
"""No course of treatment has more sessions than this; a larger number is a slip of the hand."""

_Z80, _Z68 = NormalDist().inv_cdf(0.9), 1.0


@dataclass(frozen=True, slots=True)
class Covered:
    """How many held-out scores lay in the band, with Wilson's interval. held of `of`; share, low, high: 0 to 1."""

    held: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How a course did on patients it had not seen (five folds, split by patient; by therapist where that is known).

    patients, scores: held out in all. covered80, covered68: of all their scores, which come several to a patient, so the
    interval is too narrow; last80: of each patient's last score, one a patient. beyond: share of scores worse than the
    80 % band, where 0.10 is expected. slope, offset: observed = offset + slope · expected; 1 and 0 are perfect.
    error: mean of observed less expected, in points; rmse: root of the mean squared error, in points.
    """

    patients: int
    scores: int
    covered80: Covered
    covered68: Covered
    last80: Covered
    beyond: float
    slope: float
    offset: float
    error: float
    rmse: float

    def facts(self) -> dict[str, Any]:
        """As a JSON object."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return numbers | {name: _covered_facts(getattr(self, name)) for name in _COVERED}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Quality:
        """From `facts()`. Raises KeyError, TypeError or ValueError where it is no such object."""
        values: dict[str, Any] = {name: _number(facts[name]) for name in _NUMBERS}
        whole = {name: int(facts[name]) for name in ("patients", "scores")}
        return cls(**values | whole | {name: _covered(facts[name]) for name in _COVERED})


_NUMBERS = ("patients", "scores", "beyond", "slope", "offset", "error", "rmse")
_COVERED = ("covered80", "covered68", "last80")


def _number(written: Any) -> float:
    """Raises ValueError for what is no finite number."""
    number = float(written)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def _covered(facts: Mapping[str, Any]) -> Covered:
    shares = {name: _number(facts[name]) for name in ("share", "low", "high")}
    return Covered(int(facts["held"]), int(facts["of"]), **shares)


def _covered_facts(covered: Covered) -> dict[str, Any]:
    return {"held": covered.held, "of": covered.of, "share": covered.share, "low": covered.low, "high": covered.high}


@dataclass(frozen=True, slots=True)
class Course:
    """An expected course of one instrument, with where it comes from and how good it is.

    slug, version: name it for good; instrument: slug. kind: `growth` or `neighbours`. source: whose patients, or which
    publication. confirmed False: no source or no own data stand behind the numbers; then it is shown and drives no signal.
    data_from, data_until: first and last day of the scores, None where not known; patients, scores: how many.
    better: `lower` or `higher`; lowest, highest: what the instrument can give. predictors: names, the first is `intake`.
    quality: None where it was never held against patients it had not seen.
    """

    slug: str
    version: str
    instrument: str
    source: str
    confirmed: bool
    data_from: date | None
    data_until: date | None
    patients: int
    scores: int
    better: str
    lowest: float
    highest: float
    predictors: tuple[str, ...]
    model: Growth | Neighbours
    quality: Quality | None = None

    @property
    def kind(self) -> str:
        """`growth` or `neighbours`"""
        return "growth" if isinstance(self.model, Growth) else "neighbours"

    @property
    def key(self) -> str:
        """`phq-9-practice@2`"""
        return f"{self.slug}@{self.version}"

    def foretold(self, predictors: Floats, sessions: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of new patients' scores, unclipped, in points.

        predictors: shape (..., k); sessions: numbers from 1 on; shapes broadcast."""
        return self.model.foretold(np.asarray(predictors, np.float64), np.asarray(sessions, np.float64))

    def limit(self, predictors: Floats, sessions: Floats) -> Floats:
        """The failure boundary: the worse limit of the 80 % band, clipped to the instrument; a score beyond it is not on
        track. Shapes as `foretold`."""
        mean, sd = self.foretold(predictors, sessions)
        worse: Floats = np.clip(mean - SIGN[self.better] * _Z80 * sd, self.lowest, self.highest)
        return worse

    def to_json(self) -> dict[str, Any]:
        """Everything, as one JSON object."""
        return {
            "schema": SCHEMA,
            "slug": self.slug,
            "version": self.version,
            "instrument": self.instrument,
            "source": self.source,
            "confirmed": self.confirmed,
            "data_from": None if self.data_from is None else self.data_from.isoformat(),
            "data_until": None if self.data_until is None else self.data_until.isoformat(),
            "patients": self.patients,
            "scores": self.scores,
            "better": self.better,
            "lowest": self.lowest,
            "highest": self.highest,
            "predictors": list(self.predictors),
            "kind": self.kind,
            "parameters": self.model.facts(),
            "quality": None if self.quality is None else self.quality.facts(),
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Course:
        """From `to_json()`. Raises Refused where it is no such object."""
        try:
            return _course(facts)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            words = "This is no stored course, or it was written by another version."
            raise Refused(Finding("course.unreadable", words)) from error


SCHEMA = "course/1"
_MODELS: dict[str, Callable[[dict[str, Any]], Growth | Neighbours]] = {
    "growth": Growth.of,
    "neighbours": Neighbours.of,
}


def _course(facts: Mapping[str, Any]) -> Course:
    if facts["schema"] != SCHEMA or facts["better"] not in SIGN or not facts["lowest"] < facts["highest"]:
        raise ValueError("another schema")
    model = _MODELS[facts["kind"]](facts["parameters"])
    predictors = tuple(map(str, facts["predictors"]))
    if len(predictors) != len(model.centres):
        raise ValueError("predictors and centres differ")
    quality = facts["quality"]
    return Course(
        slug=str(facts["slug"]),
        version=str(facts["version"]),
        instrument=str(facts["instrument"]),
        source=str(facts["source"]),
        confirmed=facts["confirmed"] is True,
        data_from=_day(facts["data_from"]),
        data_until=_day(facts["data_until"]),
        patients=int(facts["patients"]),
        scores=int(facts["scores"]),
        better=facts["better"],
        lowest=_number(facts["lowest"]),
        highest=_number(facts["highest"]),
        predictors=predictors,
        model=_tried(model),
        quality=None if quality is None else Quality.of(quality),
    )


def _tried(model: Growth | Neighbours) -> Growth | Neighbours:
    """The model, once it has foretold something. Raises ValueError where its numbers don't fit together."""
    mean, sd = model.foretold(np.array(model.centres), np.array([1.0, 2.0, float(LONGEST)]))
    if not (np.isfinite(mean).all() and np.isfinite(sd).all() and (sd > 0).all()):
        raise ValueError("the model foretells nothing")
    return model


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedBand:
    """What was expected at each session, in points within the instrument's range; arrays of shape (sessions,).

    sessions: as asked, whole numbers from 1. mean: of patients like this one. low80 to high80: four of five score there;
    low68 to high68: two of three. model: key of the course. confirmed: False = shown only, drives no signal.
    """

    sessions: NDArray[np.int64]
    mean: Floats
    low80: Floats
    high80: Floats
    low68: Floats
    high68: Floats
    model: str
    confirmed: bool

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        lists = {name: getattr(self, name).tolist() for name in ("sessions", "mean", *_EDGES)}
        return lists | {"model": self.model, "confirmed": self.confirmed}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> ExpectedBand:
        """From `to_json()`. Raises KeyError where it is no such object."""
        arrays = {name: np.array(facts[name], np.float64) for name in ("mean", *_EDGES)}
        sessions = np.array(facts["sessions"], np.int64)
        return cls(sessions=sessions, **arrays, model=facts["model"], confirmed=facts["confirmed"])


_EDGES = ("low80", "high80", "low68", "high68")


def expected(
    course: Course, intake: float, sessions: Sequence[int], known: Mapping[str, float] | None = None
) -> ExpectedBand:
    """The course of a patient who began with this score. known: the other predictors, by name; one that isn't known is
    taken at its mean. Raises Refused where the intake score can't be, or a session is below 1."""
    predictors, asked = _asked(course, intake, sessions, known)
    mean, sd = course.foretold(predictors, asked)
    return _band(course, asked, mean, sd)


def narrowed(
    course: Course,
    intake: float,
    scored: Sequence[tuple[int, float]],
    sessions: Sequence[int],
    known: Mapping[str, float] | None = None,
) -> ExpectedBand:
    """The course as the patient's own scores so far narrow it (empirical Bayes). For looking ahead only: the failure
    boundary stays that of `expected`, since a band that follows a patient who gets worse would call that normal.

    scored: session and score, from session 2 on; the intake score isn't among them. Only growth models can be narrowed.
    Raises Refused.
    """
    predictors, asked = _asked(course, intake, sessions, known)
    if not isinstance(course.model, Growth):
        words = "Only a growth model can follow a patient's own scores; this course is made of neighbours."
        raise Refused(Finding("course.not-narrowed", words))
    seen, scores = _asked_sessions([session for session, _ in scored]), np.array([score for _, score in scored])
    if not ((scores >= course.lowest) & (scores <= course.highest)).all():
        words = f"A score can't be: the measure goes from {course.lowest:g} to {course.highest:g}."
        raise Refused(Finding("course.score", words, "scored"))
    line, unsure = course.model.own_line(predictors, seen, scores)
    design = np.column_stack([np.ones(len(asked)), np.log(asked)])
    variance = np.einsum("si,ij,sj->s", design, unsure, design) + course.model.residual
    return _band(course, asked, design @ line, np.sqrt(np.maximum(variance, 0.0)))


def predictors_of(course: Course, intake: float, known: Mapping[str, float] | None = None) -> Floats:
    """The predictors of one patient in the order of the course; shape (k,)."""
    given = {} if known is None else known
    values = [intake, *(given.get(name, course.model.centres[place]) for place, name in _others(course))]
    return np.array(values, np.float64)


def _others(course: Course) -> list[tuple[int, str]]:
    return list(enumerate(course.predictors))[1:]


def _asked(
    course: Course, intake: float, sessions: Sequence[int], known: Mapping[str, float] | None
) -> tuple[Floats, Floats]:
    if not course.lowest <= intake <= course.highest:
        words = f"The score at intake can't be: the measure goes from {course.lowest:g} to {course.highest:g}."
        raise Refused(Finding("course.intake", words, "intake"))
    predictors = predictors_of(course, intake, known)
    if not np.isfinite(predictors).all():
        raise Refused(Finding("course.predictor", "What is known at intake must be numbers.", "known"))
    return predictors, _asked_sessions(sessions)


def _asked_sessions(sessions: Sequence[int]) -> Floats:
    asked = np.array(sessions, np.float64)
    if not ((asked >= 1) & (asked <= LONGEST)).all():
        raise Refused(Finding("course.session", f"Sessions are counted from 1 to {LONGEST}.", "session"))
    return asked


def _band(course: Course, sessions: Floats, mean: Floats, sd: Floats) -> ExpectedBand:
    def within(points: Floats) -> Floats:
        clipped: Floats = np.clip(points, course.lowest, course.highest)
        return clipped

    return ExpectedBand(
        sessions=sessions.astype(np.int64),
        mean=within(mean),
        low80=within(mean - _Z80 * sd),
        high80=within(mean + _Z80 * sd),
        low68=within(mean - _Z68 * sd),
        high68=within(mean + _Z68 * sd),
        model=course.key,
        confirmed=course.confirmed,
    )
