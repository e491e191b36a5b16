"""`openhour outcomes` on seven people: the numbers it prints, the lines of its files, and how it ends when it can't."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from tests.outcomes.report.rows import BEGINS, course, written
from tests.project.command_line import openhour

__all__ = ["openhour"]

ALL = ("--smallest", 1)


def seven():
    """Four in Main get better, three in River don't; one of River's was measured once."""
    rows = [row for name in "abcd" for row in course(name, [18, 12, 4])]
    rows += (
        course("e", [14, 15], site="River") + course("f", [16, 14], site="River") + course("g", [12], site="River")
    )
    return rows


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    return written(tmp_path_factory.mktemp("seven"), seven())


def lines(said, *fields):
    return {tuple(row[name] for name in fields): row for row in csv.DictReader(io.StringIO(said.out))}


def test_the_csv_holds_each_number_by_group(openhour, sessions):
    said = openhour("outcomes", sessions, *ALL, "--by", "site", "--format", "csv")
    assert (said.exit, said.err) == (0, "")
    found = lines(said, "group", "section", "what")
    assert [found[group, "intake", "ended"]["n"] for group in ("", "Main", "River")] == ["7", "4", "3"]
    recovered = found["Main", "change", "recovered"]
    assert (recovered["n"], recovered["of"], recovered["share"], recovered["hidden"]) == ("4", "4", "1", "no")
    assert found["River", "change", "unpaired"]["n"] == "1"
    assert found["", "change", "first-mean"]["value"] == "17"
    assert found["", "time", "median-weeks"]["unit"] == "weeks"


def test_as_it_stands_two_small_sites_hide_each_other(openhour, sessions):
    said = openhour("outcomes", sessions, "--by", "site", "--format", "csv")
    found = lines(said, "group", "section", "what")
    assert found["", "intake", "referred"]["n"] == "7"
    for group in ("Main", "River"):
        assert (found[group, "intake", "referred"]["n"], found[group, "intake", "referred"]["hidden"]) == ("", "yes")


def test_the_whole_last_day_is_inside_the_period(openhour, sessions):
    last = BEGINS + timedelta(weeks=1)
    for until, ended in ((last, 3), (last - timedelta(days=1), 1)):
        said = openhour("outcomes", sessions, *ALL, "--until", until, "--json")
        assert next(line["n"] for line in said.json["lines"] if line["what"] == "ended") == ended


def test_a_site_alone_is_counted_alone(openhour, sessions):
    said = openhour("outcomes", sessions, *ALL, "--site", "River", "--json")
    found = {line["what"]: line["n"] for line in said.json["lines"] if line["section"] != "measured"}
    assert (found["referred"], found["paired"], found["unpaired"], found["recovered"]) == (3, 2, 1, 0)


@pytest.mark.parametrize("option", [("--site", "river"), ("--indication", "grief")], ids=["site", "indication"])
def test_a_filter_that_nobody_meets_is_refused_and_not_a_report_of_nought(openhour, sessions, option):
    said = openhour("outcomes", sessions, *option, "--json")
    assert (said.exit, said.codes) == (2, ["report.nobody"])


def test_what_is_written_to_a_file_is_what_would_be_printed(openhour, sessions, tmp_path):
    out = tmp_path / "report.csv"
    printed = openhour("outcomes", sessions, "--format", "csv").out
    said = openhour("outcomes", sessions, "--format", "csv", "--out", out)
    assert (said.exit, said.out) == (0, f"Written to {out}\n")
    assert out.read_bytes().decode().splitlines() == printed.splitlines()


def test_the_json_says_where_it_was_written(openhour, sessions, tmp_path):
    out = tmp_path / "report.json"
    said = openhour("outcomes", sessions, *ALL, "--format", "json", "--out", out, "--json")
    assert said.json["out"] == str(out)
    assert json.loads(out.read_text()) == {**json.loads(out.read_text()), "out": str(out), "smallest": 1}


def test_codes_for_no_score_are_no_scores(openhour, tmp_path):
    rows = seven()
    rows[2] = {**rows[2], "score": 99}
    path = written(tmp_path, rows)
    assert openhour("outcomes", path, "--json").codes == ["score.impossible"]
    said = openhour("outcomes", path, *ALL, "--missing-codes", "99", "--json")
    found = {line["what"]: line["n"] for line in said.json["lines"]}
    assert (found["with-measure"], found["recovered"], found["improved"]) == (16, 3, 1)


def test_every_wrong_cell_is_named_by_row_and_column_at_once(openhour, tmp_path):
    rows = seven()
    rows[1] = {**rows[1], "score": "twelve"}
    rows[4] = {**rows[4], "state": "asleep"}
    rows[7] = {**rows[7], "date": "31.1.2025"}
    said = openhour("outcomes", written(tmp_path, rows), "--json")
    places = {finding["code"]: finding["place"].partition(", ")[2] for finding in said.json["findings"]}
    assert said.exit == 2
    assert places == {
        "cell.not-a-number": "row 3, column score",
        "cell.not-a-state": "row 6, column state",
        "cell.not-a-day": "row 9, column date",
    }


def test_the_file_that_is_read_is_no_picture_s_table(openhour, tmp_path):
    path = written(tmp_path, seven(), name="phq-9-change.csv")
    before = path.read_bytes()
    said = openhour("outcomes", path, *ALL, "--pictures", tmp_path, "--json")
    assert (said.exit, said.codes) == (2, ["out.is-input"])
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_pictures_go_to_a_folder_and_not_to_a_file(openhour, sessions):
    said = openhour("outcomes", sessions, "--pictures", sessions, "--json")
    assert (said.exit, said.codes) == (2, ["out.a-file"])


def test_the_table_of_a_picture_has_a_row_for_each_spot(openhour, sessions, tmp_path):
    folder = tmp_path / "a" / "b"
    assert openhour("outcomes", sessions, *ALL, "--pictures", folder).exit == 0
    with (folder / "phq-9-change.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["First score", "Last score", "People", "Change"],
        ["14", "15", "1", "no reliable change"],
        ["16", "14", "1", "no reliable change"],
        ["18", "4", "4", "reliably better"],
    ]
    assert not (folder / "phq-9-therapists.svg").exists()  # one therapist is no funnel
