"""Scores of many patients session by session, as an expected course is learnt from them.

Called by `outcomes.growth`, `outcomes.neighbours` and `outcomes.course_file`; built from a file, from the practice's own
closed episodes, or by the simulation. The order of rows doesn't matter. Refuses, by row: scores that the instrument can't
give, sessions that are no whole numbers from 0, and a patient who has the same session twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.measures.course import INTAKE, LONGEST
from openhour.measures.pairs import Floats

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FEWEST_THERAPISTS = 10
"""With fewer, whole therapists can't be held out, and the split is by patient alone."""


@dataclass(frozen=True, slots=True, eq=False)
class SessionScores:
    """One row a score. patient: numbers from 0; sessions: whole numbers, 0 and 1 are intake; scores: points, NaN = none;
    all of shape (n,). keys: one number a patient by which patients are split, the same for all of one therapist; shape
    (patients,). predictors: names of what else was known at intake; known: shape (patients, len(predictors)), NaN = not
    known. first_day, last_day: of the scores, None where the days aren't known."""

    patient: Ints
    sessions: Floats
    scores: Floats
    keys: Ints
    predictors: tuple[str, ...]
    known: Floats
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def of(
        cls,
        patients: Sequence[str],
        sessions: Sequence[float] | NDArray[Any],
        scores: Sequence[float] | NDArray[Any],
        *,
        days: Sequence[date] = (),
        therapists: Sequence[str] = (),
        known: Mapping[str, Sequence[float] | NDArray[Any]] | None = None,
    ) -> SessionScores:
        """From columns, one entry a row. known: covariates by name; each patient's first row that has one counts."""
        ids, first, patient = np.unique(np.array(patients, str), return_index=True, return_inverse=True)
        patient = patient.reshape(-1).astype(np.int64)
        columns = {} if known is None else dict(known)
        return cls(
            patient=patient,
            sessions=np.asarray(sessions, np.float64),
            scores=np.asarray(scores, np.float64),
            keys=_keys([str(one) for one in ids], _of_patients(therapists, first)),
            predictors=tuple(columns),
            known=_known(patient, len(ids), [np.asarray(one, np.float64) for one in columns.values()]),
            first_day=min(days, default=None),
            last_day=max(days, default=None),
        )

    @property
    def patients(self) -> int:
        """How many different patients."""
        return len(self.keys)


def _of_patients(therapists: Sequence[str], first: NDArray[np.intp]) -> list[str]:
    named = [therapists[row] for row in first] if len(therapists) else []
    return named if len(set(named)) >= FEWEST_THERAPISTS else []


def _keys(ids: list[str], therapists: list[str]) -> Ints:
    """A number that depends on the name alone, however the rows are ordered and whoever else is there."""
    named = therapists or ids
    digests = {name: hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest() for name in set(named)}
    return np.array([int.from_bytes(digests[name][:6], "big") for name in named], np.int64)


def _known(patient: Ints, patients: int, columns: list[Floats]) -> Floats:
    known = np.full((patients, len(columns)), np.nan)
    for place, column in enumerate(columns):
        rows = np.flatnonzero(np.isfinite(column))[::-1]
        known[patient[rows], place] = column[rows]  # the earliest row is written last
    return known


@dataclass(frozen=True, slots=True)
class BadRows:
    """Rows, from 0, with the same thing wrong. column: `patient`, `session` or `score`."""

    code: str
    sentence: str
    column: str
    rows: Ints


def bad_rows(table: SessionScores, lowest: float, highest: float) -> Iterator[BadRows]:
    """Everything that is wrong with rows; a row without a score is only missing."""
    with np.errstate(invalid="ignore"):
        impossible = (table.scores < lowest) | (table.scores > highest) | np.isinf(table.scores)
        whole = (table.sessions >= 0) & (table.sessions <= LONGEST) & (np.floor(table.sessions) == table.sessions)
    words = f"The score can't be: the measure goes from {lowest:g} to {highest:g}."
    yield BadRows("score.impossible", words, "score", np.flatnonzero(impossible))
    words = f"Sessions are whole numbers from 0 (before the first) to {LONGEST}."
    yield BadRows("course.session", words, "session", np.flatnonzero(~whole))
    words = "The patient has a second row for the same session."
    yield BadRows("course.session-twice", words, "session", _repeated(table))


def _repeated(table: SessionScores) -> Ints:
    order = np.lexsort((np.arange(len(table.sessions)), table.sessions, table.patient))
    who, when = table.patient[order], table.sessions[order]
    same = (who[1:] == who[:-1]) & (when[1:] == when[:-1])
    return np.sort(order[1:][same]).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """What a course is learnt from: patients with a score at intake and one or more after session 1.

    predictors: names, `intake` first; values: shape (n, k). keys: shape (n,). patient, line, scores: one row a score after
    session 1, in the order of patients and sessions; line: ln(session); shape (rows,). left_out: patients by reason.
    """

    predictors: tuple[str, ...]
    values: Floats
    keys: Ints
    patient: Ints
    line: Floats
    scores: Floats
    left_out: dict[str, int]

    @property
    def n(self) -> int:
        """How many patients."""
        return len(self.keys)

    def those(self, kept: Mask) -> Courses:
        """Some of the patients. kept: shape (n,)."""
        rows, number = kept[self.patient], np.cumsum(kept) - 1
        patient = number[self.patient[rows]].astype(np.int64)
        cut = (self.values[kept], self.keys[kept], patient, self.line[rows], self.scores[rows])
        return Courses(self.predictors, *cut, self.left_out)


NO_INTAKE = "no score at or before session 1"
NO_LATER = "no score after session 1"
NOT_KNOWN = "something known at intake is missing"


def courses_in(table: SessionScores) -> Courses:
    """The patients that can be learnt from. The intake score foretells; it isn't foretold."""
    rows = np.flatnonzero(np.isfinite(table.scores))
    rows = rows[np.lexsort((table.sessions[rows], table.patient[rows]))]
    early, late = rows[table.sessions[rows] <= 1], rows[table.sessions[rows] > 1]
    intake = np.full(table.patients, np.nan)
    intake[table.patient[early][::-1]] = table.scores[early][::-1]  # the earliest is written last
    begun, followed = np.isfinite(intake), np.bincount(table.patient[late], minlength=table.patients) > 0
    told = np.isfinite(table.known).all(axis=1)
    whole = Courses(
        predictors=(INTAKE, *table.predictors),
        values=np.column_stack([intake, table.known]),
        keys=table.keys,
        patient=table.patient[late],
        line=np.log(table.sessions[late]),
        scores=table.scores[late],
        left_out={
            NO_INTAKE: int((~begun).sum()),
            NO_LATER: int((begun & ~followed).sum()),
            NOT_KNOWN: int((begun & followed & ~told).sum()),
        },
    )
    return whole.those(begun & followed & told)
