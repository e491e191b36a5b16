"""Sudden gains and the time to the first reliable improvement of every patient in a long file.

Called by `openhour gains`. Sessions are placed by their number where times are whole numbers in even steps, so that a
session that was missed is a gap and not a neighbour; dates and other times only give the order. Refuses the file with every
place that is wrong. The series is held in memory, because its rows come in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from openhour.measures import Rule
from openhour.measures.pairs import Floats
from openhour.outcomes.gains import Gain, gain_criteria, loss_criteria, sudden_gains
from openhour.outcomes.paired_scores import Seen, series_of
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.series import Series
from openhour.outcomes.shapes import ChangeAsked, Long
from openhour.outcomes.survival import Curve, Waits, time_to_improvement, waits
from openhour.outcomes.tables import open_table
from openhour.outcomes.written import written

MOST_SESSIONS = 1_000
AT_ONCE = 4_096
"""Patients whose sessions are laid out side by side at a time."""

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "scores": pa.int64(),
        "gains": pa.int64(),
        "losses": pa.int64(),
        "first_gain_after": pa.int64(),
        "first_gain_points": pa.float64(),
        "first_gain_reversed_at": pa.int64(),
        "improved": pa.bool_(),
        "waited": pa.float64(),
    }
)


@dataclass(frozen=True, slots=True)
class GainsReport:
    """patients: all in the file. by_patient: gains and losses in the order of sessions, for those who have any.
    curve: time to the first reliable improvement, in the unit of the file's times (days for dates).
    alone: patients with fewer than two scores, who can't be followed."""

    patients: int
    by_patient: dict[int, tuple[Gain, ...]]
    curve: Curve
    alone: int

    @property
    def gained(self) -> int:
        """How many patients had a sudden gain."""
        return sum(any(not gain.loss for gain in gains) for gains in self.by_patient.values())

    @property
    def lost(self) -> int:
        """How many had a sudden loss."""
        return sum(any(gain.loss for gain in gains) for gains in self.by_patient.values())

    @property
    def reversed(self) -> int:
        """How many lost half of a sudden gain again."""
        return sum(
            any(gain.reversed_at is not None and not gain.loss for gain in gains)
            for gains in self.by_patient.values()
        )


def gains_file(asked: ChangeAsked, rule: Rule, points: float, seen: Seen = lambda done: None) -> GainsReport:
    """Look at every patient. rule: says what is reliable; points: the same as a number of points. Raises Refused."""
    assert isinstance(asked.shape, Long)
    source = open_table(asked.path, asked.delimiter)
    read = series_of(asked, asked.shape, source, Places(str(asked.path)), seen)
    if read is None:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    series = read.series
    times = _in_days(series.times, read.when)
    waited = waits(series.patient, times, series.scores, rule)
    if not len(waited.patient):
        raise refuse("survival.nobody", "No patient has two scores to compare.", str(asked.path))
    found = dict(_gains(series, points, rule.better))
    if asked.out:
        with written(asked.out, SCHEMA, beside=asked.path) as rows:
            rows.write_batch(_rows(series, found, waited))
    curve = time_to_improvement(waited.times, waited.happened)
    return GainsReport(series.patients, found, curve, series.patients - len(waited.patient))


def _in_days(times: Floats, written_as: list[str]) -> Floats:
    """Dates come as seconds."""
    dated = bool(written_as) and "-" in written_as[0][1:] and "e" not in written_as[0].lower()
    return times / 86_400 if dated else times


def _gains(series: Series, points: float, better: str) -> Iterator[tuple[int, tuple[Gain, ...]]]:
    """Patients with gains or losses, by their number."""
    columns = _columns(series)
    order = np.lexsort((columns, series.patient))
    who, column, scores = series.patient[order], columns[order], series.scores[order]
    ends = np.searchsorted(who, np.arange(0, series.patients + AT_ONCE, AT_ONCE))
    for block, (start, end) in enumerate(pairwise(ends.tolist())):
        if start == end:
            continue
        first = block * AT_ONCE
        table = np.full((min(AT_ONCE, series.patients - first), int(column[start:end].max()) + 1), np.nan)
        table[who[start:end] - first, column[start:end]] = scores[start:end]
        some = gain_criteria(table, points, better).met | loss_criteria(table, points, better).met
        for row in np.flatnonzero(some.any(axis=-1)):
            yield first + int(row), sudden_gains(table[row], points, better=better)


def _columns(series: Series) -> NDArray[np.int64]:
    """Place of each row among the sessions of its patient, from 0."""
    times = series.times
    order = np.lexsort((times, series.patient))
    new = np.r_[True, np.diff(series.patient[order]) != 0]
    if (step := _step(times, np.diff(times[order])[~new[1:]])) is not None:
        numbers: NDArray[np.int64] = ((times - times.min()) // step).astype(np.int64)
        return numbers
    rows = np.arange(len(order))
    columns = np.empty(len(order), np.int64)
    columns[order] = rows - np.maximum.accumulate(np.where(new, rows, 0))
    return columns


def _step(times: Floats, steps: Floats) -> int | None:
    """What lies between one session and the next where times are session numbers, weeks or days of a weekly course; None
    where they only give an order: dates, fractions, or days that fall as they fall."""
    if not len(steps) or (np.floor(times) != times).any() or np.ptp(times) >= MOST_SESSIONS:
        return None
    step = int(np.gcd.reduce((times - times.min()).astype(np.int64)))
    return step if np.median(steps) == step else None


def _rows(series: Series, found: dict[int, tuple[Gain, ...]], waited: Waits) -> Any:
    scores = np.bincount(series.patient[~np.isnan(series.scores)], minlength=series.patients)
    followed = np.zeros(series.patients, np.bool_)
    followed[waited.patient] = True
    times, happened = np.zeros(series.patients), np.zeros(series.patients, np.bool_)
    times[waited.patient], happened[waited.patient] = waited.times, waited.happened
    all_gains = [found.get(number, ()) for number in range(series.patients)]
    firsts = [next((gain for gain in gains if not gain.loss), None) for gains in all_gains]
    columns = [
        series.ids,
        pa.array(scores, pa.int64()),
        pa.array([sum(not gain.loss for gain in gains) for gains in all_gains], pa.int64()),
        pa.array([sum(gain.loss for gain in gains) for gains in all_gains], pa.int64()),
        pa.array([gain and gain.between for gain in firsts], pa.int64()),
        pa.array([gain and gain.points for gain in firsts], pa.float64()),
        pa.array([gain and gain.reversed_at for gain in firsts], pa.int64()),
        pa.array(happened, pa.bool_(), mask=~followed),
        pa.array(times, pa.float64(), mask=~followed),
    ]
    return pa.record_batch(columns, schema=SCHEMA)
