"""Each method of reliable change and each approach: golden values, one and many alike, and what a peer gets wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import (
    CLASSES,
    METHODS,
    AnchorTerms,
    CutoffTerms,
    Norm,
    Pairs,
    PercentRule,
    PercentTerms,
    Sample,
    Terms,
    any_rule_for,
    change_of,
    class_counts,
    critical_value,
)
from openhour.measures.cutoffs import normal_share, true_norm
from openhour.measures.indices import beyond_true_cutoff
from openhour.measures.rule import group_functional, group_improved, terms_findings

CASE_X = Sample(100, 18, 5, 10, 6, 0.5, 0.8, 0.8)
"""Pre 20, post 9; means 18 and 10, deviations 5 and 6, reliabilities .80, correlation .5."""
GOLDEN = {"JT": -3.4785, "GLN": -3.5333, "HLL": -0.8667, "EN": -4.7405, "NK": -3.7017, "HA": -3.8545}


@pytest.mark.parametrize("method", METHODS)
def test_each_method_has_its_golden_value(method):
    assert METHODS[method].index(20, 9, CASE_X) == pytest.approx(GOLDEN[method], abs=5e-5)


def test_the_reliability_of_the_difference_has_its_golden_value():
    assert CASE_X.difference_reliability == pytest.approx(0.67742, abs=5e-6)
    assert CASE_X.true_share_post == pytest.approx(1 - 25 * 0.2 / 36)


@pytest.mark.parametrize("method", METHODS)
def test_a_number_and_an_array_go_through_the_same_lines(method):
    pre, post = np.random.default_rng(1).integers(0, 28, (2, 200)).astype(float)
    many = METHODS[method].index(pre, post, CASE_X)
    ones = [METHODS[method].index(*pair, CASE_X) for pair in zip(pre.tolist(), post.tolist(), strict=True)]
    assert many.tolist() == ones
    assert all(isinstance(one, float) for one in ones)


def test_only_hageman_and_arrindell_judge_one_side():
    assert {name: method.sides for name, method in METHODS.items()} == {
        "JT": 2, "GLN": 2, "HLL": 2, "EN": 2, "NK": 2, "HA": 1,
    }  # fmt: skip
    rule = any_rule_for(_group(), Terms("lower", 0.8, None, None, method="HA"))
    assert rule.critical == pytest.approx(1.644854, abs=1e-6)


def test_nunnally_and_kotsch_take_the_reliability_of_last_scores_from_its_own_place():
    surer, same = (METHODS["NK"].index(20, 9, replace(CASE_X, post_reliability=post)) for post in (0.95, 0.8))
    assert abs(surer) > abs(same)
    rule = any_rule_for(_group(), Terms("lower", 0.8, None, None, method="NK", post_reliability=0.95))
    assert rule.sample.post_reliability == 0.95


def test_true_cut_offs_take_the_error_out_of_the_deviations():
    assert true_norm(Norm(10, 5), 3) == Norm(10, 4)
    assert true_norm(Norm(10, 2), 3) == Norm(10, 0)


def test_the_individual_test_of_a_cut_off_leaves_room_for_error():
    """A last score just past the cut-off isn't surely past it, and one far past it is."""
    near, far = (beyond_true_cutoff(post, 10, CASE_X) for post in (9.0, 1.0))
    assert -1.645 < near < 0
    assert far < -1.645
    assert beyond_true_cutoff(10, 10, replace(CASE_X, post_mean=10)) == 0


def _group(n: int = 60, seed: int = 2) -> Pairs:
    rng = np.random.default_rng(seed)
    pre = rng.normal(18, 5, n)
    return Pairs.of(pre.round(), (10 + 0.5 * (pre - 18) + rng.normal(0, 5, n)).round())


TERMS = {
    **{name: Terms("lower", 0.8, "c", Norm(5, 4), method=name) for name in METHODS},
    "anchor": AnchorTerms("lower", 5, 4, "c", Norm(5, 4)),
    "anchor alone": AnchorTerms("lower", 5),
    "percent": PercentTerms("lower", 0.5, 0.2),
    "cut-off": CutoffTerms("lower", "c", Norm(5, 4)),
    "cut-off HA": CutoffTerms("lower", "c", Norm(5, 4), "HA", 0.8),
}


