"""PHQ-9 and GAD-7: their wording and codes against independent facts, and their examples against a plain sum."""

from __future__ import annotations

import json
from datetime import date
from itertools import product

import pytest

from openhour.catalog import Instrument, shipped_shelf
from tests.shared_data import shared

DAY = date(2026, 11, 23)
INSTRUMENTS = shipped_shelf().instruments
EXAMPLES = [(one, example) for one in INSTRUMENTS for example in one.examples]


@pytest.fixture
def phq9() -> Instrument:
    return shipped_shelf().instrument("phq-9", on=DAY)


@pytest.fixture
def gad7() -> Instrument:
    return shipped_shelf().instrument("gad-7", on=DAY)


@pytest.mark.parametrize(("instrument", "example"), EXAMPLES)
def test_an_example_gives_what_it_says(instrument, example):
    assert len(example.answers) == len(instrument.scored_items)
    if None in example.answers:
        assert (example.total, example.band) == (None, None)
    else:
        assert example.total == sum(example.answers)
        assert example.band == [band.label for band in instrument.bands if band.at_least <= example.total][-1]
    flagged = [flag for flag in instrument.flags if (example.answers[int(flag.item) - 1] or 0) >= flag.at_least]
    assert example.flags == tuple(flag.raises for flag in flagged)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_the_examples_reach_every_band_a_gap_and_every_flag(instrument):
    bands = {example.band for example in instrument.examples}
    assert bands == {None, *(band.label for band in instrument.bands)}
    assert any(None in example.answers for example in instrument.examples)
    assert {flag.raises for flag in instrument.flags} == {
        raised for one in instrument.examples for raised in one.flags
    }


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_licence_source_and_reason_are_told(instrument):
    assert "no permission needed" in instrument.licence
    assert "2001" in instrument.source or "2006" in instrument.source
    assert "right or wrong" in instrument.why
    assert instrument.change.source.endswith("PMC8411661, Table 1")


@pytest.mark.parametrize("told_by", ["PHQ-9 (US Core)", "PHQ-9 (lforms)"])
def test_phq9_codes_equal_those_of_other_programs(phq9, told_by):
    facts = json.loads(shared("loinc/loinc_facts.json").read_text())[told_by]
    assert facts["code"] == [phq9.loinc_panel]
    questions = [item for item in facts["items"] if item["answers"]]
    assert [item["codes"] for item in questions] == [[item.loinc] for item in phq9.items]
    totals = [item["codes"] for item in facts["items"] if not item["answers"]]
    assert totals == [[phq9.loinc_total]]
    for item, question in zip(phq9.items, questions, strict=True):
        told = [(code, score) for code, _, score in question["answers"]]
        ours = [(choice.loinc, choice.score) for choice in item.choices]
        if item.scored or told[0][1] is not None:
            assert ours == told
        else:
            assert [code for code, _ in ours] == [code for code, _ in told]


@pytest.mark.parametrize("told_by", ["PHQ-9 (US Core)", "PHQ-9 (lforms)"])
def test_phq9_wording_equals_that_of_other_programs(phq9, told_by):
    facts = json.loads(shared("loinc/loinc_facts.json").read_text())[told_by]
    for item, question in zip(phq9.items[:9], facts["items"], strict=False):
        told = question["text"].split(" in last 2 weeks")[0]
        assert plain(told) == plain(item.text)


def plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def test_difficulty_is_asked_and_never_counted(phq9):
    difficulty = phq9.item("10")
    assert difficulty.scored is False
    assert difficulty not in phq9.scored_items
    assert [choice.loinc for choice in difficulty.choices] == ["LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3"]


def test_only_item_nine_raises_and_from_the_lowest_answer_that_is_not_never(phq9, gad7):
    (flag,) = phq9.flags
    assert (flag.item, flag.at_least, flag.raises, flag.confirmed) == ("9", 1, "suicide-risk", True)
    assert gad7.flags == ()


def test_gad7_has_its_codes_and_says_not_at_all(gad7):
    codes = ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]
    assert [item.loinc for item in gad7.items] == codes
    assert (gad7.loinc_panel, gad7.loinc_total) == ("69737-5", "70274-6")
    assert {item.choices[0].text for item in gad7.items} == {"Not at all"}


@pytest.mark.parametrize(("slug", "reliable", "caseness"), [("phq-9", 6, 10), ("gad-7", 4, 8)])
def test_change_rules_are_those_of_one_source(slug, reliable, caseness):
    change = shipped_shelf().instrument(slug, on=DAY).change
    assert (change.better, change.reliable_points, change.caseness_at) == ("lower", reliable, caseness)


def test_the_columns_are_those_of_the_public_survey(phq9):
    header = shared("items/nhanes_2017_2018_DPQ_J_first1000.csv").open().readline().strip().split(",")
    assert list(phq9.data_columns) == header[1:10]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_bands_cover_the_whole_range_without_a_hole(instrument):
    starts = [band.at_least for band in instrument.bands]
    assert starts == sorted(set(starts))
    assert starts[0] == instrument.scoring.minimum
    assert starts[-1] <= instrument.scoring.maximum


def test_the_range_is_what_the_answers_can_give(gad7):
    scores = [[choice.score for choice in item.choices] for item in gad7.scored_items]
    totals = {sum(answers) for answers in product(*scores)}
    assert totals == set(range(gad7.scoring.minimum, gad7.scoring.maximum + 1))
