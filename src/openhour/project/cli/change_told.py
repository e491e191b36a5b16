"""What `openhour change` answers: the facts for a script, and the same in words for a person.

Called by `change`. Every number that a rule used is named, so that the answer can be checked by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from openhour.kernel import Refused
from openhour.measures import (
    METHODS,
    AnchorRule,
    CutoffRule,
    IndexRule,
    Pairs,
    PercentRule,
    PointsRule,
    Rule,
    s_diff,
    whole_points,
)
from openhour.measures.rule import group_functional, group_improved
from openhour.measures.slopes import SlopeRule, Slopes
from openhour.outcomes.change_file import ChangeReport
from openhour.outcomes.effects import effect_of
from openhour.outcomes.slopes_file import SlopesReport

FASTER = "By this method improved means faster than the average patient of the file, not better than before."
AT_BOUND = "Levels and slopes can't be told apart in this group, so the classes by this method are unsure."
TURNED = "The functional mean isn't on the better side of the patients' first scores: is --better right?"


def facts_of(report: ChangeReport | SlopesReport, options: dict[str, Any]) -> dict[str, Any]:
    """What `--json` prints."""
    slopes = report.slopes if isinstance(report, SlopesReport) else None
    pairs = report.pairs if isinstance(report, SlopesReport) else report.group.pairs
    patients = report.patients if isinstance(report, SlopesReport) else report.group.patients
    return {
        "n": sum(report.counts.values()),
        "patients": patients,
        "excluded": report.excluded,
        "counts": report.counts,
        **_rule_facts(report.rule, slopes),
        "better": report.rule.better,
        "clinical_mean": pairs.mean(pairs.pre),
        "clinical_sd": _number(pairs.sd(pairs.pre)),
        "post_mean": pairs.mean(pairs.post),
        "post_sd": _number(pairs.sd(pairs.post)),
        "effect": _effect(pairs, report.rule.better),
        "instrument": options["instrument"],
        "notes": list(_notes(report.rule, slopes, pairs, options)),
        "out": None if options["out"] is None else str(options["out"]),
    }


def _effect(pairs: Pairs, better: str) -> dict[str, Any] | None:
    """In deviations of the first scores, positive = better; None where there is none to say."""
    try:
        effect = effect_of(pairs, better=better)
    except Refused:
        return None
    numbers = {"value": effect.value, "low": effect.low, "high": effect.high, "level": effect.level}
    return {**numbers, "method": effect.method}


def _number(number: float) -> float | None:
    return None if math.isnan(number) else number


def _rule_facts(rule: Rule | SlopeRule, slopes: Slopes | None) -> dict[str, Any]:
    if isinstance(rule, SlopeRule):
        assert slopes is not None
        return _slope_facts(rule, slopes)
    if isinstance(rule, PointsRule):
        return {"approach": "points", "method": "points", "cutoff": rule.caseness_at, "reliable_points": rule.points}
    if isinstance(rule, AnchorRule):
        mid = {"improvement": rule.improvement, "deterioration": rule.deterioration}
        return {"approach": "anchor", "method": "anchor", "cutoff": rule.cutoff, **mid}
    if isinstance(rule, PercentRule):
        shares = {"improvement_percent": 100 * rule.improvement, "deterioration_percent": 100 * rule.deterioration}
        return {"approach": "percentage", "method": "percentage", "cutoff": None, **shares}
    if isinstance(rule, CutoffRule):
        method = "JT" if rule.sample is None else "HA"
        return {"approach": "statistical", "method": method, "cutoff": rule.line.at}
    assert isinstance(rule, IndexRule)
    return _index_facts(rule)


def _index_facts(rule: IndexRule) -> dict[str, Any]:
    approach = "distribution" if rule.cutoff is None else "combined"
    facts = {"approach": approach, "method": rule.method, "cutoff": rule.cutoff, "critical": rule.critical}
    difference = s_diff(rule.sample.pre_sd, rule.sample.reliability)
    if rule.method == "JT":  # the only method by which the same number of points is reliable for everybody
        points = rule.critical * difference
        facts |= {"reliable_points": whole_points(points), "reliable_change": points, "s_diff": difference}
    if rule.method == "HA":
        facts |= {
            "reliability_of_change": rule.sample.difference_reliability,
            "group_improved": group_improved(rule),
            "group_functional": group_functional(rule),
        }
    return facts


def _slope_facts(rule: SlopeRule, slopes: Slopes) -> dict[str, Any]:
    return {
        "approach": "distribution" if rule.cutoff is None else "combined",
        "method": "HLM",
        "cutoff": rule.cutoff,
        "critical": rule.critical,
        "mean_slope": slopes.slope,
        "slope_sd": slopes.slope_sd,
        "residual_sd": slopes.residual_sd,
        "at_bound": slopes.at_bound,
    }


def _notes(rule: Rule | SlopeRule, slopes: Slopes | None, pairs: Pairs, options: dict[str, Any]) -> Iterator[str]:
    if slopes is not None:
        yield FASTER
        if slopes.at_bound:
            yield AT_BOUND
    mean = options["functional_mean"]
    if mean is None or isinstance(rule, PointsRule):
        return
    first = rule.sample.pre_mean if isinstance(rule, IndexRule) else pairs.mean(pairs.pre)
    if (mean >= first) if rule.better == "lower" else (mean <= first):
        yield TURNED


def text_of(facts: dict[str, Any]) -> str:
    """The same for a person."""
    n = max(facts["n"], 1)
    lines = [
        f"{facts['n']:>10,}  patients judged, of {facts['patients']:,}",
        *(f"{count:>10,}    left out: {reason}" for reason, count in facts["excluded"].items() if count),
        *(f"{count:>10,}  {name} ({100 * count / n:.1f} %)" for name, count in facts["counts"].items()),
        _rule_words(facts),
        f"First scores: mean {facts['clinical_mean']:.2f}" + _sd(facts["clinical_sd"]),
        f"Last scores: mean {facts['post_mean']:.2f}" + _sd(facts["post_sd"]),
        *_effect_words(facts["effect"]),
        *(f"Note: {note}" for note in facts["notes"]),
    ]
    return "\n".join([*lines, *([f"Written to {facts['out']}"] if facts["out"] else [])])


def _rule_words(facts: dict[str, Any]) -> str:
    cut = "Cut-off none" if facts["cutoff"] is None else f"Cut-off {facts['cutoff']:.2f}"
    if "reliable_points" in facts:
        return f"{cut}; a change is reliable from {facts['reliable_points']} whole points."
    if facts["approach"] == "anchor":
        better, worse = facts["improvement"], facts["deterioration"]
        return f"{cut}; a change matters from {better:g} points better or {worse:g} points worse."
    if facts["approach"] == "percentage":
        better, worse = facts["improvement_percent"], facts["deterioration_percent"]
        return f"A change counts from {better:g} % better or {worse:g} % worse of the first score."
    if facts["method"] == "HLM":
        return f"{cut}; the average patient changes by {facts['mean_slope']:.3g} points for each unit of time."
    if facts["approach"] == "statistical":
        return f"{cut}; only who crossed it counts."
    title = METHODS[facts["method"]].title
    return f"{cut}; reliable by the method of {title}, index beyond {facts['critical']:.3f}."


def _effect_words(effect: dict[str, Any] | None) -> list[str]:
    if effect is None:
        return []
    between = f"{100 * effect['level']:.0f} % from {effect['low']:.2f} to {effect['high']:.2f}"
    return [f"Effect size {effect['value']:.2f} ({between}), in standard deviations of the first scores."]


def _sd(deviation: float | None) -> str:
    return "" if deviation is None else f", standard deviation {deviation:.2f}"
