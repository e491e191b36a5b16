"""The instruments on the shelf: their words and codes against independent facts, and that each file proves itself."""

from __future__ import annotations

import json
from datetime import date
from itertools import product

import pytest

from openhour.catalog import Instrument, shipped_shelf
from tests.shared_data import shared

DAY = date(2026, 11, 23)
INSTRUMENTS = shipped_shelf().instruments
PLAIN = ("phq-9", "gad-7", "phq-2", "gad-2", "pcl-5", "isi")
EXAMPLES = [(one, example) for one in INSTRUMENTS for example in one.examples]


@pytest.fixture
def phq9() -> Instrument:
    return shipped_shelf().instrument("phq-9", on=DAY)


@pytest.fixture
def gad7() -> Instrument:
    return shipped_shelf().instrument("gad-7", on=DAY)


@pytest.mark.parametrize(("instrument", "example"), [(one, e) for one, e in EXAMPLES if one.pin.slug in PLAIN])
def test_an_example_of_a_plain_sum_gives_what_it_says(instrument, example):
    if None in example.answers:
        assert (example.total, example.band) == (None, None)
    else:
        assert example.total == sum(example.answers)
        assert example.band == [band.label for band in instrument.bands if band.at_least <= example.total][-1]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_the_examples_reach_every_band_every_flag_every_rule_and_a_gap(instrument):
    assert {example.band for example in instrument.examples} - {None} == set(instrument.band_labels)
    assert any(None in example.answers for example in instrument.examples)
    raised = {raised for one in instrument.examples for raised in one.flags}
    assert {flag.raises for flag in instrument.flags} == raised
    rules = {rule for one in instrument.examples for rule in one.rules}
    assert {(rule.slug, holds) for rule in instrument.rules for holds in (True, False)} == rules


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_the_examples_reach_the_lowest_and_the_highest_total(instrument):
    if instrument.scoring.gives_total:
        totals = {example.total for example in instrument.examples} - {None}
        assert instrument.scoring.maximum in totals
        assert instrument.scoring.minimum in totals
    for band in instrument.bands:
        assert band.at_least <= instrument.scoring.maximum


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_licence_source_and_reason_are_told(instrument):
    assert len(instrument.licence) > 15
    assert len(instrument.source) > 15
    assert len(instrument.why) > 40
    if instrument.tier in ("A", "own"):
        assert "no permission needed" in instrument.licence
    assert instrument.change.source
    assert instrument.minutes >= 1


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_words_ship_only_where_everybody_may_copy_them(instrument):
    words = [instrument.stem, *(item.text for item in instrument.items)]
    words += [choice.text for item in instrument.items for choice in item.choices]
    if instrument.tier in ("B", "C"):
        assert set(words) == {""}
        assert instrument.needs_wording
    else:
        assert instrument.personal or all(words)
        assert not instrument.needs_wording


def test_the_tiers_are_those_of_the_licences():
    tiers: dict[str, set[str]] = {}
    for one in INSTRUMENTS:
        tiers.setdefault(one.tier, set()).add(one.pin.slug)
    assert tiers["A"] == {"phq-9", "phq-2", "gad-7", "gad-2", "pc-ptsd-5", "pcl-5", "audit-c", "psc-17", "asq"}
    assert tiers["B"] == {"core-10", "audit", "dast-10", "who-5", "c-ssrs-screener"}
    c = {"whodas-12", "dsm-5-level-1", "isi", "pss-10", "pss-4", "oci-r", "docs", "csi-4", "ras", "pg-13-r"}
    assert tiers["C"] == {*c, "wsas", "wai-sr", "ders-16", "erq"}
    assert tiers["own"] == {"session-feedback", "personal-burden", "personal-strength"}


@pytest.mark.parametrize(
    ("slug", "items", "low", "high", "better"),
    [
        ("phq-9", 9, 0, 27, "lower"),
        ("gad-7", 7, 0, 21, "lower"),
        ("phq-2", 2, 0, 6, "lower"),
        ("gad-2", 2, 0, 6, "lower"),
        ("pc-ptsd-5", 6, 0, 5, "lower"),
        ("pcl-5", 20, 0, 80, "lower"),
        ("oci-r", 18, 0, 72, "lower"),
        ("docs", 20, 0, 80, "lower"),
        ("csi-4", 4, 0, 21, "higher"),
        ("ras", 7, 7, 35, "higher"),
        ("pg-13-r", 10, 10, 50, "lower"),
        ("pss-10", 10, 0, 40, "lower"),
        ("pss-4", 4, 0, 16, "lower"),
        ("psc-17", 17, 0, 34, "lower"),
        ("who-5", 5, 0, 100, "higher"),
        ("wsas", 5, 0, 40, "lower"),
        ("whodas-12", 12, 0, 48, "lower"),
        ("core-10", 10, 0, 40, "lower"),
        ("isi", 7, 0, 28, "lower"),
        ("audit-c", 3, 0, 12, "lower"),
        ("audit", 10, 0, 40, "lower"),
        ("dast-10", 10, 0, 10, "lower"),
        ("wai-sr", 12, 12, 60, "higher"),
        ("ders-16", 16, 16, 80, "lower"),
        ("session-feedback", 4, 0, 10, "higher"),
    ],
)
def test_items_range_and_direction_are_those_of_the_sources(slug, items, low, high, better):
    one = shipped_shelf().instrument(slug, on=DAY)
    assert len(one.scored_items) == items
    assert (one.scoring.minimum, one.scoring.maximum, one.change.better) == (low, high, better)


