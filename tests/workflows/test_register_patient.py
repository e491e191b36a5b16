"""Register a patient: a number of their own; a second chart of one person only after a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from openhour.records.models import Patient
from openhour.workflows.intake.demographics import Demographics
from openhour.workflows.intake.register_patient import register_patient
from tests.cast import NOW, Cast
from tests.workflows.charts import codes_of, entry, nobody_but

DORA = Demographics("Dora", "Élan", date(1991, 2, 3), phone="(555) 555-0199", state="il", zip_code="62701-0001")


def register(cast: Cast, typed: Demographics = DORA, who: str = "dee", **more) -> Patient:
    return Patient.objects.get(pk=register_patient(cast.actor(who), typed, at=NOW, **more))


def test_a_patient_gets_the_next_number(cast):
    assert register(cast).number == "P-1003"  # P-1001 and P-1002 were brought along
    assert register(cast, replace(DORA, first_name="Doro")).number == "P-1004"


def test_words_are_kept_and_codes_are_written_as_claims_want_them(cast):
    patient = register(cast, replace(DORA, first_name="  Dora ", pronouns="they/them", called="Dodo"))
    assert (patient.first_name, patient.pronouns, patient.called) == ("Dora", "they/them", "Dodo")
    assert (patient.state, patient.zip_code, patient.sort_name) == ("IL", "627010001", "élan dora")
    assert patient.made_at == NOW


def test_the_trail_has_one_entry_without_the_name(cast):
    patient = register(cast)
    found = entry("patient.registered")
    assert (found.patient_id, found.actor) == (str(patient.pk), f"user:{cast.dee_user.pk}")
    assert "Dora" not in found.detail


def test_only_the_front_desk_registers(cast):
    nobody_but({"dee"}, lambda who: register(cast, who=who))
    assert Patient.objects.count() == 2


def test_somebody_of_the_same_name_and_birth_date_is_asked_about(cast):
    twin = Demographics("ANA", "almond ", date(1985, 4, 12))
    assert codes_of(lambda: register(cast, twin)) == ["patient.known"]
    assert Patient.objects.count() == 2
    assert register(cast, twin, although_known=True).number == "P-1003"


def test_the_warning_names_the_number_and_no_person(cast):
    from openhour.kernel import Refused

    with pytest.raises(Refused) as refused:
        register(cast, Demographics("Ana", "Almond", date(1985, 4, 12)))
    (finding,) = refused.value.findings
    assert "P-1001" in finding.sentence
    assert "Almond" not in finding.sentence
    assert finding.place == "although_known"


def test_another_birth_date_is_another_person(cast):
    assert register(cast, Demographics("Ana", "Almond", date(1985, 4, 13))).number == "P-1003"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"first_name": " "}, "first_name.missing"),
        ({"last_name": ""}, "last_name.missing"),
        ({"last_name": "x" * 61}, "last_name.too-long"),
        ({"first_name": "a\x00"}, "first_name.unreadable"),
        ({"first_name": "\ud800"}, "first_name.unreadable"),
        ({"birth_date": None}, "birth_date.missing"),
        ({"birth_date": date(2026, 3, 3)}, "birth_date.ahead"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date.too-long-ago"),
        ({"sex": "X"}, "sex.unknown"),
        ({"phone": "12"}, "phone.unreadable"),
        ({"email": "dora at home"}, "email.unreadable"),
        ({"state": "Illinois"}, "state.unreadable"),
        ({"zip_code": "6270"}, "zip_code.unreadable"),
        ({"emergency_contact": "x" * 121}, "emergency_contact.too-long"),
    ],
)
def test_each_reason_refuses(cast, typed, code):
    assert codes_of(lambda: register(cast, replace(DORA, **typed))) == [code]
    assert Patient.objects.count() == 2


def test_everything_wrong_is_told_at_once(cast):
    typed = replace(DORA, first_name="", birth_date=None, email="x")
    assert codes_of(lambda: register(cast, typed)) == ["first_name.missing", "birth_date.missing", "email.unreadable"]


def test_born_today_is_born(cast):
    assert register(cast, replace(DORA, birth_date=NOW.date())).birth_date == NOW.date()
