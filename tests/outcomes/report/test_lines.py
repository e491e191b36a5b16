"""Lines from counts: which share is of what, what is hidden with what, and why there is no number."""

from dataclasses import replace

import numpy as np
import pytest

from openhour.measures.pairs import Pairs
from openhour.outcomes.report.counted import GroupCounts, MeasureCounts
from openhour.outcomes.report.lines import (
    Block,
    attendance_lines,
    change_lines,
    intake_lines,
    rule_lines,
    time_lines,
    variance_notes,
)
from tests.outcomes.report.rows import MEASURES

PHQ = MEASURES["phq-9"]


def pairs(*counted):
    """Pairs from (first, last, how many)."""
    table = np.array(counted, float).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1], table[:, 2].astype(int))


def waits(*counted):
    """Arrays of weeks, improved and patients from (weeks, improved, how many)."""
    return tuple(np.array(counted, np.int64).reshape(-1, 3).T)


def group(intake=(), contacts=(), any_pair=0, measure=None, both=()):
    return GroupCounts(
        dict(intake),
        dict(contacts),
        any_pair,
        {"phq-9": measure} if measure else {},
        np.array(both, float).reshape(-1, 5),
    )


def shown(lines):
    return {line.what: line for line in lines}


def change(counts, smallest=1, measure=PHQ):
    return shown(change_lines({"": group(measure=counts)}, measure, smallest))


# --- change ---------------------------------------------------------------------------------------------------------


def test_the_reliable_change_itself_is_reliable_and_one_point_less_is_not():
    found = change(MeasureCounts(pairs((16, 10, 3), (16, 11, 4), (16, 22, 5), (16, 21, 6))))
    assert (found["better"].n, found["unchanged"].n, found["worse"].n) == (3, 10, 5)


def test_the_first_score_of_the_clinical_range_is_in_it():
    found = change(MeasureCounts(pairs((10, 4, 2), (9, 3, 7), (16, 10, 1), (16, 9, 4))))
    assert found["case"].n == 7
    assert (found["out-of-range"].n, found["out-of-range"].of) == (6, 7)
    assert (found["recovered"].n, found["improved"].n) == (6, 8)


def test_out_of_range_by_chance_is_recovery_and_no_reliable_recovery():
    found = change(MeasureCounts(pairs((11, 8, 4), (20, 5, 6))))
    assert (found["out-of-range"].n, found["reliable-recovery"].n, found["recovered"].n) == (10, 6, 6)


