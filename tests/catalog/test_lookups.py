"""Finding what is on the shelf: the version of a day, a family, a pin, a diagnosis; each at its first and last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.catalog import NotOnShelf, shipped_shelf
from openhour.catalog.checks import changed_definitions, unpriced_codes
from openhour.catalog.forms import Fee
from openhour.catalog.icd10 import search_diagnoses, written_code
from openhour.catalog.places import place_is_known, place_words, places
from openhour.kernel import Money
from tests.measures.instruments import NINE, SEVEN

SHELF = shipped_shelf()
KINDS = (
    ("procedure", "procedures", "procedure"),
    ("instrument", "instruments", "instrument"),
    ("note", "notes", "note"),
    ("homework", "homework", "homework_form"),
    ("consent", "consents", "consent"),
    ("payer", "payers", "payer"),
)
FIRST = date(2026, 1, 1)


def version(number: int, effective: date):
    return replace(NINE, pin=replace(NINE.pin, version=f"{number}.0.0", effective=effective, digest=str(number) * 64))


def shelf_of(*instruments):
    return replace(SHELF, instruments=instruments)


@pytest.mark.parametrize(("kind", "held", "lookup"), KINDS)
def test_every_shipped_definition_is_found_on_its_first_day_and_by_its_pin(kind, held, lookup):
    definitions = getattr(SHELF, held)
    assert definitions
    for one in definitions:
        assert one.pin.kind == kind
        found = getattr(SHELF, lookup)(one.pin.slug, on=one.pin.effective)
        assert (found.pin.slug, found.pin.effective) == (one.pin.slug, one.pin.effective)
        assert SHELF.pinned(kind, one.pin.key) is one


@pytest.mark.parametrize(("kind", "held", "lookup"), KINDS)
def test_the_day_before_the_first_there_is_nothing_and_the_reason_names_kind_slug_and_day(kind, held, lookup):
    first = min(getattr(SHELF, held), key=lambda one: one.pin.effective)
    slug = first.pin.slug
    eve = min(one.pin.effective for one in getattr(SHELF, held) if one.pin.slug == slug) - timedelta(days=1)
    with pytest.raises(NotOnShelf) as nothing:
        getattr(SHELF, lookup)(slug, on=eve)
    assert str(nothing.value) == f"the shelf holds no {kind} {slug} in force on {eve.isoformat()}"


@pytest.mark.parametrize(("kind", "held", "lookup"), KINDS)
def test_a_pin_of_another_kind_or_version_is_not_on_the_shelf(kind, held, lookup):
    slug = getattr(SHELF, held)[0].pin.slug
    for other in (f"{slug}@0.0.1", slug, f"{slug}@", ""):
        with pytest.raises(NotOnShelf, match=f"no {kind}"):
            SHELF.pinned(kind, other)


def test_an_instrument_has_a_way_of_its_own_by_pin():
    assert SHELF.instrument_pinned("phq-9@1.0.0") is SHELF.pinned("instrument", "phq-9@1.0.0")
    with pytest.raises(NotOnShelf, match=r"no instrument phq-9@9\.0\.0"):
        SHELF.instrument_pinned("phq-9@9.0.0")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
@pytest.mark.parametrize(
    ("on", "number"),
    [(FIRST, 1), (date(2026, 5, 31), 1), (date(2026, 6, 1), 2), (date(2026, 12, 31), 2), (date(2027, 1, 1), 3), (date(2040, 1, 1), 3)],
)  # fmt: skip
def test_the_version_of_a_day_is_the_last_one_begun_in_whatever_order_files_are_read(order, on, number):
    versions = (version(1, FIRST), version(2, date(2026, 6, 1)), version(3, date(2027, 1, 1)))
    shelf = shelf_of(*(versions[place] for place in order), replace(SEVEN, pin=replace(SEVEN.pin, effective=FIRST)))
    assert shelf.instrument("nine", on=on).pin.version == f"{number}.0.0"
    assert shelf.instrument_pinned("nine@1.0.0") is versions[0], "an old hour keeps its own definition"


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True), st.integers(-5, 405))
def test_no_version_holds_before_its_day_and_none_after_a_later_one_began(starts, asked):
    shelf = shelf_of(*(version(place, FIRST + timedelta(days=start)) for place, start in enumerate(starts)))
    begun = [start for start in starts if start <= asked]
    if begun:
        found = shelf.instrument("nine", on=FIRST + timedelta(days=asked))
        assert found.pin.effective == FIRST + timedelta(days=max(begun))
    else:
        with pytest.raises(NotOnShelf):
            shelf.instrument("nine", on=FIRST + timedelta(days=asked))


def test_a_slug_is_found_as_a_whole():
    assert shelf_of(version(1, FIRST)).instrument("nine", on=FIRST).pin.slug == "nine"
    for part in ("nin", "nine-", "NINE", "", "9"):
        with pytest.raises(NotOnShelf):
            shelf_of(version(1, FIRST)).instrument(part, on=FIRST)


def test_a_family_holds_its_own_procedures_once_each_and_by_slug():
    day = date(2026, 11, 23)
    family = SHELF.family("individual-psychotherapy", on=day)
    assert [one.pin.slug for one in family] == sorted({one.pin.slug for one in family})
    turned = replace(SHELF, procedures=SHELF.procedures[::-1])
    assert turned.family("individual-psychotherapy", on=day) == family
    assert SHELF.family("individual", on=day) == ()
    assert SHELF.family("individual-psychotherapy", on=date(1990, 1, 1)) == ()


def test_an_item_is_found_by_its_whole_id():
    assert NINE.item("1").id == "1"
    assert NINE.item("10").id == "10"
    for other in ("", "11", "01", "1 "):
        with pytest.raises(KeyError):
            NINE.item(other)
    assert [item.id for item in NINE.scored_items] == [str(place) for place in range(1, 10)]


def test_rows_are_compared_by_the_digest_of_the_very_version():
    shelf = shelf_of(version(1, FIRST), version(2, date(2026, 6, 1)))
    kept = [
        ("instrument", "nine@1.0.0", "1" * 64),
        ("instrument", "nine@2.0.0", "1" * 64),
        ("instrument", "nine@3.0.0", "3" * 64),
    ]
    found = changed_definitions(shelf, kept)
    assert [(one.code, one.place) for one in found] == [("shelf.changed", "nine@2.0.0"), ("shelf.gone", "nine@3.0.0")]


def test_a_payer_that_lists_no_code_of_a_family_is_asked_for_none():
    payer = SHELF.payers[0]
    family = {one.code.value for one in SHELF.procedures if one.family == "individual-psychotherapy"}
    assert len(family) > 1
    first = sorted(family)[0]

    def named(*codes: str) -> list[str]:
        fees = tuple(Fee(code, Money(100), FIRST, "test") for code in codes)
        found = unpriced_codes(replace(SHELF, payers=(replace(payer, fees=fees),)))
        return [code for finding in found for code in family if f"none for {code}." in finding.sentence]

    assert named() == []
    assert named("99999") == []
    assert sorted(named(first)) == sorted(family - {first})
    assert named(*family) == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("f331", "F33.1"),
        (" F33.1 ", "F33.1"),
        ("F33", "F33"),
        ("t1491xa", "T14.91XA"),
        ("Z634", "Z63.4"),
        ("F", ""),
        ("F3", ""),
        ("F33.", ""),
        ("F33.12345", ""),
        ("F3312345", ""),
        ("F33..1", ""),
        ("3F3", ""),
        ("F33 1", ""),
        ("Ｆ331", ""),
    ],
)
def test_a_code_is_written_with_capitals_and_its_dot_or_not_at_all(typed, written):
    assert written_code(typed) == written


@given(st.text(max_size=10))
def test_what_was_written_once_is_written_the_same_again(text):
    assert written_code(written_code(text)) == written_code(text)


@pytest.mark.parametrize("limit", [-5, -1, 0, 1, 2, 20])
def test_the_search_gives_as_many_as_are_asked_for_and_never_more(limit):
    assert len(search_diagnoses("anxiety", limit)) == min(max(limit, 0), len(search_diagnoses("anxiety", 500)))


def test_fewer_hits_are_the_first_of_more():
    many = search_diagnoses("disorder", 50)
    assert len(many) == 50
    assert len({hit.value for hit in many}) == 50
    for limit in (1, 7, 49):
        assert search_diagnoses("disorder", limit) == many[:limit]


@pytest.mark.parametrize("code", ["F10.10", "F99", "Z55.0", "Z65.8", "R45.0", "T14.91XA"])
def test_a_diagnosis_of_mental_health_is_found_by_its_code(code):
    assert search_diagnoses(code, 1)[0].value == code


@pytest.mark.parametrize(("words", "near"), [("homelessness", "Z59"), ("illiteracy", "Z55"), ("imprisonment", "Z65")])
def test_what_burdens_a_life_stands_with_mental_health(words, near):
    assert search_diagnoses(words, 5)[0].value.startswith(near)


def test_what_has_a_bodily_cause_or_comes_from_a_substance_stands_after_the_rest():
    kinds = [hit.value < "F20" for hit in search_diagnoses("anxiety", 40) if hit.value.startswith("F") and hit.title.lower().startswith("anxiety")]  # fmt: skip
    assert kinds == sorted(kinds)


def test_every_place_has_two_digits_and_words_and_they_stand_in_order():
    codes = [place.value for place in places()]
    assert codes == sorted(set(codes))
    for place in places():
        assert place.system == "pos"
        assert len(place.value) == 2
        assert place_is_known(place.value)
        assert place_words(place.value) == place.title


@pytest.mark.parametrize("code", ["", "1", "011", " 11", "00", "98", "xx"])
def test_what_is_no_place_has_no_words(code):
    assert not place_is_known(code)
    with pytest.raises(KeyError):
        place_words(code)
