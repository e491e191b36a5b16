"""Long series, one row a patient and time: find each patient's first and last score.

Called by `change_file`. The order of rows doesn't matter. Refuses a patient with two rows at the same time, a row without
a patient or a time, and times that are neither all numbers nor all dates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from openhour.measures.pairs import Floats
from openhour.outcomes.cells import read_number


@dataclass(frozen=True, slots=True)
class Series:
    """All rows of a file. ids: Arrow text. patient: number of the patient, times, scores: shape (n,), NaN = no score."""

    ids: Any
    patient: NDArray[np.int64]
    times: Floats
    scores: Floats

    @classmethod
    def of(cls, ids: Any, times: Floats, scores: Floats) -> Series:
        """Number the patients in the order in which they first appear."""
        coded = ids.dictionary_encode()
        return cls(coded.dictionary, coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), times, scores)

    @property
    def patients(self) -> int:
        """How many different patients."""
        return len(self.ids)

    def repeated(self) -> NDArray[np.int64]:
        """Rows that repeat an earlier row's patient and time."""
        order = np.lexsort((np.arange(len(self.times)), self.times, self.patient))
        who, when = self.patient[order], self.times[order]
        same = np.flatnonzero((who[1:] == who[:-1]) & (when[1:] == when[:-1]))
        return np.sort(order[same + 1])

    def at(self, time: float) -> Floats:
        """Each patient's score at one time, NaN where there is none; shape (patients,)."""
        scores, rows = np.full(self.patients, np.nan), self.times == time
        scores[self.patient[rows]] = self.scores[rows]
        return scores

    def ends(self) -> tuple[Floats, Floats]:
        """Each patient's first and last score by time, shape (patients,); a single score is a first one without last."""
        rows = np.flatnonzero(~np.isnan(self.scores))
        rows = rows[np.lexsort((self.times[rows], self.patient[rows]))]
        first, last = np.full(self.patients, np.nan), np.full(self.patients, np.nan)
        who = self.patient[rows]
        last[who] = self.scores[rows]  # the later row of a patient is written later
        first[who[::-1]] = self.scores[rows[::-1]]
        last[np.bincount(who, minlength=self.patients) < 2] = np.nan
        return first, last


def read_times(texts: Iterable[str]) -> dict[str, float] | None:
    """Times as numbers that sort: all numbers (sessions, waves, weeks), or all ISO dates; None where neither."""
    different = set(texts)
    for reader in (_number, _date):
        read = {text: reader(text) for text in different}
        if all(value is not None for value in read.values()):
            return {text: value for text, value in read.items() if value is not None}
    return None


def _number(text: str) -> float | None:
    number = read_number(text)
    return None if number is None or math.isnan(number) else number


def _date(text: str) -> float | None:
    """Seconds; a time of day without a zone counts as UTC, which keeps the order within one file."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def joined(parts: list[Any]) -> Any:
    """One Arrow array of text from those of the batches."""
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())
