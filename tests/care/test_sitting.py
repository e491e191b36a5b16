"""One sitting: what is asked behind gates, what a short form leads to, and what comes over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openhour.care.sitting import (
    asked_items,
    carried_answers,
    facts_of,
    help_range,
    leads_to,
    shorter_forms,
)
from tests.care.conftest import DAY


@pytest.fixture(scope="module")
def by_slug(shelf):
    return lambda slug: shelf.instrument(slug, on=DAY)


def asked(instrument, answers, carried=()):
    return [item.id for item in asked_items(instrument, answers, carried)]


def test_without_gates_every_question_is_asked(phq9):
    assert asked(phq9, {}) == [item.id for item in phq9.items]


@pytest.mark.parametrize(("gate", "count"), [(None, 1), (0, 1), (1, 6)], ids=["open", "no", "yes"])
def test_what_is_behind_a_gate_is_asked_when_the_gate_opens(by_slug, gate, count):
    assert len(asked(by_slug("pc-ptsd-5"), {"event": gate})) == count


@pytest.mark.parametrize("answer", [1, 2])
@pytest.mark.parametrize("item", ["1", "2", "3", "4"])
def test_any_of_several_gates_opens_and_a_refusal_opens_too(by_slug, item, answer):
    assert "5" in asked(by_slug("asq"), {item: answer})
    assert "5" not in asked(by_slug("asq"), dict.fromkeys("1234", 0))


def test_what_the_short_form_asked_is_not_asked_again_and_the_critical_question_is(phq9):
    assert asked(phq9, {"1": 3, "2": 0}, ("1", "2")) == ["3", "4", "5", "6", "7", "8", "9", "10"]


def test_the_answers_of_the_short_form_come_over_by_their_codes(by_slug, phq9):
    assert carried_answers(by_slug("phq-2"), phq9, {"1": 3, "2": 0}) == {"1": 3, "2": 0}
    assert carried_answers(by_slug("phq-2"), phq9, {"1": 3, "2": None}) == {"1": 3}


def test_without_a_code_the_same_words_with_the_same_answers_come_over(by_slug, phq9):
    short = by_slug("phq-2")
    bare = replace(short, items=tuple(replace(one, loinc="", text=one.text.upper()) for one in short.items))
    assert carried_answers(bare, phq9, {"1": 2}) == {"1": 2}
    other = replace(bare, items=tuple(replace(one, choices=one.choices[:2]) for one in bare.items))
    assert carried_answers(other, phq9, {"1": 1}) == {}
    silent = replace(bare, items=tuple(replace(one, text="") for one in bare.items))
    assert carried_answers(silent, replace(phq9, items=silent.items), {"1": 1}) == {}


@pytest.mark.parametrize(("total", "slug"), [(None, ""), (2, ""), (3, "phq-9"), (6, "phq-9")])
def test_a_short_form_leads_on_from_its_threshold(by_slug, total, slug):
    assert leads_to(by_slug("phq-2"), total) == slug


def test_where_higher_is_better_a_low_total_leads_on(by_slug):
    short = by_slug("phq-2")
    well = replace(short, change=replace(short.change, better="higher"))
    assert leads_to(well, 3) == "phq-9"
    assert leads_to(well, 4) == ""


def test_a_form_without_a_longer_one_leads_nowhere(phq9):
    assert leads_to(phq9, 27) == ""


def test_only_a_form_that_asks_the_long_one_s_own_questions_stands_in_its_place(shelf):
    found = shorter_forms(shelf.instruments)
    assert found["phq-9"] == "phq-2"
    assert found["gad-7"] == "gad-2"
    assert "pcl-5" not in found  # the PC-PTSD-5 leads to it, and asks other questions


def test_help_is_shown_from_the_first_answer_that_raises_it(by_slug, phq9):
    assert help_range(phq9) == {"9": (1, None)}
    assert help_range(by_slug("asq")) == dict.fromkeys("12345", (1, 1))
    assert help_range(by_slug("pcl-5")) == {}  # its flag is confirmed by no source


@pytest.mark.parametrize(("sex", "facts"), [("F", {"sex": "female"}), ("M", {"sex": "male"}), ("U", {}), ("", {})])
def test_a_fact_that_is_not_known_is_not_taken_for_granted(sex, facts):
    assert facts_of(sex) == facts
