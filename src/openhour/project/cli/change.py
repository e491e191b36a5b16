"""`openhour change`: first and last scores in a spreadsheet to reliable and clinically significant change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.measures import (
    IndexRule,
    Norm,
    Pairs,
    PointsRule,
    Rule,
    Terms,
    points_rule,
    rule_for,
    s_diff,
    whole_points,
)
from openhour.measures.rule import terms_findings
from openhour.outcomes.cells import Codes
from openhour.outcomes.change_file import ChangeReport, change_file
from openhour.outcomes.places import refuse
from openhour.outcomes.shapes import ChangeAsked, Limits, Long, TwoColumns
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
@click.option("--reliability", type=float, help="Reliability of the measure, from 0 to below 1.")
@click.option("--functional-mean", type=float, help="Mean of people who are well.")
@click.option("--functional-sd", type=float, help="Standard deviation of people who are well.")
@click.option("--cutoff", type=click.Choice(["a", "b", "c"]), help="Cut-off of Jacobson and Truax.")
@click.option("--better", type=SIDES, help="Which scores are better.")
@click.option("--sd-pre", type=float, help="Standard deviation of first scores, where not that of the file itself.")
@click.option("--lowest", type=float, help="Lowest score that can be; one below it is an error in the file.")
@click.option("--highest", type=float, help="Highest score that can be.")
@click.option("--missing-codes", default="", metavar="99,...", help="Codes that mean no score.")
@delimiter_option
@out_option
def command(file: Path, **options: Any) -> Answer:
    """Judge how the patients in FILE (.csv, .tsv or .parquet) changed, each and in total.

    Give two columns (--pre, --post) or a long series (--id, --time, --value). Judged by Jacobson and Truax
    (--reliability, --cutoff, --better, and the functional norm for b and c) or by a measure's published points.
    """
    shape, ruling = _shape(options), _ruling(options)
    asked = ChangeAsked(
        file,
        shape,
        _limits(options),
        Codes.of(options["missing_codes"]),
        options["delimiter"],
        options["out"],
    )
    with progress("Judging change") as seen:
        report = change_file(asked, ruling, seen)
    facts = _facts(report, options)
    return Answer(facts, _text(facts))


def _shape(options: dict[str, Any]) -> TwoColumns | Long:
    wide, long = ("pre", "post"), ("time", "value")
    if any(options[name] is not None for name in (*long, "first", "last")):
        if any(options[name] is not None for name in wide):
            raise refuse(
                "change.shape", "Name either two columns (--pre, --post) or a series (--id, --time, --value)."
            )
        _require(options, ("id", *long), "A long series needs it.")
        return Long(options["id"], options["time"], options["value"], options["first"], options["last"])
    _require(options, wide, "Name the columns of first and last scores, or a series with --id, --time, --value.")
    return TwoColumns(options["pre"], options["post"], options["id"])


def _require(options: dict[str, Any], wanted: tuple[str, ...], sentence: str) -> None:
    if absent := [name for name in wanted if options[name] is None]:
        raise Refused([Finding("change.option-missing", sentence, _flag(name)) for name in absent])


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _limits(options: dict[str, Any]) -> Limits:
    lowest, highest = options["lowest"], options["highest"]
    if options["instrument"] is not None:
        scoring = instrument_named(options["instrument"]).scoring
        lowest = scoring.minimum if lowest is None else lowest
        highest = scoring.maximum if highest is None else highest
    none = Limits()
    return Limits(none.lowest if lowest is None else lowest, none.highest if highest is None else highest)


def _ruling(options: dict[str, Any]) -> Any:
    """What makes the rule once the group is known; everything that can be refused before is refused here."""
    if options["instrument"] is not None:
        rule = _published(options)
        return lambda pairs: _not_nobody(pairs, rule)
    _require(options, ("reliability", "cutoff", "better"), "Needed, unless --instrument names a measure.")
    mean, sd = options["functional_mean"], options["functional_sd"]
    if (mean is None) != (sd is None):
        _require(options, ("functional_mean", "functional_sd"), "The functional norm needs both its numbers.")
    functional = None if mean is None else Norm(mean, sd)
    terms = Terms(options["better"], options["reliability"], options["cutoff"], functional, options["sd_pre"])
    if findings := tuple(terms_findings(terms)):
        raise Refused([Finding(finding.code, finding.sentence, _flag(finding.place)) for finding in findings])
    return lambda pairs: rule_for(pairs, terms)


def _published(options: dict[str, Any]) -> PointsRule:
    beside = ("reliability", "functional_mean", "functional_sd", "cutoff", "better", "sd_pre")
    if both := [name for name in beside if options[name] is not None]:
        words = "The measure's published points are used, so this has no place here."
        raise Refused([Finding("change.two-rules", words, _flag(name)) for name in both])
    rule = points_rule(instrument_named(options["instrument"]))
    if rule is None:
        words = "No source confirms how many points of this measure are reliable. Use --reliability instead."
        raise refuse("change.no-points", words, "--instrument")
    return rule


def _not_nobody(pairs: Pairs, rule: PointsRule) -> PointsRule:
    if not pairs.n:
        raise refuse("change.nobody", "No patient has both a first and a last score.")
    return rule


def _facts(report: ChangeReport, options: dict[str, Any]) -> dict[str, Any]:
    pairs = report.group.pairs
    return {
        "n": pairs.n,
        "patients": report.group.patients,
        "excluded": report.group.excluded,
        "counts": report.counts,
        **_rule_facts(report.rule),
        "better": report.rule.better,
        "clinical_mean": pairs.mean(pairs.pre),
        "clinical_sd": _number(pairs.sd(pairs.pre)),
        "post_mean": pairs.mean(pairs.post),
        "post_sd": _number(pairs.sd(pairs.post)),
        "instrument": options["instrument"],
        "notes": list(_notes(report, options)),
        "out": None if options["out"] is None else str(options["out"]),
    }


def _number(number: float) -> float | None:
    return None if number != number else number


def _rule_facts(rule: Rule) -> dict[str, Any]:
    if isinstance(rule, PointsRule):
        return {"method": "points", "cutoff": rule.caseness_at, "reliable_points": rule.points}
    assert isinstance(rule, IndexRule)
    difference = s_diff(rule.sample.pre_sd, rule.sample.reliability)
    return {
        "method": rule.method,
        "cutoff": rule.cutoff,
        "reliable_points": whole_points(rule.critical * difference),
        "reliable_change": rule.critical * difference,
        "s_diff": difference,
        "critical": rule.critical,
    }


def _notes(report: ChangeReport, options: dict[str, Any]) -> list[str]:
    rule, mean = report.rule, options["functional_mean"]
    if isinstance(rule, PointsRule) or mean is None:
        return []
    first = rule.sample.pre_mean
    if (mean >= first) if rule.better == "lower" else (mean <= first):
        return ["The functional mean isn't on the better side of the patients' first scores: is --better right?"]
    return []


def _text(facts: dict[str, Any]) -> str:
    cut = "none" if facts["cutoff"] is None else f"{facts['cutoff']:.2f}"
    lines = [
        f"{facts['n']:>10,}  patients judged, of {facts['patients']:,}",
        *(f"{count:>10,}    left out: {reason}" for reason, count in facts["excluded"].items() if count),
        *(f"{count:>10,}  {name} ({100 * count / facts['n']:.1f} %)" for name, count in facts["counts"].items()),
        f"Cut-off {cut}; a change is reliable from {facts['reliable_points']} whole points.",
        f"First scores: mean {facts['clinical_mean']:.2f}" + _sd(facts["clinical_sd"]),
        f"Last scores: mean {facts['post_mean']:.2f}" + _sd(facts["post_sd"]),
        *(f"Note: {note}" for note in facts["notes"]),
    ]
    return "\n".join([*lines, *([f"Written to {facts['out']}"] if facts["out"] else [])])


def _sd(deviation: float | None) -> str:
    return "" if deviation is None else f", standard deviation {deviation:.2f}"
