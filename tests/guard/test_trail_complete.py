"""Nothing of a chart is seen without an entry: every route is walked, and what it shows is held against what it wrote."""

from __future__ import annotations

import pytest
from django.db import transaction

from openhour.guard.models import TrailEntry
from tests.cast import Cast
from tests.guard import access_records
from tests.guard.access import PEOPLE, Row, address, client_of, rows, shows, text_of

pytestmark = pytest.mark.django_db
READ = [row for row in rows().values() if "GET" in row.methods and not row.open]
OPEN = [row for row in rows().values() if "GET" in row.methods and row.open == "anyone" and row.record]
# What may never stand in an entry: names and words of the charts that the makers write.
SECRETS = ("Almond", "Quince", "autumn", "Worries", "sleep", "Synthetic")


def seen(cast: Cast, who: str, row: Row, whose: str) -> tuple[str, list[TrailEntry]]:
    """The page, and the entries that came with it."""
    with transaction.atomic():
        path, client = address(row, cast, whose), client_of(cast, who)
        before = TrailEntry.objects.count()
        answer = client.get(path)
        body = text_of(answer) if answer.status_code == 200 else ""
        entries = list(TrailEntry.objects.filter(seq__gt=before))
        transaction.set_rollback(True)
    return body, entries


def name_patient(entries: list[TrailEntry], patient_id: str) -> bool:
    return any(patient_id in (entry.patient_id, *entry.detail.split('"')) for entry in entries)


@pytest.mark.parametrize("row", READ, ids=[row.name for row in READ])
@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_sees_a_patient_leaves_an_entry_that_names_them(cast: Cast, row: Row, who: str) -> None:
    for whose in ("ana", "cleo") if row.record else ("ana",):
        if not row.opens(who, whose):
            continue
        body, entries = seen(cast, who, row, whose)
        if body and row.record and row.record not in access_records.NOBODYS:
            assert name_patient(entries, str(getattr(cast, whose).pk)), whose
        for patient in (cast.ana, cast.cleo):
            if shows(body, patient.last_name):
                assert name_patient(entries, str(patient.pk)), f"{patient.number} was shown and no entry names them"
        for entry in entries:
            written = f"{entry.actor} {entry.action} {entry.kind} {entry.subject_id} {entry.detail}"
            assert not [word for word in SECRETS if word in written], written
            assert entry.actor == f"user:{getattr(cast, f'{who}_user').pk}"


def test_a_patient_who_comes_by_link_leaves_an_entry_too(cast: Cast) -> None:
    for row in OPEN:
        body, entries = seen(cast, "", row, "ana")
        if body:
            assert name_patient(entries, str(cast.ana.pk)), row.name
            assert all(entry.actor.startswith("link:") for entry in entries), row.name


@pytest.mark.parametrize("row", READ, ids=[row.name for row in READ])
def test_who_is_refused_leaves_no_entry_of_having_read(cast: Cast, row: Row) -> None:
    for who in PEOPLE:
        for whose in ("ana", "cleo") if row.record else ("ana",):
            if not row.opens(who, whose):
                _, entries = seen(cast, who, row, whose)
                assert entries == [], (who, whose)
