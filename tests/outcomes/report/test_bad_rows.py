"""Bad input is named with its row and column; it never becomes a wrong number and never a traceback."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.outcomes.report.reading import day_of, quarter_label, quarters_of
from tests.outcomes.report.rows import BEGINS, COLUMNS, course, practice, report, written


def findings(path, **more):
    with pytest.raises(Refused) as refused:
        report(path, **more)
    return [(one.code, one.place.partition(", ")[2]) for one in refused.value.findings]


def reasons(path):
    """The sentences with which a file is refused; None where there is a report."""
    try:
        report(path)
    except Refused as refused:
        return [one.sentence for one in refused.findings]
    return None


def changed(rows, place, **cells):
    return [{**row, **cells} if number == place else row for number, row in enumerate(rows)]


GOOD = course("a", [18, 12, 4]) + course("b", [17, 15])


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"score": 28}, "score.impossible", "score"),
        ({"score": -1}, "score.impossible", "score"),
        ({"score": 7.5}, "score.not-whole", "score"),
        ({"score": "twelve"}, "cell.not-a-number", "score"),
        ({"score": "12,0"}, "cell.not-a-number", "score"),
        ({"date": "13.1.2025"}, "cell.not-a-day", "date"),
        ({"date": "2025-02-30"}, "cell.not-a-day", "date"),
        ({"date": ""}, "cell.empty", "date"),
        ({"patient": ""}, "cell.empty", "patient"),
        ({"instrument": "bdi-9"}, "instrument.unknown", "instrument"),
        ({"instrument": ""}, "score.no-measure", "score"),
        ({"state": "asleep"}, "cell.not-a-state", "state"),
        ({"state": "missed"}, "score.without-session", "score"),
        ({"session": 1.5}, "session.not-a-number", "session"),
        ({"session": 0}, "session.not-a-number", "session"),
        ({"planned_end": "perhaps"}, "cell.not-yes-or-no", "planned_end"),
        ({"age": 240}, "age.impossible", "age"),
        ({"age": "old"}, "cell.not-a-number", "age"),
        ({"session": 1}, "session.twice", "session"),
        ({"date": BEGINS - timedelta(days=1)}, "date.out-of-order", "date"),
        ({"date": BEGINS + timedelta(days=90)}, "date.after-end", "ended"),
        ({"ended": BEGINS - timedelta(days=9)}, "episode.two-values", "ended"),
        ({"therapist": "t2"}, "episode.two-values", "therapist"),
        ({"age": 41}, "episode.two-values", "age"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_each_fault_is_named_with_its_row_and_column(tmp_path, cells, code, column):
    found = findings(written(tmp_path, changed(GOOD, 1, **cells)))
    assert (code, f"row 3, column {column}") in found or (code, f"row 4, column {column}") in found


def test_an_episode_that_ends_before_it_begins(tmp_path):
    rows = [{**row, "ended": BEGINS - timedelta(days=1)} for row in course("a", [18, 4])]
    codes = {code for code, _ in findings(written(tmp_path, rows))}
    assert codes == {"date.out-of-order", "date.after-end"}


def test_one_session_with_two_days_or_two_sites(tmp_path):
    anxious = course("a", [15, 14, 13], instrument="gad-7")
    for cells, code in (
        ({"date": BEGINS + timedelta(days=8)}, "session.two-days"),
        ({"site": "River"}, "session.two-sites"),
    ):
        rows = GOOD + changed(anxious, 1, **cells)
        assert code in {found for found, _ in findings(written(tmp_path, rows))}


def test_two_measures_of_one_session_are_no_duplicate(tmp_path):
    rows = GOOD + course("a", [15, 14, 13], instrument="gad-7")
    assert report(written(tmp_path, rows)).line("attended").n == 5


def test_without_a_session_number_two_rows_of_a_day_are_a_duplicate(tmp_path):
    columns = [name for name in COLUMNS if name != "session"]
    assert report(written(tmp_path, GOOD, columns)).line("attended").n == 5
    assert ("session.twice", "row 7, column session") in findings(written(tmp_path, [*GOOD, GOOD[1]], columns))


def test_another_scale_in_the_same_column_is_called_that(tmp_path):
    rows = [row for number in range(20) for row in course(f"p{number}", [18, 60 if number % 2 else 12])]
    codes = {code for code, _ in findings(written(tmp_path, rows))}
    assert codes == {"scale.mixed", "file.more"} or codes == {"scale.mixed"}


def test_means_of_items_among_sums_are_found(tmp_path):
    rows = [row for number in range(6) for row in course(f"p{number}", [2.4, 1.1])]
    assert findings(written(tmp_path, rows))[0] == ("score.not-whole", "row 2, column score")


@pytest.mark.parametrize("absent", ["patient", "date", "score", "instrument"])
def test_a_column_that_is_needed_is_asked_for_by_name(tmp_path, absent):
    columns = [name for name in COLUMNS if name != absent]
    assert findings(written(tmp_path, GOOD, columns)) == [("column.missing", f"column {absent}")]


def test_columns_under_other_names_are_mapped(tmp_path):
    path = written(tmp_path, GOOD)
    path.write_text(path.read_text().replace("patient,", "CLIENT,", 1).replace("score", "PHQ9", 1))
    assert findings(path)[0] == ("column.missing", "column patient")
    named = {"patient": "CLIENT", "score": "PHQ9"}
    assert report(path, named=named).line("paired").n == 2
    assert (
        findings(written(tmp_path, changed(GOOD, 1, score=99), name="other.csv"), named={"age": "score"})[0][0]
        == "map.twice"
    )


def test_a_finding_names_the_file_s_own_column(tmp_path):
    path = written(tmp_path, changed(GOOD, 1, score=99))
    path.write_text(path.read_text().replace("score", "PHQ9", 1))
    assert findings(path, named={"score": "PHQ9"}) == [("score.impossible", "row 3, column PHQ9")]


def test_an_unknown_name_in_the_mapping_is_refused(tmp_path):
    assert findings(written(tmp_path, GOOD), named={"colour": "site"})[0][0] == "map.unknown"
    assert ("column.missing", "column NOPE") in findings(written(tmp_path, GOOD), named={"site": "NOPE"})


def test_all_faults_are_named_at_once_and_many_are_counted(tmp_path):
    rows = [{**row, "score": 99} for row in practice(20) if row["score"] is not None]
    found = findings(written(tmp_path, rows))
    assert len(found) == 21
    assert found[-1][0] == "file.more"


def test_a_parquet_file_with_dates_and_numbers_of_its_own_kinds(tmp_path):
    path = tmp_path / "rows.parquet"
    table = {name: [row[name] for row in GOOD] for name in COLUMNS if name != "planned_end"}
    pq.write_table(pa.table(table | {"planned_end": [True] * len(GOOD)}).drop(["planned_end"]), path)
    assert report(path).line("recovered").n == 1
    table["score"] = ["18", "x", "4", "17", "15"]
    pq.write_table(pa.table(table), path)
    assert findings(path) == [("cell.not-a-number", "row 3, column score")]


def test_a_heading_alone_is_said_to_have_no_rows(tmp_path):
    assert findings(written(tmp_path, []))[0][0] == "file.no-rows"


def test_all_scores_missing_leaves_attendance_and_no_result(tmp_path):
    found = report(written(tmp_path, [{**row, "score": None} for row in GOOD]))
    assert "report.no-scores" in [note.code for note in found.notes]
    assert found.line("attended").n == 5
    assert found.line("paired", measure="PHQ-9").n == 0
    assert found.line("effect").value is None


def test_one_patient_is_said_to_be_one(tmp_path):
    found = report(written(tmp_path, course("a", [18, 4])))
    assert "report.one-patient" in [note.code for note in found.notes]
    assert found.line("effect").value is None


@given(st.text(max_size=12))
def test_a_day_is_read_or_refused_and_never_guessed(text):
    day = day_of(text)
    assert day is None or day is False or isinstance(day, int)


@pytest.mark.parametrize(
    ("text", "day"),
    [("1970-01-01", 0), ("1970-01-02T09:00", 1), ("1969-12-31", -1), ("", None), ("NaT", None), ("1/2/70", False)],
)
def test_days_count_from_1970(text, day):
    assert day_of(text) is day or day_of(text) == day


def test_quarters_have_names():
    labels = [quarter_label(one) for one in quarters_of(pa.array([0, 89, 90, -1, 20454], pa.int64())).to_pylist()]
    assert labels == ["1970 Q1", "1970 Q1", "1970 Q2", "1969 Q4", "2026 Q1"]


@given(
    cells=st.dictionaries(
        st.sampled_from(COLUMNS),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
        max_size=3,
    )
)
@settings(max_examples=15)
def test_whatever_stands_in_a_cell_there_is_a_report_or_a_reason(tmp_path_factory, cells):
    path = written(tmp_path_factory.mktemp("any"), changed(GOOD, 1, **cells))
    said = reasons(path)
    assert said is None or all(said)
