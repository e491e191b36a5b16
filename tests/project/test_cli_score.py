"""`openhour score` on real answers, on what an independent program scores, and on every kind of broken file."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.outcomes.files import NINE_COLUMNS, answers_csv, csv_file, leftovers
from tests.project.command_line import openhour
from tests.shared_data import shared

__all__ = ["openhour"]


def test_real_answers_are_counted_as_an_independent_computation_counts_them(openhour, tmp_path):
    path, out = shared("items/nhanes_2017_2018_DPQ_J_first1000.csv"), tmp_path / "scores.csv"
    said = openhour("score", "phq-9", path, "--id", "SEQN", "--json", "--out", out)
    assert (said.exit, said.err) == (0, "")

    answers = pd.read_csv(path)[list(NINE_COLUMNS)]
    valid = answers.isin([0, 1, 2, 3]).all(axis=1)
    total = answers.sum(axis=1)[valid]
    foreign = answers.isin([7, 9]).any(axis=1)
    facts = said.json
    assert facts["n"] == 1000 == facts["scored"] + facts["unscored"]
    assert facts["scored"] == valid.sum() == 916
    assert facts["at_or_above_case"] == (total >= 10).sum() == 82
    assert facts["reasons"] == {"outside-choices": int(foreign.sum()), "not-answered": int((~valid & ~foreign).sum())}
    assert facts["flags"] == {"suicide-risk": int(answers["DPQ090"].isin([1, 2, 3]).sum())}
    cuts = pd.cut(total, [-1, 4, 9, 14, 19, 27], labels=list(facts["bands"]))
    assert facts["bands"] == cuts.value_counts().reindex(list(facts["bands"])).to_dict()

    written = pd.read_csv(out)
    assert written["total"].dropna().tolist() == total.tolist()
    assert (written["total"].isna() == written["reason"].notna()).all()
    assert written["id"].tolist() == pd.read_csv(path)["SEQN"].tolist()


def test_refused_and_unknown_codes_are_reasons_either_way(openhour):
    path = shared("items/nhanes_2017_2018_DPQ_J_first1000.csv")
    plain = openhour("score", "phq-9", path, "--json").json
    coded = openhour("score", "phq-9", path, "--missing-codes", "7,9", "--json").json
    assert plain["scored"] == coded["scored"]
    assert coded["reasons"] == {"outside-choices": 0, "not-answered": plain["unscored"]}


def test_columns_are_named_in_the_order_of_the_questions(openhour):
    path = shared("items/simulated_weekly_phq9_300x12.csv")
    columns = ",".join(f"DPQ{place}" for place in range(1, 10))
    facts = openhour("score", "phq-9", path, "--columns", columns, "--json").json
    theirs = pd.read_csv(path)
    valid = theirs[columns.split(",")].isin([0, 1, 2, 3]).all(axis=1)
    assert facts["scored"] == valid.sum()
    assert facts["at_or_above_case"] == (theirs["PHQ9_Score"][valid] >= 10).sum()


@pytest.mark.parametrize(("task", "instrument", "count"), [("phq9", "phq-9", 9), ("gad7", "gad-7", 7)])
def test_an_independent_program_gives_the_same_totals(openhour, tmp_path, task, instrument, count):
    vectors = json.loads(shared("scoring/camcops_vectors_sample.json").read_text())[task]["vectors"]
    columns = [f"q{place}" for place in range(1, count + 1)]
    path, out = tmp_path / "vectors.csv", tmp_path / "scores.csv"
    pd.DataFrame([vector["answers"] for vector in vectors]).to_csv(path, index=False)
    assert openhour("score", instrument, path, "--columns", ",".join(columns), "--out", out).exit == 0
    assert pd.read_csv(out)["total"].tolist() == [vector["out"]["total_score"] for vector in vectors]


def test_the_summary_reads_as_sentences(openhour):
    said = openhour("score", "phq-9", shared("items/nhanes_2017_2018_DPQ_J_first1000.csv"))
    for line in ("1,000  forms", "916  scored", "82  at or above the case cut-off of 10", "30  with the flag"):
        assert line in said.out


def test_an_unknown_instrument_is_refused_with_those_there_are(openhour, tmp_path):
    said = openhour("score", "phq9", answers_csv(tmp_path, [(1, *[0] * 9)]), "--json")
    assert (said.exit, said.codes) == (2, ["instrument.unknown"])
    assert "phq-9" in said.json["findings"][0]["sentence"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file.empty"),
        ("a.xlsx", b"PK\x03\x04", "file.unknown-kind"),
        ("a.csv", b"\xff\xfea\x00", "file.not-utf8"),
        ("a.csv", b"id;DPQ010\n1;2\n", "file.delimiter"),
        ("a.csv", (",".join([*NINE_COLUMNS, "DPQ010"]) + "\n" + ",".join("0" * 10) + "\n").encode(), "column.twice"),
        ("a.csv", (",".join(NINE_COLUMNS) + "\n1,2\n").encode(), "row.length"),
        ("a.csv", (",".join(NINE_COLUMNS) + "\n" + ",".join("x" * 9) + "\n").encode(), "cell.not-a-number"),
        ("a.csv", (",".join(NINE_COLUMNS) + "\n1\x00" + ",1" * 8 + "\n").encode(), "cell.not-a-number"),
        ("a.csv", (",".join(NINE_COLUMNS) + "\n" + "1" * 200_000 + ",1" * 8 + "\n").encode(), "cell.not-a-number"),
        ("a.csv", (",".join(NINE_COLUMNS) + "\n").encode(), "file.no-rows"),
        ("a.parquet", b"PAR1", "file.not-parquet"),
    ],
)
def test_a_broken_file_exits_2_with_its_reason_and_leaves_nothing(openhour, tmp_path, name, content, code):
    path = csv_file(tmp_path, content, name)
    out = tmp_path / "scores.csv"
    said = openhour("score", "phq-9", path, "--columns", ",".join(NINE_COLUMNS), "--out", out, "--json")
    assert (said.exit, set(said.codes)) == (2, {code})
    plain = openhour("score", "phq-9", path, "--columns", ",".join(NINE_COLUMNS), "--out", out)
    assert (plain.exit, plain.out) == (2, "")
    assert str(path) in plain.err
    assert leftovers(tmp_path, path) == set()


def test_a_folder_and_a_missing_file_are_refused(openhour, tmp_path):
    assert openhour("score", "phq-9", tmp_path, "--json").codes == ["file.not-a-file"]
    assert openhour("score", "phq-9", tmp_path / "none.csv", "--json").codes == ["file.missing"]
    assert openhour("score", "phq-9", "x" * 5000 + ".csv", "--json").codes == ["file.unreadable"]
    answers = answers_csv(tmp_path, [(1, *[0] * 9)])
    assert openhour("score", "phq-9", answers, "--out", "x" * 5000 + ".csv", "--json").codes == ["out.not-written"]


def test_the_input_is_never_overwritten(openhour, tmp_path):
    path = answers_csv(tmp_path, [(1, *[0] * 9)])
    before = path.read_bytes()
    assert openhour("score", "phq-9", path, "--out", path, "--json").codes == ["out.is-input"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("bad", ["", "ab", '"', "\n", "é"])
def test_a_delimiter_is_one_plain_character(openhour, tmp_path, bad):
    path = answers_csv(tmp_path, [(1, *[0] * 9)])
    assert openhour("score", "phq-9", path, "--delimiter", bad, "--json").codes == ["usage"]


def test_no_naughty_string_in_any_option_raises(openhour, tmp_path):
    path = answers_csv(tmp_path, [(1, *[0] * 9)])
    for string in json.loads(shared("badinput/blns.json").read_text()):
        if "\x00" in string:
            continue  # a command line can't hold it
        for option in ("--columns", "--id", "--missing-codes", "--delimiter"):
            said = openhour("score", "phq-9", path, f"{option}={string}", "--json")
            assert said.exit in (0, 2)
            assert isinstance(said.json, dict)
        assert openhour("score", f"x{string}", path, "--json").exit == 2
        assert openhour("score", "phq-9", f"./{string}", "--json").exit == 2
