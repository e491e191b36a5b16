"""What the options of `openhour change` mean for the rule: approach, method and the numbers each needs.

Called by `change`. Refuses, before any file is read, an option that is missing for the approach, one that has no place in
it, and numbers that can't be; each finding has the option as its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from openhour.kernel import Finding, Refused
from openhour.measures import (
    AnchorTerms,
    CutoffTerms,
    Norm,
    Pairs,
    PercentTerms,
    PointsRule,
    Rule,
    SlopeTerms,
    Terms,
    any_rule_for,
    points_rule,
)
from openhour.measures.terms import AnyTerms, terms_findings
from openhour.outcomes.places import refuse
from openhour.project.cli.shelf import instrument_named

METHODS = ("JT", "GLN", "HLL", "EN", "NK", "HA", "HLM")
APPROACHES = ("combined", "distribution", "anchor", "percentage", "statistical")
_NORM = ("functional_mean", "functional_sd")
_MANUAL = ("sd_pre", "mean_pre")
_INDEX = ("method", "reliability", "reliability_post", "alpha", *_MANUAL)
BELONGS = {
    "combined": ("cutoff", *_NORM, *_INDEX),
    "distribution": _INDEX,
    "anchor": ("mid", "mid_worse", "cutoff", *_NORM, *_MANUAL),
    "percentage": ("percent", "percent_worse"),
    "statistical": ("cutoff", *_NORM, "method", "reliability", "alpha", *_MANUAL),
}
"""Options of each approach beside --better."""
NEEDED = {
    "combined": ("reliability", "cutoff", "better"),
    "distribution": ("reliability", "better"),
    "anchor": ("mid", "better"),
    "percentage": ("percent", "better"),
    "statistical": ("cutoff", "better"),
}
EVERY = tuple(dict.fromkeys(name for names in BELONGS.values() for name in names))


def flag(name: str) -> str:
    """The option as a person types it."""
    return "--" + name.replace("_", "-")


def require(options: dict[str, Any], wanted: Iterable[str], sentence: str) -> None:
    """Raises Refused where one of the options was not given."""
    if absent := [name for name in wanted if options[name] is None]:
        raise Refused([Finding("change.option-missing", sentence, flag(name)) for name in absent])


def approach_of(options: dict[str, Any]) -> str:
    """As named, or as the numbers say: --mid is the anchor approach, --percent the percentage."""
    if options["approach"] is not None:
        return str(options["approach"])
    if options["mid"] is not None:
        return "anchor"
    return "percentage" if options["percent"] is not None else "combined"


def ruling_of(options: dict[str, Any]) -> Callable[[Pairs], Rule] | SlopeTerms:
    """What makes the rule once the group is known, or the terms of a fit. Everything that can be refused before is
    refused here."""
    if options["instrument"] is not None:
        rule = _published(options)
        return lambda pairs: _not_nobody(pairs, rule)
    terms = _terms(options)
    if findings := tuple(terms_findings(terms)):
        raise Refused([Finding(finding.code, finding.sentence, flag(finding.place)) for finding in findings])
    if isinstance(terms, SlopeTerms):
        return terms
    return lambda pairs: any_rule_for(pairs, terms)


def _terms(options: dict[str, Any]) -> AnyTerms:
    approach = approach_of(options)
    slopes = options["method"] == "HLM" and approach in ("combined", "distribution")
    unneeded = ("reliability",) if slopes else ()
    _only(options, approach, slopes)
    wanted = [name for name in NEEDED[approach] if name not in unneeded]
    require(options, wanted, f"The {approach} approach needs it, unless --instrument names a measure.")
    functional = _functional(options)
    better, cutoff, alpha = options["better"], options["cutoff"], options["alpha"]
    alpha = 0.05 if alpha is None else alpha
    if slopes:
        return SlopeTerms(better, cutoff, functional, alpha)
    manual = {"pre_sd": options["sd_pre"], "pre_mean": options["mean_pre"]}
    if approach == "percentage":
        return PercentTerms(better, options["percent"] / 100, _hundredths(options["percent_worse"]))
    if approach == "anchor":
        return AnchorTerms(better, options["mid"], options["mid_worse"], cutoff, functional, **manual)
    method = options["method"] or "JT"
    if approach == "statistical":
        return CutoffTerms(better, cutoff, functional, method, options["reliability"], alpha, **manual)
    return Terms(
        better,
        options["reliability"],
        cutoff,
        functional,
        method=method,
        alpha=alpha,
        post_reliability=options["reliability_post"],
        **manual,
    )


def _only(options: dict[str, Any], approach: str, slopes: bool) -> None:
    """Nothing that was typed may be passed over in silence."""
    belongs = set(BELONGS[approach])
    if slopes:
        belongs -= {"reliability", "reliability_post", *_MANUAL}
    elif options["method"] != "NK":
        belongs -= {"reliability_post"}
    if beside := [name for name in EVERY if options[name] is not None and name not in belongs]:
        what = "method HLM" if slopes else f"{approach} approach" if beside != ["reliability_post"] else "method"
        words = f"The {what} makes no use of it."
        raise Refused([Finding("change.no-place", words, flag(name)) for name in beside])


def _functional(options: dict[str, Any]) -> Norm | None:
    mean, sd = (options[name] for name in _NORM)
    if (mean is None) != (sd is None):
        require(options, _NORM, "The functional norm needs both its numbers.")
    return None if mean is None else Norm(mean, sd)


def _hundredths(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _published(options: dict[str, Any]) -> PointsRule:
    if both := [name for name in ("approach", "better", *EVERY) if options[name] is not None]:
        words = "The measure's published points are used, so this has no place here."
        raise Refused([Finding("change.two-rules", words, flag(name)) for name in both])
    rule = points_rule(instrument_named(options["instrument"]))
    if rule is None:
        words = "No source confirms how many points of this measure are reliable. Use --reliability instead."
        raise refuse("change.no-points", words, "--instrument")
    return rule


def _not_nobody(pairs: Pairs, rule: PointsRule) -> PointsRule:
    if not pairs.n:
        raise refuse("change.nobody", "No patient has both a first and a last score.")
    return rule
