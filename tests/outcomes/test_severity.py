"""Severity-adjusted effects: an average case gets the average effect, a truth that was put in is found again."""

from __future__ import annotations

import numpy as np
import pytest

from openhour.kernel import Refused
from openhour.outcomes.effects import effect_size
from openhour.outcomes.severity import Cases, severity_model

RNG = np.random.default_rng(41)


def _reference(n: int = 4_000, **at):
    """Last score 2 + 0.5·intake + 3·chronic + noise of 4 points."""
    rng = np.random.default_rng(at.get("seed", 41))
    intake, chronic = rng.uniform(5, 27, n), rng.integers(0, 2, n)
    return Cases.of(intake, 2 + 0.5 * intake + 3 * chronic + rng.normal(0, 4, n), chronic[:, None])


def test_what_was_put_into_the_reference_set_is_found_again():
    model = severity_model(_reference(), better="lower", clinical_from=10)
    assert model.terms == pytest.approx((2, 0.5, 3), abs=0.5)
    assert model.terms[1] == pytest.approx(0.5, abs=0.04)
    assert 0.2 < model.r2 < 0.6


def test_a_case_as_foretold_gets_the_average_effect_and_a_better_one_more():
    model = severity_model(_reference(), better="lower", clinical_from=10)
    foretold = model.terms[0] + model.terms[1] * 20
    found = model.adjusted(
        Cases.of(np.array([20, 20, 20.0]), foretold + np.array([0, -1, 1]) * model.intake_sd, np.zeros((3, 1)))
    )
    assert found == pytest.approx(model.mean_effect + np.array([0, 1, -1]))


def test_the_mean_over_the_reference_set_is_its_plain_effect_size():
    reference = _reference()
    model = severity_model(reference, better="lower", clinical_from=10)
    clinical = reference.intake >= 10
    plain = effect_size(reference.intake[clinical], reference.last[clinical])
    assert model.mean_effect == pytest.approx(plain.raw)
    assert np.nanmean(model.adjusted(reference)) == pytest.approx(model.mean_effect)
    assert model.n == clinical.sum()


def test_heavy_and_mild_cases_of_equal_skill_get_equal_effects():
    """Heavy cases have more room to fall: their plain effect is larger, the adjusted one isn't."""
    model = severity_model(_reference(), better="lower", clinical_from=10)
    fresh = _reference(seed=42)
    heavy, mild = fresh.intake > 22, (fresh.intake >= 10) & (fresh.intake < 14)
    plain = (fresh.intake - fresh.last) / model.intake_sd
    adjusted = model.adjusted(fresh)
    assert plain[heavy].mean() - plain[mild].mean() > 0.5
    assert abs(adjusted[heavy].mean() - adjusted[mild].mean()) < 0.12


def test_a_patient_below_the_clinical_range_has_no_adjusted_effect():
    model = severity_model(_reference(), better="lower", clinical_from=10)
    found = model.adjusted(Cases.of(np.array([9.9, 10.0]), np.array([3.0, 3.0]), np.zeros((2, 1))))
    assert np.isnan(found).tolist() == [True, False]


def test_where_higher_is_better_the_mirror_image_has_the_same_effects():
    reference = _reference()
    mirrored = Cases(-reference.intake, -reference.last, reference.covariates)
    one = severity_model(reference, better="lower", clinical_from=10).adjusted(reference)
    other = severity_model(mirrored, better="higher", clinical_from=-10).adjusted(mirrored)
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        (_reference(20), "severity.too-few"),
        (Cases.of(np.full(50, 20.0), RNG.normal(10, 3, 50)), "severity.redundant"),
        (Cases.of(np.arange(20.0, 70), RNG.normal(10, 3, 50), np.arange(20.0, 70)[:, None]), "severity.redundant"),
        (Cases.of(np.arange(20.0, 70), RNG.normal(10, 3, 50), np.full((50, 1), np.nan)), "severity.gap"),
        (Cases.of(np.zeros(0), np.zeros(0)), "severity.too-few"),
    ],
)
def test_a_reference_set_that_teaches_nothing_is_refused_by_name(cases, code):
    with pytest.raises(Refused) as refusal:
        severity_model(cases, better="lower", clinical_from=10)
    assert [finding.code for finding in refusal.value.findings] == [code]
