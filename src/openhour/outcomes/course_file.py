"""Read a file of scores, one row a patient and session, as an expected course is learnt from it.

Called by `openhour course`. Refuses the file with every place that is wrong, in the numbering of a spreadsheet: cells that
are no number, scores that can't be, sessions that are none, the same session twice, rows without a patient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from openhour.outcomes.cells import LARGEST, NO_CODES, Codes, numbers_in, texts_in
from openhour.outcomes.growth import CourseOf
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.session_scores import SessionScores, bad_rows
from openhour.outcomes.tables import (
    NOT_A_NUMBER,
    NOT_UTF8,
    Batch,
    Source,
    note_cells,
    note_rows,
    open_table,
    read_batches,
)


@dataclass(frozen=True, slots=True)
class CourseAsked:
    """Names of columns. day, therapist: None where the file has none. known: what else was known at intake, numbers.
    codes: that mean no score."""

    path: Path
    id: str
    session: str
    score: str
    day: str | None = None
    therapist: str | None = None
    known: tuple[str, ...] = ()
    codes: Codes = NO_CODES
    delimiter: str = ","


def read_course_file(
    asked: CourseAsked, of: CourseOf, seen: Callable[[float], None] = lambda done: None
) -> SessionScores:
    """The table in the file. seen: told the share that is done, 0 to 1. Raises Refused."""
    source, places = open_table(asked.path, asked.delimiter), Places(str(asked.path))
    parts = dict[str, list[Any]]()
    for batch in read_batches(source, _columns(asked)):
        for name in (asked.id, *filter(None, (asked.day, asked.therapist))):
            parts.setdefault(name, []).extend(_texts(source, batch, name, places))
        for name in (asked.session, asked.score, *asked.known):
            codes = asked.codes if name == asked.score else NO_CODES
            parts.setdefault(name, []).append(_numbers(source, batch, name, codes, places))
        seen(batch.done)
    if not parts:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    _note_gaps(asked, source, parts, places)
    table = _table(asked, source, parts, places)
    for bad in bad_rows(table, of.lowest, of.highest):
        column = {"score": asked.score, "session": asked.session}[bad.column]
        rows = [row for row in bad.rows.tolist() if column != asked.session or np.isfinite(table.sessions[row])]
        note_rows(places, source, rows, column, bad.code, bad.sentence)
    places.settle()
    return table


def _columns(asked: CourseAsked) -> list[str]:
    return [asked.id, asked.session, asked.score, *filter(None, (asked.day, asked.therapist)), *asked.known]


def _texts(source: Source, batch: Batch, name: str, places: Places) -> list[str]:
    texts, bad = texts_in(batch.columns[name])
    note_cells(places, source, batch, bad, name, *NOT_UTF8)
    return list(texts.to_pylist())


def _numbers(source: Source, batch: Batch, name: str, codes: Codes, places: Places) -> Any:
    numbers = numbers_in(batch.columns[name], codes)
    note_cells(places, source, batch, numbers.bad, name, *NOT_A_NUMBER)
    values = numbers.values.astype(np.float64)
    values[numbers.bad] = np.nan
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def _note_gaps(asked: CourseAsked, source: Source, parts: dict[str, list[Any]], places: Places) -> None:
    nameless = [row for row, name in enumerate(parts[asked.id]) if not name]
    note_rows(places, source, nameless, asked.id, "series.gap", "The row names no patient.")
    if places.findings:  # a cell that is no number is named already, and not once more as a gap
        return
    sessions = np.concatenate(parts[asked.session])
    words = "The row has no session, so its place in the course isn't known."
    note_rows(places, source, np.flatnonzero(np.isnan(sessions)).tolist(), asked.session, "series.gap", words)


def _table(asked: CourseAsked, source: Source, parts: dict[str, list[Any]], places: Places) -> SessionScores:
    days: list[date] = []
    for row, text in enumerate(parts[asked.day] if asked.day else ()):
        day = _day(text)
        if day is not None:
            days.append(day)
        elif text:
            words = "The day is written as 2026-01-31."
            note_rows(places, source, [row], asked.day or "", "cell.not-a-day", words)
    return SessionScores.of(
        parts[asked.id],
        np.concatenate(parts[asked.session]),
        np.concatenate(parts[asked.score]),
        days=days,
        therapists=parts[asked.therapist] if asked.therapist else (),
        known={name: np.concatenate(parts[name]) for name in asked.known},
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
