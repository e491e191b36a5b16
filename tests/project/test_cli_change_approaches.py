"""`openhour change` by every method and approach: the published counts of a real trial, and each refusal by name."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from tests.outcomes.files import csv_file, leftovers
from tests.project.command_line import openhour
from tests.shared_data import shared

__all__ = ["openhour"]
SERIES = ("--id", "id", "--time", "time", "--value", "hamd", "--better", "lower")
WAVES = ("--first", 1, "--last", 4)
NORM = ("--functional-mean", 8, "--functional-sd", 8)
WIDE = ("--pre", "pre", "--post", "post", "--better", "lower")


@pytest.fixture
def trial():
    return shared("outcomes/claus_2020.csv")


@pytest.fixture
def published():
    return json.loads(shared("outcomes/published_expected_claus2020.json").read_text())


@pytest.fixture
def pairs(tmp_path):
    return csv_file(tmp_path, "id,pre,post\nAna,30,5\nBen,25,24\nDee,20,\nEli,28,10\nOla,0,9\nSam,12,20\n")


METHODS = {
    "JT": (),
    "EN": (),
    "HLL": (),
    "GLN": (),
    "NK(reliability_post=0.5)": ("--reliability-post", 0.5),
    "HA": (),
}


@pytest.mark.parametrize("label", METHODS)
def test_every_method_gives_the_published_counts_with_a_cut_off_and_without(openhour, trial, published, label):
    terms = ("--method", label[:3].rstrip("("), "--reliability", 0.8, *METHODS[label])
    with_cut = openhour("change", trial, *SERIES, *WAVES, *terms, *NORM, "--cutoff", "c", "--json")
    assert (with_cut.exit, with_cut.err) == (0, "")
    assert with_cut.json["counts"] == published["combined_hamd"]["results"][label]
    alone = openhour("change", trial, *SERIES, *WAVES, *terms, "--approach", "distribution", "--json").json
    assert {name: alone["counts"][name] for name in ("improved", "unchanged", "deteriorated")} == published[
        "distribution_hamd"
    ]["results"][label]
    assert (alone["approach"], alone["cutoff"]) == ("distribution", None)


def test_hageman_and_arrindells_group_shares_are_those_published(openhour, trial, published):
    terms = ("--method", "HA", "--reliability", 0.8, *NORM, "--cutoff", "c")
    facts = openhour("change", trial, *SERIES, *WAVES, *terms, "--json").json
    group = published["combined_hamd"]["HA_group_level_percent"]
    assert 100 * facts["group_improved"] == pytest.approx(group["changed"], abs=0.005)
    assert 100 * facts["group_functional"] == pytest.approx(group["functional"], abs=0.005)


def test_slopes_give_the_published_counts_and_say_what_improved_means(openhour, trial, published, tmp_path):
    out = tmp_path / "judged.csv"
    said = openhour("change", trial, *SERIES, "--method", "HLM", *NORM, "--cutoff", "c", "--json", "--out", out)
    assert (said.exit, said.err) == (0, "")
    results = published["combined_hamd"]["results"]
    assert said.json["counts"] == results[next(name for name in results if name.startswith("HLM"))]
    assert (said.json["n"], said.json["patients"]) == (40, 43)
    assert said.json["excluded"]["no last score"] + said.json["excluded"]["fewer than three scores"] == 3
    assert any("faster than the average" in note for note in said.json["notes"])
    assert any("unsure" in note for note in said.json["notes"]) is said.json["at_bound"] is True
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 43
    assert sum(row["category"] == "recovered" for row in rows) == 10
    assert {row["reason"] for row in rows if not row["category"]} == {"no last score", "fewer than three scores"}


def test_slopes_don_t_depend_on_the_order_of_rows(openhour, trial, tmp_path):
    """A peer takes first and last rows for first and last scores."""
    heading, *lines = trial.read_text().splitlines()
    np.random.default_rng(4).shuffle(lines)
    shuffled = csv_file(tmp_path, "\n".join([heading, *lines]) + "\n")
    terms = ("--method", "HLM", *NORM, "--cutoff", "c", "--json")
    one, other = (openhour("change", path, *SERIES, *terms).json for path in (trial, shuffled))
    assert one["counts"] == other["counts"]
    assert (one["clinical_mean"], one["post_mean"]) == (other["clinical_mean"], other["post_mean"])


@pytest.mark.parametrize(("name", "worse"), [("0.5", ()), ("0.5/0.3det", ("--percent-worse", 30))])
def test_percentages_give_the_published_counts(openhour, trial, published, name, worse):
    facts = openhour("change", trial, *SERIES, *WAVES, "--percent", 50, *worse, "--json").json
    counts = {key: facts["counts"][key] for key in ("improved", "unchanged", "deteriorated")}
    assert counts == published["percentage_hamd"][name]
    assert facts["approach"] == "percentage"


def test_a_first_score_of_zero_is_left_out_with_its_reason(openhour, pairs, tmp_path):
    out = tmp_path / "judged.csv"
    facts = openhour("change", pairs, "--id", "id", *WIDE, "--percent", 50, "--json", "--out", out).json
    assert facts["n"] == 4
    assert facts["excluded"]["no percentage of a first score of 0 or below"] == 1
    with out.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert (rows["Ola"]["category"], rows["Ola"]["index"], rows["Ola"]["change"]) == ("", "", "9")
    assert rows["Ola"]["reason"] == "no percentage of a first score of 0 or below"
    assert rows["Dee"]["reason"] == "no last score"
    assert rows["Sam"]["category"] == "deteriorated"


@pytest.mark.parametrize(
    ("terms", "counts"),
    [
        (("--mid", 5), {"improved": 2, "unchanged": 1, "deteriorated": 2}),
        (("--mid", 5, "--mid-worse", 9), {"improved": 2, "unchanged": 2, "deteriorated": 1}),
        (
            ("--mid", 5, "--cutoff", "b", *NORM),
            {"recovered": 2, "unchanged": 1, "deteriorated": 2},
        ),
        (("--approach", "statistical", "--cutoff", "b", "--functional-mean", 4, "--functional-sd", 4), {"improved": 2, "unchanged": 3}),
        (("--percent", 60), {"improved": 2, "unchanged": 1, "deteriorated": 1}),
    ],
)  # fmt: skip
def test_each_approach_judges_by_its_own_rule(openhour, pairs, terms, counts):
    said = openhour("change", pairs, *WIDE, *terms, "--json")
    assert said.exit == 0
    assert {name: count for name, count in said.json["counts"].items() if count} == counts
    assert openhour("change", pairs, *WIDE, *terms).out.count("patients judged") == 1


def test_the_true_cut_off_leaves_room_for_error(openhour, trial):
    terms = (*NORM, "--cutoff", "c", "--approach", "statistical")
    plain = openhour("change", trial, *SERIES, *WAVES, *terms, "--json").json
    tested = openhour("change", trial, *SERIES, *WAVES, *terms, "--method", "HA", "--reliability", 0.8, "--json").json
    assert (plain["method"], tested["method"]) == ("JT", "HA")
    assert plain["cutoff"] == pytest.approx(19.88699807605)
    assert tested["counts"]["improved"] <= plain["counts"]["improved"]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (("--mid", 5), "matters from 5 points better or 5 points worse"),
        (("--percent", 50), "from 50 % better or 50 % worse"),
        (("--approach", "distribution", "--method", "EN", "--reliability", 0.8), "Edwards and Nunnally"),
        (("--approach", "statistical", "--cutoff", "a"), "only who crossed it counts"),
    ],
)
def test_the_rule_is_told_in_words(openhour, pairs, terms, words):
    assert words in openhour("change", pairs, *WIDE, *terms).out


GOOD = ("--reliability", 0.8, "--cutoff", "c", *NORM)


@pytest.mark.parametrize(
    ("terms", "codes", "place"),
    [
        (("--approach", "anchor"), {"change.option-missing"}, "--mid"),
        (("--approach", "percentage"), {"change.option-missing"}, "--percent"),
        (("--approach", "statistical"), {"change.option-missing"}, "--cutoff"),
        (("--approach", "distribution"), {"change.option-missing"}, "--reliability"),
        (("--method", "EN"), {"change.option-missing"}, "--cutoff"),
        (("--mid", 5, "--reliability", 0.8), {"change.no-place"}, "--reliability"),
        (("--percent", 50, "--cutoff", "c"), {"change.no-place"}, "--cutoff"),
        (("--mid", 5, "--percent", 50), {"change.no-place"}, "--percent"),
        (("--approach", "distribution", *GOOD), {"change.no-place"}, "--cutoff"),
        ((*GOOD, "--reliability-post", 0.7), {"change.no-place"}, "--reliability-post"),
        ((*GOOD, "--method", "HLM"), {"change.no-place"}, "--reliability"),
        (("--mid", 0), {"change.mid"}, "--mid"),
        (("--mid", 5, "--mid-worse", "nan"), {"change.mid"}, "--mid-worse"),
        (("--percent", -5), {"change.percent"}, "--percent"),
        (("--percent", 120), {"change.percent"}, "--percent"),
        ((*GOOD, "--alpha", 1), {"change.alpha"}, "--alpha"),
        ((*GOOD, "--method", "EN", "--mean-pre", "1e300"), {"change.mean-pre"}, "--mean-pre"),
        ((*GOOD, "--method", "NK", "--reliability-post", 1), {"change.reliability"}, "--reliability-post"),
        (("--approach", "statistical", "--method", "HA", "--cutoff", "a"), {"change.reliability"}, "--reliability"),
        (("--approach", "statistical", "--method", "EN", "--cutoff", "a"), {"change.method"}, "--method"),
        (("--method", "XX"), {"usage"}, ""),
    ],
)
def test_what_does_not_fit_together_is_refused_by_option(openhour, pairs, tmp_path, terms, codes, place):
    said = openhour("change", pairs, *WIDE, *terms, "--json", "--out", tmp_path / "judged.csv")
    assert (said.exit, set(said.codes), said.err) == (2, codes, "")
    assert place in {finding["place"] for finding in said.json["findings"]}
    assert leftovers(tmp_path, pairs) == set()


def test_published_points_stand_alone(openhour, pairs):
    said = openhour("change", pairs, *WIDE[:4], "--instrument", "phq-9", "--method", "EN", "--percent", 50, "--json")
    assert set(said.codes) == {"change.two-rules"}
    assert {finding["place"] for finding in said.json["findings"]} == {"--method", "--percent"}


@pytest.mark.parametrize(
    ("rows", "terms", "code"),
    [
        ("0,1\n0,2\n", ("--percent", 50), "change.no-share"),
        ("5,1\n5,2\n", ("--mid", 5, "--cutoff", "a"), "change.no-variance"),
        ("5,1\n6,1\n", ("--method", "HA", *GOOD), "change.no-true-variance"),
        ("5,1\n", ("--method", "HLL", *GOOD, "--sd-pre", 5, "--mean-pre", 9), "change.one-patient"),
        ("5,\n", ("--mid", 5), "change.nobody"),
        ("5,1\n6,2\n", ("--method", "HLM", "--approach", "distribution"), "change.shape"),
    ],
)
def test_a_group_that_no_rule_can_judge_is_refused(openhour, tmp_path, rows, terms, code):
    path = csv_file(tmp_path, "pre,post\n" + rows)
    assert openhour("change", path, *WIDE, *terms, "--json").codes == [code]


def _long(tmp_path, patients: int, waves: int):
    rng = np.random.default_rng(1)
    rows = [
        f"{who},{week},{20 - week * (1 + who % 3) + rng.normal():.2f}"
        for who in range(patients)
        for week in range(waves)
    ]
    return csv_file(tmp_path, "\n".join(["id,week,score", *rows]) + "\n")


@pytest.mark.parametrize(
    ("patients", "waves", "extra", "codes"),
    [
        (4, 5, (), ["slopes.too-few"]),
        (20, 2, (), ["slopes.too-few"]),
        (20, 5, ("--first", 0, "--last", 77), ["series.no-such-time"]),
    ],
)
def test_a_series_that_has_no_slopes_is_refused(openhour, tmp_path, patients, waves, extra, codes):
    path = _long(tmp_path, patients, waves)
    series = ("--id", "id", "--time", "week", "--value", "score", "--better", "lower")
    assert (
        openhour("change", path, *series, "--method", "HLM", "--approach", "distribution", *extra, "--json").codes
        == codes
    )


def test_slopes_are_found_where_they_are(openhour, tmp_path):
    series = ("--id", "id", "--time", "week", "--value", "score", "--better", "lower")
    said = openhour(
        "change", _long(tmp_path, 30, 5), *series, "--method", "HLM", "--approach", "distribution", "--json"
    )
    assert said.json["mean_slope"] == pytest.approx(-2, abs=0.1)
    assert said.json["counts"] == {"recovered": 0, "improved": 10, "unchanged": 10, "deteriorated": 10, "harmed": 0}
    text = openhour("change", tmp_path / "answers.csv", *series, "--method", "HLM", "--approach", "distribution").out
    assert "the average patient changes by" in text
    assert "faster than the average patient" in text


def test_duplicated_sessions_are_refused_for_slopes_too(openhour, tmp_path):
    path = csv_file(tmp_path, "id,week,score\n1,1,9\n1,1,8\n1,2,7\n")
    series = ("--id", "id", "--time", "week", "--value", "score", "--better", "lower")
    assert openhour("change", path, *series, "--method", "HLM", "--approach", "distribution", "--json").codes == [
        "series.time-twice"
    ]


def test_the_effect_size_is_told_with_its_interval(openhour, trial):
    facts = openhour("change", trial, *SERIES, *WAVES, "--percent", 50, "--json").json
    effect = facts["effect"]
    plain = (facts["clinical_mean"] - facts["post_mean"]) / facts["clinical_sd"]
    assert effect["value"] == pytest.approx(plain * (1 - 3 / (4 * 39 - 1)))
    assert effect["low"] < effect["value"] < effect["high"]
    assert "Effect size" in openhour("change", trial, *SERIES, *WAVES, "--percent", 50).out


def test_one_patient_has_no_effect_size(openhour, tmp_path):
    path = csv_file(tmp_path, "pre,post\n20,5\n")
    assert openhour("change", path, *WIDE, "--percent", 50, "--json").json["effect"] is None
    assert "Effect size" not in openhour("change", path, *WIDE, "--percent", 50).out
