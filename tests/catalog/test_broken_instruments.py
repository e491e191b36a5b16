"""Each reason for which an instrument of a less plain kind is refused, with the key; from shipped files with one change."""

from __future__ import annotations

import pytest

from openhour.catalog import Turn, shelf_with, shipped_folder, shipped_shelf
from tests.catalog.broken import changed, own_file, own_shelf


def own(slug: str, old: str, new: str) -> str:
    """A shipped instrument under a slug of its own, with the first `old` replaced."""
    text = (shipped_folder() / f"instruments/{slug}.v1.toml").read_text("utf-8")
    assert old in text, f"{slug} has no {old!r} to change"
    line = next(line for line in text.splitlines() if line.startswith("slug"))
    return text.replace(line, 'slug = "own"', 1).replace(old, new, 1)


REASONS = [
    # the score
    ("core-10", "times           = 10", "times = 0", "out-of-range", "score.times"),
    ("core-10", "times           = 10", "times = 5", "out-of-range", "score.maximum"),
    ("core-10", "missing_at_most = 1", "missing_at_most = 10", "out-of-range", "score.missing_at_most"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", "weights = [4, 4, 4, 4]", "wrong-count", "score.weights"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", "weights = [4, 4, 4, 4, 5]", "out-of-range", "score.maximum"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", "weights = [4, 4, 4, 4, 0]", "out-of-range", "score.weights[5]"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", 'weights = [4, 4, 4, 4, "4"]', "wrong-type", "score.weights[5]"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", "weights = 4", "wrong-type", "score.weights"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]", "weights = []", "empty", "score.weights"),
    ("who-5", "weights         = [4, 4, 4, 4, 4]\n", "", "missing-key", "score.weights"),
    ("phq-2", 'kind            = "sum"', 'kind = "sum"\nweights = [1, 1]', "unknown-key", "score.weights"),
    ("psc-17", 'gaps            = "zero"', 'gaps = "guess"', "unknown-kind", "score.gaps"),
    ("psc-17", "missing_at_most = 3", "missing_at_most = 17", "out-of-range", "score.missing_at_most"),
    ("erq", "missing_at_most = 0", "missing_at_most = 1", "out-of-range", "score.missing_at_most"),
    ("erq", "missing_at_most = 0", "missing_at_most = 0\nminimum = 10", "unknown-key", "score.minimum"),
    # items and answers
    ("who-5", "scale       = [0, 5]", "scale = [5, 0]", "bad-scale", "scale"),
    ("who-5", "scale       = [0, 5]", "scale = [0, 5, 9]", "bad-scale", "scale"),
    ("who-5", "scale       = [0, 5]", "scale = [0, 101]", "bad-scale", "scale"),
    ("who-5", "scale       = [0, 5]", 'scale = "0-5"', "bad-scale", "scale"),
    ("who-5", "scale       = [0, 5]", "scale = [0, true]", "bad-scale", "scale"),
    ("wsas", "{ score = 99, applies = false }", "{ score = 8, applies = false }", "duplicate", "item[1].choice"),
    ("pc-ptsd-5", 'any = ["event"]', 'any = ["1"]', "unknown-item", "item[2].asked_if"),
    ("pc-ptsd-5", 'any = ["event"]', 'any = ["2"]', "unknown-item", "item[2].asked_if"),
    ("pc-ptsd-5", 'any = ["event"]', "any = []", "empty", "item[2].asked_if.any"),
    ("pc-ptsd-5", 'any = ["event"], at_least = 1', 'any = ["event"]', "missing-key", "item[2].asked_if.at_least"),
    ("pc-ptsd-5", "adds = false", 'adds = "no"', "wrong-type", "item[1].adds"),
    ("dast-10", "reversed = true", "reversed = 1", "wrong-type", "item[3].reversed"),
    ("pcl-5", 'part = "b"', 'part = "z"', "unknown-part", "item"),
    # parts and rules
    ("psc-17", 'slug        = "attention"', 'slug = "internalizing"', "duplicate", "subscale[2].slug"),
    ("psc-17", "caseness_at = 5", "caseness_at = 11", "out-of-range", "subscale[1].caseness_at"),
    ("psc-17", 'title       = "Attention"', 'title = "Attention"\nitems = ["1"]', "duplicate", "subscale[2].items"),
    ("erq", 'items  = ["2",', 'items = ["22",', "unknown-item", "subscale[2].items"),
    ("erq", "[[subscale]]", "[[parts]]", "unknown-key", "parts"),
    ("phq-9", "symptom_at  = 2", "symptom_at = 0", "out-of-range", "symptom_at"),
    ("pcl-5", "symptom_at  = 2            # “moderately” and above\n", "", "unknown-item", "rule[1].count[1].items"),
    ("pcl-5", '{ items = ["6", "7"], at_least = 1 }', '{ items = ["6", "7"], at_least = 3 }', "out-of-range", "rule[1].count[2].at_least"),
    ("phq-9", "at_least = 2, at_most = 4", "at_least = 5, at_most = 4", "out-of-range", "rule[2].count[2].at_least"),
    ("phq-9", 'slug   = "other-depressive-syndrome"', 'slug = "major-depressive-syndrome"', "duplicate", "rule[2].slug"),
    # levels
    ("asq", 'label = "negative"', 'label = "negative"\npositive = true', "out-of-range", "level[1].positive"),
    ("asq", 'label = "negative"', 'label = "negative"\nany = [{ item = "1", at_least = 1 }]', "out-of-range", "level[1].any"),
    ("asq", '{ item = "5", at_least = 1 }', '{ item = "6", at_least = 1 }', "unknown-item", "level[3].any[1].item"),
    ("asq", '{ item = "5", at_least = 1 }', '{ item = "5", at_least = 3 }', "unknown-item", "level[3].any[1].item"),
    ("asq", 'label = "positive, acute"', 'label = "negative"', "duplicate", "level[3].label"),
    ("asq", 'any   = [{ item = "5", at_least = 1 }]', "", "missing-key", "level[3].any"),
    # bands by a fact
    ("audit-c", 'is          = "male"', 'is = "female"', "duplicate", "bands_for[2].is"),
    ("audit-c", 'is          = "male"', 'is = "neither"', "unknown-kind", "bands_for[2].is"),
    ("audit-c", 'fact        = "sex"', 'fact = "shoe-size"', "unknown-kind", "bands_for[1].fact"),
    ("audit-c", "caseness_at = 4", "caseness_at = 13", "out-of-range", "bands_for[2].caseness_at"),
    ("audit-c", '{ at_least = 4, label = "positive" }', '{ at_least = 4, label = "yes" }', "out-of-range", "bands_for"),
    ("audit-c", "[change]", '[[band]]\nat_least = 0\nlabel = "all"\n[change]', "duplicate", "band"),
    # what follows
    ("phq-2", "at_least   = 3", "at_least = 7", "out-of-range", "then.at_least"),
    ("phq-2", 'instrument = "phq-9"', 'instrument = "PHQ 9"', "bad-slug", "then.instrument"),
    ("pcl-5", "every_days = 7", "every_days = 0", "out-of-range", "schedule.every_days"),
    ("pcl-5", "every_days = 7", "every_year = 1", "unknown-key", "schedule.every_year"),
    ("psc-17", 'respondent = "parent"', 'respondent = "teacher"', "unknown-kind", "respondent"),
    ("pcl-5", "strict_points    = 15", "strict_points = 81", "out-of-range", "change.strict_points"),
    ("isi", "remission_at     = 7", "remission_at = 29", "out-of-range", "change.remission_at"),
    ("phq-9", "response_percent = 50", "response_percent = 101", "out-of-range", "change.response_percent"),
    ("asq", "at_most  = 1", "at_most = 0", "out-of-range", "flag[1].at_most"),
    # examples
    ("pcl-5", "subscales = { b = 10,", "subscales = { b = 11,", "example-fails", "example[2]"),
    ("pcl-5", "subscales = { b = 10,", "subscales = { z = 10,", "unknown-key", "example[2].subscales.z"),
    ("pcl-5", "rules     = { provisional-ptsd = true }", "rules = { provisional-ptsd = false }", "example-fails", "example[2]"),
    ("wsas", "possible = 32", "possible = 40", "example-fails", "example[6]"),
    ("audit-c", 'facts   = { sex = "male" }', 'facts = { sex = "no" }', "unknown-kind", "example[1].facts.sex"),
    ("audit-c", 'facts   = { sex = "female" }', "", "example-fails", "example[2]"),
    ("asq", 'band    = "negative"', "", "example-fails", "example[1]"),
    ("c-ssrs-screener", 'band    = "high"', 'band = "low"', "example-fails", "example[5]"),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "old", "new", "code", "key"), REASONS)