@pytest.mark.parametrize(
    ("slug", "reversed_items"),
    [("core-10", "2 3"), ("pss-10", "4 5 7 8"), ("pss-4", "2 3"), ("ras", "4 7"), ("dast-10", "3"), ("phq-9", "")],
)
def test_reversed_items_are_those_of_the_sources(slug, reversed_items):
    one = shipped_shelf().instrument(slug, on=DAY)
    assert [item.id for item in one.items if item.reversed] == reversed_items.split()


@pytest.mark.parametrize(
    ("slug", "short", "at_least"), [("phq-2", "phq-9", 3), ("gad-2", "gad-7", 3), ("pc-ptsd-5", "pcl-5", 3)]
)
def test_a_short_form_leads_to_its_long_one(slug, short, at_least):
    then = shipped_shelf().instrument(slug, on=DAY).leads_to
    assert (then.instrument, then.at_least) == (short, at_least)
    assert then.confirmed is (slug != "gad-2")


def test_the_parts_of_the_psc_hang_on_words_and_not_on_numbers():
    """Other copies print the same items in another order, so a number says nothing."""
    one = shipped_shelf().instrument("psc-17", on=DAY)
    words = {part.slug: {one.item(item).text for item in part.items} for part in one.subscales}
    assert {"Feels sad, unhappy", "Worries a lot", "Feels hopeless"} < words["internalizing"]
    assert {"Daydreams too much", "Distracted easily"} < words["attention"]
    assert {"Teases others", "Refuses to share"} < words["externalizing"]
    assert [(part.slug, len(part.items), part.caseness_at) for part in one.subscales] == [
        ("internalizing", 5, 5),
        ("attention", 5, 7),
        ("externalizing", 7, 7),
    ]
    assert one.respondent == "parent"


def test_the_first_two_items_of_a_long_form_are_the_short_one():
    shelf = shipped_shelf()
    for short, long in [("phq-2", "phq-9"), ("gad-2", "gad-7")]:
        small, large = shelf.instrument(short, on=DAY), shelf.instrument(long, on=DAY)
        asked = [(item.id, item.text, item.loinc, item.choices) for item in large.items[:2]]
        assert [(item.id, item.text, item.loinc, item.choices) for item in small.items] == asked


@pytest.mark.parametrize(
    ("slug", "panel", "total"),
    [
        ("phq-9", "44249-1", "44261-6"),
        ("phq-2", "", "55758-7"),
        ("gad-7", "69737-5", "70274-6"),
        ("pcl-5", "101697-1", "101698-9"),
        ("audit-c", "72109-2", "75626-2"),
        ("audit", "", "75624-7"),
        ("dast-10", "82666-9", "82667-7"),
        ("c-ssrs-screener", "93373-9", ""),
    ],
)
def test_loinc_codes_of_forms_are_those_of_the_sources(slug, panel, total):
    one = shipped_shelf().instrument(slug, on=DAY)
    assert (one.loinc_panel, one.loinc_total) == (panel, total)


def test_the_alcohol_question_is_not_the_single_question_of_another_instrument():
    one = shipped_shelf().instrument("audit-c", on=DAY)
    assert [item.loinc for item in one.items] == ["68518-0", "68519-8", "68520-6"]
    assert [mark.place for mark in one.unconfirmed] == ["item.1.loinc"]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_loinc_codes_have_a_right_check_digit(instrument):
    codes = [instrument.loinc_panel, instrument.loinc_total, *(item.loinc for item in instrument.items)]
    assert [code for code in codes if code and not mod_10(code)] == []


def mod_10(code: str) -> bool:
    """LOINC's own rule: double every other digit from the right, add, and fill up to ten."""
    number, digit = code.split("-")
    odd, even = number[::-1][::2], number[::-1][1::2]
    doubled = str(int(odd[::-1]) * 2)
    summed = sum(int(one) for one in even + doubled)
    return (10 - summed % 10) % 10 == int(digit)


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


@pytest.mark.parametrize(
    ("slug", "reliable", "caseness"),
    [("phq-9", 6, 10), ("gad-7", 4, 8), ("pcl-5", 10, 33), ("who-5", 10, 50), ("isi", 8, 15), ("wsas", None, 10)],
)
def test_change_rules_are_those_of_the_sources(slug, reliable, caseness):
    change = shipped_shelf().instrument(slug, on=DAY).change
    assert (change.reliable_points, change.caseness_at, change.confirmed) == (reliable, caseness, True)


def test_the_columns_are_those_of_the_public_survey(phq9):
    header = shared("items/nhanes_2017_2018_DPQ_J_first1000.csv").open().readline().strip().split(",")
    assert list(phq9.data_columns) == header[1:10]


@pytest.mark.parametrize("instrument", [one for one in INSTRUMENTS if one.bands], ids=lambda one: one.pin.slug)
def test_bands_cover_the_whole_range_without_a_hole(instrument):
    starts = [band.at_least for band in instrument.bands]
    assert starts == sorted(set(starts))
    assert starts[0] == instrument.scoring.minimum
    assert starts[-1] <= instrument.scoring.maximum


def test_the_range_is_what_the_answers_can_give(gad7):
    scores = [[choice.score for choice in item.choices] for item in gad7.scored_items]
    totals = {sum(answers) for answers in product(*scores)}
    assert totals == set(range(gad7.scoring.minimum, gad7.scoring.maximum + 1))
