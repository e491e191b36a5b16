"""A report in writing: the words of a line, rows of a CSV file, one JSON object, and the text of the command line.

Called by `openhour outcomes`, by the pages and by the PDF, so that all of them say the same.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from openhour.outcomes.funnel import Funnel
from openhour.outcomes.report.values import SECTIONS, Line, MeasurePictures, Report

FIELDS = (
    "group", "section", "measure", "what", "words", "n", "of", "share", "value", "low", "high", "unit", "hidden", "why",
)  # fmt: skip


def number_words(line: Line, smallest: int) -> str:
    """`18 of 40`; `fewer than 5 or near it` where it is hidden; empty where the line counts nobody."""
    if line.hidden and line.n is None and not line.unit:
        return "hidden"
    if line.n is None:
        return ""
    return f"{line.n:,}" if line.of is None else f"{line.n:,} of {line.of:,}"


def value_words(line: Line) -> str:
    """`45 % (31 to 60)`, `0.85 (0.80 to 0.90)`, `7 weeks (6 to 8)`, `hidden`, or the reason why there is nothing."""
    if line.hidden:
        return "hidden"
    if line.share is not None:
        return f"{_percent(line.share)} % ({_percent(line.low)} to {_percent(line.high)})"
    if line.value is None:
        return line.why
    value, ends = _rounded(line, line.value), ""
    if line.unit == "SD":
        ends = f" ({_rounded(line, line.low)} to {_rounded(line, line.high)})"
    elif line.unit == "weeks":
        value += " week" if line.value == 1 else " weeks"
        if line.low is not None or line.high is not None:
            ends = f" ({_rounded(line, line.low)} to {_rounded(line, line.high)})"
    return value + ends


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{100 * share:.0f}"


def _rounded(line: Line, value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:.0f}" if line.unit == "weeks" else f"{value:.2f}" if line.unit == "SD" else f"{value:.1f}"


def sections(report: Report, group: str) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Heading and lines of each part of a group, by measure where there are several."""
    for section, title in SECTIONS.items():
        for measure, lines in groupby(report.of(group, section), key=lambda line: line.measure):
            yield f"{title}: {measure}" if measure else title, tuple(lines)


def note_of_hidden(report: Report) -> str:
    """What a reader must know of numbers that aren't shown; empty where all are."""
    if report.smallest <= 1 or not any(line.hidden for line in report.lines):
        return ""
    return f"Hidden: numbers from 1 to {report.smallest - 1} of people or sessions, and those from which they could be computed."


def as_text(report: Report) -> str:
    """What a person reads in a terminal."""
    parts = []
    for group in ("", *report.groups):
        head = group or "All"
        parts.append(f"{head}\n{'=' * len(head)}")
        for title, lines in sections(report, group):
            rows = [
                f"  {line.words:<66} {number_words(line, report.smallest):>20}  {value_words(line)}" for line in lines
            ]
            parts.append("\n".join([title, *(_once(row) for row in rows)]))
    parts += [
        f"{picture.short}: therapists\n{_funnel_text(picture.funnel)}"
        for picture in report.pictures
        if picture.funnel
    ]
    parts += [f"Note: {note.sentence}" for note in report.notes]
    if words := note_of_hidden(report):
        parts.append(words)
    return "\n\n".join(parts)


def _once(row: str) -> str:
    """A hidden line says so once."""
    return row.replace("hidden  hidden", "hidden").rstrip()


def _funnel_text(funnel: Funnel) -> str:
    rows = [
        f"  {point.n:>6,} cases  {point.shrunken:+.2f} points better than expected ({point.low:+.2f} to {point.high:+.2f}): {point.word}"
        for point in funnel.points
    ]
    return "\n".join([*rows, *([f"  {funnel.why_not}"] if funnel.why_not else [])])


def as_csv(report: Report) -> str:
    """One row a line; CSV as spreadsheets read it. Words that a spreadsheet would take for a formula get an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(FIELDS)
    for line in report.lines:
        facts = asdict(line)
        writer.writerow([_cell(facts[name]) for name in FIELDS])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    words = str(value)
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") and not isinstance(value, int) else words


def as_facts(report: Report) -> dict[str, Any]:
    """One JSON object: numbers that aren't shown are null."""
    return {
        "by": report.by,
        "smallest": report.smallest,
        "groups": list(report.groups),
        "lines": [_clean(asdict(line)) for line in report.lines],
        "pictures": [_picture(picture) for picture in report.pictures],
        "notes": [{"code": note.code, "sentence": note.sentence, "place": note.place} for note in report.notes],
    }


def _picture(picture: MeasurePictures) -> dict[str, Any]:
    facts: dict[str, Any] = _clean(asdict(picture))
    return facts


def _clean(value: Any) -> Any:
    """Without NaN, which no JSON holds."""
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
