"""`openhour change`: first and last scores in a spreadsheet to reliable and clinically significant change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from openhour.measures import SlopeTerms
from openhour.outcomes.cells import Codes
from openhour.outcomes.change_file import change_file
from openhour.outcomes.places import refuse
from openhour.outcomes.shapes import ChangeAsked, Limits, Long, TwoColumns
from openhour.outcomes.slopes_file import slopes_file
from openhour.project.cli.change_terms import APPROACHES, METHODS, require, ruling_of
from openhour.project.cli.change_told import facts_of, text_of
from openhour.project.cli.contract import Answer, openhour_command, progress
from openhour.project.cli.options import PATH, delimiter_option, out_option
from openhour.project.cli.shelf import instrument_named

EXAMPLE = """openhour change trial.csv --pre bdi.pre --post bdi.8m --reliability 0.8 \\
    --functional-mean 7.69 --functional-sd 7.52 --cutoff c --better lower
openhour change weekly.csv --id PATIENT --time WEEK --value PHQ9 --instrument phq-9 --json"""

SIDES = click.Choice(["lower", "higher"])


@openhour_command("change", example=EXAMPLE)
@click.argument("file", type=PATH)
@click.option("--pre", metavar="COLUMN", help="Column of first scores.")
@click.option("--post", metavar="COLUMN", help="Column of last scores.")
@click.option("--id", metavar="COLUMN", help="Column that names the patient.")
@click.option("--time", metavar="COLUMN", help="Long files: column of the time (a number or a date).")
@click.option("--value", metavar="COLUMN", help="Long files: column of the score.")
@click.option("--first", metavar="TIME", help="Long files: compare from this time (else each patient's first score).")
@click.option("--last", metavar="TIME", help="Long files: compare with this time (else each patient's last score).")
@click.option("--instrument", metavar="SLUG", help="Use the published points of this measure, such as phq-9.")
@click.option("--approach", type=click.Choice(APPROACHES), help="How change is judged; combined unless named.")
@click.option("--method", type=click.Choice(METHODS), help="Index of reliable change; JT unless named.")
@click.option("--reliability", type=float, help="Reliability of the measure, from 0 to below 1.")
@click.option("--reliability-post", type=float, help="Reliability of last scores, for the method NK.")
@click.option("--functional-mean", type=float, help="Mean of people who are well.")
@click.option("--functional-sd", type=float, help="Standard deviation of people who are well.")
@click.option("--cutoff", type=click.Choice(["a", "b", "c"]), help="Cut-off of Jacobson and Truax.")
@click.option("--better", type=SIDES, help="Which scores are better.")
@click.option("--mid", type=float, help="Smallest difference that matters, in points (approach anchor).")
@click.option("--mid-worse", type=float, help="The same for getting worse, where it differs.")
@click.option("--percent", type=float, help="Share of the first score that counts, such as 50 (approach percentage).")
@click.option("--percent-worse", type=float, help="The same for getting worse, where it differs.")
@click.option("--alpha", type=float, help="Share of false alarms; 0.05 unless named.")
@click.option("--mean-pre", type=float, help="Mean of first scores, where not that of the file itself.")
@click.option("--sd-pre", type=float, help="Standard deviation of first scores, where not that of the file itself.")
@click.option("--lowest", type=float, help="Lowest score that can be; one below it is an error in the file.")
@click.option("--highest", type=float, help="Highest score that can be.")
@click.option("--missing-codes", default="", metavar="99,...", help="Codes that mean no score.")
@delimiter_option
@out_option
def command(file: Path, **options: Any) -> Answer:
    """Judge how the patients in FILE (.csv, .tsv or .parquet) changed, each and in total.

    Give two columns (--pre, --post) or a long series (--id, --time, --value). Judged by a measure's published points
    (--instrument) or by an approach: combined (an index of --method and a --cutoff), distribution (the index alone),
    statistical (the cut-off alone), anchor (--mid, with or without a cut-off) or percentage (--percent). Methods:
    JT Jacobson and Truax, GLN Gulliksen, Lord and Novick, HLL Hsu, Linn and Nord, EN Edwards and Nunnally,
    NK Nunnally and Kotsch, HA Hageman and Arrindell, HLM hierarchical linear model of a long series.
    """
    shape, ruling = _shape(options), ruling_of(options)
    asked = ChangeAsked(
        file,
        shape,
        _limits(options),
        Codes.of(options["missing_codes"]),
        options["delimiter"],
        options["out"],
    )
    with progress("Judging change") as seen:
        if isinstance(ruling, SlopeTerms):
            facts = facts_of(slopes_file(asked, ruling, seen), options)
        else:
            facts = facts_of(change_file(asked, ruling, seen), options)
    return Answer(facts, text_of(facts))


def _shape(options: dict[str, Any]) -> TwoColumns | Long:
    wide, long = ("pre", "post"), ("time", "value")
    if any(options[name] is not None for name in (*long, "first", "last")):
        if any(options[name] is not None for name in wide):
            raise refuse(
                "change.shape", "Name either two columns (--pre, --post) or a series (--id, --time, --value)."
            )
        require(options, ("id", *long), "A long series needs it.")
        return Long(options["id"], options["time"], options["value"], options["first"], options["last"])
    require(options, wide, "Name the columns of first and last scores, or a series with --id, --time, --value.")
    return TwoColumns(options["pre"], options["post"], options["id"])


def _limits(options: dict[str, Any]) -> Limits:
    lowest, highest = options["lowest"], options["highest"]
    if options["instrument"] is not None:
        scoring = instrument_named(options["instrument"]).scoring
        lowest = scoring.minimum if lowest is None else lowest
        highest = scoring.maximum if highest is None else highest
    none = Limits()
    return Limits(none.lowest if lowest is None else lowest, none.highest if highest is None else highest)
