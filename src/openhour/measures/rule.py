"""Make the rule by which a group is judged, from its first and last scores and published norms.

Called by `openhour change` and by reports. Refuses, with every reason at once: fewer than two patients, first scores
that don't vary, a reliability that is none, a norm that is missing or has no spread, changes that are nothing but noise
where a method needs more. Each is named; none becomes a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from openhour.kernel import Finding, Refused
from openhour.measures.approaches import AnchorRule, CutoffRule, PercentRule
from openhour.measures.change import IndexRule, Line, Rule
from openhour.measures.cutoffs import SIGN, Norm, critical_value, cutoff, normal_share, true_norm
from openhour.measures.indices import METHODS, Sample
from openhour.measures.pairs import Pairs
from openhour.measures.terms import (
    LARGEST,
    AnchorTerms,
    CutoffTerms,
    PercentTerms,
    SlopeTerms,
    Terms,
    terms_findings,
)

__all__ = [
    "LARGEST",
    "AnchorTerms",
    "CutoffTerms",
    "PercentTerms",
    "SlopeTerms",
    "Terms",
    "any_rule_for",
    "cutoff_for",
    "group_functional",
    "group_improved",
    "rule_for",
    "sample_of",
    "terms_findings",
]


def any_rule_for(pairs: Pairs, terms: Terms | AnchorTerms | PercentTerms | CutoffTerms) -> Rule:
    """The rule for the group, by whatever approach. Raises Refused where it can't be made."""
    if isinstance(terms, Terms):
        return rule_for(pairs, terms)
    if findings := (*terms_findings(terms), *_group_findings(pairs, terms)):
        raise Refused(findings)
    if isinstance(terms, CutoffTerms):
        return _cutoff_rule(pairs, terms)
    worse = terms.improvement if terms.deterioration is None else terms.deterioration
    if isinstance(terms, PercentTerms):
        return PercentRule(terms.better, terms.improvement, worse)
    return AnchorRule(terms.better, terms.improvement, worse, cutoff_for(sample_of(pairs, terms), terms))


def rule_for(pairs: Pairs, terms: Terms) -> IndexRule:
    """The rule by an index of reliable change. Raises Refused where it can't be made."""
    findings = (*terms_findings(terms), *_group_findings(pairs, terms))
    if findings:
        raise Refused(findings)
    sample, sides = sample_of(pairs, terms), METHODS[terms.method].sides
    between = cutoff_for(sample, terms)
    return IndexRule(terms.method, terms.better, sample, critical_value(terms.alpha, sides), between)


def _cutoff_rule(pairs: Pairs, terms: CutoffTerms) -> CutoffRule:
    sample = sample_of(pairs, terms)
    tested = terms.method == "HA"
    critical = critical_value(terms.alpha, METHODS["HA"].sides) if tested else 0.0
    return CutoffRule(Line(terms.better, cutoff_for(sample, terms), sample if tested else None, critical))


def cutoff_for(sample: Sample, terms: Terms | AnchorTerms | CutoffTerms | SlopeTerms) -> float | None:
    """The score between the ranges, or None where no cut-off was asked for. Between true scores for the method HA."""
    if terms.cutoff is None:
        return None
    clinical, functional = Norm(sample.pre_mean, sample.pre_sd), terms.functional
    if isinstance(terms, Terms | CutoffTerms) and terms.method == "HA":
        clinical = true_norm(clinical, sample.sem)
        functional = None if functional is None else true_norm(functional, sample.sem)
    return cutoff(terms.cutoff, terms.better, clinical, functional)


def sample_of(pairs: Pairs, terms: Terms | AnchorTerms | CutoffTerms | SlopeTerms) -> Sample:
    """What the methods know of the group. Where the terms name no reliability it is NaN, and nothing may use it."""
    reliability = getattr(terms, "reliability", None)
    reliability = math.nan if reliability is None else reliability
    pre_sd, pre_mean = getattr(terms, "pre_sd", None), getattr(terms, "pre_mean", None)
    post_reliability = getattr(terms, "post_reliability", None)
    return Sample(
        n=pairs.n,
        pre_mean=pairs.mean(pairs.pre) if pre_mean is None else pre_mean,
        pre_sd=pairs.sd(pairs.pre) if pre_sd is None else pre_sd,
        post_mean=pairs.mean(pairs.post),
        post_sd=pairs.sd(pairs.post),
        correlation=pairs.correlation,
        reliability=reliability,
        post_reliability=reliability if post_reliability is None else post_reliability,
    )


