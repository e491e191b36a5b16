"""A file of answers becomes a file of scores, row by row, with a reason wherever there is none."""

from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.kernel import Refused
from openhour.measures import score
from openhour.outcomes.cells import Codes
from openhour.outcomes.score_file import Asked, score_file
from tests.measures.instruments import NINE, SEVEN
from tests.outcomes.files import NINE_COLUMNS, answers_csv, csv_file, leftovers, parquet_file
from tests.shared_data import shared

ANSWER = st.one_of(st.none(), st.integers(0, 3), st.sampled_from([7, 9, -1, 4]))


def rows_of(path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_row_has_its_score_or_its_reason(tmp_path):
    path = answers_csv(
        tmp_path,
        [
            ("Ana", *[1] * 9),
            ("Ben", *[2] * 8, 0),
            ("Dee", 1, None, 1, 1, 1, 1, 1, 1, 2),
            ("Eli", 7, 0, 0, 0, 9, 0, 0, 0, None),
        ],
    )
    out = tmp_path / "scores.csv"
    tally = score_file(NINE, Asked(path, id_column="id", out=out))
    assert rows_of(out) == [
        {"id": "Ana", "total": "9", "band": "mild", "flags": "suicide-risk", "complete": "true", "reason": ""},
        {"id": "Ben", "total": "16", "band": "moderately severe", "flags": "", "complete": "true", "reason": ""},
        {
            "id": "Dee",
            "total": "",
            "band": "",
            "flags": "suicide-risk",
            "complete": "false",
            "reason": "not answered: DPQ020",
        },
        {
            "id": "Eli",
            "total": "",
            "band": "",
            "flags": "",
            "complete": "false",
            "reason": "not answered: DPQ090; outside the choices: DPQ010, DPQ050",
        },
    ]
    assert (tally.n, tally.scored, tally.at_case) == (4, 2, 1)
    assert dict(tally.reasons) == {"not-answered": 1, "outside-choices": 1}
    assert dict(tally.flags) == {"suicide-risk": 2}


def test_a_single_refused_code_among_answers_is_counted_as_such(tmp_path):
    path = answers_csv(tmp_path, [("Ana", 7, *[1] * 8), ("Ben", 7, 9, *[1] * 7), ("Dee", 7, None, *[1] * 7)])
    assert dict(score_file(NINE, Asked(path)).reasons) == {"not-answered": 0, "outside-choices": 3}


def test_declared_codes_are_answers_not_given(tmp_path):
    path = answers_csv(tmp_path, [("Ana", 7, *[1] * 8), ("Ben", "refused", *[1] * 8)])
    tally = score_file(NINE, Asked(path, codes=Codes.of("7,9,refused")))
    assert dict(tally.reasons) == {"not-answered": 2, "outside-choices": 0}


def test_parquet_gives_the_same_as_csv(tmp_path):
    numbers = {name: [1, 3, None, 7] for name in NINE_COLUMNS}
    tall = parquet_file(tmp_path, {"id": ["Ana", "Ben", "Dee", "Eli"], **numbers})
    flat = answers_csv(tmp_path, [("Ana", *[1] * 9), ("Ben", *[3] * 9), ("Dee", *[None] * 9), ("Eli", *[7] * 9)])
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    assert score_file(NINE, Asked(tall, id_column="id", out=one)) == score_file(
        NINE, Asked(flat, id_column="id", out=other)
    )
    assert one.read_bytes() == other.read_bytes()


def test_a_parquet_result_holds_empty_cells_not_zeros(tmp_path):
    out = tmp_path / "scores.parquet"
    score_file(NINE, Asked(answers_csv(tmp_path, [("Ana", *[None] * 9), ("Ben", *[0] * 9)]), out=out))
    found = pq.read_table(out).to_pylist()
    assert [(row["id"], row["total"], row["band"]) for row in found] == [("1", None, None), ("2", 0, "minimal")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forms=st.lists(st.lists(ANSWER, min_size=9, max_size=9), min_size=1, max_size=12), shuffler=st.randoms())
def test_a_file_is_scored_as_each_form_alone_in_any_order(tmp_path, forms, shuffler):
    numbered = list(enumerate(forms))
    shuffler.shuffle(numbered)
    path = answers_csv(tmp_path, [(number, *form) for number, form in numbered])
    out = tmp_path / "scores.csv"
    score_file(NINE, Asked(path, id_column="id", out=out))
    found = {row["id"]: row for row in rows_of(out)}
    for number, form in numbered:
        alone = score(NINE, {str(place): answer for place, answer in enumerate(form, start=1)})
        row = found[str(number)]
        assert row["total"] == ("" if alone.total is None else str(alone.total))
        assert row["band"] == (alone.band or "")
        assert row["flags"] == ";".join(flag.raises for flag in alone.flags)
        assert bool(row["reason"]) == (alone.total is None)


def test_text_in_a_column_of_answers_is_refused_with_row_and_column_and_nothing_is_written(tmp_path):
    path = answers_csv(tmp_path, [("Ana", *[1] * 9), ("Ben", 1, "yes", *[1] * 7)])
    out = tmp_path / "scores.csv"
    with pytest.raises(Refused) as refusal:
        score_file(NINE, Asked(path, out=out))
    (finding,) = refusal.value.findings
    assert (finding.code, finding.place) == ("cell.not-a-number", f"{path}, row 3, column DPQ020")
    assert "yes" not in str(finding)
    assert leftovers(tmp_path, path) == set()


def test_a_wrong_column_is_told_in_twenty_places_and_a_count(tmp_path):
    path = answers_csv(tmp_path, [("Ana", "x", *[1] * 8)] * 50)
    with pytest.raises(Refused) as refusal:
        score_file(NINE, Asked(path))
    assert len(refusal.value.findings) == 21
    assert "30 more" in refusal.value.findings[-1].sentence


def test_columns_are_found_by_public_names_or_item_ids_or_must_be_named(tmp_path):
    ids = csv_file(tmp_path, "1,2,3,4,5,6,7\n1,1,1,1,1,1,1\n")
    assert score_file(SEVEN, Asked(ids)).scored == 1
    assert score_file(NINE, Asked(answers_csv(tmp_path, [(1, *[0] * 9)]))).scored == 1
    with pytest.raises(Refused, match="unknown"):
        score_file(SEVEN, Asked(csv_file(tmp_path, "a,b\n1,2\n")))
    with pytest.raises(Refused) as refusal:
        score_file(NINE, Asked(ids, columns=("1", "2")))
    assert refusal.value.findings[0].code == "columns.number"


def test_a_heading_without_rows_is_refused(tmp_path):
    with pytest.raises(Refused, match="no-rows"):
        score_file(NINE, Asked(answers_csv(tmp_path, [])))


def test_an_id_that_is_not_utf8_is_refused_by_its_row(tmp_path):
    path = answers_csv(tmp_path, [("Ana", *[1] * 9), ("?", *[1] * 9)])
    path.write_bytes(path.read_bytes().replace(b"?", b"\xff"))
    with pytest.raises(Refused) as refusal:
        score_file(NINE, Asked(path, id_column="id", out=tmp_path / "scores.csv"))
    assert refusal.value.findings[0].place.endswith("row 3, column id")


def test_naughty_strings_are_kept_as_ids_and_refused_as_answers_without_an_exception(tmp_path):
    strings = [s for s in json.loads(shared("badinput/blns.json").read_text()) if "\ud800" not in s]
    path, out = tmp_path / "naughty.csv", tmp_path / "scores.parquet"
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([["id", *NINE_COLUMNS], *([string, *[1] * 9] for string in strings)])
    assert score_file(NINE, Asked(path, id_column="id", out=out)).scored == len(strings)
    kept = pq.read_table(out).column("id").to_pylist()
    assert [text.strip() for text in kept] == [string.encode(errors="replace").decode().strip() for string in strings]
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([["id", *NINE_COLUMNS], *([1, string, *[1] * 8] for string in strings)])
    with pytest.raises(Refused) as refusal:
        score_file(NINE, Asked(path))
    assert {finding.code for finding in refusal.value.findings} == {"cell.not-a-number", "file.more"}


def test_more_rows_than_one_batch_are_scored_in_order_and_progress_reaches_the_end(tmp_path):
    rows = 200_000
    path = parquet_file(tmp_path, {name: [place % 4 for place in range(rows)] for name in NINE_COLUMNS})
    out, seen = tmp_path / "scores.parquet", []
    tally = score_file(NINE, Asked(path, out=out), seen.append)
    assert (tally.n, tally.at_case) == (rows, rows // 2)
    assert pq.read_table(out).column("total").to_pylist()[:5] == [0, 9, 18, 27, 0]
    assert pq.read_table(out).column("id").to_pylist()[-1] == str(rows)
    assert (len(seen) > 1, seen[-1]) == (True, 1.0)
