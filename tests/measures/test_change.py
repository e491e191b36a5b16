"""Reliable and clinically significant change: worked examples, the published trial, and what must hold for any scores."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.catalog.instrument import ChangeRule
from openhour.kernel import Refused
from openhour.measures import (
    CLASSES,
    IndexRule,
    Norm,
    Pairs,
    PointsRule,
    Sample,
    Terms,
    change_of,
    class_counts,
    critical_value,
    cutoff,
    points_rule,
    reliable_change,
    rule_for,
    s_diff,
    whole_points,
)
from tests.measures.instruments import NINE, WELL
from tests.shared_data import shared

FUNCTIONAL = {"claus_bdi": Norm(7.69, 7.52), "claus_hamd": Norm(8, 8)}
Z = critical_value()


def sample(pre_sd: float, reliability: float) -> Sample:
    return Sample(2, 18, pre_sd, 10, 6, 0.5, reliability, reliability)


def test_the_worked_example_of_1991():
    """Jacobson & Truax 1991: pre 32.5, post 47.5, SD 7.5, reliability .80."""
    assert s_diff(7.5, 0.8) == pytest.approx(4.7434, abs=5e-5)
    rule = IndexRule("JT", "higher", sample(7.5, 0.8), Z, cutoff("c", "higher", Norm(40, 7.5), Norm(60, 7.5)))
    found = change_of(32.5, 47.5, rule)
    assert found.index == pytest.approx(3.1623, abs=5e-5)
    assert (found.change, found.category) == (15, "improved")


def test_the_second_golden_case():
    assert change_of(20, 9, IndexRule("JT", "lower", sample(5, 0.8), Z, None)).index == pytest.approx(
        -3.4785, abs=5e-5
    )


@pytest.mark.parametrize(("kind", "expected"), [("a", 55), ("b", 45), ("c", 50)])
def test_the_cut_offs_of_1991(kind, expected):
    assert cutoff(kind, "higher", Norm(40, 7.5), Norm(60, 7.5)) == pytest.approx(expected)


@pytest.mark.parametrize(("kind", "expected"), [("a", 4.00), ("b", 9.95), ("c", 7.63)])
def test_cut_offs_where_lower_is_better(kind, expected):
    assert cutoff(kind, "lower", Norm(15, 5.5), Norm(2.91, 3.52)) == pytest.approx(expected, abs=0.005)


def test_a_reliable_number_of_points_is_strictly_more_than_chance():
    assert [whole_points(points) for points in (5.20, 3.53, 6.0)] == [6, 4, 7]


def _runs(kind: str) -> list[dict]:
    path = shared("outcomes/expected_clinicalsignificance_claus_bdi_hamd.json")
    runs = [run for run in json.loads(path.read_text()) if run["args"].get("rci_method", "JT") == "JT"]
    return [run for run in runs if run["fn"] == kind and "JT" in run["tag"] and "HA" not in run["tag"]]


def _rows(run: dict) -> list[dict[str, str]]:
    with shared(f"outcomes/per_patient/{run['per_patient_csv']}").open(newline="") as file:
        return list(csv.DictReader(file))


def _judge(run: dict) -> tuple[IndexRule, list[tuple[dict[str, str], object]]]:
    rows = _rows(run)
    pairs = Pairs.of(*(np.array([float(row[side]) for row in rows]) for side in ("pre", "post")))
    args = run["args"]
    terms = Terms("lower", args["reliability"], args.get("cutoff_type", "a"), FUNCTIONAL[run["config"]])
    rule = rule_for(pairs, replace(terms, alpha=args.get("significance_level", 0.05)))
    if run["fn"] == "cs_distribution":
        rule = replace(rule, cutoff=None)
    return rule, [(row, change_of(float(row["pre"]), float(row["post"]), rule)) for row in rows]


def test_every_jacobson_truax_run_of_an_independent_package_is_reproduced_patient_by_patient():
    runs = [run for run in _runs("cs_combined") + _runs("cs_distribution") if not run.get("peer_defect_flags")]
    assert len(runs) == 18
    for run in runs:
        rule, judged = _judge(run)
        assert len(judged) == run["n"]["n_used"] == 40
        for row, found in judged:
            assert found.index == pytest.approx(float(row["rci"]), rel=1e-9), run["tag"]
            assert found.category == row["category"].lower(), (run["tag"], row["id"])
        assert rule.critical == pytest.approx(run["critical_value"], rel=1e-9)
        if "cutoff" in run and run["cutoff"].get("value") is not None:
            assert rule.cutoff == pytest.approx(run["cutoff"]["value"], rel=1e-9)


def test_where_that_package_takes_the_wrong_deviation_for_cut_off_b_ours_differs():
    """Jacobson & Truax put b two *functional* deviations from the functional mean. The package takes the patients'
    deviation: its b is reproduced with that mistake, and not without it."""
    runs = [run for run in _runs("cs_combined") if run.get("peer_defect_flags")]
    assert {run["config"] for run in runs} == {"claus_bdi", "claus_hamd"}
    for run in runs:
        theirs, functional = run["cutoff"], FUNCTIONAL[run["config"]]
        rule, judged = _judge(run)
        assert rule.cutoff == pytest.approx(functional.mean + 2 * functional.sd)
        assert theirs["value"] == pytest.approx(functional.mean + 2 * theirs["sd_clinical"])
        mistaken = replace(rule, cutoff=theirs["value"])
        for row, found in judged:
            again = change_of(found.pre, found.post, mistaken)
            assert again.category == row["category"].lower()


def _points(better: str = "lower") -> PointsRule:
    return PointsRule(better, 6, 10)


@pytest.mark.parametrize(
    ("pre", "post", "category"),
    [
        (20, 9, "recovered"),
        (20, 10, "improved"),
        (10, 4, "recovered"),
        (9, 3, "improved"),
        (10, 5, "unchanged"),
        (20, 26, "deteriorated"),
        (4, 10, "harmed"),
        (3, 9, "deteriorated"),
        (0, 0, "unchanged"),
    ],
)
def test_published_points_count_at_the_threshold_and_a_score_at_the_cut_off_is_a_case(pre, post, category):
    assert change_of(pre, post, _points()).category == category


def test_points_work_the_same_where_higher_is_better():
    rule = PointsRule("higher", 3, 12)
    assert [change_of(pre, post, rule).category for pre, post in ((12, 15), (12, 14), (13, 16), (13, 10))] == [
        "recovered",
        "unchanged",
        "improved",
        "harmed",
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(16, 10, "better"), (16, 11, "no reliable change"), (4, 10, "worse"), (None, 3, None), (3, None, None)],
)
def test_the_session_room_says_in_words_what_is_reliable(before, after, said):
    assert reliable_change(NINE, before, after) == said


def test_the_session_room_knows_which_way_is_better():
    assert reliable_change(WELL, 5, 8) == "better"


def test_an_unconfirmed_or_unknown_number_of_points_judges_nobody():
    for rule in (ChangeRule("lower", 6, 10, "memory", False), ChangeRule("lower", None, 10, "paper", True)):
        assert points_rule(replace(NINE, change=rule)) is None
        assert reliable_change(replace(NINE, change=rule), 27, 0) is None


def test_without_a_cut_off_nobody_recovers_and_nobody_is_harmed():
    for rule in (PointsRule("lower", 6, None), IndexRule("JT", "lower", sample(5, 0.8), Z, None)):
        assert change_of(27, 0, rule).category == "improved"
        assert change_of(0, 27, rule).category == "deteriorated"


def test_a_score_exactly_on_the_cut_off_is_on_neither_side():
    rule = IndexRule("JT", "lower", sample(1, 0.8), Z, 10.0)
    assert [change_of(pre, post, rule).category for pre, post in ((20, 10), (10, 2), (10, 20), (2, 10))] == [
        "improved",
        "improved",
        "deteriorated",
        "deteriorated",
    ]


def test_an_index_exactly_at_the_critical_value_is_no_change():
    rule = IndexRule("JT", "lower", sample(math.sqrt(0.5), 0.0), 2.0, None)
    assert s_diff(math.sqrt(0.5), 0.0) == pytest.approx(1)
    exact = replace(rule, critical=abs(change_of(12, 10, rule).index))
    assert change_of(12, 10, exact).category == "unchanged"
    assert change_of(12.001, 10, exact).category == "improved"


SCORES = st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27)), min_size=1, max_size=60)
RULES = st.one_of(
    st.builds(PointsRule, st.sampled_from(["lower", "higher"]), st.integers(1, 9), st.none() | st.integers(0, 27)),
    st.builds(
        IndexRule,
        st.just("JT"),
        st.sampled_from(["lower", "higher"]),
        st.builds(sample, st.floats(0.5, 9), st.floats(0, 0.99)),
        st.floats(0.5, 3),
        st.none() | st.floats(0, 27),
    ),
)


@settings(deadline=None)
@given(SCORES, RULES)
def test_everybody_is_in_exactly_one_class_and_one_is_judged_as_among_many(scores, rule):
    pairs = Pairs.of(*np.array(scores, np.int8).T)
    counts = class_counts(pairs, rule)
    assert tuple(counts) == CLASSES
    assert sum(counts.values()) == pairs.n == len(scores)
    singles = [change_of(pre, post, rule).category for pre, post in scores]
    assert counts == {name: singles.count(name) for name in CLASSES}


@settings(deadline=None)
@given(SCORES, RULES)
def test_the_mirror_image_of_a_scale_gives_the_same_classes(scores, rule):
    mirrored = replace(rule, better="higher" if rule.better == "lower" else "lower")
    if isinstance(rule, PointsRule):
        mirrored = replace(mirrored, caseness_at=None if rule.caseness_at is None else -rule.caseness_at)
    else:
        mirrored = replace(mirrored, cutoff=None if rule.cutoff is None else -rule.cutoff)
    for pre, post in scores:
        assert change_of(pre, post, rule).category == change_of(-pre, -post, mirrored).category


def test_what_can_not_be_judged_is_refused_with_every_reason_at_once():
    same = Pairs.of(np.array([9, 9, 9]), np.array([1, 2, 3]))
    with pytest.raises(Refused) as refusal:
        rule_for(same, Terms("lower", 1.0, "c", Norm(3, 0)))
    assert [finding.code for finding in refusal.value.findings] == [
        "change.reliability",
        "change.functional-sd",
        "change.no-variance",
    ]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms("sideways", 0.8, "a", None), "change.better"),
        (Terms("lower", -0.1, "a", None), "change.reliability"),
        (Terms("lower", float("nan"), "a", None), "change.reliability"),
        (Terms("lower", 0.8, "d", None), "change.cutoff"),
        (Terms("lower", 0.8, "b", None), "change.functional-norm-missing"),
        (Terms("lower", 0.8, "c", Norm(float("inf"), 1)), "change.functional-mean"),
        (Terms("lower", 0.8, "a", None, pre_sd=0), "change.sd-pre"),
        (Terms("lower", 0.8, "a", None, alpha=0), "change.alpha"),
    ],
)
def test_each_bad_term_has_its_reason(terms, code):
    with pytest.raises(Refused) as refusal:
        rule_for(Pairs.of(np.array([9, 12]), np.array([1, 2])), terms)
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_one_patient_alone_needs_a_deviation_from_elsewhere():
    ana = Pairs.of(np.array([20]), np.array([5]))
    with pytest.raises(Refused, match="one-patient"):
        rule_for(ana, Terms("lower", 0.8, "b", Norm(3, 3)))
    assert class_counts(ana, rule_for(ana, Terms("lower", 0.8, "b", Norm(3, 3), pre_sd=5)))["recovered"] == 1


def test_nobody_is_refused():
    with pytest.raises(Refused, match="nobody"):
        rule_for(Pairs.together([]), Terms("lower", 0.8, "a", None))
