"""Versions and families: which definition holds on which day, and that minutes of a family never overlap on any day."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.catalog import NotOnShelf, Shelf, read_shelf, shelf_with, shipped_folder, shipped_shelf

DAY = date(2026, 11, 23)
HEAD = 'extends = "{base}"\nschema = "procedure/1"\nslug = "{slug}"\nversion = "{version}"\neffective = {day}\n'
NAME = """
[name]
from = "Name of the Procedure"
title = "Own"
code = {{ system = "cpt", value = "{code}", title = "Own", family = "individual-psychotherapy" }}
"""
TIME = '\n[time]\nfrom = "Duration"\nplanned_minutes = 60\nsource = "Own"\n'


def own_hour(folder, file, *, slug, version, day, first, last=None, base="psychotherapy-60@1.0.0", code="90837"):
    text = HEAD.format(base=base, slug=slug, version=version, day=day) + NAME.format(code=code) + TIME
    text += f"billed_from = {first}\n" + (f"billed_to = {last}\n" if last else "")
    (folder / "procedures").mkdir(exist_ok=True)
    (folder / "procedures" / file).write_text(text, "utf-8")


def test_a_new_version_holds_from_its_day_and_the_old_one_before(tmp_path):
    own_hour(tmp_path, "v2.toml", slug="psychotherapy-60", version="2.0.0", day="2027-01-01", first=53)
    shelf = shelf_with(tmp_path)
    assert shelf.findings == ()
    assert shelf.procedure("psychotherapy-60", on=date(2026, 12, 31)).pin.key == "psychotherapy-60@1.0.0"
    assert shelf.procedure("psychotherapy-60", on=date(2027, 1, 1)).pin.key == "psychotherapy-60@2.0.0"
    assert shelf.pinned("procedure", "psychotherapy-60@1.0.0").title == "Psychotherapy, 60 minutes"


def test_minutes_that_overlap_another_of_the_family_are_refused(tmp_path):
    own_hour(tmp_path, "own.toml", slug="own", version="1.0.0", day="2027-01-01", first=50)
    (finding,) = shelf_with(tmp_path).findings
    assert (finding.code, finding.place) == ("shelf.window-overlap", "procedures/own.toml: time.billed_from")
    assert "psychotherapy-45@1.0.0" in finding.sentence
    assert [one.pin.slug for one in shelf_with(tmp_path).family("individual-psychotherapy", on=DAY)] == [
        "psychotherapy-30",
        "psychotherapy-45",
        "psychotherapy-60",
    ]


def test_minutes_that_nobody_else_holds_are_free(tmp_path):
    own_hour(tmp_path, "own.toml", slug="own", version="1.0.0", day="2027-01-01", first=1, last=15)
    assert shelf_with(tmp_path).findings == ()


def test_a_whole_family_may_move_its_minutes_on_one_day(tmp_path):
    own_hour(tmp_path, "a.toml", slug="psychotherapy-45", version="2.0.0", day="2027-01-01", first=38, last=55)
    own_hour(tmp_path, "b.toml", slug="psychotherapy-60", version="2.0.0", day="2027-01-01", first=56)
    assert shelf_with(tmp_path).findings == ()


def test_a_family_that_moves_on_different_days_overlaps_in_between(tmp_path):
    own_hour(tmp_path, "a.toml", slug="psychotherapy-45", version="2.0.0", day="2027-01-01", first=38, last=55)
    own_hour(tmp_path, "b.toml", slug="psychotherapy-60", version="2.0.0", day="2027-01-02", first=56)
    (finding,) = shelf_with(tmp_path).findings
    assert finding.place == "procedures/a.toml: time.billed_from"


@given(st.integers(1, 300), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_minute_of_the_shipped_family_has_at_most_one_code(minute, day):
    held = [
        procedure.code.value
        for procedure in shipped_shelf().family("individual-psychotherapy", on=day)
        if procedure.time.billed_from <= minute <= (procedure.time.billed_to or 10_000)
    ]
    expected = "90832" if minute <= 37 else "90834" if minute <= 52 else "90837"
    assert held == ([] if minute < 16 else [expected])


def test_what_extends_another_file_takes_all_that_it_does_not_say():
    long, short = (shipped_shelf().procedure(slug, on=DAY) for slug in ("psychotherapy-60", "psychotherapy-30"))
    assert short.risks == long.risks
    assert short.indications == long.indications
    assert short.interventions == long.interventions
    assert (short.code.value, short.time.planned_minutes) == ("90832", 30)
    assert short.pin.slug == "psychotherapy-30"


def test_the_evaluation_is_a_family_of_its_own_and_depends_on_no_minutes():
    evaluation = shipped_shelf().procedure("diagnostic-evaluation", on=DAY)
    assert (evaluation.code.value, evaluation.time.billed_from, evaluation.time.billed_to) == ("90791", None, None)
    assert evaluation.family not in {one.family for one in shipped_shelf().procedures if one is not evaluation}


def test_a_digest_is_that_of_the_file():
    content = (shipped_folder() / "instruments" / "phq-9.v1.toml").read_bytes()
    assert shipped_shelf().instrument("phq-9", on=DAY).pin.digest == hashlib.sha256(content).hexdigest()


def test_the_digest_of_what_extends_covers_both_files(tmp_path):
    own = tmp_path / "copy"
    shutil.copytree(shipped_folder(), own)
    base = own / "procedures" / "psychotherapy-60.v1.toml"
    base.write_text(base.read_text("utf-8").replace("Feel better in mind overall", "Feel better"), "utf-8")
    before, after = shipped_shelf(), read_shelf(own)
    for slug in ("psychotherapy-60", "psychotherapy-45", "psychotherapy-30", "diagnostic-evaluation"):
        assert before.procedure(slug, on=DAY).pin.digest != after.procedure(slug, on=DAY).pin.digest
    assert before.instrument("phq-9", on=DAY).pin == after.instrument("phq-9", on=DAY).pin


def test_digests_are_the_same_at_each_reading():
    first, second = read_shelf(shipped_folder()), read_shelf(shipped_folder())
    for field in fields(Shelf):
        assert getattr(first, field.name) == getattr(second, field.name), field.name
    digests = [one.pin.digest for one in first.procedures]
    assert len(set(digests)) == len(digests)
    assert all(len(digest) == 64 for digest in digests)


@pytest.mark.parametrize("days", [-1, -400])
def test_nothing_holds_before_its_first_day(days):
    shelf = shipped_shelf()
    pins = [one.pin for one in (*shelf.notes, *shelf.homework, *shelf.consents, *shelf.payers)]
    lookups = {"note": shelf.note, "homework": shelf.homework_form, "consent": shelf.consent, "payer": shelf.payer}
    for pin in pins:
        with pytest.raises(NotOnShelf, match=pin.slug):
            lookups[pin.kind](pin.slug, on=pin.effective + timedelta(days=days))
