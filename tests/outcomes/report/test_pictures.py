"""What is drawn: squares and steps of enough people, therapists without names, and nothing that shows one person."""

import numpy as np
import pytest

from openhour.measures.pairs import Pairs
from openhour.outcomes.case_mix import Sums
from openhour.outcomes.report.counted import Counted, GroupCounts, MeasureCounts, TherapistCounts
from openhour.outcomes.report.lines import change_lines, time_lines
from openhour.outcomes.report.pictures import pictures_of, therapist_funnel
from tests.outcomes.report.rows import MEASURES

PHQ = MEASURES["phq-9"]


def counts(spots, waits=()):
    table, weeks = np.array(spots, float).reshape(-1, 3), np.array(waits, np.int64).reshape(-1, 3)
    pairs = Pairs.together([Pairs(table[:, 0], table[:, 1], table[:, 2].astype(int))])
    return MeasureCounts(pairs, 0, *weeks.T)


def drawn(spots, waits=(), smallest=5, therapists=()):
    whole = GroupCounts({}, {}, 0, {"phq-9": counts(spots, waits)}, np.zeros((0, 5)))
    lines = [*change_lines({"": whole}, PHQ, smallest), *time_lines({"": whole}, PHQ, smallest)]
    counted = Counted({"": whole}, {"phq-9": tuple(therapists)} if therapists else {})
    return pictures_of(counted, PHQ, lines, smallest, None, True)


# --- first and last scores ------------------------------------------------------------------------------------------


def spots_of(picture):
    return {(spot.pre, spot.post): spot.n for spot in picture.spots}


def test_squares_are_three_points_wide_on_a_scale_of_28():
    """15 to 17 and 3 to 5 are one square, 18 is the next."""
    picture = drawn([(15, 3, 2), (17, 5, 3), (16, 4, 1), (18, 3, 7)])
    assert picture.width == 3
    assert spots_of(picture) == {(16, 4): 6, (19, 4): 7}
    assert not picture.undrawn


def test_a_square_of_four_is_not_drawn_and_of_five_is():
    picture = drawn([(15, 3, 5), (24, 12, 6), (18, 3, 9), (21, 6, 4), (12, 0, 4)])
    assert spots_of(picture) == {(16, 4): 5, (25, 13): 6, (19, 4): 9}
    assert picture.undrawn


def test_what_is_not_drawn_is_never_a_few():
    """Four in a square of their own would be the rest of all people, so the emptiest square goes with them."""
    assert spots_of(drawn([(15, 3, 9), (18, 3, 6), (21, 6, 4)])) == {(16, 4): 9}


def test_two_squares_of_few_may_stay_together_undrawn():
    assert spots_of(drawn([(15, 3, 9), (18, 3, 6), (21, 6, 4), (24, 6, 4)])) == {(16, 4): 9, (19, 4): 6}


def test_nothing_is_drawn_where_a_class_is_hidden():
    assert drawn([(18, 4, 20), (16, 23, 3)]).spots == ()


def test_everybody_is_drawn_point_by_point_for_who_knows_them():
    picture = drawn([(15, 3, 1), (17, 5, 1)], smallest=1)
    assert (picture.width, spots_of(picture)) == (1, {(15, 3): 1, (17, 5): 1})


def test_the_scale_s_own_numbers_stand_in_the_picture():
    picture = drawn([(15, 3, 9)])
    assert (picture.low, picture.high, picture.points, picture.caseness) == (0, 27, 6, 10)
    assert (picture.better, picture.confirmed, picture.short) == ("lower", True, "PHQ-9")


# --- time to improvement --------------------------------------------------------------------------------------------


def test_a_step_holds_five_people_and_comes_in_the_week_of_the_fifth():
    picture = drawn([(18, 4, 20)], [(2, 1, 3), (3, 1, 2), (5, 1, 5), (20, 0, 10)])
    assert [(step.week, step.share) for step in picture.steps] == [(3, pytest.approx(0.25)), (5, pytest.approx(0.5))]
    assert picture.followed == 20
    assert all(step.low < step.share < step.high for step in picture.steps)


