"""Printed notes and consents: tagged, named, in order, and nothing of a text is taken for markup."""

from __future__ import annotations

from datetime import datetime, timezone
from io import BytesIO

import pypdf
import pytest
import typst

from openhour.ui.documents import TEMPLATES, render_pdf

NOTE = {
    "title": "Session note, January 2, 2026",
    "practice": "Riverside Therapy Group",
    "parts": ["100 Main St, Springfield, IL 62701", "(555) 555-0100"],
    "reference": "note 2026-0102",
    "patient": "Ana Doe",
    "facts": [
        ["Patient", "Ana Doe, born April 12, 1985"],
        ["Date", "January 2, 2026"],
        ["Start and stop", "9:02 to 9:57 AM"],
        ["Minutes", "55 face to face"],
        ["Place", "Office (11), Springfield IL"],
        ["Participants", ""],
        ["Therapist", "Ben Roe, PsyD, licence IL 071-001234"],
    ],
    "diagnoses": ["F33.1 Major depressive disorder, recurrent, moderate"],
    "objectives": ["Use one coping skill before noon on five days a week"],
    "interventions": ["Cognitive restructuring", "Behavioral activation"],
    "measures": [["PHQ-9", "14", "moderate, 4 points lower than on December 19"], ["GAD-7", "9", "mild"]],
    "sections": [
        {
            "title": "Data",
            "text": "A week with two difficult mornings.\n\nThe thought record was used\non four days.",
        },
        {"title": "Assessment", "text": "Responded well; brighter at the end."},
    ],
    "signature": {
        "name": "Ben Roe",
        "credential": "PsyD",
        "licence": "IL 071-001234",
        "signed_at": "January 2, 2026, 10:15 AM CST",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    "cosignature": None,
    "addenda": [
        {
            "written_at": "January 5, 2026, 8:40 AM CST",
            "by": "Ben Roe, PsyD",
            "text": "Moved to Friday.",
            "digest": "60303ae2",
        }
    ],
}
CONSENT = {
    "title": "Consent to psychotherapy",
    "practice": "Riverside Therapy Group",
    "parts": ["100 Main St, Springfield, IL 62701"],
    "patient": "Ana Doe",
    "version": "psychotherapy@1.0.0",
    "clauses": [
        {"title": "What this is", "text": "You talk with a trained therapist.", "entries": [], "comparison": []},
        {
            "title": "Risks",
            "text": "It can be hard.",
            "entries": ["It may get worse before it gets better."],
            "comparison": [],
        },
        {
            "title": "Alternatives",
            "text": "Other kinds of help:",
            "entries": [],
            "comparison": [["Medication", "Acts within weeks", "May have side effects"]],
        },
    ],
    "signature": {"name": "Ana Doe", "signed_at": "January 2, 2026", "lines": ["On paper, kept by the front desk"]},
}


def reader_of(template, data):
    return pypdf.PdfReader(BytesIO(render_pdf(template, data)))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def texts(value):
    """Every text of the data but the names of its parts."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value or () for text in texts(one)]


@pytest.mark.parametrize(("template", "data"), [("note", NOTE), ("consent", CONSENT)])
def test_every_text_of_the_data_stands_on_the_page(template, data):
    page = words(reader_of(template, data))
    for text in texts(data):
        # The place that a fact holds is left out where it is empty, and so is its label.
        if text != "Participants":
            assert " ".join(text.split()) in page, text
    assert "Participants" not in page


@pytest.mark.parametrize(("template", "data"), [("note", NOTE), ("consent", CONSENT)])
def test_it_is_tagged_named_and_in_a_language(template, data):
    reader = reader_of(template, data)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a pypdf boolean
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("en")
    assert reader.metadata.title == data["title"]


def test_facts_come_before_judgement_and_addenda_last():
    page = words(reader_of("note", NOTE))
    order = [
        "Minutes",
        "Diagnoses",
        "Interventions",
        "Measures",
        "Data",
        "Assessment",
        "Digest 9f86",
        "Addenda",
        "Moved",
    ]
    places = [page.index(word) for word in order]
    assert places == sorted(places)


def test_a_cosignature_stands_below_the_therapists():
    cosigned = {**NOTE, "cosignature": {**NOTE["signature"], "name": "Sam Stone", "signed_at": "January 3, 2026"}}
    page = words(reader_of("note", cosigned))
    assert page.index("Ben Roe, PsyD Therapist") < page.index("Sam Stone, PsyD Supervisor")


def test_a_consent_not_yet_signed_has_a_line_to_sign_on():
    page = words(reader_of("consent", {**CONSENT, "signature": None}))
    assert "Patient's signature and date" in page
    assert "Signed" not in page


def test_a_note_without_measures_plan_or_addenda_has_no_empty_headings():
    bare = {**NOTE, "measures": [], "addenda": [], "interventions": [], "objectives": [], "diagnoses": []}
    page = words(reader_of("note", bare))
    for heading in ("Measures", "Addenda", "Interventions", "Objectives", "Diagnoses"):
        assert heading not in page


def test_a_long_note_names_the_patient_on_every_page_but_the_first():
    long = {**NOTE, "sections": [{"title": "Data", "text": "A line of the note.\n" * 120}]}
    pages = [" ".join(page.extract_text().split()) for page in reader_of("note", long).pages]
    assert len(pages) > 2
    assert all("Ana Doe" in page and "Session note" in page for page in pages[1:])


@pytest.mark.parametrize("evil", ['#read("note.typ")', "= Not a heading", "*x* _y_ $z$", "#{panic()}", "\\ @a <b>"])
def test_what_a_person_typed_is_never_markup(evil):
    page = words(reader_of("note", {**NOTE, "sections": [{"title": evil, "text": evil}]}))
    assert page.count(evil) == 2


def test_the_date_of_making_is_what_is_said_and_else_always_the_same():
    made = datetime(2026, 1, 2, 16, 15, tzinfo=timezone.utc)  # noqa: UP017
    reader = pypdf.PdfReader(BytesIO(render_pdf("note", NOTE, dated=made)))
    assert reader.metadata.creation_date == made
    assert render_pdf("note", NOTE) == render_pdf("note", NOTE)


def test_an_unknown_template_or_missing_data_is_refused():
    with pytest.raises(KeyError):
        render_pdf("../secret", {})
    with pytest.raises(typst.TypstError):
        render_pdf("note", {"title": "x"})
    assert TEMPLATES == ("consent", "note", "report", "superbill")
