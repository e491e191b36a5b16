"""`openhour outcomes` on any file: what it prints and writes, what it refuses, and with which exit code."""

from __future__ import annotations

import csv
import io
import sys
from xml.etree import ElementTree

import pytest

from tests.outcomes.files import csv_file, leftovers
from tests.outcomes.report.rows import course, practice, written
from tests.project.command_line import openhour

__all__ = ["openhour"]


@pytest.fixture
def sessions(tmp_path):
    return written(tmp_path, practice(80))


def test_a_person_reads_a_table_with_what_is_hidden_said(openhour, sessions):
    said = openhour("outcomes", sessions, "--by", "site")
    assert (said.exit, said.err) == (0, "")
    for words in ("Attendance", "Change: PHQ-9", "Time to improvement", "Main", "River", "numbers from 1 to 4"):
        assert words in said.out


def test_json_is_one_object_however_it_is_asked_for(openhour, sessions):
    asked, flagged = openhour("outcomes", sessions, "--format", "json"), openhour("outcomes", sessions, "--json")
    assert asked.json == flagged.json
    lines = {line["what"]: line for line in asked.json["lines"] if not line["group"]}
    assert lines["referred"]["n"] == 80
    assert lines["paired"]["n"] + lines["unpaired"]["n"] == lines["paired"]["of"]


def test_csv_holds_a_row_for_each_number(openhour, sessions):
    said = openhour("outcomes", sessions, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {"intake", "attendance", "change"} <= {row["section"] for row in rows}
    hidden = [row for row in rows if row["hidden"] == "yes"]
    assert all(row["n"] == "" or row["of"] for row in hidden)


def test_pictures_are_files_that_stand_alone_with_a_table_beside(openhour, sessions, tmp_path):
    folder = tmp_path / "pictures"
    said = openhour("outcomes", sessions, "--smallest", 1, "--pictures", folder)
    assert said.exit == 0
    for picture in folder.glob("*.svg"):
        root = ElementTree.parse(picture).getroot()
        tags = [child.tag.rpartition("}")[2] for child in root]
        assert {"title", "desc", "style"} <= set(tags)
        assert picture.with_suffix(".csv").read_text().count("\n") > 1
    assert {"phq-9-change.svg", "phq-9-time.svg"} <= {picture.name for picture in folder.iterdir()}


def test_a_pdf_is_written_where_it_is_named(openhour, sessions, tmp_path):
    said = openhour("outcomes", sessions, "--format", "pdf", "--out", tmp_path / "report.pdf")
    assert said.out.strip() == f"Written to {tmp_path / 'report.pdf'}"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert openhour("outcomes", sessions, "--format", "pdf", "--json").codes == ["out.missing"]


def test_other_names_and_one_measure_for_all(openhour, tmp_path):
    rows = [row for name in "abcdefgh" for row in course(name, [18, 12, 4])]
    path = written(tmp_path, rows, ("patient", "date", "score"))
    path.write_text(path.read_text().replace("patient,date,score", "CLIENT;SEEN;PHQ").replace(",", ";"))
    asked = (
        "--map",
        "patient=CLIENT",
        "--map",
        "date=SEEN",
        "--map",
        "score=PHQ",
        "--instrument",
        "phq-9",
        "--delimiter",
        ";",
    )
    said = openhour("outcomes", path, *asked, "--json")
    assert next(line["n"] for line in said.json["lines"] if line["what"] == "recovered") == 8
    assert [note["code"] for note in said.json["notes"]] == ["report.no-ends", "report.no-variance"]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (("--map", "patient"), ["map.unreadable"]),
        (("--map", "colour=site"), ["map.unknown"]),
        (("--map", "site=site", "--map", "site=age"), ["map.twice"]),
        (("--instrument", "bdi-9"), ["instrument.unknown"]),
        (("--since", "2026-02-01", "--until", "2026-01-01"), ["period.backwards"]),
        (("--by", "therapist"), ["usage"]),
        (("--since", "soon"), ["usage"]),
        (("--smallest", "0"), ["usage"]),
        (("--out", "/no/such/folder/x.csv"), ["out.no-folder"]),
    ],
)
def test_options_that_can_t_be_are_refused(openhour, sessions, options, codes):
    said = openhour("outcomes", sessions, *options, "--json")
    assert (said.exit, said.codes) == (2, codes)


def test_the_file_that_is_read_is_not_written_over(openhour, sessions):
    before = sessions.read_bytes()
    assert openhour("outcomes", sessions, "--format", "csv", "--out", sessions, "--json").codes == ["out.is-input"]
    assert sessions.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "file.empty"),
        ("patient,date,score\n", "column.missing"),
        ("patient,date,score,instrument\n", "file.no-rows"),
        ("a;b;c;d\n1;2;3;4\n", "file.delimiter"),
        ("patient,date,score,instrument\na,2026-01-01\n", "row.length"),
    ],
    ids=["empty", "column", "rows", "delimiter", "ragged"],
)
def test_files_that_are_none_are_refused(openhour, tmp_path, content, code):
    said = openhour("outcomes", csv_file(tmp_path, content, "rows.csv"), "--json")
    assert said.exit == 2
    assert code in said.codes
    assert leftovers(tmp_path, tmp_path / "rows.csv") == set()


def test_one_patient_and_no_score_are_refused_by_name(openhour, tmp_path):
    assert openhour("outcomes", written(tmp_path, course("a", [18, 4])), "--json").codes == ["report.one-patient"]
    nothing = [row for name in "ab" for row in course(name, [None, None])]
    assert openhour("outcomes", written(tmp_path, nothing), "--json").codes == ["report.no-scores"]


def test_a_wrong_cell_is_named_in_words(openhour, tmp_path):
    rows = course("a", [18, 99]) + course("b", [18, 4])
    said = openhour("outcomes", written(tmp_path, rows))
    assert said.exit == 2
    assert "row 3, column score" in said.err
    assert "PHQ-9 goes from 0 to 27" in said.err


def test_spark_that_is_not_there_is_said(openhour, sessions, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert openhour("outcomes", sessions, "--engine", "spark", "--json").codes == ["engine.missing"]
