"""`openhour outcomes`: a practice's report from any file of contacts, without a practice and without a database."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from openhour.catalog import Instrument
from openhour.kernel import Finding, Refused
from openhour.outcomes.cells import Codes
from openhour.outcomes.places import refuse
from openhour.outcomes.report.columns import COLUMNS, GROUPINGS, Period, ReportAsked
from openhour.outcomes.report.reading import RowsAsked
from openhour.outcomes.report.report import fatal, report_on_file
from openhour.outcomes.report.shown import as_csv, as_facts, as_text
from openhour.outcomes.report.values import Report
from openhour.project.cli.contract import Answer, openhour_command, progress
from openhour.project.cli.options import PATH, delimiter_option
from openhour.project.cli.shelf import in_force, instrument_named, the_shelf

EXAMPLE = """openhour outcomes sessions.parquet --by site
openhour outcomes visits.csv --map patient=CLIENT --map date=SEEN --instrument phq-9 --format pdf --out report.pdf"""

FORMATS = ("table", "json", "csv", "pdf")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@openhour_command("outcomes", example=EXAMPLE)
@click.argument("file", type=PATH)
@click.option(
    "--map", "mapping", multiple=True, metavar="OURS=THEIRS", help="Which column of the file is which of ours."
)
@click.option(
    "--instrument", metavar="SLUG", help="The measure of all rows, such as phq-9, where no column names it."
)
@click.option("--by", type=click.Choice(GROUPINGS), help="Break the report down.")
@click.option("--since", type=DAY, help="From this day, 2026-01-31.")
@click.option("--until", type=DAY, help="To this day, which still counts.")
@click.option("--site", default="", metavar="NAME", help="Only this site.")
@click.option("--indication", default="", metavar="SLUG", help="Only this indication.")
@click.option("--smallest", default=5, type=click.IntRange(1, 100), help="No number of people below it is shown (5).")
@click.option("--missing-codes", default="", metavar="99,...", help="Codes that mean no score.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="table", help="What is printed or written.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="What counts.")
@click.option("--pictures", type=PATH, metavar="FOLDER", help="Write each picture as SVG, with its table as CSV.")
@click.option("--out", type=PATH, metavar="FILE", help="Write there instead of printing; a PDF needs it.")
@delimiter_option
def command(file: Path, kind: str, out: Path | None, pictures: Path | None, **options: Any) -> Answer:
    """Report on the contacts in FILE (.csv, .tsv or .parquet): intake, attendance, change, time to improvement.

    One row for each session and measure. Columns that are needed: patient, date, score, and instrument (or --instrument).
    Columns that are used where they are there: episode, session, state, therapist, site, indication, referred, began,
    ended, planned_end, age. Other names are given with --map.
    """
    rows, asked = _rows(file, options), _asked(options)
    _check_writing(file, kind, out, pictures)
    measures = _measures(options["instrument"])
    with progress("Counting") as seen:
        report = report_on_file(rows, asked, measures, engine=options["engine"], seen=seen)
    fatal(report)
    if pictures is not None:
        _draw(report, pictures, file)
    return _answer(report, kind, out, file)


def _rows(file: Path, options: dict[str, Any]) -> RowsAsked:
    named, findings = {}, list[Finding]()
    for pair in options["mapping"]:
        ours, equals, theirs = pair.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            known = ", ".join(column.name for column in COLUMNS)
            words = f"Write --map OURS=THEIRS, with one of ours on the left: {known}."
            findings.append(Finding("map.unreadable", words, f"--map {pair}"))
        elif ours.strip() in named:
            findings.append(Finding("map.twice", "The column is named twice.", f"--map {ours.strip()}"))
        else:
            named[ours.strip()] = theirs.strip()
    if findings:
        raise Refused(findings)
    slug = (options["instrument"] or "").strip().lower()
    return RowsAsked(file, named, slug, Codes.of(options["missing_codes"]), options["delimiter"])


def _asked(options: dict[str, Any]) -> ReportAsked:
    since, until = _day(options["since"]), _day(options["until"])
    if since and until and until < since:
        raise refuse("period.backwards", "The period ends before it begins.", "--until")
    period = Period(since, until)
    return ReportAsked(options["by"] or "", period, options["smallest"], options["site"], options["indication"])


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _measures(slug: str | None) -> dict[str, Instrument]:
    if slug:
        one = instrument_named(slug)
        return {one.pin.slug: one}
    return {one.pin.slug: one for one in in_force(the_shelf())}


def _check_writing(file: Path, kind: str, out: Path | None, pictures: Path | None) -> None:
    """What can't be written is said before the counting."""
    if kind == "pdf" and out is None:
        raise refuse("out.missing", "A PDF is written to a file: name it with --out.", "--out")
    if out is not None and out.exists() and file.exists() and out.samefile(file):
        raise refuse("out.is-input", "That would overwrite the file that is read. Choose another name.", str(out))
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise refuse("out.no-folder", "There is no such folder to write to, or the name is a folder.", str(out))
    if pictures is not None and pictures.exists() and not pictures.is_dir():
        raise refuse("out.a-file", "The pictures go to a folder, and this is a file.", str(pictures))


def _draw(report: Report, folder: Path, file: Path) -> None:
    from openhour.ui.reports import picture_files

    drawn = tuple(picture_files(report))
    try:
        if any((folder / name).exists() and (folder / name).samefile(file) for name, _ in drawn):
            words = "A picture's table would overwrite the file that is read. Choose another folder."
            raise refuse("out.is-input", words, str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in drawn:
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise refuse(
            "out.not-written", f"The pictures can't be written: {error.strerror or 'output error'}.", str(folder)
        ) from error


def _answer(report: Report, kind: str, out: Path | None, file: Path) -> Answer:
    facts = {**as_facts(report), "out": None if out is None else str(out)}
    if kind == "pdf" and out is not None:
        from openhour.ui.reports import report_pdf

        _write(out, report_pdf(report, title="Outcome report", practice=file.name, period=""))
        return Answer(facts, f"Written to {out}")
    text = {"json": lambda: json.dumps(facts, ensure_ascii=True, allow_nan=False), "csv": lambda: as_csv(report)}
    written = text.get(kind, lambda: as_text(report))()
    if out is None:
        return Answer(facts, written.rstrip("\r\n"))
    _write(out, written.encode())
    return Answer(facts, f"Written to {out}")


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        words = f"The file can't be written: {error.strerror or 'output error'}."
        raise refuse("out.not-written", words, str(out)) from error