def test_five_of_each_class_are_all_shown():
    """Cells of exactly the smallest number."""
    fives = pairs((18, 4, 5), (24, 14, 5), (16, 15, 5), (12, 20, 5), (4, 12, 5))
    found = change(MeasureCounts(fives), smallest=5)
    assert [line.what for line in found.values() if line.hidden] == []
    assert {found[name].n for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed")} == {5}


def test_one_fewer_in_one_class_hides_it_and_another_with_it():
    four = pairs((18, 4, 5), (24, 14, 5), (16, 15, 5), (12, 20, 5), (4, 12, 4), (5, 5, 5))
    found = change(MeasureCounts(four), smallest=5)
    assert (found["harmed"].n, found["harmed"].of, found["harmed"].hidden) == (None, 29, True)
    assert found["worse"].hidden
    assert sum(found[name].hidden for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed")) > 1
    assert found["paired"].n == 29


def test_a_mean_of_four_is_hidden_and_of_five_is_shown():
    four, five = (change(MeasureCounts(pairs((18, 4, n))), smallest=5) for n in (4, 5))
    for what in ("first-mean", "last-mean", "effect"):
        assert (four[what].value, four[what].hidden) == (None, True)
    assert (five["first-mean"].value, five["last-mean"].value) == (18, 4)
    assert not five["effect"].hidden  # and is none, because nobody differs
    assert "same" in five["effect"].why


def test_what_is_missing_is_shown_though_it_is_one():
    found = change(MeasureCounts(pairs((18, 4, 30)), unpaired=1), smallest=5)
    assert (found["unpaired"].n, found["unpaired"].of, found["paired"].n) == (1, 31, 30)


def test_nobody_has_no_share_no_mean_and_no_effect():
    found = change(MeasureCounts(pairs(), unpaired=3))
    assert (found["paired"].n, found["paired"].of, found["paired"].share) == (0, 3, 0.0)
    assert found["recovered"].why == found["first-mean"].why == "nobody to count"
    assert found["first-mean"].value is None
    assert found["effect"].why


def test_a_measure_without_a_confirmed_change_has_means_and_no_classes():
    unconfirmed = replace(PHQ, change=replace(PHQ.change, confirmed=False))
    kept = {unconfirmed.pin.slug: MeasureCounts(pairs((18, 12, 6), (17, 12, 6)))}
    counts = GroupCounts({}, {}, 0, kept, np.zeros((0, 5)))
    found = shown(change_lines({"": counts}, unconfirmed, 1))
    assert found["classes"].why == "No source confirms how many points are reliable."
    assert "recovered" not in found
    assert found["first-mean"].value == pytest.approx(17.5)
    assert not list(time_lines({"": counts}, unconfirmed, 1))


def test_a_group_that_was_never_asked_stands_there_with_nought():
    groups = {
        "": group(measure=MeasureCounts(pairs((18, 4, 9)))),
        "Main": group(measure=MeasureCounts(pairs((18, 4, 9)))),
    }
    lines = list(change_lines(groups | {"River": group()}, PHQ, 5))
    assert [(line.group, line.n) for line in lines if line.what == "recovered"] == [
        ("", 9),
        ("Main", 9),
        ("River", 0),
    ]


# --- intake and attendance ------------------------------------------------------------------------------------------


def test_an_end_that_isn_t_recorded_is_the_rest():
    intake = {"referred": 20, "began": 15, "ended": 12, "planned": 7, "unplanned": 3}
    found = shown(intake_lines({"": group(intake, any_pair=9)}, 1))
    assert (found["end-unknown"].n, found["end-unknown"].of) == (2, 12)
    assert (found["paired"].n, found["unpaired"].n, found["unpaired"].of) == (9, 3, 12)


def test_nobody_at_all_is_a_report_of_nought():
    found = shown(intake_lines({"": group()}, 5)) | shown(attendance_lines({"": group()}, 5))
    assert {line.n for line in found.values()} == {0}
    assert {line.why for line in found.values() if line.of is not None} == {"nobody to count"}
    assert not any(line.hidden for line in found.values())


def test_with_two_sites_the_one_of_few_takes_the_other_with_it():
    main, river = {"referred": 20}, {"referred": 3}
    groups = {"": group({"referred": 23}), "Main": group(main), "River": group(river)}
    found = {line.group: line for line in intake_lines(groups, 5) if line.what == "referred"}
    assert [(one, found[one].n) for one in found] == [("", 23), ("Main", None), ("River", None)]


def test_with_two_sites_of_five_both_are_shown():
    groups = {"": group({"referred": 10}), "Main": group({"referred": 5}), "River": group({"referred": 5})}
    assert [line.n for line in intake_lines(groups, 5) if line.what == "referred"] == [10, 5, 5]


def test_a_site_of_nobody_hides_nothing():
    groups = {"": group({"referred": 9}), "Main": group({"referred": 9}), "River": group()}
    assert [line.n for line in intake_lines(groups, 5) if line.what == "referred"] == [9, 9, 0]


def test_a_measured_session_is_one_that_was_attended():
    contacts = {("attended", 1): 30, ("attended", 0): 10, ("missed", 0): 6, ("cancelled", 0): 4}
    found = shown(attendance_lines({"": group(contacts=contacts)}, 1))
    assert found["booked"].n == 50
    assert [(found[one].n, found[one].of) for one in ("attended", "missed", "cancelled")] == [
        (40, 50),
        (6, 50),
        (4, 50),
    ]
    assert (found["with-measure"].n, found["with-measure"].of) == (30, 40)


def test_the_names_of_groups_and_cells_can_t_be_mistaken_for_each_other():
    block = Block(sums=[("all", ("few", "many"))])
    for name, few, many in (("", 3, 40), ("A\x1fmany", 1, 20), ("A", 2, 20)):
        block.add(name, {"all": few + many, "few": few, "many": many})
    away = block.away(5)
    assert {group for group, what in away if what == "few"} == {"", "A", "A\x1fmany"}
    assert {what for _, what in away} <= {"all", "few", "many"}


# --- time -----------------------------------------------------------------------------------------------------------


def time(counted, smallest=1):
    weeks, improved, patients = waits(*counted)
    counts = MeasureCounts(pairs(), 0, weeks, improved, patients)
    return shown(time_lines({"": group(measure=counts)}, PHQ, smallest))


def test_half_were_better_after_the_week_in_which_the_curve_falls_to_half():
    found = time([(2, 1, 3), (4, 1, 2), (8, 0, 5)])
    assert (found["improved-ever"].n, found["improved-ever"].of) == (5, 10)
    assert found["median-weeks"].value == 4


def test_who_stopped_before_is_no_failure():
    """Five stop in the first week; of the five who stay, three improve in the second: that is more than half."""
    found = time([(1, 0, 5), (2, 1, 3), (9, 0, 2)])
    assert found["improved-ever"].share == pytest.approx(0.3)
    assert found["median-weeks"].value == 2


def test_fewer_than_half_is_said():
    assert time([(2, 1, 4), (3, 0, 6)])["median-weeks"].why == "fewer than half were"
    assert time([(3, 0, 6)])["median-weeks"].why == "fewer than half were"
    assert time([])["median-weeks"].why == "nobody to count"


def test_a_median_is_hidden_where_few_did_not_improve():
    found = time([(2, 1, 20), (6, 0, 3)], smallest=5)
    assert (found["improved-ever"].hidden, found["median-weeks"].hidden) == (True, True)
    assert found["median-weeks"].value is None


# --- two measures together ------------------------------------------------------------------------------------------


def rules(*rows, smallest=1):
    return shown(rule_lines({"": group(both=rows)}, MEASURES, smallest))


def test_recovery_needs_both_measures_below():
    found = rules((18, 4, 15, 3, 7), (18, 4, 15, 12, 2))
    assert (found["finished"].n, found["case"].n, found["recovered"].n) == (9, 9, 7)


def test_caseness_on_one_of_the_two_is_enough():
    found = rules((9, 9, 8, 8, 1), (10, 10, 7, 7, 2), (9, 9, 7, 7, 4))
    assert (found["finished"].n, found["case"].n) == (7, 3)


def test_better_on_one_and_worse_on_the_other_is_no_reliable_improvement():
    found = rules((18, 4, 5, 15, 3))
    assert found["reliably-improved"].n == 0
    assert found["reliably-worse"].n + found["no-change"].n == 3


def test_without_both_measures_there_are_no_rules():
    assert rules() == {}


def test_first_scores_that_are_the_same_are_noted_by_measure():
    same, varied = (group(measure=MeasureCounts(pairs(*rows))) for rows in ([(18, 4, 3)], [(18, 4, 3), (17, 4, 1)]))
    (note,) = variance_notes(same, MEASURES, "rows.csv")
    assert (note.sentence, note.place) == (
        "All first scores of PHQ-9 are the same, so there is no effect size.",
        "rows.csv, column score",
    )
    assert not list(variance_notes(varied, MEASURES, "rows.csv"))
