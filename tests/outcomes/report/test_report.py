"""A report of many is nothing but the sum of its patients' own results."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.measures import CLASSES, change_of, points_rule
from openhour.outcomes.report.columns import COLUMNS, Period, ReportAsked
from openhour.outcomes.report.lines import MISSING
from openhour.outcomes.report.shown import as_csv, as_facts, as_text
from tests.outcomes.report.rows import BEGINS, MEASURES, course, practice, report, written

RULE = points_rule(MEASURES["phq-9"])


def own_results(rows):
    """Patient by patient, as the course page judges each: class by patient of ended episodes with two scores or more."""
    found = {}
    for patient in {row["patient"] for row in rows}:
        mine = sorted((row for row in rows if row["patient"] == patient), key=lambda row: row["date"])
        scores = [row["score"] for row in mine if row["score"] is not None]
        if mine[0]["ended"] and len(scores) > 1:
            found[patient] = change_of(scores[0], scores[-1], RULE).category
    return found


@given(seed=st.integers(0, 10_000), patients=st.integers(2, 40))
@settings(max_examples=12)
def test_counts_are_the_sum_of_patients_own_results(tmp_path_factory, seed, patients):
    rows = practice(patients, seed)
    if not any(row["score"] is not None for row in rows):
        return
    found = report(written(tmp_path_factory.mktemp("sum"), rows))
    theirs = Counter(own_results(rows).values())
    if sum(theirs.values()):
        assert {name: found.line(name).n for name in CLASSES} == {name: theirs.get(name, 0) for name in CLASSES}


@given(seed=st.integers(0, 10_000))
@settings(max_examples=5)
def test_the_order_of_rows_changes_nothing(tmp_path_factory, seed):
    rows, folder = practice(25, seed), tmp_path_factory.mktemp("order")
    there = report(written(folder, rows))
    mixed = rows[:]
    random.Random(seed).shuffle(mixed)
    assert report(written(folder, mixed, name="mixed.csv")).lines == there.lines


@pytest.mark.parametrize("by", ["site", "indication", "period"])
def test_groups_add_up_to_the_whole(tmp_path, by):
    found = report(written(tmp_path, practice(60)), ReportAsked(by=by, smallest=1))
    assert len(found.groups) > 1
    for line in found.lines:
        if not line.group and line.n is not None:
            assert line.n == sum(found.line(line.what, group, line.measure).n for group in found.groups), line.what


def test_a_patient_of_each_class(tmp_path):
    ends = {"recovered": 4, "improved": 12, "unchanged": 17, "deteriorated": 25}
    rows = [row for name, end in ends.items() for row in course(name, [18, 15, end])]
    rows += course("harmed", [5, 9, 14])
    found = report(written(tmp_path, rows))
    assert [found.line(name).n for name in CLASSES] == [1, 1, 1, 1, 1]
    assert (found.line("better").n, found.line("worse").n) == (2, 2)
    assert (found.line("case").n, found.line("out-of-range").n, found.line("reliable-recovery").n) == (4, 1, 1)


def test_intake_attendance_and_missingness_stand_beside_the_results(tmp_path):
    rows = course("a", [18, None, 4]) + course("b", [17, 16], planned_end="no") + course("c", [12], planned_end="")
    rows += course("d", [20, 15], ended=None)
    rows += [
        {
            **course("a", [None] * 4)[3],
            "state": "missed",
            "ended": rows[0]["ended"],
            "date": rows[0]["ended"],
            "session": 4,
        }
    ]
    found = report(written(tmp_path, rows))
    shown = {line.what: (line.n, line.of) for line in found.lines}
    assert shown["referred"] == (4, None)
    assert shown["ended"] == (3, None)
    assert shown["planned"] == (1, 3)
    assert shown["unplanned"] == (1, 3)
    assert shown["end-unknown"] == (1, 3)
    assert found.line("paired").n == 2
    assert shown["attended"] == (8, 9)
    assert shown["missed"] == (1, 9)
    assert shown["with-measure"] == (7, 8)
    assert found.line("unpaired", measure="PHQ-9").n == 1


def test_open_episodes_have_no_result_yet(tmp_path):
    rows = course("a", [18, 4], ended=None) + course("b", [18, 4])
    assert report(written(tmp_path, rows)).line("recovered").n == 1


def test_a_period_counts_each_thing_by_its_own_day(tmp_path):
    later = BEGINS + timedelta(days=200)
    rows = course("a", [18, 12, 4]) + course("b", [18, 12, 4], begins=later)
    asked = ReportAsked(period=Period(date(2025, 7, 1), date(2025, 12, 31)), smallest=1)
    found = report(written(tmp_path, rows), asked)
    assert found.line("began").n == 1
    assert found.line("booked").n == 3
    assert found.line("recovered").n == 1
    both_sides = ReportAsked(period=Period(BEGINS, BEGINS + timedelta(weeks=2)), smallest=1)
    assert report(written(tmp_path, rows), both_sides).line("ended").n == 1  # the last day lies inside


def test_a_site_or_an_indication_alone(tmp_path):
    rows = course("a", [18, 4], site="Main") + course("b", [18, 17], site="River", indication="grief")
    path = written(tmp_path, rows)
    assert report(path, ReportAsked(site="Main", smallest=1)).line("paired").n == 1
    assert report(path, ReportAsked(indication="grief", smallest=1)).line("unchanged").n == 1


def test_weeks_to_the_first_reliable_improvement(tmp_path):
    rows = course("a", [18, 12, 4]) + course("b", [18, 17, 16, 12]) + course("c", [18, 18, 18, 18, 18])
    found = report(written(tmp_path, rows))
    assert found.line("improved-ever").n == 2
    assert found.line("median-weeks").value == 3  # after one, after three, and never within four


def test_a_single_score_is_no_course_to_follow(tmp_path):
    rows = course("a", [18]) + course("b", [18, 4])
    assert report(written(tmp_path, rows)).line("improved-ever").of == 1


def test_the_rules_of_two_measures_together(tmp_path):
    rows = course("a", [18, 4]) + course("a", [15, 3], instrument="gad-7") + course("b", [18, 4])
    rows += course("c", [18, 4]) + course("c", [15, 14], instrument="gad-7")
    found = report(written(tmp_path, rows))
    assert found.line("finished").n == 2
    assert (found.line("recovered", measure="PHQ-9 and GAD-7").n, found.line("reliably-improved").n) == (1, 2)
    assert found.line("paired", measure="GAD-7").n == 2


def test_small_numbers_are_hidden_and_said_to_be(tmp_path):
    found = report(written(tmp_path, practice(60)), ReportAsked(by="site", smallest=5))
    assert any(line.hidden for line in found.lines)
    assert all(not line.n or line.n >= 5 for line in found.lines if line.what not in MISSING)
    assert all(line.share is None and line.value is None for line in found.lines if line.hidden)
    assert "numbers from 1 to 4" in as_text(found)
    assert "null" not in as_csv(found)


def test_a_site_may_hide_more(tmp_path):
    found = report(written(tmp_path, practice(60)), ReportAsked(by="site", smallest=10))
    assert all(not line.n or line.n >= 10 for line in found.lines if line.what not in MISSING)


def test_no_picture_shows_a_single_person(tmp_path):
    whole = report(written(tmp_path, practice(400)), ReportAsked(smallest=5))
    found = whole.pictures[0]
    assert all(spot.n >= 5 for spot in found.spots)
    shares = [step.share for step in found.steps]
    assert shares == sorted(shares)
    assert found.funnel.points
    assert all(point.n >= 15 for point in found.funnel.points)
    assert "t1" not in str(as_facts(whole))


def test_nobody_is_named_in_what_is_written(tmp_path):
    found = report(written(tmp_path, practice(30)), ReportAsked(smallest=1))
    for text in (as_text(found), as_csv(found), str(as_facts(found))):
        assert "p001" not in text


def test_rows_without_an_end_are_said_to_be_so(tmp_path):
    columns = ("patient", "date", "score", "instrument")
    found = report(written(tmp_path, practice(20), columns))
    assert [note.code for note in found.notes] == ["report.no-ends"]
    assert found.line("ended").n == 20


def test_first_scores_that_don_t_vary_leave_the_counts_true(tmp_path):
    rows = [row for name in "abcdef" for row in course(name, [18, 4])]
    found = report(written(tmp_path, rows))
    assert found.line("recovered").n == 6
    assert found.line("effect").value is None
    assert [note.code for note in found.notes] == ["report.no-variance"]
    assert found.notes[0].place.endswith("column score")


def test_what_is_missing_is_shown_however_little(tmp_path):
    rows = practice(60)
    found = report(written(tmp_path, [*rows, *course("once", [12])]), ReportAsked(smallest=5))
    missing = found.line("unpaired", measure="PHQ-9")
    assert missing.n is not None
    assert missing.n + found.line("paired", measure="PHQ-9").n == missing.of


def test_the_handbook_names_every_column():
    handbook = (Path(__file__).resolve().parents[3] / "docs" / "handbook-reports.md").read_text()
    assert all(f"| `{column.name}` | {column.meaning} |" in handbook for column in COLUMNS)
