"""The rule set of NHS Talking Therapies: caseness, the measure pair, recovery, reliable change, a finished course."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.catalog.shelf import NotOnShelf
from openhour.catalog.shipped import shipped_shelf
from openhour.measures.talking_therapies import (
    ELSEWHERE,
    Scored,
    counted,
    finished_course,
    judge,
    pair_for,
    threshold_named,
    threshold_of,
)
from tests.measures.instruments import NINE, SEVEN, WELL


def _shelf(slug: str):
    return shipped_shelf().instrument(slug, on=date(2026, 11, 1))


PHQ, GAD = threshold_of(NINE), threshold_of(SEVEN)


def _one(phq: tuple[int, int], gad: tuple[int, int]):
    return judge(Scored(PHQ, *phq), Scored(GAD, *gad))


def _said(judged) -> set[str]:
    return {field.name for field in fields(judged) if field.name != "confirmed" and bool(getattr(judged, field.name))}


def test_the_thresholds_of_the_two_main_measures_are_those_of_their_definitions():
    for slug, at, points in (("phq-9", 10, 6), ("gad-7", 8, 4)):
        found = threshold_named(slug, _shelf)
        assert (found.caseness_at, found.reliable_points, found.confirmed) == (at, points, True)
        assert "PMC8411661" in found.source


def test_every_other_threshold_is_marked_unconfirmed_with_its_source():
    assert {slug: (one.caseness_at, one.reliable_points) for slug, one in ELSEWHERE.items()} == {
        "spin": (19, 10),
        "pdss-sr": (8, 5),
        "mobility-inventory-alone": (2.3, 0.73),
        "oci": (40, 32),
        "ies-r": (33, 9),
        "pcl-5": (32, 10),
        "hai": (18, 4),
    }
    for slug, one in ELSEWHERE.items():
        assert threshold_named(slug, _shelf) is one
        assert not one.confirmed
        assert "unconfirmed" in one.source


def test_a_measure_that_is_nowhere_or_gives_no_points_has_no_threshold():
    with pytest.raises(NotOnShelf):
        threshold_named("nonsense", _shelf)
    with pytest.raises(ValueError, match="no reliable change"):
        threshold_of(replace(NINE, change=replace(NINE.change, reliable_points=None)))
    with pytest.raises(ValueError, match="no caseness"):
        threshold_of(replace(NINE, change=replace(NINE.change, caseness_at=None)))


@pytest.mark.parametrize(("score", "case"), [(9, False), (10, True), (27, True), (0, False)])
def test_a_case_begins_at_the_threshold(score, case):
    assert bool(PHQ.case(score)) is case


def test_the_mobility_inventory_counts_a_case_only_above_and_moves_by_hundredths():
    mobility = ELSEWHERE["mobility-inventory-alone"]
    assert [bool(mobility.case(mean)) for mean in (2.29, 2.3, 2.31)] == [False, False, True]
    assert [int(mobility.moved(3.0, last)) for last in (2.27, 2.28, 3.73, 3.72)] == [1, 0, -1, 0]


def test_where_higher_is_better_a_case_lies_at_or_below():
    well = threshold_of(WELL)
    assert [bool(well.case(score)) for score in (12, 13)] == [True, False]
    assert [int(well.moved(9, last)) for last in (12, 11, 6)] == [1, 0, -1]


@pytest.mark.parametrize(
    ("descriptor", "paired", "anxiety"),
    [
        ("depression", {"phq-9", "gad-7"}, "gad-7"),
        ("mixed-anxiety-and-depression", {"phq-9", "gad-7", "spin"}, "gad-7"),
        (None, {"phq-9", "gad-7"}, "gad-7"),
        ("not a descriptor", {"phq-9", "gad-7"}, "gad-7"),
        ("social-anxiety", {"phq-9", "gad-7", "spin"}, "spin"),
        ("social-anxiety", {"phq-9", "gad-7"}, "gad-7"),
        ("ptsd", {"phq-9", "gad-7", "pcl-5", "ies-r"}, "pcl-5"),
        ("ptsd", {"phq-9", "gad-7", "ies-r"}, "ies-r"),
        ("panic", {"phq-9", "pdss-sr"}, "pdss-sr"),
        ("ocd", {"oci"}, "oci"),
        ("agoraphobia", {"mobility-inventory-alone"}, "mobility-inventory-alone"),
        ("health-anxiety", {"hai"}, "hai"),
    ],
)
def test_the_problem_chooses_the_anxiety_measure_where_it_was_given_twice(descriptor, paired, anxiety):
    assert pair_for(descriptor, paired) == ("phq-9", anxiety)


@pytest.mark.parametrize(
    ("phq", "gad", "said"),
    [
        ((15, 8), (12, 6), {"at_caseness", "recovered", "reliable_improvement", "reliable_recovery"}),
        ((10, 9), (5, 5), {"at_caseness", "recovered", "no_reliable_change"}),
        ((9, 3), (7, 7), {"reliable_improvement"}),
        ((9, 3), (8, 7), {"at_caseness", "recovered", "reliable_improvement", "reliable_recovery"}),
        ((20, 12), (15, 7), {"at_caseness", "reliable_improvement"}),
        ((20, 9), (15, 8), {"at_caseness", "reliable_improvement"}),
        ((15, 9), (5, 9), {"at_caseness", "no_reliable_change"}),
        ((9, 15), (7, 7), {"reliable_deterioration"}),
        ((15, 20), (10, 10), {"at_caseness", "no_reliable_change"}),
        ((15, 20), (10, 14), {"at_caseness", "reliable_deterioration"}),
        ((0, 0), (0, 0), {"no_reliable_change"}),
    ],
)
def test_two_measures_are_judged_together(phq, gad, said):
    assert _said(_one(phq, gad)) == said


def test_a_pair_is_only_as_sure_as_its_less_sure_threshold():
    assert _one((15, 8), (12, 6)).confirmed
    assert not judge(Scored(PHQ, 15, 8), Scored(ELSEWHERE["spin"], 30, 10)).confirmed


def test_a_missing_score_is_not_a_low_one():
    with pytest.raises(ValueError, match="both measures"):
        judge(Scored(PHQ, np.array([15.0]), np.array([np.nan])), Scored(GAD, np.array([9]), np.array([3])))


@pytest.mark.parametrize(
    ("ended", "attended", "finished"), [(True, 2, True), (True, 1, False), (False, 9, False), (True, 20, True)]
)
def test_a_course_is_finished_when_it_ended_after_two_contacts(ended, attended, finished):
    assert finished_course(ended, attended) is finished


SCORES = st.lists(
    st.tuples(st.integers(0, 27), st.integers(0, 27), st.integers(0, 21), st.integers(0, 21)), min_size=1, max_size=40
)


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_one_patient_is_judged_as_among_many_and_the_counts_add_up(rows):
    columns = np.array(rows).T
    many = judge(Scored(PHQ, *columns[:2]), Scored(GAD, *columns[2:]))
    for place, (phq, phq_last, gad, gad_last) in enumerate(rows):
        one = _one((phq, phq_last), (gad, gad_last))
        for field in fields(one):
            if field.name != "confirmed":
                assert bool(getattr(many, field.name)[place]) == bool(getattr(one, field.name))
    counts = counted(many)
    assert counts.finished == len(rows)
    assert counts.reliably_improved + counts.reliably_deteriorated + counts.no_reliable_change == counts.finished
    assert counts.reliably_recovered <= counts.recovered <= counts.at_caseness <= counts.finished
    assert counts.reliably_recovered <= counts.reliably_improved


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_the_mirror_image_of_improvement_is_deterioration(rows):
    columns = np.array(rows).T
    there = judge(Scored(PHQ, *columns[:2]), Scored(GAD, *columns[2:]))
    back = judge(Scored(PHQ, columns[1], columns[0]), Scored(GAD, columns[3], columns[2]))
    assert there.reliable_improvement.tolist() == back.reliable_deterioration.tolist()
    assert there.no_reliable_change.tolist() == back.no_reliable_change.tolist()
