"""`openhour score`: answers in a spreadsheet to scores, bands and flags, or the reason where there is no score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from openhour.catalog import Instrument
from openhour.outcomes.cells import Codes
from openhour.outcomes.score_file import Asked, Tally, score_file
from openhour.project.cli.contract import Answer, openhour_command, progress
from openhour.project.cli.options import PATH, delimiter_option, names, out_option
from openhour.project.cli.shelf import instrument_named

EXAMPLE = """openhour score phq-9 answers.csv --id SEQN --missing-codes 7,9 --out scores.csv
openhour score gad-7 answers.parquet --columns q1,q2,q3,q4,q5,q6,q7 --json
openhour score audit-c answers.csv --columns a1,a2,a3 --sex sex --out scores.csv"""


@openhour_command("score", example=EXAMPLE)
@click.argument("instrument")
@click.argument("file", type=PATH)
@click.option("--columns", metavar="A,B,...", help="Columns of the answers, in the order of the questions.")
@click.option("--id", "id_column", metavar="COLUMN", help="Column that names the patient; copied to --out.")
@click.option("--missing-codes", default="", metavar="7,9", help="Codes that mean no answer, such as refused.")
@click.option("--sex", "sex_column", metavar="COLUMN", help="Column with female or male, where cut-offs differ.")
@delimiter_option
@out_option
def command(
    instrument: str,
    file: Path,
    columns: str | None,
    id_column: str | None,
    missing_codes: str,
    sex_column: str | None,
    delimiter: str,
    out: Path | None,
) -> Answer:
    """Score the answers in FILE (.csv, .tsv or .parquet) with INSTRUMENT, such as phq-9.

    An incomplete form has no score, and a code outside the choices is no answer; the reason stands in the result.
    """
    measure = instrument_named(instrument)
    asked = Asked(file, names(columns), id_column, Codes.of(missing_codes), delimiter, out, sex_column)
    with progress(f"Scoring {measure.short}") as seen:
        tally = score_file(measure, asked, seen)
    facts = _facts(measure, tally, out)
    return Answer(facts, _text(measure, facts))


def _facts(measure: Instrument, tally: Tally, out: Path | None) -> dict[str, Any]:
    return {
        "instrument": measure.pin.key,
        "n": tally.n,
        "scored": tally.scored,
        "unscored": tally.n - tally.scored,
        "case_cutoff": measure.change.caseness_at,
        "at_or_above_case": tally.at_case if _judges(measure) else None,
        "prorated": tally.prorated,
        "parts_at_case": dict(tally.parts),
        "bands": dict(tally.bands),
        "flags": dict(tally.flags),
        "reasons": dict(tally.reasons),
        "out": None if out is None else str(out),
    }


def _judges(measure: Instrument) -> bool:
    """True where the definition says from where on a person counts as a case."""
    return measure.change.caseness_at is not None or bool(measure.bands_for) or measure.kind == "triage"


def _text(measure: Instrument, facts: dict[str, Any]) -> str:
    side = "or above" if measure.change.better == "lower" else "or below"
    lines = [
        f"{measure.title} ({facts['instrument']})",
        f"{facts['n']:>10,}  forms",
        f"{facts['scored']:>10,}  scored",
        *(f"{count:>10,}    {band}" for band, count in facts["bands"].items()),
        f"{facts['unscored']:>10,}  without a score",
        *(f"{count:>10,}    {WORDS[reason]}" for reason, count in facts["reasons"].items()),
    ]
    lines += [f"{facts['prorated']:>10,}  of them with something in place of a gap"] if facts["prorated"] else []
    if measure.bands_confirmed is False:
        lines.append("            No source confirmed these levels.")
    if facts["case_cutoff"] is not None:
        lines.append(f"{facts['at_or_above_case']:>10,}  at {side} the case cut-off of {facts['case_cutoff']}")
    lines += [f"{count:>10,}  at or beyond the cut-off of {part}" for part, count in facts["parts_at_case"].items()]
    lines += [f"{count:>10,}  with the flag {flag}" for flag, count in facts["flags"].items()]
    return "\n".join([*lines, *([f"Written to {facts['out']}"] if facts["out"] else [])])


WORDS = {"not-answered": "questions not answered", "outside-choices": "answers outside the choices"}
