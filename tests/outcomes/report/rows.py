"""Rows of contacts for the tests of reports: one patient's course at a time, written as a file in any order."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openhour.catalog import shelf_with
from openhour.outcomes.report.columns import ReportAsked
from openhour.outcomes.report.reading import RowsAsked
from openhour.outcomes.report.report import report_on_file
from openhour.outcomes.report.values import Report

MEASURES = {one.pin.slug: one for one in shelf_with(None).instruments}
BEGINS = date(2025, 1, 6)
COLUMNS = (
    "patient", "therapist", "site", "indication", "instrument", "session", "date", "score", "state",
    "began", "ended", "planned_end", "age",
)  # fmt: skip


def course(patient: str, scores: Sequence[float | None], **more: Any) -> list[dict[str, Any]]:
    """One row a weekly session, attended; None = no score that day. more: columns that differ from the plain ones;
    `ended=None` for a course that goes on."""
    begins = more.pop("begins", BEGINS)
    last = begins + timedelta(weeks=max(len(scores) - 1, 0))
    fixed = {
        "patient": patient, "therapist": "t1", "site": "Main", "indication": "depression", "instrument": "phq-9",
        "state": "attended", "began": begins, "ended": last, "planned_end": "yes", "age": 40,
    } | more  # fmt: skip
    return [
        {**fixed, "session": place + 1, "date": begins + timedelta(weeks=place), "score": score}
        for place, score in enumerate(scores)
    ]


def practice(patients: int, seed: int = 1, sites: Sequence[str] = ("Main", "River")) -> list[dict[str, Any]]:
    """Made-up courses, the same for the same seed."""
    draw = random.Random(seed)
    rows = []
    for number in range(patients):
        first, slope = draw.randint(6, 24), draw.uniform(-0.5, 2.2)
        scores = [
            None if draw.random() < 0.15 else min(27, max(0, round(first - slope * week + draw.gauss(0, 2))))
            for week in range(draw.randint(1, 12))
        ]
        rows += course(
            f"p{number:03}",
            scores,
            therapist=f"t{draw.randrange(7)}",
            site=draw.choice(sites),
            indication=draw.choice(["depression", "anxiety"]),
            ended=None if draw.random() < 0.2 else "end",
            planned_end=draw.choice(["yes", "no", ""]),
            age=draw.randint(18, 80),
            begins=BEGINS + timedelta(days=draw.randrange(300)),
        )
    for row in rows:
        if row["ended"] == "end":
            row["ended"] = max(one["date"] for one in rows if one["patient"] == row["patient"])
    return rows


def written(
    folder: Path, rows: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS, name: str = "rows.csv"
) -> Path:
    """The rows as a CSV file."""
    path = folder / name
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return path


def report(path: Path, asked: ReportAsked | None = None, **more: Any) -> Report:
    """The report of a file, everything shown unless asked otherwise."""
    return report_on_file(RowsAsked(path, **more), asked or ReportAsked(smallest=1), MEASURES)
