"""Diagnoses: judged against the release in the package, and that against an independent reading of the same release."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.catalog.icd10 import (
    COVERS,
    diagnosis_finding,
    diagnosis_group_exists,
    diagnosis_title,
    load_diagnoses,
    search_diagnoses,
    written_code,
)
from tests.shared_data import shared

DAY = date(2026, 5, 4)


@pytest.fixture(scope="module")
def subset() -> dict[str, dict]:
    """1,671 codes with title and leaf flag, parsed from the official tables by another program."""
    rows = json.loads(shared("codes/icd10cm_2026_mental_health_subset.json").read_text())
    return {row["code"]: row for row in rows}


def reason(code: str, on: date = DAY) -> str | None:
    finding = diagnosis_finding(code, on=on)
    return finding.code if finding else None


@pytest.mark.parametrize("code", ["F33.1", "f33.1", "F331", " F33.1 ", "F41.1", "Z63.4", "R45.851", "T14.91XA"])
def test_a_billable_code_is_read_with_and_without_its_dot(code):
    assert reason(code) is None


@pytest.mark.parametrize("code", ["F33", "F32", "F43.8", "F43.1", "T14.91"])
def test_a_group_of_diagnoses_is_no_diagnosis(code):
    assert reason(code) == "diagnosis.not-billable"
    assert "Choose one of the codes below it" in diagnosis_finding(code, on=DAY).sentence


@pytest.mark.parametrize(
    "code", ["", " ", "F33.1'", "5", "F01-F09", "A00-A09", "F99.99", "ZZZ", "F3.31", "٣33", "F33.1\n\0", "😀"]
)
def test_what_is_no_code_is_said_to_be_unknown(code):
    assert reason(code) == "diagnosis.unknown"
    assert diagnosis_title(code) == ""


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("F43.81", date(2022, 9, 30), "diagnosis.too-early"),
        ("F43.81", date(2022, 10, 1), None),
        ("F43.89", date(2022, 9, 30), "diagnosis.too-early"),
        ("F33.1", date(2015, 9, 30), "diagnosis.too-early"),
        ("F33.1", date(2015, 10, 1), None),
        ("F33.1", date(2026, 11, 23), None),
    ],
)
def test_the_day_counts_where_the_day_is_known(code, day, expected):
    assert reason(code, day) == expected


def test_the_release_says_for_which_days_it_speaks():
    assert (date(2026, 4, 1), date(2026, 9, 30)) == COVERS


def test_titles_and_leaves_equal_an_independent_reading(subset):
    assert len(subset) == 1671
    for code, row in subset.items():
        assert diagnosis_group_exists(code)
        assert diagnosis_title(code) == row["desc"]
        extended = row["leaf"] and reason(code) == "diagnosis.not-billable"
        if extended:  # a leaf of the table that takes a seventh character is billable only with it
            assert any(len(hit.value) == 8 for hit in search_diagnoses(code, 50))
        else:
            assert (reason(code) is None or code in ("F43.81", "F43.89")) == row["leaf"], code


def test_every_code_of_the_full_list_is_known():
    lines = shared("codes/icd10cm_code_list_april_2026.txt").read_text().split()
    codes = {written for line in lines if (written := written_code(line))}
    assert all(diagnosis_group_exists(code) for code in codes)
    assert len(codes) == load_diagnoses()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("ptsd", "F43.10"),
        ("post-traumatic", "F43.10"),
        ("major depressive recurrent moderate", "F33.1"),
        ("prolonged grief", "F43.81"),
        ("obsessive-compulsive", "F42.9"),
        ("OCD", "F42.9"),
        ("gad", "F41.1"),
        ("suicidal ideations", "R45.851"),
        ("F331", "F33.1"),
        ("f33.1", "F33.1"),
        ("anx", "F41.9"),
    ],
)
def test_the_search_brings_the_usual_answer_first(words, first):
    hits = search_diagnoses(words)
    assert hits[0].value == first
    assert hits[0].system == "icd-10-cm"
    assert hits[0].title == diagnosis_title(first)


def test_mental_health_comes_before_all_else():
    chapters = ["mental" if hit.value[0] in "FZR" else "other" for hit in search_diagnoses("personal history", 60)]
    assert chapters == sorted(chapters)


def test_the_rest_of_the_book_is_there_too():
    assert any(hit.value.startswith("E11") for hit in search_diagnoses("type 2 diabetes"))


def test_the_search_finds_only_what_can_be_billed():
    for words in ("depress", "F4", "alcohol", "Z63"):
        assert all(reason(hit.value) in (None, "diagnosis.too-early") for hit in search_diagnoses(words, 100))


@pytest.mark.parametrize("limit", [0, 1, 7, 20])
def test_the_search_keeps_to_its_limit_and_repeats_nothing(limit):
    hits = search_diagnoses("disorder", limit)
    assert len(hits) == len({hit.value for hit in hits}) == limit


@pytest.mark.parametrize("text", ["", "  ", "\0", "(", "*", "'; drop table", "a" * 100_000])
def test_the_search_answers_nonsense_with_nothing(text):
    assert search_diagnoses(text) == ()


@given(st.text(max_size=40))
def test_no_text_breaks_the_judgement_or_the_search(text):
    diagnosis_finding(text, on=DAY)
    assert len(search_diagnoses(text, 5)) <= 5


def test_bad_strings_break_nothing():
    for text in json.loads(shared("badinput/blns.json").read_text()):
        assert diagnosis_finding(text, on=DAY) is not None
        search_diagnoses(text)


def test_after_the_first_question_the_answers_are_quick():
    load_diagnoses()
    search_diagnoses("warm")
    start = time.perf_counter()
    for words in ("depress", "anx", "ptsd", "nothing at all", "F43"):
        search_diagnoses(words)
    assert time.perf_counter() - start < 2


def test_importing_the_room_does_not_read_the_release():
    code = "import sys, openhour.catalog, openhour.catalog.icd10, openhour.catalog.checks; print('simple_icd_10_cm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
