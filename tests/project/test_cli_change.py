"""`openhour change` on real trials, with the published counts, and on every kind of bad input."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from tests.outcomes.files import csv_file, leftovers, parquet_file
from tests.project.command_line import openhour
from tests.shared_data import shared

__all__ = ["openhour"]
HAMD = ("--reliability", 0.8, "--functional-mean", 8, "--functional-sd", 8, "--cutoff", "c", "--better", "lower")
BDI = (
    "--reliability",
    0.801,
    "--functional-mean",
    7.69,
    "--functional-sd",
    7.52,
    "--cutoff",
    "c",
    "--better",
    "lower",
)
SERIES = ("--id", "id", "--time", "time", "--first", 1, "--last", 4)


@pytest.fixture
def trial():
    return shared("outcomes/claus_2020.csv")


@pytest.fixture
def pairs(tmp_path):
    return csv_file(tmp_path, "id,pre,post\nAna,30,5\nBen,25,24\nDee,20,\nEli,28,10\n")


def test_the_published_counts_of_the_trial_are_reproduced(openhour, trial):
    published = json.loads(shared("outcomes/published_expected_claus2020.json").read_text())
    said = openhour("change", trial, *SERIES, "--value", "hamd", *HAMD, "--json")
    assert (said.exit, said.err) == (0, "")
    assert said.json["counts"] == published["combined_hamd"]["results"]["JT"]
    assert said.json["counts"] == {"recovered": 26, "improved": 3, "unchanged": 10, "deteriorated": 1, "harmed": 0}
    assert (said.json["patients"], said.json["n"]) == (published["n_original"], published["n_used"])


def test_the_counts_for_the_second_measure_are_reproduced(openhour, trial):
    facts = openhour("change", trial, *SERIES, "--value", "bdi", *BDI, "--json").json
    assert facts["counts"] == {"recovered": 10, "improved": 8, "unchanged": 22, "deteriorated": 0, "harmed": 0}
    assert facts["cutoff"] == pytest.approx(21.02, abs=0.005)
    assert (facts["clinical_mean"], facts["clinical_sd"]) == (pytest.approx(35.475), pytest.approx(8.1586, abs=5e-5))
    assert facts["s_diff"] == pytest.approx(5.147063016159)
    assert facts["reliable_points"] == 11
    assert facts["excluded"]["no last score"] == 3


def test_two_columns_and_a_series_of_the_same_trial_agree(openhour, trial, tmp_path):
    table = pd.read_csv(trial).pivot_table(index="id", columns="time", values="hamd")
    wide = table.rename(columns={1: "pre", 4: "post"})[["pre", "post"]].reset_index()
    path = parquet_file(tmp_path, {name: wide[name] for name in wide})
    one = openhour("change", path, "--pre", "pre", "--post", "post", *HAMD, "--json").json
    other = openhour("change", trial, *SERIES, "--value", "hamd", *HAMD, "--json").json
    assert one["counts"] == other["counts"]
    assert one["cutoff"] == pytest.approx(other["cutoff"], rel=1e-12)


@pytest.mark.parametrize("post", ["bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"])
def test_a_trial_with_many_gaps_is_judged_as_an_independent_computation_does(openhour, tmp_path, post):
    path, out = shared("outcomes/BtheB.csv"), tmp_path / "judged.csv"
    facts = openhour("change", path, "--pre", "bdi.pre", "--post", post, *BDI, "--json", "--out", out).json
    table = pd.read_csv(path)[["bdi.pre", post]].dropna()
    pre, change = table["bdi.pre"], table[post] - table["bdi.pre"]
    index = change / (math.sqrt(2) * pre.std() * math.sqrt(1 - 0.801))
    cut = (pre.std() * 7.69 + 7.52 * pre.mean()) / (pre.std() + 7.52)
    better, worse = index < -1.959963984540054, index > 1.959963984540054
    crossed, fell = (pre > cut) & (table[post] < cut), (pre < cut) & (table[post] > cut)
    assert (facts["n"], facts["cutoff"]) == (len(table), pytest.approx(cut))
    assert facts["counts"] == {
        "recovered": int((better & crossed).sum()),
        "improved": int((better & ~crossed).sum()),
        "unchanged": int((~better & ~worse).sum()),
        "deteriorated": int((worse & ~fell).sum()),
        "harmed": int((worse & fell).sum()),
    }
    written = pd.read_csv(out)
    assert written["category"].value_counts().to_dict() == {k: v for k, v in facts["counts"].items() if v}
    assert written["reason"].notna().sum() == 100 - len(table)


def test_published_points_take_the_place_of_a_reliability(openhour, tmp_path):
    path = csv_file(tmp_path, "pre,post\n20,9\n20,10\n9,3\n10,5\n4,10\n")
    facts = openhour("change", path, "--pre", "pre", "--post", "post", "--instrument", "phq-9", "--json").json
    assert list(facts["counts"].values()) == [1, 2, 1, 0, 1]
    assert (facts["method"], facts["cutoff"], facts["reliable_points"]) == ("points", 10, 6)


def test_a_long_file_of_weeks_is_judged_by_first_and_last(openhour, tmp_path):
    path = csv_file(tmp_path, "who,day,score\nAna,2026-03-01,4\nAna,2026-01-05,18\nBen,2026-01-05,9\n")
    said = openhour(
        "change", path, "--id", "who", "--time", "day", "--value", "score", "--instrument", "phq-9", "--json"
    )
    assert said.json["counts"]["recovered"] == 1
    assert (said.json["n"], said.json["excluded"]["no last score"]) == (1, 1)


def test_the_summary_reads_as_sentences(openhour, trial):
    said = openhour("change", trial, *SERIES, "--value", "hamd", *HAMD)
    for line in (
        "40  patients judged, of 43",
        "3    left out: no last score",
        "26  recovered (65.0 %)",
        "Cut-off 19.89",
    ):
        assert line in said.out


def test_a_norm_on_the_wrong_side_is_noted(openhour, pairs):
    terms = (
        "--reliability",
        0.8,
        "--functional-mean",
        60,
        "--functional-sd",
        8,
        "--cutoff",
        "c",
        "--better",
        "lower",
    )
    said = openhour("change", pairs, "--pre", "pre", "--post", "post", *terms, "--json")
    assert "is --better right?" in said.json["notes"][0]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ((), {"change.option-missing"}),
        (("--pre", "pre"), {"change.option-missing"}),
        (("--pre", "pre", "--post", "post"), {"change.option-missing"}),
        (("--time", "week", "--value", "post"), {"change.option-missing"}),
        (("--pre", "pre", "--post", "post", "--time", "week"), {"change.shape"}),
        (("--pre", "nope", "--post", "post", *HAMD), {"column.missing"}),
        (("--pre", "id", "--post", "post", *HAMD), {"cell.not-a-number"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--reliability", 1.2), {"change.reliability"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--reliability", "nan"), {"change.reliability"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--reliability", "high"), {"usage"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--functional-sd", 0), {"change.functional-sd"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--sd-pre", -1), {"change.sd-pre"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--sd-pre", "1e308"), {"change.sd-pre"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--functional-mean", "1e308"), {"change.functional-mean"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--highest", 27), {"score.impossible"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--instrument", "phq-9"), {"change.two-rules"}),
        (("--pre", "pre", "--post", "post", "--instrument", "nope"), {"instrument.unknown"}),
        (("--pre", "pre", "--post", "post", "--instrument", "phq-9"), {"score.impossible"}),
        (("--pre", "pre", "--post", "post", *HAMD[:2], *HAMD[4:]), {"change.option-missing"}),
        (("--id", "id", "--time", "pre", "--value", "post", *HAMD), {"change.nobody"}),
        (("--pre", "pre", "--post", "post", *HAMD, "--cutoff", "d"), {"usage"}),
    ],
)
def test_bad_input_exits_2_with_its_reason_and_writes_nothing(openhour, pairs, tmp_path, options, codes):
    said = openhour("change", pairs, *options, "--json", "--out", tmp_path / "judged.csv")
    assert (said.exit, set(said.codes), said.err) == (2, codes, "")
    assert all(finding["sentence"] for finding in said.json["findings"])
    assert leftovers(tmp_path, pairs) == set()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("5,1\n5,2\n", "change.no-variance"),
        ("5,1\n", "change.one-patient"),
        (",\nNA,\n", "change.nobody"),
        ("", "file.no-rows"),
    ],
)
def test_a_group_that_can_not_be_judged_is_refused(openhour, tmp_path, rows, code):
    path = csv_file(tmp_path, "pre,post\n" + rows)
    assert openhour("change", path, "--pre", "pre", "--post", "post", *HAMD, "--json").codes == [code]


@pytest.mark.parametrize("huge", [1e308, -1e308, 1e16, float("inf")])
def test_a_number_that_no_measure_reaches_is_no_score(openhour, tmp_path, huge):
    flat = csv_file(tmp_path, f"pre,post\n5,1\n{huge!r},2\n7,1\n")
    tall = parquet_file(tmp_path, {"pre": [5.0, huge, 7.0], "post": [1, 2, 1]})
    for path in (flat, tall):
        said = openhour("change", path, "--pre", "pre", "--post", "post", *HAMD, "--json")
        assert (said.exit, said.codes) == (2, ["cell.not-a-number"])
        assert said.json["findings"][0]["place"].endswith("row 3, column pre")


def test_one_patient_is_judged_with_a_deviation_from_a_manual(openhour, tmp_path):
    path = csv_file(tmp_path, "pre,post\n30,5\n")
    terms = ("--reliability", 0.8, "--functional-mean", 8, "--functional-sd", 4, "--cutoff", "b", "--better", "lower")
    facts = openhour("change", path, "--pre", "pre", "--post", "post", *terms, "--sd-pre", 7, "--json").json
    assert (facts["counts"]["recovered"], facts["cutoff"], facts["clinical_sd"]) == (1, 16, None)


def test_no_naughty_string_in_a_cell_or_an_option_raises(openhour, tmp_path):
    strings = [string for string in json.loads(shared("badinput/blns.json").read_text()) if "\x00" not in string]
    path = tmp_path / "naughty.csv"
    table = pd.DataFrame({"id": strings, "pre": range(len(strings)), "post": strings})
    table.to_csv(path, index=False, encoding="utf-8", errors="replace")
    columns = {"id", "pre", "post"}
    for pre in columns:
        for post in columns - {pre}:
            assert openhour("change", path, "--pre", pre, "--post", post, *HAMD, "--json").exit == 2
    for string in strings[::7]:
        said = openhour("change", path, f"--pre={string}", "--post=post", f"--time={string}", *HAMD, "--json")
        assert said.exit == 2
        assert said.json["findings"]
