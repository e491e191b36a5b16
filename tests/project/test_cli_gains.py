"""`openhour gains`: a file made by hand, a real trial, and every kind of bad input."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.outcomes.files import csv_file, leftovers
from tests.project.command_line import openhour
from tests.shared_data import shared

__all__ = ["openhour"]
COLUMNS = ("--id", "who", "--time", "week", "--value", "score")
SIX = ("--points", 6, "--better", "lower")
COURSES = {
    "Ana": [20, 19, 18, 9, 8, 10],
    "Ben": [20, 19, 18, 9, 8, 10, 17, 18],
    "Dee": [9, 8, 10, 18, 19, 20],
    "Eli": [12, 12, 11, 12, 12, 11],
    "Ola": [15],
}


def _file(folder, courses=COURSES, *, skip=(), dates=False):
    rows = [
        (who, f"2026-01-{1 + 7 * week:02}" if dates else week + 1, score)
        for who, scores in courses.items()
        for week, score in enumerate(scores)
        if (who, week + 1) not in skip
    ]
    np.random.default_rng(1).shuffle(rows)
    return csv_file(folder, "\n".join(["who,week,score", *(",".join(map(str, row)) for row in rows)]) + "\n")


def test_gains_losses_and_reversals_are_counted_by_patient(openhour, tmp_path):
    said = openhour("gains", _file(tmp_path), *COLUMNS, *SIX, "--json")
    assert (said.exit, said.err) == (0, "")
    facts = said.json
    assert (facts["patients"], facts["n"], facts["alone"]) == (5, 4, 1)
    assert (facts["sudden_gains"], facts["sudden_losses"], facts["reversed"]) == (2, 2, 1)
    assert (facts["improved"], facts["median_time"]) == (2, 3.0)
    assert facts["curve"] == [{"time": 3.0, "improved": 0.5, "at_risk": 4}]


def test_each_patient_has_a_row(openhour, tmp_path):
    out = tmp_path / "gains.csv"
    openhour("gains", _file(tmp_path), *COLUMNS, *SIX, "--out", out)
    with out.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    ben, ola = rows["Ben"], rows["Ola"]
    assert [ben[name] for name in ("gains", "first_gain_after", "first_gain_points")] == ["1", "3", "9"]
    assert (ben["first_gain_reversed_at"], ben["losses"]) == ("7", "1")
    assert [rows[who]["improved"] for who in ("Ben", "Eli")] == ["true", "false"]
    assert [rows[who]["waited"] for who in ("Ben", "Eli")] == ["3", "5"]
    assert (ola["scores"], ola["improved"], ola["waited"], ola["gains"]) == ("1", "", "", "0")
    assert (rows["Dee"]["losses"], rows["Ana"]["first_gain_reversed_at"]) == ("1", "")


def test_a_session_that_was_missed_is_a_gap_and_no_neighbour(openhour, tmp_path):
    """Without session 4 nobody knows whether Ana's gain came at once."""
    path = _file(tmp_path, skip={("Ana", 4)})
    assert openhour("gains", path, *COLUMNS, *SIX, "--json").json["sudden_gains"] == 1


@pytest.mark.parametrize("days", [[0, 7, 14, 21, 28, 35], [0, 6, 15, 20, 29, 35], [0.5, 1, 2, 3, 4, 5]])
def test_days_are_not_taken_for_missed_sessions(openhour, tmp_path, days):
    rows = [f"{who},{day},{score}" for who in ("Ana", "Ben") for day, score in zip(days, COURSES["Ana"], strict=True)]
    path = csv_file(tmp_path, "\n".join(["who,week,score", *rows]) + "\n")
    assert openhour("gains", path, *COLUMNS, *SIX, "--json").json["sudden_gains"] == 2


def test_dates_give_the_order_and_the_time_is_told_in_days(openhour, tmp_path):
    short = {who: scores[:4] for who, scores in COURSES.items()}
    weeks = openhour("gains", _file(tmp_path, short), *COLUMNS, *SIX, "--json").json
    days = openhour("gains", _file(tmp_path, short, dates=True), *COLUMNS, *SIX, "--json").json
    assert (weeks["median_time"], days["median_time"]) == (3, 21)
    assert weeks["sudden_gains"] == days["sudden_gains"]


