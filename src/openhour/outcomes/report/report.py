"""A practice's report: counts become lines, pictures and notes; from a file, or from rows in memory.

Called by `openhour outcomes` and by the pages. Refuses rows in which something is wrong, each named with row and column;
what makes a number impossible but leaves the others true is a note: one patient, no score at all, first scores that
don't vary, no day of an end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.outcomes.places import Places
from openhour.outcomes.report.columns import ReportAsked
from openhour.outcomes.report.counted import Counted, count, count_therapists, wrong_between
from openhour.outcomes.report.definition import MeasureTerms
from openhour.outcomes.report.engine import opened
from openhour.outcomes.report.lines import (
    attendance_lines,
    change_lines,
    intake_lines,
    rule_lines,
    time_lines,
    variance_notes,
)
from openhour.outcomes.report.pictures import pictures_of
from openhour.outcomes.report.reading import RowFacts, RowsAsked, normalised
from openhour.outcomes.report.values import Line, Report
from openhour.outcomes.tables import Source, note_rows

Measures = Mapping[str, Instrument]
Seen = Callable[[float], None]
_FATAL = ("report.no-scores", "report.nobody", "report.one-patient")
_SIGN = {"lower": -1, "higher": 1}


def report_on_file(
    rows: RowsAsked, asked: ReportAsked, measures: Measures, *, engine: str = "duckdb", seen: Seen = lambda done: None
) -> Report:
    """The report of a file. measures: by slug, all that may occur in it. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="openhour-") as folder, opened(engine) as running:
        clean = Path(folder) / "rows.parquet"
        facts, source, names = normalised(rows, measures, clean, seen)
        table = running.table(clean)
        _settle(wrong_between(running, table), source, names)
        return report_of(count(running, table, facts, asked, terms_of(measures, facts)), facts, asked, measures)


def report_on_rows(
    table: Any,
    facts: RowFacts,
    asked: ReportAsked,
    measures: Measures,
    *,
    mine: str | None = None,
    compared: Any = None,
) -> Report:
    """The report of an Arrow table of `reading.SCHEMA` that is right already, such as the practice's own rows.

    mine: code of the therapist who looks, marked in the funnel. compared: rows of everybody, where `table` holds only the
    cases of the one who looks: then the funnel has their point alone, in limits that come from everybody.
    """
    terms = terms_of(measures, facts)
    with opened() as running:
        counted = count(running, running.table(table), facts, asked, terms)
        if compared is not None:
            everybody = count_therapists(running, running.table(compared), facts, asked, terms)
            counted = replace(counted, therapists=everybody)
    return report_of(counted, facts, asked, measures, mine=mine, others=compared is None)


def terms_of(measures: Measures, facts: RowFacts) -> dict[str, MeasureTerms]:
    """What the expressions need of each measure that occurs. Points that no source confirmed are no points."""
    return {
        slug: MeasureTerms(
            slug,
            _SIGN[one.change.better],
            one.change.reliable_points if one.change.confirmed else None,
            float(one.scoring.minimum),
            float(one.scoring.maximum),
        )
        for slug, one in measures.items()
        if slug in facts.instruments
    }


def report_of(
    counted: Counted,
    facts: RowFacts,
    asked: ReportAsked,
    measures: Measures,
    *,
    mine: str | None = None,
    others: bool = True,
) -> Report:
    """From counts to what is shown."""
    whole = counted.whole
    groups = {"": whole, **(counted.groups if asked.by else {})}
    present = [measures[slug] for slug in facts.instruments if slug in whole.measures]
    lines = [*intake_lines(groups, asked.smallest), *attendance_lines(groups, asked.smallest)]
    for measure in present:
        lines += change_lines(groups, measure, asked.smallest)
    lines += rule_lines(groups, measures, asked.smallest)
    for measure in present:
        lines += time_lines(groups, measure, asked.smallest)
    pictures = tuple(pictures_of(counted, measure, lines, asked.smallest, mine, others) for measure in present)
    notes = (*_notes(counted, facts), *variance_notes(whole, measures, facts.place))
    return Report(
        asked.by, tuple(counted.groups) if asked.by else (), _ordered(lines, groups), pictures, notes, asked.smallest
    )


def _ordered(lines: list[Line], groups: Mapping[str, Any]) -> tuple[Line, ...]:
    """Group by group, in each as they were made."""
    return tuple(line for group in groups for line in lines if line.group == group)


def _notes(counted: Counted, facts: RowFacts) -> Iterator[Finding]:
    if not facts.scores:
        yield Finding(
            "report.no-scores", "No row has a score, so there are no results.", f"{facts.place}, column score"
        )
    if facts.rows and not counted.patients:
        words = "No row is of the site or the indication that was asked for."
        yield Finding("report.nobody", words, facts.place)
    if counted.patients == 1:
        words = "The rows are of one patient: a report needs several."
        yield Finding("report.one-patient", words, f"{facts.place}, column patient")
    if "ended" not in facts.columns:
        words = "No column says when an episode ended, so each counts as ended with its last contact."
        yield Finding("report.no-ends", words, f"{facts.place}, column ended")


def _settle(found: Any, source: Source, names: Mapping[str, str]) -> None:
    """Raise Refused with every fault, by row and by the file's own column."""
    places = Places(str(source.path))
    for fault in found:
        shown = names.get(fault.column, fault.column)
        note_rows(places, source, list(fault.records), shown, fault.code, fault.sentence)
        places.beyond += fault.beyond
    places.settle()


def fatal(report: Report) -> None:
    """Raises Refused where there is nothing to report: for a person who expects numbers from a file."""
    findings = [note for note in report.notes if note.code in _FATAL]
    if findings:
        raise Refused(findings)
