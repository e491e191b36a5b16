"""Homework on Ana's phone: filled in entry by entry, with or without the page's script, and sent once."""

from __future__ import annotations

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from openhour.records.models import Assignment
from openhour.workflows.safety.issue_link import issue_link
from tests.shared_data import shared
from tests.workflows.answers import BEFORE
from tests.workflows.given import thought_record
from tests.workflows.hours import trail_of


@pytest.fixture
def given(cast, link) -> Assignment:
    return thought_record(cast)


@pytest.fixture
def here(at, given) -> str:
    return at("portal-homework", given)


def text(page):
    return unescape(page.content.decode())


def standing() -> list[dict[str, str]]:
    return Assignment.objects.get().answers


def test_the_welcome_leads_to_it(phone, at, given, here):
    words = text(phone.get(at("portal")))
    assert "Your homework" in words
    assert here in words


def test_the_form_is_the_one_of_the_shelf_with_its_fields_and_entries(phone, here, given):
    from openhour.records.shelf import shelf

    form = shelf().pinned("homework", given.form_key)
    words = text(phone.get(here))
    for told in (form.purpose, form.instructions, given.why, *(field.title for field in form.fields)):
        assert told in words
    assert words.count("Entry ") == form.rows
    assert 'name="3.thought"' in words
    assert "Leave out whatever you like" in words
    assert 'class="form all-optional"' in words
    assert 'name="4.thought"' not in words
    assert 'href="tel:988"' in words


def test_what_is_written_is_kept_and_stands_there_again(send, phone, here):
    page = send(here, {"1.thought": "I always miss out.", "1.day": "2026-03-01", "revision": "0", "go": "save"})
    assert (page.status_code, page["Location"]) == (302, f"{here}?saved=1")
    words = text(phone.get(page["Location"]))
    assert "I always miss out.</textarea>" in words
    assert "Entry 1 · Sun 1 Mar" in words
    assert "Kept. You can go on now or later" in words


def test_an_entry_is_added_and_what_was_written_goes_along(send, phone, here):
    page = send(here, {"1.thought": "One", "revision": "0", "rows": "3", "go": "row"})
    assert page["Location"] == f"{here}?rows=4#entry-4"
    assert 'name="4.thought"' in text(phone.get(page["Location"]))
    assert standing() == [{"thought": "One"}]


@pytest.mark.parametrize("rows", ["0", "-1", "x", "999999999999", "500", "\u0663"])
def test_the_number_of_entries_has_an_end(phone, here, rows):
    page = phone.get(here, {"rows": rows})
    assert page.status_code == 200
    assert text(page).count("Entry ") <= 40


def test_sending_closes_it_and_shows_its_words_to_nobody_who_has_the_link(send, phone, at, here):
    send(here, {"1.thought": "I always miss out.", "revision": "0", "go": "send"})
    assert Assignment.objects.get().state == "returned"
    words = text(phone.get(here))
    assert "This was sent. Ben Brook, PsyD goes through it with you." in words
    assert "miss out" not in words
    assert "Sent" in text(phone.get(at("portal")))
    again = send_again(phone, here)
    assert again.status_code == 422
    assert standing() == [{"thought": "I always miss out."}]


def send_again(phone, here):
    return phone.post(here, {"1.thought": "Other", "revision": "1", "go": "save"})


def test_what_can_t_be_kept_stays_in_its_field_with_the_reason(send, here):
    page = send(here, {"2.belief-before": "a lot", "2.thought": "Kept on screen", "revision": "0", "go": "save"})
    words = text(page)
    assert page.status_code == 422
    assert "whole number from 0 to 100" in words
    assert 'value="a lot"' in words
    assert "Kept on screen</textarea>" in words
    assert standing() == []


def test_an_empty_form_isn_t_sent(send, here):
    page = send(here, {"revision": "0", "go": "send"})
    assert page.status_code == 422
    assert "nothing to send yet" in text(page)


def test_two_devices_are_told_of_each_other(send, here):
    send(here, {"1.thought": "On the phone", "revision": "0", "go": "save"})
    page = send(here, {"1.thought": "On the tablet", "revision": "0", "go": "save"})
    assert page.status_code == 409
    assert "On the tablet</textarea>" in text(page)
    assert "On the phone" in text(page)
    told = send(here, {"1.thought": "On the tablet", "revision": "0"}, json=True)
    assert (told.status_code, told.json()) == (409, {"theirs": {"1.thought": "On the phone"}, "revision": "1"})
    settled = send(here, {"1.thought": "On the tablet", "revision": "1"}, json=True)
    assert settled.json() == {"saved": True, "revision": "2", "at": "just now"}


def test_the_script_is_told_what_is_wrong_where(send, here):
    told = send(here, {"1.hour": "noon", "revision": "0"}, json=True)
    assert (told.status_code, list(told.json()["errors"])) == (422, ["1.hour"])


def test_homework_of_another_patient_is_not_there(phone, cast, given, link):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    for token, number in ((cleo.token, given.pk), (link.token, uuid4()), ("no-such-link", given.pk)):
        page = phone.get(reverse("portal-homework", args=[token, number]))
        assert page.status_code == 404
        assert "Thought record" not in text(page)
    assert "Thought record" not in text(phone.get(reverse("portal", args=[cleo.token])))


def test_a_foreign_form_can_t_be_written_to(phone, cast, given, here):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    phone.get(here)
    sent = {"1.thought": "Not hers", "revision": "0", "go": "send"}
    assert phone.post(reverse("portal-homework", args=[cleo.token, given.pk]), sent).status_code == 404
    assert standing() == []


def test_each_reading_is_in_the_trail(phone, at, here):
    phone.get(here)
    phone.get(at("portal"))
    assert (trail_of("homework.read"), trail_of("homework.listed")) == (1, 1)


def test_a_form_that_left_the_shelf_sends_people_to_the_practice(send, phone, here):
    Assignment.objects.update(form_key="gone@9.9.9")
    assert "can’t be filled in here any more" in text(phone.get(here))
    assert phone.get(here).status_code == 200


def test_strings_that_break_things_are_kept_or_told(phone, here):
    strings = [*json.loads(shared("badinput/blns.json").read_text("utf-8")), "\0", "x" * 30_000]
    phone.get(here)
    for words in strings:
        base = str(Assignment.objects.get().revision)
        names = ("1.thought", "1.feeling", "1.day", "1.hour", "1.belief-before")
        for name in names[:2] if len(words) < 400 else names:
            sent = {name: words, "revision": base, "go": "save"}
            assert phone.post(here, sent).status_code in (302, 409, 422), words
        odd = dict.fromkeys(names[2:], words) | {"revision": words, "rows": words, "go": words}
        assert phone.post(here, odd).status_code in (302, 409, 422), words


def test_markup_is_shown_and_never_run(send, phone, here):
    send(here, {"1.thought": "</textarea><script>alert(1)</script>", "revision": "0", "go": "save"})
    assert "<script>alert(1)" not in phone.get(here).content.decode()


def test_the_room_reads_what_came_back(cast, send, sign_in, given, here):
    written = {"1.thought": "I always miss out.", "1.day": "2026-03-01", "1.hour": "14:30", "1.belief-before": "70"}
    send(here, {**written, "revision": "0", "go": "send"})
    words = text(sign_in("ben").get(reverse("session-room", args=[cast.ana_visit.pk])))
    assert "came back" in words
    told = re.findall(r"<dd class=\"preline\">(.*?)</dd>", words)
    assert told == ["Sun 1 Mar", "2:30 pm", "I always miss out.", "70 of 100"]
