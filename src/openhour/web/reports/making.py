"""Make a report for a page or a file: the actor's rows, counted. The engine is imported here, at the first report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from openhour.guard.actor import Actor
from openhour.records.queries import outcome_rows
from openhour.records.queries.outcome_rows import ReportRows, numbers_of
from openhour.records.queries.practice_name import letterhead
from openhour.records.shelf import shelf
from openhour.web.reports.asking import Typed

_READERS = {"practice": outcome_rows.practice_rows, "own": outcome_rows.own_rows}
SMALLEST = {"practice": 5, "own": 1}
"""Smallest number of people that is shown: a therapist knows their own patients."""


@dataclass(frozen=True, slots=True)
class Made:
    """report: `outcomes.report.values.Report`. shown: the module that puts it into words. sites, indications: to choose
    from. practice, parts: the head of a letter."""

    report: Any
    shown: Any
    sites: tuple[str, ...]
    indications: tuple[str, ...]
    practice: str
    parts: tuple[str, ...]
    period: str

    @property
    def pictures(self) -> Any:
        """The figures of a page."""
        return import_module("openhour.ui.reports").pictures(self.report)

    def pdf(self, title: str, *, at: datetime) -> bytes:
        """The report as a tagged PDF."""
        made: bytes = import_module("openhour.ui.reports").report_pdf(
            self.report, title=title, practice=self.practice, period=self.period, parts=self.parts, dated=at
        )
        return made


def made_for(actor: Actor, kind: str, typed: Typed, *, at: datetime, form: str) -> Made:
    """The report that was asked for; filters that can't be read are passed over, the page says so. form: what it is made
    for, which the trail keeps. Raises NotAllowed."""
    asked = {name: value for name, value in typed.kept.items() if name in ("since", "until", "by")}
    found = _READERS[kind](actor, {**asked, "form": form}, at=at)
    practice, parts = letterhead()
    report = _report(found, kind, typed, at)
    shown = import_module("openhour.outcomes.report.shown")
    return Made(report, shown, found.sites, found.indications, practice, tuple(parts), typed.words)


def _report(found: ReportRows, kind: str, typed: Typed, at: datetime) -> Any:
    columns, counting = (
        import_module("openhour.outcomes.report.columns"),
        import_module("openhour.outcomes.report.report"),
    )
    asked = columns.ReportAsked(
        by=typed.text["by"] if typed.text["by"] in columns.GROUPINGS else "",
        period=columns.Period(typed.since, typed.until),
        smallest=SMALLEST[kind],
        site=typed.text["site"],
        indication=typed.text["indication"],
    )
    table, facts = _table(found.rows)
    compared = _table(found.compared)[0] if found.compared else None
    measures = {slug: shelf().instrument(slug, on=at.date()) for slug in found.slugs}
    return counting.report_on_rows(table, facts, asked, measures, mine=found.therapist, compared=compared)


def _table(rows: Mapping[str, list[Any]]) -> Any:
    reading = import_module("openhour.outcomes.report.reading")
    days = {name: numbers_of(rows[name]) for name in ("day", "referred", "ended")}
    return reading.rows_in_memory({**rows, **days}, "the practice")
