"""`openhour measures import`: bring answers in from a CSV or Parquet file, row by row.

The mapping of columns is kept with the name of the source, so that the next file of it needs none. Bad rows are named with
row and column, good ones kept; the same file twice gives the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.project.cli.contract import Answer
from openhour.project.cli.on_practice import practice_command
from openhour.project.cli.options import PATH
from openhour.ui.words import counted

SHOWN = 20


@click.group(
    "measures", epilog="\b\nExample:\n  openhour measures import answers.csv --source 'old system' --dry-run"
)
def command() -> None:
    """Bring answers of patients in from a file."""


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


@practice_command(
    "import",
    example="openhour measures import phq.csv --source 'old system' --instrument phq-9 \\\n"
    "    --map patient=MRN --map date=Completed --map q1=PHQ1 --map q2=PHQ2 ... --dry-run\n"
    "openhour measures import more.parquet --source 'old system' --report bad-rows.csv",
)
@click.argument("file", type=PATH)
@click.option("--source", required=True, help="A name of your own for where the file comes from; keeps the mapping.")
@click.option("--instrument", default="", help="Slug of the instrument, where the whole file is about one.")
@click.option("--map", "pairs", multiple=True, metavar="WANTED=COLUMN|FILE", help="patient, date, instrument, row, total, session, language, q1, q2 ...; or a file with one pair a line.")  # fmt: skip
@click.option("--date-format", default="", help="How days are written, such as %m/%d/%Y; otherwise 2026-01-31.")
@click.option("--delimiter", default=",", show_default=True, help="What separates the cells of a CSV file.")
@click.option("--report", type=PATH, metavar="FILE", help="Write every bad row here, as CSV.")
@click.option("--dry-run", is_flag=True, help="Read and judge everything, and write nothing.")
def import_(
    file: Path,
    source: str,
    instrument: str,
    pairs: tuple[str, ...],
    date_format: str,
    delimiter: str,
    report: Path | None,
    dry_run: bool,
) -> Answer:
    """Bring answers in, good rows kept, bad ones named."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.outcomes.answer_file import open_answers
    from openhour.records.queries.due import instruments_on
    from openhour.records.queries.practice_day import practice_day
    from openhour.workflows.measures.import_measures import import_measures, mapping_of

    if len(delimiter) != 1:
        raise Refused(Finding("usage", "The delimiter is one character.", "delimiter"))
    now = _now()
    mapping = _mapping(pairs) or mapping_of(source)
    known = instruments_on(practice_day(now))
    answers = open_answers(
        file, mapping, known, only=instrument.strip().lower(), date_format=date_format, delimiter=delimiter
    )
    with _bad_rows(report) as seen:
        done = import_measures(
            COMMAND_LINE, answers, source=source, mapping=mapping, dry_run=dry_run, at=now, seen=seen
        )
    return Answer(_facts(done), "\n".join(_lines(done, report)))


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    """`--map q1=PHQ1`, or `--map FILE` with such pairs, one a line."""
    found: dict[str, str] = {}
    for pair in pairs:
        wanted, separator, column = pair.partition("=")
        if not separator:
            found |= _from_file(Path(pair))
            continue
        if not wanted.strip() or not column.strip():
            raise Refused(Finding("usage", "A mapping looks like q1=PHQ1.", "map"))
        found[wanted.strip()] = column.strip()
    return found


def _from_file(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        words = "A mapping is WANTED=COLUMN, or a file with such pairs, one a line."
        raise Refused(Finding("map.unreadable", words, str(path))) from error
    pairs = [line for line in (line.strip() for line in lines) if line and not line.startswith("#")]
    if bad := [place for place, line in enumerate(pairs, start=1) if "=" not in line]:
        raise Refused(Finding("map.unreadable", "A line looks like q1=PHQ1.", f"{path}, line {bad[0]}"))
    return _mapping(pairs) if pairs else {}


@contextmanager
def _bad_rows(report: Path | None) -> Iterator[Any]:
    """What is told of each bad row as it is found."""
    if report is None:
        yield lambda finding: None
        return
    if report.exists():
        raise Refused(Finding("out.exists", "There is such a file already. Choose another name.", str(report)))
    try:
        with report.open("w", encoding="utf-8", newline="") as held:
            writer = csv.writer(held)
            writer.writerow(("row", "column", "code", "reason"))
            yield lambda one: writer.writerow((one.row or "", one.column, one.code, one.sentence))
    except OSError as error:
        words = f"The file can't be written: {error.strerror or 'output error'}."
        raise Refused(Finding("out.not-written", words, str(report))) from error


def _facts(done: Any) -> Mapping[str, Any]:
    return {
        "source": done.source,
        "dry_run": done.dry_run,
        "rows": done.rows,
        "kept": done.kept,
        "known": done.known,
        "refused": done.refused,
        "codes": dict(sorted(done.codes.items())),
        "findings": [
            {"code": one.code, "sentence": one.sentence, "place": one.place, "row": one.row, "column": one.column}
            for one in done.findings
        ],
        "flags": [
            {
                "row": one.row,
                "instrument": one.instrument,
                "item": one.item,
                "value": one.value,
                "day": one.day.isoformat(),
                "alert": one.raised,
            }
            for one in done.flags
        ],
    }


def _lines(done: Any, report: Path | None) -> Iterator[str]:
    verb = "would be kept" if done.dry_run else "kept"
    yield f"{counted(done.rows, 'row')}: {done.kept} {verb}, {done.known} there already, {done.refused} refused."
    for one in done.findings[:SHOWN]:
        yield f"  {one.place}: {one.sentence}"
    if len(done.findings) > SHOWN:
        more = sum(done.codes.values()) - SHOWN
        yield f"  and {more} more; " + (
            f"all of them are in {report}." if report else "--report FILE writes all of them."
        )
    for one in done.flags:
        words = (
            "an alert is raised"
            if one.raised
            else ("would be looked at" if done.dry_run else "too old for an alert; look at it yourself")
        )
        yield f"  row {one.row}: {one.instrument} item {one.item} was answered with {one.value} on {one.day.isoformat()}: {words}."


command.add_command(import_)
