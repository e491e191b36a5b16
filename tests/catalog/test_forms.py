"""Notes, homework, consent and payers as shipped: what they must hold to do their work in the hour."""

from __future__ import annotations

from datetime import date

import pytest

from openhour.catalog import shipped_shelf
from openhour.catalog.kinds import CONSENT_FILLS, JUDGEMENTS
from openhour.kernel import Money

DAY = date(2026, 11, 23)
SHELF = shipped_shelf()
CONSENT = SHELF.consent("psychotherapy", on=DAY)


@pytest.mark.parametrize(
    ("slug", "titles"),
    [
        ("dap", ["Data", "Assessment", "Plan"]),
        ("soap", ["Subjective", "Objective", "Assessment", "Plan"]),
        ("birp", ["Behavior", "Intervention", "Response", "Plan"]),
        ("girp", ["Goal", "Intervention", "Response", "Plan"]),
    ],
)
def test_a_note_format_has_the_sections_of_its_name(slug, titles):
    note = SHELF.note(slug, on=DAY)
    assert [section.title for section in note.sections] == titles
    assert note.short == "".join(title[0] for title in titles)


@pytest.mark.parametrize("note", SHELF.notes)
def test_every_judgement_has_a_required_section(note):
    required = {section.slug for section in note.sections if section.required}
    assert [judgement for judgement, _ in note.carries] == list(JUDGEMENTS)
    assert {section for _, section in note.carries} <= required


@pytest.mark.parametrize("note", SHELF.notes)
def test_every_fact_of_the_session_is_shown_in_some_section(note):
    shown = {fact for section in note.sections for fact in section.facts}
    assert shown == {"times", "place", "people", "scores", "homework"}


@pytest.mark.parametrize(("slug", "scales"), [("thought-record", 4), ("activity-schedule", 3)])
def test_a_homework_form_asks_when_and_rates(slug, scales):
    form = SHELF.homework_form(slug, on=DAY)
    assert [field.kind for field in form.fields][:2] == ["date", "time"]
    rated = [field for field in form.fields if field.kind == "scale"]
    assert len(rated) == scales
    assert all(field.minimum == 0 and field.maximum in (10, 100) for field in rated)


def test_the_consent_is_filled_by_every_part_of_the_definition_that_a_patient_is_told():
    assert {clause.fill for clause in CONSENT.clauses} == {"", *CONSENT_FILLS}


def test_the_consent_is_for_all_shipped_procedures_and_renewed_each_year():
    assert set(CONSENT.procedures) == {procedure.pin.slug for procedure in SHELF.procedures}
    assert CONSENT.renew_after_days == 365


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("confidentiality", ("danger", "abuse", "court", "payer", "supervisor")),
        ("records", ("copy", "mistakes")),
        ("fees", ("good-faith estimate", "cancel")),
        ("emergency", ("988", "911")),
        ("choice", ("say no", "stop at any time", "board")),
        ("measures", ("questionnaires", "not read around the clock")),
        ("therapist", ("license", "supervision")),
        ("homework", ("you decide",)),
        ("alternatives", ("choose none",)),
    ],
)
def test_the_consent_tells_what_the_law_and_good_practice_ask_for(slug, words):
    (clause,) = [clause for clause in CONSENT.clauses if clause.slug == slug]
    assert all(word in clause.text for word in words)


@pytest.mark.parametrize(
    ("code", "day", "dollars"),
    [
        ("90837", date(2025, 12, 31), "170"),
        ("90837", date(2026, 1, 1), "180"),
        ("90834", DAY, "130"),
        ("90832", DAY, "90"),
        ("90791", DAY, "220"),
    ],
)
def test_a_fee_holds_from_its_day(code, day, dollars):
    for slug in ("self-pay", "example-payer"):
        assert SHELF.payer(slug, on=day).fee_for(code, on=day) == Money.of(dollars)


def test_a_code_without_a_fee_has_none():
    assert SHELF.payer("self-pay", on=DAY).fee_for("90853", on=DAY) is None
    assert SHELF.payer("self-pay", on=DAY).fee_for("90837", on=date(2019, 12, 31)) is None


def test_the_insurer_has_what_a_claim_needs_and_self_pay_does_not():
    insurer, own = SHELF.payer("example-payer", on=DAY), SHELF.payer("self-pay", on=DAY)
    assert (insurer.kind, insurer.payer_id, insurer.filing_indicator, insurer.filing_days) == (
        "insurer",
        "99999",
        "CI",
        180,
    )
    assert insurer.address[2:] == ("IL", "606010001")
    assert (own.kind, own.payer_id, own.filing_days, own.edits) == ("self-pay", "", None, ())


def test_the_edits_of_the_insurer_come_with_their_parameters():
    edits = {edit.kind: dict(edit.parameters) for edit in SHELF.payer("example-payer", on=DAY).edits}
    assert "11" in edits["allowed-place-of-service"]["places"]
    assert edits["requires-member-id-pattern"] == {"pattern": "[A-Z]{3}[0-9]{6,9}"}
