"""`openhour course`: learn from a file, show, check, simulate; every kind of bad file has a row and a column."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from tests.outcomes.files import csv_file, parquet_file
from tests.outcomes.made_courses import made
from tests.project.command_line import openhour
from tests.shared_data import shared

__all__ = ["openhour"]
COLUMNS = ("--id", "patient", "--session", "session", "--score", "phq9", "--instrument", "phq-9")
HEAD = "patient,session,phq9\n"


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    columns = made(320, 5, gaps=0.1, seed=3)
    path = tmp_path_factory.mktemp("sessions") / "sessions.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["patient", "session", "phq9", "seen_on"])
        for name, session, score in zip(columns.patients, columns.sessions, columns.scores, strict=True):
            rows.writerow([name, session, "" if np.isnan(score) else int(score), f"2025-03-{session:02d}"])
    return path


def test_a_course_is_learnt_written_and_shown(openhour, sessions, tmp_path):
    out = tmp_path / "course.json"
    said = openhour("course", "fit", sessions, *COLUMNS, "--day", "seen_on", "--out", out, "--json")
    assert (said.exit, said.err) == (0, "")
    course = said.json["course"]
    assert (course["patients"], course["data_from"], course["data_until"]) == (320, "2025-03-01", "2025-03-05")
    assert 0.7 < course["quality"]["covered80"]["share"] < 0.9
    assert said.json["signal"]["kind"] == "not-on-track"
    assert json.loads(out.read_text()) == course
    shown = openhour("course", "show", out, "--intake", 18, "--until", 6, "--json").json
    assert shown["band"]["sessions"] == [1, 2, 3, 4, 5, 6]
    assert shown["band"]["high80"][1] > shown["band"]["mean"][1] > shown["band"]["mean"][5]
    words = openhour("course", "show", out, "--intake", 18).out
    assert "On 320 patients it had not seen" in words
    assert "Expected for a score of 18 at intake" in words


def test_neighbours_are_learnt_by_name(openhour, sessions):
    said = openhour("course", "fit", sessions, *COLUMNS, "--model", "neighbours", "--version", "7")
    assert said.exit == 0
    assert said.out.startswith("phq-9-practice@7 (neighbours): own closed episodes")


def test_starting_values_are_shown_as_unconfirmed(openhour):
    said = openhour("course", "show", "phq-9")
    assert said.exit == 0
    assert "UNCONFIRMED: it is shown and drives no signal." in said.out
    assert openhour("course", "show", "phq-9", "--json").json["course"]["confirmed"] is False


def test_starting_values_are_shown_as_far_as_they_say_anything(openhour):
    assert openhour("course", "show", "phq-9", "--until", 60, "--json").json["band"]["sessions"][-1] == 20


def test_a_measure_without_values_is_refused(openhour):
    assert openhour("course", "show", "audit-c", "--json").codes == ["course.no-values"]


def test_a_file_is_checked_without_learning(openhour, sessions):
    facts = openhour("course", "check", sessions, *COLUMNS, "--json").json
    assert (facts["patients"], facts["enough"]) == (320, True)


def test_the_weekly_file_of_others_has_enough_patients(openhour):
    path = shared("items/simulated_weekly_phq9_300x12.csv")
    names = ("--id", "Patient_Identifier", "--session", "Week", "--score", "PHQ9_Score", "--instrument", "phq-9")
    facts = openhour("course", "check", path, *names, "--json").json
    assert facts == {
        "patients": 300,
        "scores": 3300,
        "left_out": dict.fromkeys(facts["left_out"], 0),
        "enough": True,
    }


def test_under_300_patients_are_refused_in_a_sentence(openhour, tmp_path):
    path = csv_file(tmp_path, HEAD + "Ana,1,15\nAna,2,12\nBen,2,9\n")
    said = openhour("course", "fit", path, *COLUMNS, "--json")
    assert (said.exit, said.codes) == (2, ["course.too-few"])
    (finding,) = said.json["findings"]
    assert "there are 1 (1 left out: no score at or before session 1)" in finding["sentence"]
    assert finding["place"] == str(path)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("Ana,1,15\nAna,2,28\n", [("score.impossible", "row 3, column phq9")]),
        ("Ana,1,15\nAna,2,low\n", [("cell.not-a-number", "row 3, column phq9")]),
        ("Ana,1,15\nAna,first,9\n", [("cell.not-a-number", "row 3, column session")]),
        ("Ana,1,15\nAna,,9\n", [("series.gap", "row 3, column session")]),
        ("Ana,1,15\n,2,9\n", [("series.gap", "row 3, column patient")]),
        ("Ana,1,15\nAna,2.5,9\n", [("course.session", "row 3, column session")]),
        ("Ana,1,15\nAna,-2,9\n", [("course.session", "row 3, column session")]),
        ("Ana,2,9\nAna,1,15\nAna,2,9\n", [("course.session-twice", "row 4, column session")]),
        (
            "Ana,1,99\nAna,1,-3\n",
            [
                ("score.impossible", "row 2, column phq9"),
                ("score.impossible", "row 3, column phq9"),
                ("course.session-twice", "row 3, column session"),
            ],
        ),
    ],
    ids=[
        "impossible",
        "word",
        "session-word",
        "no-session",
        "no-patient",
        "half-a-session",
        "before-all",
        "twice",
        "several",
    ],
)
@pytest.mark.parametrize("verb", ["check", "fit"])
def test_a_bad_cell_is_named_with_row_and_column(openhour, tmp_path, rows, found, verb):
    path = csv_file(tmp_path, HEAD + rows)
    said = openhour("course", verb, path, *COLUMNS, "--json")
    assert said.exit == 2
    assert [(one["code"], one["place"]) for one in said.json["findings"]] == [
        (code, f"{path}, {place}") for code, place in found
    ]


def test_a_day_that_is_none_is_named(openhour, tmp_path):
    path = csv_file(tmp_path, "patient,session,phq9,on\nAna,1,15,2026-01-05\nAna,2,9,last week\n")
    said = openhour("course", "check", path, *COLUMNS, "--day", "on", "--json")
    assert [(one["code"], one["place"]) for one in said.json["findings"]] == [
        ("cell.not-a-day", f"{path}, row 3, column on")
    ]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ((*COLUMNS[:-2], "--instrument", "mood-ring"), "instrument.unknown"),
        (("--id", "who", *COLUMNS[2:]), "column.missing"),
        ((*COLUMNS, "--known", "age"), "column.missing"),
    ],
    ids=["unknown-measure", "no-such-column", "no-such-covariate"],
)
def test_a_wrong_name_is_refused(openhour, tmp_path, columns, code):
    path = csv_file(tmp_path, HEAD + "Ana,1,15\n")
    assert openhour("course", "fit", path, *columns, "--json").codes == [code]


def test_codes_for_no_score_are_no_scores(openhour, tmp_path):
    path = csv_file(tmp_path, HEAD + "Ana,1,15\nAna,2,99\nAna,3,12\n")
    facts = openhour("course", "check", path, *COLUMNS, "--missing-codes", "99", "--json").json
    assert (facts["patients"], facts["scores"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "code"),
    [("course.csv", "file.unknown-kind"), ("nowhere/course.json", "file.no-folder")],
    ids=["csv", "folder"],
)
def test_a_place_that_cannot_be_written_is_refused_first(openhour, tmp_path, name, code):
    path = csv_file(tmp_path, HEAD + "Ana,1,15\n")
    assert openhour("course", "fit", path, *COLUMNS, "--out", tmp_path / name, "--json").codes == [code]


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "file.unreadable"), ("{", "course.unreadable"), ("[]", "course.unreadable"), ("{}", "course.unreadable")],
    ids=["absent", "broken", "a-list", "empty"],
)
def test_what_is_no_course_is_not_shown(openhour, tmp_path, content, code):
    path = tmp_path / "course.json"
    if content is not None:
        path.write_text(content)
    assert openhour("course", "show", path, "--json").codes == [code]


def test_an_intake_score_that_cannot_be_is_refused(openhour):
    assert openhour("course", "show", "phq-9", "--intake", 40, "--json").codes == ["course.intake"]


def test_a_parquet_file_is_read_too(openhour, tmp_path):
    path = parquet_file(tmp_path, {"patient": ["Ana", "Ana"], "session": [1, 2], "phq9": [15, 12]})
    assert openhour("course", "check", path, *COLUMNS, "--json").json["patients"] == 1


def test_a_simulation_says_what_it_does_not_prove(openhour):
    said = openhour("course", "simulate", "--seed", 1, "--patients", 400)
    assert said.exit == 0
    assert "nothing about real ones" in said.out
    facts = openhour("course", "simulate", "--seed", 1, "--patients", 400, "--json").json
    assert (
        facts["signals"] == openhour("course", "simulate", "--seed", 1, "--patients", 400, "--json").json["signals"]
    )
    assert {one["kind"] for one in facts["signals"]} == {"not-on-track", "reliably-worse", "no-gain-by-session-6"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--patients", 10), "simulation.plan"),
        (("--gaps", 1), "simulation.plan"),
        (("--noise", 0), "simulation.plan"),
        (("--instrument", "audit-c"), "change.no-points"),
    ],
    ids=["too-few", "no-forms", "no-noise", "no-confirmed-points"],
)
def test_a_simulation_that_cannot_be_is_refused(openhour, options, code):
    said = openhour("course", "simulate", "--seed", 1, *options, "--json")
    assert (said.exit, said.codes) == (2, [code])
