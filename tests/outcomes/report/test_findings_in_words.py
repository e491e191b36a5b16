"""What is wrong with a file is said in words, with its row and the file's own column, all of it at once."""

from datetime import date, timedelta

import pytest

from openhour.kernel import Refused
from openhour.outcomes.cells import Codes
from openhour.outcomes.report.reading import SCHEMA, RowsAsked, normalised, rows_in_memory
from tests.outcomes.report.rows import BEGINS, MEASURES, course, report, written

WEEK = timedelta(weeks=1)


def said(path, read, **more):
    with pytest.raises(Refused) as refused:
        read(path, **more)
    return {(one.place.removeprefix(f"{path}, "), one.sentence) for one in refused.value.findings}


def read_cells(path, **more):
    """Cells alone: nothing is counted, so no engine starts."""
    return normalised(RowsAsked(path, **more), MEASURES, path.with_suffix(".parquet"))


def cells(tmp_path, *rows, **more):
    """The clean table of plain rows."""
    import pyarrow.parquet as pq

    path = written(tmp_path, rows)
    facts, _, _ = read_cells(path, **more)
    return facts, pq.read_table(path.with_suffix(".parquet")).to_pylist()


def test_each_cell_that_can_t_be_read_has_its_sentence(tmp_path):
    bad = (
        {"score": 28}, {"score": 7.5}, {"state": "asleep"}, {"date": "2025-02-30"}, {"patient": ""},
        {"instrument": ""}, {"state": "missed"}, {"session": 0}, {"planned_end": "perhaps"}, {"age": 121},
        {"date": ""}, {"began": "soon"},
    )  # fmt: skip
    (row,) = course("a", [18])
    assert said(written(tmp_path, [{**row, **one} for one in bad]), read_cells) == {
        ("row 2, column score", "The score can't be: PHQ-9 goes from 0 to 27."),
        ("row 3, column score", "PHQ-9 is a sum of whole answers, so its total is whole: is this another scale or a mean?"),
        ("row 4, column state", "The cell is none of: attended, missed, cancelled, measure, referred."),
        ("row 5, column date", "Write the day as 2026-01-31; it lies between 1900 and 2200."),
        ("row 6, column patient", "The row names no patient."),
        ("row 7, column score", "A score without a measure."),
        ("row 8, column score", "A session that was not attended can't have a score; write measure for one filled in between."),
        ("row 9, column session", "The number of the session is a whole number from 1 to 99,999."),
        ("row 10, column planned_end", "The cell is none of: yes, no."),
        ("row 11, column age", "Nobody has this age in years."),
        ("row 12, column date", "The row has no date."),
        ("row 13, column began", "Write the day as 2026-01-31; it lies between 1900 and 2200."),
    }  # fmt: skip


def test_what_is_wrong_between_rows_has_its_sentence(tmp_path):
    """One file with every such fault: rows of a patient stand together, the heading is row 1."""
    twice = course("a", [18, 4])
    twice += [{**twice[1], "score": 5}]
    backwards = course("b", [18, 12, 4])
    backwards[2] |= {"date": BEGINS + timedelta(days=2)}
    two = course("c", [18, 4], therapist="t1")
    two[1] |= {"therapist": "t2"}
    late = course("d", [18, 4], ended=BEGINS)
    early = course("e", [18, 4], began=BEGINS + WEEK)
    anxious = course("f", [18, 4]) + course("f", [15, 3], instrument="gad-7", site="River")
    rows = [*twice, *backwards, *two, *late, *early, *anxious]
    assert said(written(tmp_path, rows), report) == {
        ("row 4, column session", "The session stands there twice with the same measure, so it isn't known which score holds."),
        ("row 7, column date", "The session has a higher number than one before it, and an earlier day."),
        ("row 9, column therapist", "The rows of one episode say two things of therapist."),
        ("row 11, column ended", "A contact lies after the day the episode ended."),
        ("row 13, column began", "A contact lies before the day the episode began."),
        ("row 16, column site", "One session has two sites."),
        ("row 17, column site", "One session has two sites."),
    }  # fmt: skip


def test_columns_that_are_missing_are_asked_for_with_what_they_mean(tmp_path):
    path = written(tmp_path, course("a", [18]), ("site", "score"))
    assert said(path, read_cells) == {
        (
            "column patient",
            "No column is called patient (who; any code that is the same on all rows of a person). "
            "Name it with --map patient=COLUMN.",
        ),
        ("column date", "No column is called date (the day of the contact, 2026-01-31). Name it with --map date=COLUMN."),
        ("column instrument", "No column names the measure. Say which it is with --instrument, such as phq-9."),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "state"),
    [("", "attended"), ("Attended", "attended"), ("held", "attended"), ("DNA", "missed"), ("no-show", "missed"),
     ("canceled", "cancelled"), ("measure", "measure")],
    ids=["empty", "capital", "held", "dna", "no-show", "american", "measure"],
)  # fmt: skip
def test_states_are_read_as_practices_write_them(tmp_path, word, state):
    (row,) = course("a", [None], state=word)
    assert cells(tmp_path, row)[1][0]["state"] == state


@pytest.mark.parametrize(
    ("word", "planned"),
    [("Yes", 1), ("planned", 1), ("1", 1), ("no", 0), ("unplanned", 0), ("FALSE", 0), ("", None), ("unknown", None)],
    ids=["yes", "planned", "one", "no", "unplanned", "false", "empty", "unknown"],
)
def test_whether_an_end_was_planned_is_read_as_practices_write_it(tmp_path, word, planned):
    (row,) = course("a", [18], planned_end=word)
    assert cells(tmp_path, row)[1][0]["planned_end"] == planned


def test_an_episode_is_the_patient_where_no_column_names_it(tmp_path):
    facts, (row,) = cells(tmp_path, *course("a", [18]))
    assert (row["patient"], row["episode"], row["row"], row["score"]) == ("a", "a", 0, 18)
    assert (facts.rows, facts.scores, facts.instruments) == (1, 1, ("phq-9",))
    assert "episode" not in facts.columns


def test_days_and_their_quarters_stand_side_by_side(tmp_path):
    _, (row,) = cells(tmp_path, *course("a", [18], begins=date(2025, 3, 31), ended=None))
    assert row["day"] == (date(2025, 3, 31) - date(1970, 1, 1)).days
    assert row["quarter"] == 2025 * 4 == row["began_quarter"]
    assert (row["ended"], row["ended_quarter"]) == (None, None)


def test_a_code_for_no_score_is_none_and_isn_t_judged(tmp_path):
    facts, (row,) = cells(tmp_path, *course("a", [99]), codes=Codes.of("99"))
    assert (row["score"], facts.scores) == (None, 0)


def test_one_measure_for_all_rows_takes_the_place_of_the_column(tmp_path):
    _, (row,) = cells(tmp_path, *course("a", [15], instrument="phq-9"), instrument="gad-7")
    assert row["instrument"] == "gad-7"


def test_rows_in_memory_have_every_column_of_the_files():
    table, facts = rows_in_memory(
        {"patient": ["a", "a"], "instrument": ["phq-9", ""], "day": [0, 90], "score": [18.0, None]}, "the practice"
    )
    assert table.schema.equals(SCHEMA)
    assert table.column("quarter").to_pylist() == [1970 * 4, 1970 * 4 + 1]
    assert table.column("therapist").to_pylist() == ["", ""]
    assert table.column("ended_quarter").to_pylist() == [None, None]
    assert (facts.rows, facts.scores, facts.instruments, facts.place) == (2, 1, ("phq-9",), "the practice")
