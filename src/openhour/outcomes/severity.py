"""Effect sizes that are fair to therapists of mild and of heavy cases: severity-adjusted.

Called by reports. A model learnt on a reference set foretells each patient's last score from the first one and what else
is known at intake; how much better the patient did than foretold, in deviations of first scores, plus the mean effect of
the reference set, is the adjusted effect: an average case gets the average effect. Only cases of the clinical range count.
Refuses a reference set that is too small or in which a covariate says nothing new.

What vendors compute is not published in full: this formula is unconfirmed to be theirs. Purpose: Optum's report on
severity-adjusted effect size; benchmark of 0.8: ps.201900295.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.kernel import Finding, Refused
from openhour.measures.cutoffs import SIGN
from openhour.measures.pairs import Floats

FEWEST_PER_TERM = 10
"""Cases of the reference set for each term of the model."""


@dataclass(frozen=True, slots=True)
class Cases:
    """intake, last: scores, shape (n,), without gaps. covariates: shape (n, k), numbers known at intake; k may be 0."""

    intake: NDArray[Any]
    last: NDArray[Any]
    covariates: NDArray[Any]

    @classmethod
    def of(cls, intake: NDArray[Any], last: NDArray[Any], covariates: NDArray[Any] | None = None) -> Cases:
        """Without covariates where there are none."""
        none = np.zeros((len(intake), 0)) if covariates is None else np.asarray(covariates, np.float64)
        return cls(np.asarray(intake, np.float64), np.asarray(last, np.float64), none)


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """better: `lower` or `higher`. clinical_from: score at or beyond which a case counts. terms: constant, intake,
    covariates. intake_sd: of the reference set, in points. mean_effect: its effect size. n: its clinical cases.
    r2: share of the variance of last scores that is foretold."""

    better: str
    clinical_from: float
    terms: tuple[float, ...]
    intake_sd: float
    mean_effect: float
    n: int
    r2: float

    def adjusted(self, cases: Cases) -> Floats:
        """Each patient's severity-adjusted effect, positive = better; NaN outside the clinical range; shape (n,)."""
        foretold = _design(cases) @ np.array(self.terms)
        residual = SIGN[self.better] * (cases.last - foretold)
        effects: Floats = np.where(
            _clinical(cases, self.better, self.clinical_from), residual / self.intake_sd + self.mean_effect, np.nan
        )
        return effects


def severity_model(reference: Cases, *, better: str, clinical_from: float) -> SeverityModel:
    """Learn from a reference set, from its cases in the clinical range. Raises Refused."""
    clinical = _clinical(reference, better, clinical_from)
    kept = Cases(reference.intake[clinical], reference.last[clinical], reference.covariates[clinical])
    design, n = _design(kept), int(clinical.sum())
    _check(design, n)
    found, _, rank, _ = np.linalg.lstsq(design, kept.last, rcond=None)
    if rank < design.shape[1]:
        words = "First scores don't vary, or a covariate says nothing that the others don't say."
        raise Refused(Finding("severity.redundant", words))
    spread = float(kept.intake.std(ddof=1))
    mean_effect = float(SIGN[better] * (kept.last - kept.intake).mean() / spread)
    left, whole = kept.last - design @ found, kept.last - kept.last.mean()
    r2 = 1 - float(left @ left) / float(whole @ whole) if whole.any() else float("nan")
    return SeverityModel(better, clinical_from, tuple(map(float, found)), spread, mean_effect, n, r2)


def _check(design: Floats, n: int) -> None:
    wanted = FEWEST_PER_TERM * design.shape[1]
    if n < wanted:
        words = f"The reference set has {n} cases of the clinical range; {wanted} are needed for what the model asks."
        raise Refused(Finding("severity.too-few", words))
    if not np.isfinite(design).all():
        raise Refused(Finding("severity.gap", "A case of the reference set lacks a value known at intake."))


def _design(cases: Cases) -> Floats:
    return np.column_stack([np.ones(len(cases.intake)), cases.intake, cases.covariates])


def _clinical(cases: Cases, better: str, clinical_from: float) -> NDArray[np.bool_]:
    sign = SIGN[better]
    return np.asarray(sign * cases.intake <= sign * clinical_from)
