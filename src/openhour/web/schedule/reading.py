"""From what a form sent to typed arguments, and from findings to messages beside the fields.

What can't be read becomes a finding with the field as its place; nothing here knows a rule of the clinic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from openhour.kernel import Finding
from openhour.web.schedule.look import read_day

# Findings about one date of several, and about things that are no field here, stand in the summary.
_FIELDS = {"visits.1": "time", "date": "day", "cadence": "repeat"}


def read_time(text: str) -> time | None:
    """`09:05`, also with seconds as some browsers send it, or None."""
    word = text.strip()
    for pattern in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(word, pattern).time()  # noqa: DTZ007  a time on the wall has no zone
        except ValueError:
            continue
    return None


def read_start(form: Mapping[str, str]) -> tuple[datetime | None, tuple[Finding, ...]]:
    """The time on the wall from `day` and `time`, or what is wrong with each."""
    day, clock = read_day(form.get("day", "")), read_time(form.get("time", ""))
    gaps = []
    if day is None:
        gaps.append(Finding("form.day", "Give the day as a date, such as 2026-03-02.", "day"))
    if clock is None:
        gaps.append(Finding("form.time", "Give the time as hours and minutes, such as 14:30.", "time"))
    return (datetime.combine(day, clock) if day and clock else None), tuple(gaps)


def read_count(text: str) -> int:
    """How many visits; 0, which every rule refuses, for what is no number."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0


def beside(findings: Iterable[Finding], fields: Iterable[str]) -> dict[str, list[str]]:
    """Sentences by the field they stand beside, a list for each field; under `""` those that have none on this page."""
    found: dict[str, list[str]] = {name: [] for name in ("", *fields)}
    for finding in findings:
        name = _FIELDS.get(finding.place, finding.place)
        found[name if name in found else ""].append(finding.sentence)
    return found


def status_of(findings: Iterable[Finding]) -> int:
    """409 where somebody else was first, 422 where what was typed can't be."""
    first = ("slot.therapist-taken", "slot.room-taken", "slot.patient-taken", "visit.changed-meanwhile")
    return 409 if any(finding.code in first for finding in findings) else 422
