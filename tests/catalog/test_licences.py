"""Instruments that may not be used are refused by name, and words that aren't free are refused in a definition."""

from __future__ import annotations

import pytest

from openhour.catalog import shelf_with, shipped_shelf
from openhour.catalog.licences import refused_by_name
from tests.catalog.broken import changed, own_file, own_shelf, own_text

REFUSED = [
    ("srs", "SRS"),
    ("srs-4", "Session Rating Scale, V.3.0"),
    ("ors", "ORS"),
    ("my-ors", "Outcome rating scale"),
    ("psychlops", "PSYCHLOPS Pre"),
    ("eq-5d", "EQ-5D"),
    ("eq5d5l", "EQ-5D-5L"),
    ("eq-5d-3l", "Health today"),
    ("madrs", "MADRS"),
    ("own-scale", "Montgomery–Åsberg Depression Rating Scale"),
    ("epworth", "Epworth Sleepiness Scale"),
    ("EPWORTH-SS", "sleep"),
]


@pytest.mark.parametrize(("slug", "title"), REFUSED)
def test_what_may_not_be_used_is_refused_by_name_with_the_reason(slug, title):
    assert refused_by_name(slug, title, "").endswith(("here.", "consent.", "permission."))


@pytest.mark.parametrize("one", shipped_shelf().instruments, ids=lambda one: one.pin.slug)
def test_nothing_on_the_shelf_bears_such_a_name(one):
    assert refused_by_name(one.pin.slug, one.title, one.short) == ""


@pytest.mark.parametrize("name", ["tutors", "doors-and-windows", "Factors", "users", "Horsemanship", "eq-home", "professors"])  # fmt: skip
def test_a_name_that_only_holds_those_letters_is_not_meant(name):
    assert refused_by_name(name, name, name) == ""


@pytest.mark.parametrize(("slug", "title"), REFUSED[:8])
def test_a_file_of_such_a_name_is_left_out_and_the_rest_stays(tmp_path, slug, title):
    text = own_text("instrument").replace('slug = "own"', f'slug = "{slug}"')
    text = text.replace("Patient Health Questionnaire, 9 items", title)
    shelf = shelf_with(own_file(tmp_path, "instrument", text))
    assert [one.code for one in shelf.findings] == ["shelf.refused-instrument"]
    assert shelf.instruments == shipped_shelf().instruments


@pytest.mark.parametrize("tier", ["B", "C"])
def test_a_definition_of_tier_b_or_c_may_bring_no_words(tmp_path, tier):
    shelf = own_shelf(tmp_path, "instrument", changed("instrument", 'tier    = "A"', f'tier    = "{tier}"'))
    assert {one.code for one in shelf.findings} == {"shelf.words-not-free"}
    places = {one.place.split(": ")[1] for one in shelf.findings}
    assert {"stem", "choice[1].text", "item[1].text", "item[10].choice[4].text"} <= places


def test_an_unknown_tier_is_refused_and_tier_d_too(tmp_path):
    shelf = own_shelf(tmp_path, "instrument", changed("instrument", 'tier    = "A"', 'tier    = "D"'))
    assert ("shelf.unknown-kind", "tier") in {(one.code, one.place.split(": ")[1]) for one in shelf.findings}


def test_a_free_instrument_must_bring_its_words(tmp_path):
    text = changed("instrument", ', text = "Feeling tired or having little energy"', "")
    assert [one.code for one in own_shelf(tmp_path, "instrument", text).findings] == ["shelf.missing-key"]
