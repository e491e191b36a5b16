"""Bands, caseness, flags and terms at their edges: the last score of one side and the first of the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openhour.measures.change import change_of, points_rule
from openhour.measures.cutoffs import Norm, critical_value, whole_points
from openhour.measures.flags import flags_of
from openhour.measures.rule import LARGEST, Terms, terms_findings
from openhour.measures.scoring import score
from tests.measures.instruments import NINE, WELL

TERMS = Terms("lower", 0.84, "c", Norm(5.0, 3.0))


def of_total(total: int):
    """Nine answers of 0 to 3 that add up to it."""
    each, rest = divmod(total, 9)
    return score(NINE, {str(place): each + (place <= rest) for place in range(1, 10)})


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately severe"),
        (19, "moderately severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_a_band_begins_at_its_first_score_and_ends_before_the_next(total, band):
    assert (of_total(total).total, of_total(total).band) == (total, band)


@pytest.mark.parametrize("total", range(28))
def test_a_case_begins_at_ten(total):
    assert of_total(total).at_case is (total >= 10)


@pytest.mark.parametrize(("value", "raised"), [(None, 0), (-1, 0), (0, 0), (1, 1), (3, 1), (4, 0), (True, 0)])
def test_an_answer_raises_from_the_cut_off_to_the_last_choice(value, raised):
    assert len(flags_of(NINE, "9", value)) == raised


@pytest.mark.parametrize(("after", "category"), [(14, "unchanged"), (15, "unchanged"), (9, "recovered"), (10, "improved"), (21, "deteriorated")])  # fmt: skip
def test_six_points_are_reliable_and_five_are_not(after, category):
    rule = points_rule(NINE)
    assert rule is not None
    before = {9: 15, 10: 16, 14: 19, 15: 10, 21: 15}[after]
    assert change_of(before, after, rule).category == category


def test_points_that_no_source_confirmed_make_no_rule():
    assert points_rule(replace(NINE, change=replace(NINE.change, confirmed=False))) is None
    assert points_rule(replace(WELL, change=replace(WELL.change, reliable_points=None))) is None


@pytest.mark.parametrize(("change", "points"), [(5.9, 6), (6.0, 7), (6.1, 7), (0.0, 1), (0.5, 1)])
def test_a_whole_number_of_points_is_strictly_more_than_chance(change, points):
    assert whole_points(change) == points


def test_one_side_needs_a_smaller_index_than_two():
    assert critical_value(0.05, 2) == pytest.approx(1.959964, abs=1e-6)
    assert critical_value(0.05, 1) == pytest.approx(1.644854, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reliability": 0.0}, None),
        ({"reliability": 0.999}, None),
        ({"reliability": 1.0}, "change.reliability"),
        ({"reliability": -0.01}, "change.reliability"),
        ({"reliability": float("nan")}, "change.reliability"),
        ({"alpha": 0.001}, None),
        ({"alpha": 0.0}, "change.alpha"),
        ({"alpha": 1.0}, "change.alpha"),
        ({"pre_sd": 0.1}, None),
        ({"pre_sd": 0.0}, "change.sd-pre"),
        ({"pre_sd": LARGEST}, "change.sd-pre"),
        ({"functional": Norm(5.0, 0.0)}, "change.functional-sd"),
        ({"functional": Norm(5.0, LARGEST)}, "change.functional-sd"),
        ({"functional": Norm(-LARGEST, 3.0)}, "change.functional-mean"),
        ({"functional": None}, "change.functional-norm-missing"),
        ({"functional": None, "cutoff": "a"}, None),
    ],
)
def test_a_term_passes_up_to_its_edge(change, code):
    assert [finding.code for finding in terms_findings(replace(TERMS, **change))] == ([code] if code else [])
