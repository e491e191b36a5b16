"""Read and sign, the signed note, its PDF and what is added later, through HTTP."""

from __future__ import annotations

import html
import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from openhour.records.models import Addendum, Charge, Note
from openhour.workflows.hour.amend_note import amend_note
from openhour.workflows.hour.fields import Typed
from openhour.workflows.hour.save_note import save_note
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.typed import base_of
from tests.cast import NOW
from tests.workflows.hours import minutes, ready_to_sign, trail_of


def sign_address(cast) -> str:
    return reverse("note-sign", args=[cast.ana_visit.pk])


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the sign form."""
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


@pytest.fixture
def signed(cast) -> Note:
    """Ana's note, signed by Ben."""
    ready_to_sign(cast)
    return sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90)).note


def words_of(response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_note_is_read_then_signed_and_stands(cast, sign_in):
    ready_to_sign(cast)
    client = sign_in("ben")
    page = client.get(sign_address(cast)).content.decode()
    assert "She left the house four times." in page
    assert "55 minutes support 90837" in page
    assert "Sign as Ben Brook, PsyD" in page
    answer = client.post(sign_address(cast), hidden(page))
    note = Note.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("note", args=[note.pk]))
    assert note.state == "signed"
    assert Charge.objects.get().code == "90837"


def test_reading_changes_nothing(cast, sign_in):
    ready_to_sign(cast)
    before = Note.objects.values().get()
    sign_in("ben").get(sign_address(cast))
    assert Note.objects.values().get() == before


def test_every_gap_is_listed_with_where_it_is_mended(cast, sign_in):
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    client = sign_in("ben")
    answer = client.post(sign_address(cast))
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("The stop of the session is still empty.", "No diagnosis is named yet.", "“Data” is still empty."):
        assert words in page
    room = reverse("session-room", args=[cast.ana_visit.pk])
    assert f'href="{room}#times"' in page
    assert f'href="{room}#id_sections-data"' in page
    assert "disabled" in page


def test_what_changed_since_the_reading_is_not_signed(cast, sign_in):
    ready_to_sign(cast)
    client = sign_in("ben")
    form = hidden(client.get(sign_address(cast)).content.decode())
    typed = {"sections.plan": Typed("Another plan", base_of("Go on with the schedule."))}
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=minutes(80))
    answer = client.post(sign_address(cast), form)
    assert answer.status_code == 422
    assert "has changed since you opened this page" in answer.content.decode()
    assert "Another plan" in answer.content.decode()
    assert Note.objects.get().state == "draft"


def test_pressing_twice_signs_once_and_leads_to_the_note(cast, sign_in):
    ready_to_sign(cast)
    client = sign_in("ben")
    form = hidden(client.get(sign_address(cast)).content.decode())
    first, second = (client.post(sign_address(cast), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Charge.objects.count() == trail_of("note.signed") == 1


def test_the_signed_note_says_what_was_signed_and_by_whom(cast, sign_in, signed):
    said = words_of(sign_in("ben").get(reverse("note", args=[signed.pk])))
    for words in (
        "Monday 2 March 2026",
        "10:00 am to 10:55 am, 55 minutes face to face",
        "Ana Almond, born 12 Apr 1985, P-1001",
        "90837, Individual therapy, long session",
        "F32.1 Major depressive disorder, moderate",
        "Proud of the four walks.",
        "She left the house four times.",
        "Ben Brook, PsyD",
        "Licence IL IL-1876",
        signed.digest[:12],
    ):
        assert words in said, words
    assert trail_of("note.read") == 1


def test_the_page_is_made_of_the_frozen_text_not_of_live_rows(cast, sign_in, signed):
    cast.ana.last_name = "Renamed"
    cast.ana.save()
    said = words_of(sign_in("ben").get(reverse("note", args=[signed.pk])))
    assert "Ana Almond" in said
    assert "Renamed" not in said


def test_a_broken_seal_is_said_at_once(cast, sign_in, signed):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER records_note_no_update")
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE records_note SET content = replace(content, 'four times', 'five times')")
    page = words_of(sign_in("ben").get(reverse("note", args=[signed.pk])))
    assert "The seal doesn’t fit" in page
    assert "and as it was signed" not in page


def test_the_pdf_is_a_pdf_whose_name_tells_nothing(cast, sign_in, signed):
    amend_note(cast.actor("ben"), signed.pk, "Left out", "Her sister came.", at=minutes(100))
    answer = sign_in("ben").get(reverse("note-pdf", args=[signed.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "Almond" not in answer["Content-Disposition"]
    assert trail_of("note.read") == 1


def test_words_are_added_and_shown_below(cast, sign_in, signed):
    client = sign_in("ben")
    address = reverse("note-amend", args=[signed.pk])
    assert "What is added" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "Left out", "text": "Her sister came."})
    assert (answer.status_code, answer["Location"]) == (303, reverse("note", args=[signed.pk]) + "#addenda")
    said = words_of(client.get(reverse("note", args=[signed.pk])))
    assert "Her sister came." in said
    assert "Left out" in said


def test_an_addendum_without_a_reason_comes_back_as_it_was_typed(cast, sign_in, signed):
    answer = sign_in("ben").post(reverse("note-amend", args=[signed.pk]), {"text": "Her sister <came>."})
    assert answer.status_code == 422
    assert "Her sister &lt;came&gt;." in answer.content.decode()
    assert not Addendum.objects.exists()


@pytest.mark.parametrize("route", ["note", "note-pdf"])
def test_a_supervisor_reads_and_cannot_add(cast, sign_in, signed, route):
    sam = sign_in("sam")
    assert sam.get(reverse(route, args=[signed.pk])).status_code == 200
    assert sam.get(reverse("note-amend", args=[signed.pk])).status_code == 404
    assert "Add to it" not in words_of(sam.get(reverse("note", args=[signed.pk])))


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
@pytest.mark.parametrize("route", ["note", "note-pdf", "note-amend"])
def test_nobody_else_finds_a_note(cast, sign_in, signed, who, route):
    answer = sign_in(who).get(reverse(route, args=[signed.pk]))
    assert answer.status_code == 404
    assert b"Almond" not in answer.content
    assert trail_of("note.read") == 0


@pytest.mark.parametrize("route", ["note", "note-pdf", "note-amend"])
def test_a_draft_and_a_missing_note_look_the_same(cast, sign_in, route):
    ready_to_sign(cast)
    client = sign_in("ben")
    draft = client.get(reverse(route, args=[Note.objects.get().pk]))
    missing = client.get(reverse(route, args=[uuid.uuid4()]))
    assert (draft.status_code, draft.content) == (missing.status_code, missing.content)
    assert draft.status_code == 404


def test_a_note_takes_no_post_and_a_pdf_neither(cast, sign_in, signed):
    client = sign_in("ben")
    for route in ("note", "note-pdf"):
        assert client.post(reverse(route, args=[signed.pk])).status_code == 405