def _group_findings(pairs: Pairs, terms: Terms | AnchorTerms | PercentTerms | CutoffTerms) -> Iterator[Finding]:
    if pairs.n == 0:
        yield Finding("change.nobody", "No patient has both a first and a last score.")
    elif isinstance(terms, PercentTerms):
        if not (pairs.pre > 0).any():
            yield Finding("change.no-share", "No patient has a first score above 0 to take a percentage of.")
    elif _needs_spread(terms):
        yield from _spread_findings(pairs, terms)


def _needs_spread(terms: Terms | AnchorTerms | CutoffTerms) -> bool:
    return isinstance(terms, Terms) or terms.cutoff in ("a", "c") or getattr(terms, "method", "JT") == "HA"


def _spread_findings(pairs: Pairs, terms: Terms | AnchorTerms | CutoffTerms) -> Iterator[Finding]:
    method = METHODS.get(getattr(terms, "method", "JT"), METHODS["JT"])
    if terms.pre_sd is None and pairs.n == 1:
        words = "One patient alone has no standard deviation: give one from the measure's manual."
        yield Finding("change.one-patient", words, "sd-pre")
    elif terms.pre_sd is None and not pairs.sd(pairs.pre) > 0:
        words = "All first scores are the same, so their standard deviation is 0 and no change can be judged."
        yield Finding("change.no-variance", words)
    elif pairs.n == 1 and "post-mean" in method.needs:
        words = f"The method of {method.title} compares with a group; one patient alone is none."
        yield Finding("change.one-patient", words, "method")
    elif pairs.n == 1 and terms.pre_mean is None and ("pre-mean" in method.needs or terms.cutoff in ("a", "c")):
        words = "One patient alone is no mean of first scores: give one from the measure's manual."
        yield Finding("change.one-patient", words, "mean-pre")
    elif "changes" in method.needs and getattr(terms, "reliability", None) is not None:
        yield from _change_findings(pairs, terms)


def _change_findings(pairs: Pairs, terms: Terms | AnchorTerms | CutoffTerms) -> Iterator[Finding]:
    """What Hageman and Arrindell's formulas need beside the rest: changes and last scores that are more than noise."""
    if isinstance(terms, AnchorTerms) or not 0 <= (terms.reliability or 0) < 1:
        return
    sample = sample_of(pairs, terms)
    if not sample.true_share_post > 0:
        words = "Last scores vary no more than the measure's own error, so the method can't tell patients apart."
        yield Finding("change.no-true-variance", words, "method")
    elif isinstance(terms, Terms) and not sample.difference_reliability > 0:
        words = "Changes vary no more than the measure's own error, so the method can't tell patients apart."
        yield Finding("change.no-true-variance", words, "method")
    if terms.functional is not None and terms.cutoff in ("b", "c") and not terms.functional.sd > sample.sem:
        words = (
            "The people who are well vary no more than the measure's own error: the cut-off has no place to stand."
        )
        yield Finding("change.no-true-variance", words, "functional-sd")


def group_improved(rule: IndexRule) -> float:
    """Share of the group whose true scores got better, by Hageman and Arrindell's group test; 0 to 1."""
    sample = rule.sample
    spread = math.sqrt(sample.difference_variance * sample.difference_reliability)
    return _share(rule, (sample.post_mean - sample.pre_mean) / spread)


def group_functional(rule: IndexRule) -> float | None:
    """Share of the group whose true last scores are in the functional range; None where there is no cut-off."""
    if rule.cutoff is None:
        return None
    sample = rule.sample
    return _share(rule, (sample.post_mean - rule.cutoff) / (sample.post_sd * math.sqrt(sample.true_share_post)))


def _share(rule: IndexRule, z: float) -> float:
    return normal_share(SIGN[rule.better] * z)