@pytest.mark.parametrize("name", TERMS)
def test_every_rule_counts_a_group_as_the_sum_of_its_patients(name):
    pairs = _group()
    rule = any_rule_for(pairs, TERMS[name])
    alone = [
        change_of(pre, post, rule).category
        for pre, post, patients in zip(pairs.pre, pairs.post, pairs.patients, strict=True)
        for _ in range(patients)
    ]
    assert class_counts(pairs, rule) == {category: alone.count(category) for category in CLASSES}
    assert sum(class_counts(pairs, rule).values()) == pairs.n == 60


@pytest.mark.parametrize("name", TERMS)
def test_every_rule_sees_the_mirror_image_of_a_scale_alike(name):
    pairs, terms = _group(), TERMS[name]
    if isinstance(terms, PercentTerms):
        return
    mirrored = replace(terms, better="higher")
    if terms.functional is not None:
        mirrored = replace(mirrored, functional=Norm(-terms.functional.mean, terms.functional.sd))
    turned = Pairs.of(*(-np.repeat(side, pairs.patients) for side in (pairs.pre, pairs.post)))
    one, other = any_rule_for(pairs, terms), any_rule_for(turned, mirrored)
    assert class_counts(pairs, one) == class_counts(turned, other)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27)), min_size=4, max_size=30),
    st.randoms(),
    st.sampled_from(sorted(TERMS)),
)
def test_the_order_of_patients_changes_no_rule(rows, shuffler, name):
    """A peer's answers depend on the order of rows."""
    moved = list(rows)
    shuffler.shuffle(moved)
    found = []
    for order in (rows, moved):
        pairs = Pairs.of(*np.array(order).T)
        try:
            found.append(class_counts(pairs, any_rule_for(pairs, TERMS[name])))
        except Refused as refusal:
            found.append([finding.code for finding in refusal.findings])
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("pre", "post", "category"),
    [
        (20, 13, "improved"),
        (20, 13.5, "unchanged"),
        (20, 25, "deteriorated"),
        (20, 24.9, "unchanged"),
        (20, 5, "recovered"),
        (5, 20, "harmed"),
    ],
)
def test_an_important_difference_counts_from_its_own_size_on(pre, post, category):
    rule = any_rule_for(_group(), AnchorTerms("lower", 7, 5, "b", Norm(4, 4)))
    assert rule.cutoff == 12
    assert change_of(pre, post, rule).category == category


@pytest.mark.parametrize(
    ("pre", "post", "category"),
    [
        (20, 10, "improved"),
        (20, 10.1, "unchanged"),
        (10, 7, "unchanged"),
        (20, 24, "deteriorated"),
        (20, 23.9, "unchanged"),
        (3, 0, "improved"),
        (30, 27, "unchanged"),
    ],
)
def test_a_percentage_counts_from_its_own_size_on(pre, post, category):
    rule = any_rule_for(_group(), PercentTerms("lower", 0.5, 0.2))
    assert change_of(pre, post, rule).category == category


@pytest.mark.parametrize(("percent", "pre", "post"), [(0.3, 10, 7), (0.1, 30, 27), (0.7, 10, 3), (0.35, 20, 13)])
def test_a_percentage_that_is_met_exactly_is_met(percent, pre, post):
    assert change_of(pre, post, PercentRule("lower", percent, percent)).category == "improved"


def test_there_is_no_percentage_of_a_first_score_of_zero():
    """A peer divides by it. Ours names it for one patient, and leaves such patients out of the counts of a group."""
    rule = PercentRule("lower", 0.5, 0.5)
    for pre in (0, -3):
        with pytest.raises(Refused, match=r"change\.no-share"):
            change_of(pre, 4, rule)
    pairs = Pairs.of(np.array([0, 0, 10, 10]), np.array([0, 9, 5, 10]))
    assert class_counts(pairs, rule) == dict.fromkeys(CLASSES, 0) | {"improved": 1, "unchanged": 1}
    share, found = rule.judge(np.array([0.0, 10]), np.array([9.0, 5]))
    assert math.isnan(share[0])
    assert found[0] == CLASSES.index("unchanged")


def test_the_cut_off_alone_says_only_who_crossed_it():
    rule = any_rule_for(_group(), CutoffTerms("lower", "b", Norm(4, 3)))
    assert rule.line.at == 10
    said = [change_of(*pair, rule).category for pair in ((11, 9), (27, 11), (9, 11), (10, 3), (20, 10))]
    assert said == ["improved", "unchanged", "deteriorated", "unchanged", "unchanged"]


