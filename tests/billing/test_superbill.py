"""The superbill: whole or named gap by gap, and printed so that everyone can read it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from openhour.billing.claims import Address, Person
from openhour.billing.superbill import NOT_A_CLAIM, printed, superbill_gaps
from openhour.kernel import Money
from openhour.ui.documents import render_pdf
from tests.billing.bill import BILL, LINE
from tests.billing.cast import ANA
from tests.shared_data import shared


def pdf_of(bill):
    return pypdf.PdfReader(BytesIO(render_pdf("superbill", printed(bill))))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_whole_superbill_has_no_gap():
    assert superbill_gaps(BILL) == ()


@pytest.mark.parametrize(
    ("bill", "place"),
    [
        (replace(BILL, practice=replace(BILL.practice, name=" ")), "practice.name"),
        (replace(BILL, practice=replace(BILL.practice, address=Address("", "", "IL", ""))), "practice.address"),
        (replace(BILL, practice=replace(BILL.practice, phone="")), "practice.phone"),
        (replace(BILL, practice=replace(BILL.practice, tax_id="1")), "practice.tax-id"),
        (replace(BILL, practice=replace(BILL.practice, npi="1234567890")), "practice.npi"),
        (replace(BILL, clinician=replace(BILL.clinician, name="")), "therapist.name"),
        (replace(BILL, clinician=replace(BILL.clinician, credential="")), "therapist.credential"),
        (replace(BILL, clinician=replace(BILL.clinician, licence="")), "therapist.licence"),
        (replace(BILL, clinician=replace(BILL.clinician, npi="")), "therapist.npi"),
        (replace(BILL, clinician=replace(BILL.clinician, taxonomy="")), "therapist.taxonomy"),
        (replace(BILL, patient=replace(ANA, person=Person(""))), "patient.name"),
        (replace(BILL, patient=replace(ANA, address=Address("", "", "", ""))), "patient.address"),
        (replace(BILL, patient=replace(ANA, birth=date(2026, 2, 1))), "patient.birth"),
        (replace(BILL, lines=()), "lines"),
        (replace(BILL, lines=(replace(LINE, diagnoses=()),)), "line 1"),
        (replace(BILL, lines=(LINE, replace(LINE, code=""))), "line 2"),
        (replace(BILL, lines=(replace(LINE, place=""),)), "line 1"),
        (replace(BILL, lines=(replace(LINE, amount=Money(0)),)), "line 1"),
        (replace(BILL, lines=(replace(LINE, units=0),)), "line 1"),
        (replace(BILL, lines=(replace(LINE, day=date(2026, 2, 1)),)), "line 1"),
        (replace(BILL, signed_by=""), "signature"),
        (replace(BILL, signed_on=None), "signature"),
        (replace(BILL, paid=Money(-1)), "paid"),
    ],
)
def test_a_missing_part_is_named_where_it_is_mended(bill, place):
    assert [gap.place for gap in superbill_gaps(bill)] == [place]


def test_all_gaps_are_named_at_once():
    empty = replace(BILL, practice=replace(BILL.practice, npi="", phone=""), lines=(), signed_by="")
    assert [gap.place for gap in superbill_gaps(empty)] == ["practice.phone", "practice.npi", "lines", "signature"]


def test_what_was_charged_paid_and_is_owed():
    assert (BILL.charged, BILL.paid, BILL.balance) == (Money(36000), Money(18000), Money(18000))
    assert replace(BILL, paid=Money(40000)).balance == Money(-4000)


def test_the_page_holds_every_part_that_an_insurer_asks_for():
    text = words(pdf_of(BILL))
    for part in (
        "Riverside Therapy Group",
        "100 Main St",
        "Springfield, IL 62701-0001",
        "(555) 555-0100",
        "12-3456789",
        "1234567893",
        "Ben Roe, PsyD",
        "IL 071-001234",
        "1876543210",
        "103TC0700X",
        "Ana Doe",
        "April 12, 1985",
        "1 Elm St",
        "MEM123456",
        "January 2, 2026",
        "January 9, 2026",
        "90837",
        "F33.1, F41.1",
        "$180.00",
        "$360.00",
        "Generalized anxiety disorder",
        "January 31, 2026",
        NOT_A_CLAIM,
    ):
        assert part in text, part


def test_the_page_reads_like_the_golden_one_from_top_to_bottom():
    golden = Path(__file__).resolve().parents[1] / "golden" / "superbill.txt"
    assert pdf_of(BILL).pages[0].extract_text().strip() == golden.read_text("utf-8").strip()


def test_the_page_is_tagged_named_and_in_a_language():
    reader = pdf_of(BILL)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a pypdf boolean
    assert root["/Lang"].startswith("en")
    assert reader.metadata.title == "Superbill 2026-0007"
    kinds = list(tags(root["/StructTreeRoot"]))
    assert kinds.count("/Table") == 1
    assert kinds.count("/TH") == 7
    assert kinds.count("/TD") == 14
    assert "/H1" in kinds
    assert "/H2" in kinds


def tags(node):
    """The structure types below a node, in reading order."""
    below = node.get("/K", [])
    for one in below if isinstance(below, list) else [below]:
        child = one.get_object() if hasattr(one, "get_object") else one
        if hasattr(child, "get") and child.get("/S"):
            yield child["/S"]
            yield from tags(child)


def test_the_same_superbill_gives_the_same_bytes():
    assert render_pdf("superbill", printed(BILL)) == render_pdf("superbill", printed(BILL))


def test_a_long_superbill_repeats_its_header_row_and_numbers_its_pages():
    reader = pdf_of(replace(BILL, lines=(LINE,) * 50))
    assert len(reader.pages) >= 2
    second = " ".join(reader.pages[1].extract_text().split())
    assert "Diagnosis Units Charge" in second
    assert f"Page 2 of {len(reader.pages)}" in second
    assert "Ana Doe" in second


@pytest.mark.parametrize(
    "text",
    [
        "#panic()",
        "*bold*",
        "= Heading",
        "$x^2$",
        '#read("/etc/passwd")',
        "<label>",
        "\\u{41}",
        "@cite",
        "[a](b)",
        '"; #{1+1}',
    ],
)
def test_markup_in_a_name_is_printed_as_it_is(text):
    assert text in words(pdf_of(replace(BILL, signed_by=text)))


def test_a_name_in_another_script_or_without_glyphs_still_gives_a_page():
    for text in ("Łukasz Núñez", "Иван", "王芳", "👩‍⚕️", "\ufffe\x00\x07", "ด้้้้้็็็็็", "\U0010ffff"):
        assert "Superbill" in words(pdf_of(replace(BILL, signed_by=text)))


def test_naughty_strings_everywhere_give_a_page():
    for text in json.loads(shared("badinput/blns.json").read_text("utf-8")):
        bill = replace(
            BILL,
            number=text,
            signed_by=text,
            patient=replace(ANA, person=Person(text), address=Address(text, text, text, text)),
            lines=(replace(LINE, title=text),),
        )
        assert render_pdf("superbill", printed(bill)).startswith(b"%PDF-1.7")
