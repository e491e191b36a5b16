"""Make the rule by which a group is judged, from its first and last scores and published norms.

Called by `openhour change` and by reports. Refuses, with every reason at once: fewer than two patients, first scores
that don't vary, a reliability that is none, a norm that is missing or has no spread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openhour.kernel import Finding, Refused
from openhour.measures.change import METHODS, IndexRule, Sample
from openhour.measures.cutoffs import CUTOFFS, SIGN, Norm, critical_value, cutoff
from openhour.measures.pairs import Pairs

LARGEST = 1e15
"""Norms beyond it are slips of the hand; the formulas would overflow."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person chose. reliability: of the measure, from 0 to below 1. functional: norm of people who are well.
    pre_sd: of first scores, from a manual or a norm sample; None = of the group itself. alpha: share of false alarms."""

    better: str
    reliability: float
    cutoff: str
    functional: Norm | None
    pre_sd: float | None = None
    method: str = "JT"
    alpha: float = 0.05


def rule_for(pairs: Pairs, terms: Terms) -> IndexRule:
    """The rule for the group. Raises Refused where it can't be made."""
    findings = (*terms_findings(terms), *_group_findings(pairs, terms))
    if findings:
        raise Refused(findings)
    sample = sample_of(pairs, terms)
    clinical = Norm(sample.pre_mean, sample.pre_sd)
    method = METHODS[terms.method]
    between = cutoff(terms.cutoff, terms.better, clinical, terms.functional)
    return IndexRule(terms.method, terms.better, sample, critical_value(terms.alpha, method.sides), between)


def sample_of(pairs: Pairs, terms: Terms) -> Sample:
    """What the methods know of the group."""
    return Sample(
        n=pairs.n,
        pre_mean=pairs.mean(pairs.pre),
        pre_sd=pairs.sd(pairs.pre) if terms.pre_sd is None else terms.pre_sd,
        post_mean=pairs.mean(pairs.post),
        post_sd=pairs.sd(pairs.post),
        correlation=pairs.correlation,
        reliability=terms.reliability,
        post_reliability=terms.reliability,
    )


def terms_findings(terms: Terms) -> Iterator[Finding]:
    """What is wrong with the choices, before any file is read."""
    if terms.better not in SIGN:
        yield Finding("change.better", "Say whether lower or higher scores are better.", "better")
    if not 0 <= terms.reliability < 1:
        yield Finding(
            "change.reliability", "The reliability is a number from 0 to below 1, such as 0.84.", "reliability"
        )
    if terms.cutoff not in CUTOFFS:
        yield Finding("change.cutoff", "The cut-off is a, b or c.", "cutoff")
    if terms.cutoff in ("b", "c") and terms.functional is None:
        words = f"Cut-off {terms.cutoff} needs the mean and the standard deviation of people who are well."
        yield Finding("change.functional-norm-missing", words, "functional-mean")
    yield from _norm_findings(terms)


def _norm_findings(terms: Terms) -> Iterator[Finding]:
    if terms.functional is not None:
        if not abs(terms.functional.mean) < LARGEST:
            yield Finding("change.functional-mean", "The functional mean is no score.", "functional-mean")
        if not 0 < terms.functional.sd < LARGEST:
            yield Finding("change.functional-sd", "The functional standard deviation is above 0.", "functional-sd")
    if terms.pre_sd is not None and not 0 < terms.pre_sd < LARGEST:
        yield Finding("change.sd-pre", "The standard deviation of first scores is above 0.", "sd-pre")
    if not 0 < terms.alpha < 1:
        yield Finding("change.alpha", "The share of false alarms is between 0 and 1, such as 0.05.", "alpha")


def _group_findings(pairs: Pairs, terms: Terms) -> Iterator[Finding]:
    if pairs.n == 0:
        yield Finding("change.nobody", "No patient has both a first and a last score.")
    elif terms.pre_sd is None and pairs.n == 1:
        words = "One patient alone has no standard deviation: give one from the measure's manual."
        yield Finding("change.one-patient", words, "sd-pre")
    elif terms.pre_sd is None and not pairs.sd(pairs.pre) > 0:
        words = "All first scores are the same, so their standard deviation is 0 and no change can be judged."
        yield Finding("change.no-variance", words)