def test_the_shares_of_a_group_are_normal_shares():
    rule = any_rule_for(_group(), Terms("lower", 0.8, "c", Norm(5, 4), method="HA"))
    assert 0.5 < group_improved(rule) < 1
    assert 0 < group_functional(rule) < 1
    assert group_functional(replace(rule, cutoff=None)) is None
    assert normal_share(0) == 0.5
    assert normal_share(critical_value()) == pytest.approx(0.975)


SAME = Pairs.of(np.array([9, 9, 9]), np.array([1, 2, 3]))
ONE = Pairs.of(np.array([20]), np.array([5]))
STILL = Pairs.of(np.array([10, 12, 14, 16]), np.array([5, 5, 5, 5]))
SHIFTED = Pairs.of(np.arange(10, 30), np.arange(10, 30) - 5)


@pytest.mark.parametrize(
    ("pairs", "terms", "codes"),
    [
        (SAME, TERMS["EN"], ["change.no-variance"]),
        (SAME, TERMS["anchor"], ["change.no-variance"]),
        (SAME, TERMS["cut-off"], ["change.no-variance"]),
        (ONE, TERMS["JT"], ["change.one-patient"]),
        (ONE, TERMS["anchor"], ["change.one-patient"]),
        (ONE, replace(TERMS["GLN"], pre_sd=5), ["change.one-patient"]),
        (ONE, replace(TERMS["HLL"], pre_sd=5, pre_mean=18), ["change.one-patient"]),
        (ONE, replace(TERMS["HA"], pre_sd=5, pre_mean=18), ["change.one-patient"]),
        (ONE, replace(TERMS["JT"], pre_sd=5), ["change.one-patient"]),
        (STILL, TERMS["HA"], ["change.no-true-variance"]),
        (SHIFTED, TERMS["HA"], ["change.no-true-variance"]),
        (_group(), replace(TERMS["HA"], reliability=0.1), ["change.no-true-variance", "change.no-true-variance"]),
        (Pairs.together([]), TERMS["percent"], ["change.nobody"]),
        (Pairs.together([]), TERMS["cut-off HA"], ["change.nobody"]),
        (_group(), replace(TERMS["JT"], method="XX"), ["change.method"]),
        (_group(), replace(TERMS["cut-off"], method="EN"), ["change.method"]),
        (_group(), replace(TERMS["cut-off HA"], reliability=None), ["change.reliability"]),
        (_group(), replace(TERMS["NK"], post_reliability=1.0), ["change.reliability"]),
        (_group(), replace(TERMS["anchor"], improvement=0), ["change.mid"]),
        (_group(), replace(TERMS["anchor"], deterioration=-2), ["change.mid"]),
        (_group(), replace(TERMS["anchor"], functional=None), ["change.functional-norm-missing"]),
        (Pairs.of(np.array([0, 0]), np.array([0, 5])), TERMS["percent"], ["change.no-share"]),
        (_group(), PercentTerms("lower", 0), ["change.percent"]),
        (_group(), PercentTerms("lower", 1.5), ["change.percent"]),
        (_group(), PercentTerms("lower", float("nan")), ["change.percent"]),
        (_group(), replace(TERMS["EN"], pre_mean=1e300), ["change.mean-pre"]),
    ],
)
def test_what_no_rule_can_judge_is_refused_by_name(pairs, terms, codes):
    """A peer answers some of these with numbers: for scores that don't vary and for one patient."""
    with pytest.raises(Refused) as refusal:
        any_rule_for(pairs, terms)
    assert [finding.code for finding in refusal.value.findings] == codes


def test_percentages_of_any_size_may_rise():
    assert not tuple(terms_findings(PercentTerms("higher", 1.5)))
    assert not tuple(terms_findings(PercentTerms("lower", 1.0, 3.0)))


def test_one_patient_is_judged_with_norms_from_a_manual():
    """Jacobson and Truax need the deviation, Edwards and Nunnally the mean as well; a percentage needs nothing."""
    pairs = ONE
    for terms in (
        replace(TERMS["JT"], cutoff="b", pre_sd=5),
        replace(TERMS["EN"], pre_sd=5, pre_mean=18),
        replace(TERMS["GLN"], pre_sd=5, pre_mean=18),
        replace(TERMS["anchor"], pre_sd=5, pre_mean=18),
        TERMS["percent"],
        TERMS["anchor alone"],
        CutoffTerms("lower", "b", Norm(5, 4)),
    ):
        counts = class_counts(pairs, any_rule_for(pairs, terms))
        assert counts["recovered"] + counts["improved"] == 1