def test_a_measure_by_name_brings_its_points_and_its_range(openhour, tmp_path):
    path = _file(tmp_path)
    assert openhour("gains", path, *COLUMNS, "--instrument", "phq-9", "--json").json["points"] == 6
    text = openhour("gains", path, *COLUMNS, "--instrument", "phq-9").out
    assert "2  had a sudden gain; 1 of them lost half of it again" in text
    assert "Half were reliably better after 3" in text
    high = csv_file(tmp_path, "who,week,score\nAna,1,28\nAna,2,3\n")
    assert openhour("gains", high, *COLUMNS, "--instrument", "phq-9", "--json").codes == ["score.impossible"]


def test_where_higher_is_better_the_mirror_image_has_the_same_gains(openhour, tmp_path):
    turned = {who: [27 - score for score in scores] for who, scores in COURSES.items()}
    one = openhour("gains", _file(tmp_path), *COLUMNS, *SIX, "--json").json
    other = openhour("gains", _file(tmp_path, turned), *COLUMNS, "--points", 6, "--better", "higher", "--json").json
    assert one["improved"] == other["improved"] == 2
    assert one["median_time"] == other["median_time"]


def test_a_real_trial_is_followed(openhour):
    path = shared("outcomes/claus_2020.csv")
    facts = openhour(
        "gains", path, "--id", "id", "--time", "time", "--value", "hamd", "--points", 5, "--better", "lower", "--json"
    ).json
    assert facts["patients"] == 43
    assert facts["n"] + facts["alone"] == 43
    shares = [step["improved"] for step in facts["curve"]]
    assert shares == sorted(shares)
    assert facts["improved"] >= 29


def test_nobody_who_got_better_is_said_in_words(openhour, tmp_path):
    path = _file(tmp_path, {"Eli": COURSES["Eli"], "Ola": [3, 4]})
    assert "Fewer than half" in openhour("gains", path, *COLUMNS, *SIX).out


@pytest.mark.parametrize(
    ("content", "options", "codes"),
    [
        ("who,week,score\n", SIX, ["file.no-rows"]),
        ("who,week,score\nAna,1,9\nAna,1,8\n", SIX, ["series.time-twice"]),
        ("who,week,score\nAna,1,9\n,2,8\n", SIX, ["series.gap"]),
        ("who,week,score\nAna,1,x\nAna,2,8\n", SIX, ["cell.not-a-number"]),
        ("who,week,score\nAna,1,9\nBen,1,8\n", SIX, ["survival.nobody"]),
        ("who,week,score\nAna,1,\nAna,2,\n", SIX, ["survival.nobody"]),
        ("who,week\nAna,1\n", SIX, ["column.missing"]),
        ("who,week,score\nAna,1,9\n", (), ["change.option-missing", "change.option-missing"]),
        ("who,week,score\nAna,1,9\n", ("--points", 6), ["change.option-missing"]),
        ("who,week,score\nAna,1,9\n", ("--points", 0, "--better", "lower"), ["gains.cutoff"]),
        ("who,week,score\nAna,1,9\n", ("--points", "nan", "--better", "lower"), ["gains.cutoff"]),
        ("who,week,score\nAna,1,9\n", (*SIX, "--instrument", "phq-9"), ["change.two-rules", "change.two-rules"]),
        ("who,week,score\nAna,1,9\n", ("--instrument", "nope"), ["instrument.unknown"]),
    ],
)
def test_bad_input_exits_2_with_its_reason_and_writes_nothing(openhour, tmp_path, content, options, codes):
    path = csv_file(tmp_path, content)
    said = openhour("gains", path, *COLUMNS, *options, "--json", "--out", tmp_path / "gains.csv")
    assert (said.exit, said.codes, said.err) == (2, codes, "")
    assert leftovers(tmp_path, path) == set()