def test_a_broken_instrument_is_refused_with_key_and_reason(tmp_path, slug, old, new, code, key):
    shelf = shelf_with(own_file(tmp_path, "instrument", own(slug, old, new)))
    found = {(one.code.removeprefix("shelf."), one.place.split(": ", 1)[1]) for one in shelf.findings}
    assert (code, key) in found
    assert shelf.instruments == shipped_shelf().instruments


def test_a_personal_rating_has_one_question(tmp_path):
    text = own("personal-burden", 'item    = [{ id = "1" }]', 'item = [{ id = "1" }, { id = "2" }]')
    found = {(one.code, one.place) for one in shelf_with(own_file(tmp_path, "instrument", text)).findings}
    assert ("shelf.wrong-count", "instruments/own.toml: score.kind") in found


def periodic(entry: str) -> str:
    text = changed("procedure", "periodic = [\n", f"periodic = [\n  {entry},\n")
    return text.replace("psychotherapy-60", "own")


@pytest.mark.parametrize(
    ("entry", "code", "key"),
    [
        ('{ instrument = "gad-7" }', "missing-key", "every_sessions"),
        ('{ instrument = "gad-7", every_sessions = 0 }', "out-of-range", "every_sessions"),
        ('{ instrument = "gad-7", every_days = 400 }', "out-of-range", "every_days"),
        ('{ instrument = "gad-7", every_days = 4, often = true }', "unknown-key", "often"),
        ('{ instrument = "wsas", every_days = 4 }', "duplicate", "instrument"),
        ('"gad-7"', "wrong-type", ""),
    ],
)
def test_how_often_a_form_comes_again_is_checked(tmp_path, entry, code, key):
    shelf = own_shelf(tmp_path, "procedure", periodic(entry))
    assert any(
        one.code == f"shelf.{code}" and "indication[1].battery.periodic" in one.place and one.place.endswith(key)
        for one in shelf.findings
    )


def test_a_form_that_the_shelf_lacks_is_missed_among_the_periodic_ones_too(tmp_path):
    shelf = own_shelf(tmp_path, "procedure", periodic('{ instrument = "nowhere-9", every_days = 4 }'))
    assert ("shelf.not-on-shelf", "indication[1].battery") in {
        (one.code, one.place.split(": ")[1]) for one in shelf.findings
    }


def test_plain_slugs_say_nothing_about_how_often():
    battery = shipped_shelf().procedures[0].indications[0].battery
    assert battery.turn("nowhere") is None
    assert battery.turn("wsas") == Turn("wsas", every_sessions=5, every_days=90)
