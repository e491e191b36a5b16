"""What a person chose for judging change, by approach, and what is wrong with it before any file is read.

Called by the command line and by reports; `rule.rule_for` makes a rule of it once the group is known. Refuses nothing
itself: findings are values, each with the name of the choice as its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openhour.kernel import Finding
from openhour.measures.cutoffs import CUTOFFS, SIGN, Norm
from openhour.measures.indices import METHODS

LARGEST = 1e15
"""Norms beyond it are slips of the hand; the formulas would overflow."""


@dataclass(frozen=True, slots=True)
class Terms:
    """An index of reliable change, with a cut-off or (cutoff None) without. reliability: of the measure, from 0 to below 1.
    functional: norm of people who are well. pre_sd, pre_mean: of first scores, from a manual or a norm sample; None = of
    the group itself. alpha: share of false alarms. post_reliability: of last scores where it differs (NK)."""

    better: str
    reliability: float
    cutoff: str | None
    functional: Norm | None
    pre_sd: float | None = None
    method: str = "JT"
    alpha: float = 0.05
    post_reliability: float | None = None
    pre_mean: float | None = None


@dataclass(frozen=True, slots=True)
class AnchorTerms:
    """A minimal important difference in points, above 0; deterioration None = the same. cutoff None = no cut-off."""

    better: str
    improvement: float
    deterioration: float | None = None
    cutoff: str | None = None
    functional: Norm | None = None
    pre_sd: float | None = None
    pre_mean: float | None = None


@dataclass(frozen=True, slots=True)
class PercentTerms:
    """Shares of the first score, above 0 and up to 1 (improvement) or more (deterioration None = the same)."""

    better: str
    improvement: float
    deterioration: float | None = None


@dataclass(frozen=True, slots=True)
class CutoffTerms:
    """The cut-off alone: of Jacobson and Truax (`JT`), or of Hageman and Arrindell (`HA`), which needs the reliability."""

    better: str
    cutoff: str
    functional: Norm | None = None
    method: str = "JT"
    reliability: float | None = None
    alpha: float = 0.05
    pre_sd: float | None = None
    pre_mean: float | None = None


@dataclass(frozen=True, slots=True)
class SlopeTerms:
    """The hierarchical linear model of whole series; says who changes faster than the average patient."""

    better: str
    cutoff: str | None = None
    functional: Norm | None = None
    alpha: float = 0.05


AnyTerms = Terms | AnchorTerms | PercentTerms | CutoffTerms | SlopeTerms


def terms_findings(terms: AnyTerms) -> Iterator[Finding]:
    """What is wrong with the choices, before any file is read."""
    if terms.better not in SIGN:
        yield Finding("change.better", "Say whether lower or higher scores are better.", "better")
    yield from _method_findings(terms)
    yield from _reliability_findings(terms)
    yield from _amount_findings(terms)
    if not isinstance(terms, PercentTerms):
        yield from _cutoff_findings(terms)
    if isinstance(terms, Terms | CutoffTerms | SlopeTerms) and not 0 < terms.alpha < 1:
        yield Finding("change.alpha", "The share of false alarms is between 0 and 1, such as 0.05.", "alpha")


def _method_findings(terms: AnyTerms) -> Iterator[Finding]:
    known = tuple(METHODS) if isinstance(terms, Terms) else ("JT", "HA")
    if isinstance(terms, Terms | CutoffTerms) and terms.method not in known:
        yield Finding("change.method", f"The method is one of {', '.join(known)}.", "method")


def _reliability_findings(terms: AnyTerms) -> Iterator[Finding]:
    if not isinstance(terms, Terms | CutoffTerms):
        return
    words = "The reliability is a number from 0 to below 1, such as 0.84."
    if terms.reliability is None:
        if terms.method == "HA":
            yield Finding("change.reliability", "Hageman and Arrindell's test needs the reliability.", "reliability")
    elif not 0 <= terms.reliability < 1:
        yield Finding("change.reliability", words, "reliability")
    if isinstance(terms, Terms) and terms.post_reliability is not None and not 0 <= terms.post_reliability < 1:
        yield Finding("change.reliability", words, "reliability-post")


def _amount_findings(terms: AnyTerms) -> Iterator[Finding]:
    if not isinstance(terms, AnchorTerms | PercentTerms):
        return
    anchored = isinstance(terms, AnchorTerms)
    place = "mid" if anchored else "percent"
    for amount, name in ((terms.improvement, place), (terms.deterioration, f"{place}-worse")):
        if amount is not None and not 0 < amount < LARGEST:
            words = "The smallest change that matters is a number of points above 0."
            yield Finding(f"change.{place}", words if anchored else "The percentage is above 0.", name)
    if not anchored and terms.improvement > 1 and terms.better == "lower":
        yield Finding("change.percent", "No score can fall by more than 100 percent of itself.", "percent")


def _cutoff_findings(terms: Terms | AnchorTerms | CutoffTerms | SlopeTerms) -> Iterator[Finding]:
    if terms.cutoff is not None and terms.cutoff not in CUTOFFS:
        yield Finding("change.cutoff", "The cut-off is a, b or c.", "cutoff")
    if terms.cutoff in ("b", "c") and terms.functional is None:
        words = f"Cut-off {terms.cutoff} needs the mean and the standard deviation of people who are well."
        yield Finding("change.functional-norm-missing", words, "functional-mean")
    if terms.functional is not None:
        if not abs(terms.functional.mean) < LARGEST:
            yield Finding("change.functional-mean", "The functional mean is no score.", "functional-mean")
        if not 0 < terms.functional.sd < LARGEST:
            yield Finding("change.functional-sd", "The functional standard deviation is above 0.", "functional-sd")
    if isinstance(terms, SlopeTerms):
        return
    if terms.pre_sd is not None and not 0 < terms.pre_sd < LARGEST:
        yield Finding("change.sd-pre", "The standard deviation of first scores is above 0.", "sd-pre")
    if terms.pre_mean is not None and not abs(terms.pre_mean) < LARGEST:
        yield Finding("change.mean-pre", "The mean of first scores is no score.", "mean-pre")
