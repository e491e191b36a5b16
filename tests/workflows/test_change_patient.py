"""Change who a patient is: nothing is overwritten in silence."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.records.models import Patient
from openhour.workflows.intake.change_patient import change_patient
from openhour.workflows.intake.demographics import Demographics
from tests.cast import NOW, Cast
from tests.workflows.charts import codes_of, entry, nobody_but

ANA = Demographics(
    "Ana", "Almond", date(1985, 4, 12), sex="F", phone="5555550123", address="1 Elm St", city="Springfield",
    state="IL", zip_code="627010001",
)  # fmt: skip


def change(cast: Cast, who: str = "dee", revision: int = 1, **typed) -> Patient:
    change_patient(cast.actor(who), cast.ana.pk, replace(ANA, **typed), revision=revision, at=NOW)
    return Patient.objects.get(pk=cast.ana.pk)


def test_a_new_name_is_found_by_its_new_letters(cast):
    patient = change(cast, last_name="Birch", phone="555 555 0188")
    assert (patient.sort_name, patient.phone, patient.revision) == ("birch ana", "555 555 0188", 2)


def test_the_trail_names_the_fields_and_none_of_their_words(cast):
    change(cast, last_name="Birch")
    found = entry("patient.changed")
    assert '"fields":["last_name"]' in found.detail
    assert "Birch" not in found.detail


def test_nothing_changed_writes_nothing(cast):
    assert change(cast).revision == 1
    assert not TrailEntry.objects.exists()


def test_the_second_tab_is_told(cast):
    change(cast, phone="5555550111")
    assert codes_of(lambda: change(cast, phone="5555550222")) == ["patient.changed-meanwhile"]
    assert Patient.objects.get(pk=cast.ana.pk).phone == "5555550111"


def test_the_second_tab_is_told_everything_at_once(cast):
    change(cast, phone="5555550111")
    assert codes_of(lambda: change(cast, email="x")) == ["patient.changed-meanwhile", "email.unreadable"]


def test_nobody_else_changes(cast):
    other = Patient.objects.filter(pk=cast.cleo.pk).values().get()
    change(cast, city="Chicago")
    assert Patient.objects.filter(pk=cast.cleo.pk).values().get() == other


def test_the_front_desk_and_the_therapist_change(cast):
    change(cast, "ben", city="Chicago")
    nobody_but({"dee", "ben"}, lambda who: change(cast, who, 2, city="Peoria"))
    with pytest.raises(NotAllowed):
        change_patient(cast.actor("dee"), uuid.uuid4(), ANA, revision=1, at=NOW)
