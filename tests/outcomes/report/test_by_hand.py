"""Ten people whose every figure can be counted on two hands, and the report of them.

a recovered, b improved, c and d no reliable change (d left the clinical range by chance), e harmed, f deteriorated; g was
measured once, h never, i is still in treatment, and j was referred and never came.
"""

from datetime import date, timedelta

import pytest

from openhour.outcomes.report.columns import Period, ReportAsked
from openhour.outcomes.report.lines import MISSING
from openhour.outcomes.report.shown import as_text
from tests.outcomes.report.rows import BEGINS, course, report, written

WEEK = timedelta(weeks=1)
JANUARY_20 = BEGINS + 2 * WEEK


def no_contact(patient, state, **more):
    (row,) = course(patient, [None], **more)
    return {**row, "state": state}


def ten_people():
    rows = course("a", [18, 12, 4])
    rows += course("b", [20, 14], planned_end="no", ended=JANUARY_20)
    rows += [{**rows[-1], "session": 3, "date": JANUARY_20, "score": None, "state": "missed"}]
    rows += course("c", [12, 13], planned_end="", ended=JANUARY_20, site="River", therapist="t2")
    rows += [{**rows[-1], "session": 3, "date": JANUARY_20, "score": None, "state": "cancelled"}]
    rows += course("d", [11, 6], site="River", therapist="t2")
    rows += course("e", [5, 11])
    rows += course("f", [14, 21], site="River", therapist="t2")
    rows += course("g", [15]) + course("h", [None])
    rows += course("i", [16, 4], ended=None, planned_end="")
    rows += [no_contact("j", "referred", began=None, ended=None, planned_end="", instrument="", session=None)]
    rows[-1]["session"] = None
    return rows


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return written(tmp_path_factory.mktemp("ten"), ten_people())


@pytest.fixture(scope="module")
def whole(path):
    return report(path)


@pytest.fixture(scope="module")
def by_site(path):
    return report(path, ReportAsked(by="site", smallest=1))


@pytest.fixture(scope="module")
def guarded(path):
    return report(path, ReportAsked(by="site", smallest=5))


@pytest.mark.parametrize(
    ("section", "what", "n", "of"),
    [
        ("intake", "referred", 10, None),
        ("intake", "began", 9, None),
        ("intake", "ended", 8, None),
        ("intake", "planned", 6, 8),
        ("intake", "unplanned", 1, 8),
        ("intake", "end-unknown", 1, 8),
        ("measured", "paired", 6, 8),
        ("measured", "unpaired", 2, 8),
        ("attendance", "booked", 19, None),
        ("attendance", "attended", 17, 19),
        ("attendance", "missed", 1, 19),
        ("attendance", "cancelled", 1, 19),
        ("measured", "with-measure", 16, 17),
        ("change", "paired", 6, 8),
        ("change", "unpaired", 2, 8),
        ("change", "recovered", 1, 6),
        ("change", "improved", 1, 6),
        ("change", "unchanged", 2, 6),
        ("change", "deteriorated", 1, 6),
        ("change", "harmed", 1, 6),
        ("change", "better", 2, 6),
        ("change", "worse", 2, 6),
        ("change", "case", 5, None),
        ("change", "out-of-range", 2, 5),
        ("change", "reliable-recovery", 1, 5),
        ("time", "improved-ever", 3, 7),
    ],
)
def test_every_number_is_the_one_that_is_counted_by_hand(whole, section, what, n, of):
    (line,) = [line for line in whole.of("", section) if line.what == what]
    assert (line.n, line.of, line.hidden) == (n, of, False)
    if of:
        assert line.share == pytest.approx(n / of)
        assert line.low < line.share < line.high


def test_means_and_the_effect_are_those_of_six_people(whole):
    assert whole.line("first-mean").value == pytest.approx(80 / 6)
    assert whole.line("last-mean").value == pytest.approx(69 / 6)
    deviation = (sum((first - 80 / 6) ** 2 for first in (18, 20, 12, 11, 5, 14)) / 5) ** 0.5
    effect = whole.line("effect")
    hedges = 1 - 3 / (4 * 5 - 1)  # draws the effect of a small sample in
    assert effect.value == pytest.approx(hedges * (80 - 69) / 6 / deviation, abs=0.01)
    assert effect.low < 0 < effect.high
    assert effect.unit == "SD"


def test_the_words_are_those_of_the_numbers(whole):
    read = [line.split("  ") for line in as_text(whole).splitlines()]
    rows = {cells[1]: [cell.strip() for cell in cells[2:] if cell.strip()] for cells in read if len(cells) > 2}
    assert rows["Recovery: in it at first, out of it at last"] == ["2 of 5", "40 % (12 to 77)"]
    assert rows["In the clinical range at first (10 or more)"] == ["5"]
    assert rows["Last scores, mean"] == ["11.5"]
    assert rows["Half were reliably better after"] == ["fewer than half were"]
    assert "hidden" not in as_text(whole).lower()


