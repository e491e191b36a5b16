"""`openhour gains`: sudden gains, and how long until patients were reliably better, from a long file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.measures import AnchorRule, Rule, points_rule
from openhour.outcomes.cells import Codes
from openhour.outcomes.gains_file import GainsReport, gains_file
from openhour.outcomes.places import refuse
from openhour.outcomes.shapes import ChangeAsked, Limits, Long
from openhour.project.cli.contract import Answer, openhour_command, progress
from openhour.project.cli.options import PATH, delimiter_option, out_option
from openhour.project.cli.shelf import instrument_named

EXAMPLE = """openhour gains weekly.csv --id patient --time week --value phq9 --instrument phq-9
openhour gains weekly.csv --id patient --time week --value score --points 6 --better lower --json"""


@openhour_command("gains", example=EXAMPLE)
@click.argument("file", type=PATH)
@click.option("--id", required=True, metavar="COLUMN", help="Column that names the patient.")
@click.option("--time", required=True, metavar="COLUMN", help="Column of the session, week or date.")
@click.option("--value", required=True, metavar="COLUMN", help="Column of the score.")
@click.option("--instrument", metavar="SLUG", help="Use the published points of this measure, such as phq-9.")
@click.option("--points", type=float, help="Smallest reliable change in points, where no measure is named.")
@click.option("--better", type=click.Choice(["lower", "higher"]), help="Which scores are better.")
@click.option("--missing-codes", default="", metavar="99,...", help="Codes that mean no score.")
@delimiter_option
@out_option
def command(file: Path, **options: Any) -> Answer:
    """Find sudden gains, losses and reversals, and the time to the first reliable improvement, in FILE.

    A sudden gain (Tang and DeRubeis 1999) is large for the measure, a quarter of the score before it at least, and beyond
    what the sessions around it vary. Patients who stopped without improvement count until their last score.
    """
    rule, points, limits = _rule(options)
    shape = Long(options["id"], options["time"], options["value"])
    codes = Codes.of(options["missing_codes"])
    asked = ChangeAsked(file, shape, limits, codes, options["delimiter"], options["out"])
    with progress("Looking for gains") as seen:
        report = gains_file(asked, rule, points, seen)
    facts = _facts(report, points, options)
    return Answer(facts, _text(facts))


def _rule(options: dict[str, Any]) -> tuple[Rule, float, Limits]:
    named = options["instrument"]
    given = [name for name in ("points", "better") if options[name] is not None]
    if named is not None:
        if given:
            words = "The measure's published points are used, so this has no place here."
            raise Refused([Finding("change.two-rules", words, f"--{name}") for name in given])
        instrument = instrument_named(named)
        published = points_rule(instrument)
        if published is None:
            words = "No source confirms how many points of this measure are reliable. Use --points instead."
            raise refuse("change.no-points", words, "--instrument")
        scoring = instrument.scoring
        return published, published.points, Limits(scoring.minimum, scoring.maximum)
    if absent := [name for name in ("points", "better") if name not in given]:
        words = "Needed, unless --instrument names a measure."
        raise Refused([Finding("change.option-missing", words, f"--{name}") for name in absent])
    points = float(options["points"])
    if not 0 < points < 1e15:
        raise refuse("gains.cutoff", "The reliable change is a number of points above 0.", "--points")
    return AnchorRule(options["better"], points, points, None), points, Limits()


def _facts(report: GainsReport, points: float, options: dict[str, Any]) -> dict[str, Any]:
    curve = report.curve
    return {
        "n": curve.n,
        "patients": report.patients,
        "alone": report.alone,
        "points": points,
        "sudden_gains": report.gained,
        "sudden_losses": report.lost,
        "reversed": report.reversed,
        "improved": curve.events,
        "median_time": curve.median,
        "median_low": curve.median_low,
        "median_high": curve.median_high,
        "curve": [
            {"time": float(time), "improved": 1 - float(waiting), "at_risk": int(at_risk)}
            for time, waiting, at_risk in zip(curve.times, curve.waiting, curve.at_risk, strict=True)
        ],
        "out": None if options["out"] is None else str(options["out"]),
    }


def _text(facts: dict[str, Any]) -> str:
    lines = [
        f"{facts['n']:>10,}  patients followed, of {facts['patients']:,}",
        *([f"{facts['alone']:>10,}    left out: fewer than two scores"] if facts["alone"] else []),
        f"{facts['sudden_gains']:>10,}  had a sudden gain; {facts['reversed']:,} of them lost half of it again",
        f"{facts['sudden_losses']:>10,}  had a sudden loss",
        f"{facts['improved']:>10,}  were reliably better at least once ({facts['points']:g} points)",
        _median(facts),
    ]
    return "\n".join([*lines, *([f"Written to {facts['out']}"] if facts["out"] else [])])


def _median(facts: dict[str, Any]) -> str:
    if facts["median_time"] is None:
        return "Fewer than half got reliably better while they were followed."
    low, high = (facts[name] for name in ("median_low", "median_high"))
    ends = " to ".join("open" if end is None else f"{end:g}" for end in (low, high))
    return f"Half were reliably better after {facts['median_time']:g} (95 %: {ends}), in the unit of the times."
