"""A site's own words: taken where they fit, refused with every reason where not, offered only under a licence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from openhour.catalog import offered, shelf_with, shipped_shelf, why_not_offered
from openhour.measures import score
from tests.catalog.wordings import wording_file, wording_text

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = date(2026, 11, 23)


def core(shelf):
    return shelf.instrument("core-10", on=DAY)


def shelf_of(folder, text=None, name="core-10.en.toml"):
    return shelf_with(wording_file(folder, wording_text() if text is None else text, name))


def test_without_words_a_form_is_not_offered_and_says_why():
    one = core(shipped_shelf())
    finding = why_not_offered(one, None, DAY)
    assert (one.needs_wording, finding.code) == (True, "instrument.no-wording")
    assert "core-10" not in {found.pin.slug for found in shipped_shelf().offered(on=DAY)}


def test_with_words_the_form_is_offered_and_asked_in_them(tmp_path):
    shelf = shelf_of(tmp_path)
    assert shelf.findings == ()
    one = core(shelf)
    assert [item.text for item in one.items] == [f"made-up question {place}" for place in range(1, 11)]
    assert [choice.text for choice in one.item("2").choices] == ["never", "hardly", "now and then", "much", "always"]
    assert (one.stem, one.notice, one.needs_wording) == ("In the week that passed:", "© A made-up trust", False)
    assert "core-10" in {found.pin.slug for found in shelf.offered(on=DAY)}


def test_words_change_nothing_that_is_scored_and_not_the_pin(tmp_path):
    one, bare = core(shelf_of(tmp_path)), core(shipped_shelf())
    assert one.pin == bare.pin
    answers = dict.fromkeys((item.id for item in one.items), 2)
    assert score(one, answers) == score(bare, answers)
    assert [item.reversed for item in one.items] == [item.reversed for item in bare.items]


def test_the_mark_of_the_words_changes_with_every_letter(tmp_path):
    first = core(shelf_of(tmp_path)).wording
    second = core(shelf_of(tmp_path, wording_text().replace("question 3", "question three"))).wording
    assert first.startswith("en-")
    assert second.startswith("en-")
    assert first != second


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 12, 31), "instrument.licence-not-begun"),
        (FIRST, None),
        (LAST, None),
        (date(2027, 1, 1), "instrument.licence-ended"),
    ],
)
def test_a_form_is_offered_from_the_first_to_the_last_day_of_its_licence(tmp_path, day, code):
    shelf = shelf_of(tmp_path)
    one = core(shelf)
    finding = why_not_offered(one, shelf.wording_of(one), day)
    assert (finding and finding.code) == code
    assert offered(one, shelf.wording_of(one), day) is (code is None)
    assert ("core-10" in {found.pin.slug for found in shelf.offered(on=day)}) is (code is None)


def test_a_form_that_was_answered_keeps_its_words_after_the_licence(tmp_path):
    shelf = shelf_of(tmp_path)
    assert shelf.instrument_pinned("core-10@1.0.0").item("1").text == "made-up question 1"
    assert not offered(core(shelf), shelf.wording_of(core(shelf)), date(2030, 1, 1))


def test_a_licence_without_an_end_has_none(tmp_path):
    shelf = shelf_of(tmp_path, wording_text().replace("to       = 2026-12-31\n", ""))
    assert offered(core(shelf), shelf.wording_of(core(shelf)), date(2050, 1, 1))


def test_words_of_another_version_are_not_taken_for_this_one(tmp_path):
    shelf = shelf_of(tmp_path)
    one = replace(core(shelf), pin=replace(core(shelf).pin, version="2.0.0"))
    assert why_not_offered(one, shelf.wording_of(core(shelf)), DAY).code == "instrument.other-wording"


def test_of_two_languages_english_stands_in_the_form(tmp_path):
    wording_file(tmp_path, wording_text("es").replace("made-up", "inventada"), "a-core-10.es.toml")
    shelf = shelf_of(tmp_path)
    assert shelf.findings == ()
    assert {one.language for one in shelf.wordings} == {"en", "es"}
    assert core(shelf).item("1").text == "made-up question 1"


def test_two_wordings_in_one_language_are_refused(tmp_path):
    wording_file(tmp_path, wording_text(), "another.toml")
    assert [one.code for one in shelf_of(tmp_path).findings] == ["shelf.duplicate"]


@pytest.mark.parametrize("slug", ["phq-9", "pcl-5", "asq", "session-feedback"])
def test_free_words_need_no_licence(slug):
    assert offered(shipped_shelf().instrument(slug, on=DAY), None, DAY)


def test_a_personal_rating_needs_the_words_of_a_patient():
    one = shipped_shelf().instrument("personal-burden", on=DAY)
    assert why_not_offered(one, None, DAY).code == "instrument.personal"


WRONG = [
    ('"core-10@1.0.0"', '"core-10"', "not-on-shelf", "instrument"),
    ('"core-10@1.0.0"', '"core-11@1.0.0"', "not-on-shelf", "instrument"),
    ('"core-10@1.0.0"', '"phq-9@1.0.0"', "words-not-needed", "instrument"),
    ('"core-10@1.0.0"', '"srs@1.0.0"', "refused-instrument", "instrument"),
    ('"core-10@1.0.0"', '"ors@3.0.0"', "refused-instrument", "instrument"),
    ('"core-10@1.0.0"', '"eq-5d-5l@1.0.0"', "refused-instrument", "instrument"),
    ('stem       =', 'title = "Session Rating Scale"\nstem =', "refused-instrument", "instrument"),
    ('"wording/1"', '"wording/2"', "unknown-kind", "schema"),
    ('language   = "en"', 'language = "English"', "bad-language", "language"),
    ('stem       = "In the week that passed:"\n', "", "missing-key", "stem"),
    ('  { id = "10", text = "made-up question 10" },\n', "", "item-missing", "item"),
    ('  { id = "10", text = "made-up question 10" },\n', "", "wrong-count", "item"),
    ('{ id = "10",', '{ id = "11",', "unknown-item", "item[10].id"),
    ('{ id = "10",', '{ id = "9",', "duplicate", "item[10].id"),
    (', text = "made-up question 4"', "", "missing-key", "item[4].text"),
    ("score = 4,", "score = 5,", "wrong-answers", "item[1].choice"),
    ('  { score = 4, text = "always" },\n', "", "wrong-answers", "item[10].choice"),
    ("score = 4,", "score = 3,", "duplicate", "choice[5].score"),
    ('text = "always"', 'text = ""', "empty", "choice[5].text"),
    ('holder   = "A made-up trust"\n', "", "missing-key", "licence.holder"),
    ("from     = 2026-01-01\n", "", "missing-key", "licence.from"),
    ('document = "Folder 7, page 2"\n', "", "missing-key", "licence.document"),
    ("to       = 2026-12-31", "to = 2025-12-31", "out-of-range", "licence.to"),
    ("to       = 2026-12-31", 'to = "soon"', "wrong-type", "licence.to"),
    ('kind     = "CC', 'sort = "CC', "unknown-key", "licence.sort"),
    ('language   = "en"', 'language = "en"\ncolor = "red"', "unknown-key", "color"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "key"), WRONG)
def test_words_that_do_not_fit_are_refused_with_the_reason(tmp_path, old, new, code, key):
    text = wording_text()
    assert old in text
    shelf = shelf_of(tmp_path, text.replace(old, new, 1))
    found = {(one.code.removeprefix("shelf."), one.place.split(": ")[1]) for one in shelf.findings}
    assert (code, key) in found
    assert shelf.wordings == ()
    assert core(shelf).needs_wording
    assert shelf.instruments == shipped_shelf().instruments


def test_a_count_that_is_wrong_says_both_numbers(tmp_path):
    shelf = shelf_of(tmp_path, wording_text(items=9))
    assert "CORE-10 has 10 questions, and this wording 9." in {one.sentence for one in shelf.findings}