def test_nobody_s_course_is_counted_in_two_sites(by_site):
    assert by_site.groups == ("Main", "River")
    counted = {group: by_site.line("ended", group).n for group in ("", "Main", "River")}
    assert counted == {"": 8, "Main": 5, "River": 3}
    assert [by_site.line("unchanged", group).n for group in ("", "Main", "River")] == [2, 0, 2]
    assert [by_site.line("unpaired", group, "PHQ-9").n for group in ("", "Main", "River")] == [2, 2, 0]
    assert [by_site.line("improved-ever", group).of for group in ("", "Main", "River")] == [7, 4, 3]
    assert by_site.line("first-mean", "River").value == pytest.approx((12 + 11 + 14) / 3)


def test_with_two_sites_neither_shows_what_would_tell_of_the_other(guarded):
    """River was asked for three, so Main's number can't stand beside the whole's."""
    assert guarded.line("referred").n == 10
    for what in ("referred", "began", "ended", "booked", "first-mean", "effect"):
        lines = [guarded.line(what, group) for group in guarded.groups]
        assert [(line.n, line.value, line.hidden) for line in lines] == [(None, None, True)] * 2, what


def test_no_line_shows_one_to_four_people(guarded):
    few = [line for line in guarded.lines if line.what not in MISSING and (0 < (line.n or 0) < 5)]
    assert few == []
    assert [line for line in guarded.lines if line.hidden and line.n is not None] == []


def test_no_picture_of_so_few_is_drawn(guarded):
    (pictures,) = guarded.pictures
    assert (pictures.spots, pictures.steps, pictures.followed) == ((), (), None)


def test_every_pair_is_a_spot_where_everything_is_shown(whole):
    (pictures,) = whole.pictures
    spots = {(spot.pre, spot.post): spot.n for spot in pictures.spots}
    assert spots == {(18, 4): 1, (20, 14): 1, (12, 13): 1, (11, 6): 1, (5, 11): 1, (14, 21): 1}
    assert (pictures.undrawn, pictures.width, pictures.points, pictures.caseness) == (False, 1, 6, 10)


def test_the_curve_has_one_step_of_three_in_seven(whole):
    ((step,),) = [picture.steps for picture in whole.pictures]
    assert step.week == 1
    assert step.share == pytest.approx(3 / 7)


@pytest.mark.parametrize(
    ("period", "ended", "began", "booked"),
    [
        (Period(BEGINS, BEGINS), 2, 9, 9),
        (Period(BEGINS + timedelta(days=1), None), 6, 0, 10),
        (Period(None, BEGINS + WEEK - timedelta(days=1)), 2, 9, 9),
        (Period(JANUARY_20, JANUARY_20), 3, 0, 3),
    ],
    ids=["one-day", "from-the-next", "to-the-day-before", "last-day"],
)
def test_both_ends_of_a_period_are_inside_it(path, period, ended, began, booked):
    found = report(path, ReportAsked(period=period, smallest=1))
    shown = [found.line(what).n for what in ("ended", "began", "booked")]
    assert shown == [ended, began, booked]


def test_the_last_day_of_a_quarter_belongs_to_it(tmp_path):
    rows = course("a", [18, 4], begins=date(2025, 3, 24)) + course("b", [18, 4], begins=date(2025, 3, 25))
    found = report(written(tmp_path, rows), ReportAsked(by="period", smallest=1))
    assert found.groups == ("2025 Q1", "2025 Q2")
    assert [found.line("began", group).n for group in found.groups] == [2, 0]
    assert [found.line("ended", group).n for group in found.groups] == [1, 1]
    assert [found.line("booked", group).n for group in found.groups] == [3, 1]


def test_two_sessions_of_one_day_are_told_apart_by_their_number(tmp_path):
    rows = course("a", [18, 4]) + course("b", [18, 17])
    rows[1]["date"] = rows[0]["date"]
    found = report(written(tmp_path, rows))
    assert found.line("booked").n == 4
    assert (found.line("recovered").n, found.line("improved-ever").n) == (1, 1)
    assert [step.week for step in found.pictures[0].steps] == [1]  # on the very day is within the first week


def test_a_measure_between_sessions_is_no_session(tmp_path):
    rows = course("a", [18, None]) + course("b", [18, 17])
    rows += [{**rows[0], "session": None, "date": BEGINS + WEEK, "score": 4, "state": "measure"}]
    found = report(written(tmp_path, rows))
    assert found.line("booked").n == 4
    assert (found.line("recovered").n, found.line("paired", measure="PHQ-9").n) == (1, 2)
    assert (found.line("with-measure").n, found.line("with-measure").of) == (3, 4)


def test_where_nobody_has_ended_there_is_no_result_and_no_traceback(tmp_path):
    rows = [row for name in "abc" for row in course(name, [18, 4], ended=None, planned_end="")]
    found = report(written(tmp_path, rows))
    assert (found.line("began").n, found.line("ended").n) == (3, 0)
    assert (found.line("planned").n, found.line("planned").of, found.line("planned").why) == (0, 0, "nobody to count")
    results = [line for line in found.of("", "change") if line.unit != "points"]
    assert {line.n for line in results} <= {0, None}
    assert all(line.share is None and line.value is None for line in results)
    assert all(line.why for line in results if line.n is None)
    assert (found.line("improved-ever").n, found.line("improved-ever").of) == (3, 3)