def test_the_curve_ends_where_fewer_than_five_are_followed():
    picture = drawn([(18, 4, 20)], [(2, 1, 6), (3, 0, 10), (9, 1, 4)])
    assert [step.week for step in picture.steps] == [2]


def test_the_last_step_of_all_has_no_interval():
    picture = drawn([(18, 4, 10)], [(2, 1, 10)])
    ((week, share, low, high),) = [(step.week, step.share, step.low, step.high) for step in picture.steps]
    assert (week, share, low, high) == (2, 1, None, None)


def test_without_a_number_that_may_be_shown_there_is_no_curve():
    picture = drawn([(18, 4, 20)], [(2, 1, 17), (9, 0, 3)])
    assert (picture.steps, picture.followed) == ((), None)


def test_nobody_followed_is_no_curve():
    assert (drawn([(18, 4, 20)]).steps, drawn([(18, 4, 20)]).followed) == ((), None)


# --- therapists -----------------------------------------------------------------------------------------------------


def therapist(name, n, shift=0.0):
    """Cases whose first scores go from 8 to 24 in turn, last scores half of them, and a little this way and that."""
    first = np.array([8 + (5 * place) % 17 for place in range(n)], float)
    last = first / 2 + shift + np.array([(-1) ** place * 1.5 for place in range(n)])
    x = np.column_stack([np.ones(n), first - 13.5, (first - 13.5) ** 2])
    return TherapistCounts(name, n, 0, Sums(n, x.T @ x, x.T @ last, float(last @ last)))


SEVEN = tuple(therapist(f"t{place}", 14 + 2 * place, shift) for place, shift in enumerate((0, 0, 0, 9, 0, 0, 0)))


def cases(funnel):
    return [point.n for point in funnel.points]


def test_fourteen_cases_are_not_shown_and_sixteen_are():
    funnel = therapist_funnel(SEVEN, PHQ, None, others=True)
    assert cases(funnel) == [16, 18, 20, 22, 24, 26]
    assert funnel.why_not == ""


def test_who_asks_for_more_people_sees_therapists_of_as_many_cases():
    assert cases(therapist_funnel(SEVEN, PHQ, None, others=True, smallest=18)) == [18, 20, 22, 24, 26]
    none = therapist_funnel(SEVEN, PHQ, None, others=True, smallest=19)
    assert (cases(none), none.why_not) == (
        [],
        "Therapists are shown from 5 on, each with 19 closed cases or more.",
    )


def test_a_report_passes_its_smallest_number_to_the_funnel():
    shown = [cases(drawn([(18, 4, 99)], smallest=n, therapists=SEVEN).funnel) for n in (5, 18)]
    assert shown == [[16, 18, 20, 22, 24, 26], [18, 20, 22, 24, 26]]


def test_higher_last_scores_are_a_worse_result():
    worst = min(therapist_funnel(SEVEN, PHQ, None, others=True).points, key=lambda point: point.better)
    assert worst.n == 20
    assert worst.better < worst.shrunken < 0
    assert worst.low < worst.shrunken < worst.high


def test_the_one_who_looks_is_marked_by_code():
    funnel = therapist_funnel(SEVEN, PHQ, "t3", others=True)
    assert [point.n for point in funnel.points if point.mine] == [20]
    alone = therapist_funnel(SEVEN, PHQ, "t3", others=False)
    assert [(point.n, point.mine) for point in alone.points] == [(20, True)]
    assert (alone.between, alone.within) == (funnel.between, funnel.within)  # limits come from everybody


def test_who_has_no_case_reads_from_when_on():
    funnel = therapist_funnel(SEVEN, PHQ, "nobody", others=False)
    assert (funnel.points, funnel.why_not) == ((), "Your own place is shown from 15 closed cases on.")


def test_too_few_cases_are_said_without_how_many_there_are():
    """Three closed cases may be a hidden number."""
    funnel = therapist_funnel((therapist("a", 2), therapist("b", 1)), PHQ, None, others=True)
    assert funnel.why_not == "The model needs 30 closed cases, and there are fewer."


def test_no_therapist_is_no_funnel():
    assert therapist_funnel((), PHQ, None, others=True) is None
    assert drawn([(18, 4, 9)]).funnel is None
