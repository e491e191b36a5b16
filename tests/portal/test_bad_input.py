"""Strings that others collected because they break things go into every field; none of them breaks anything here."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from openhour.records.models import Alert, Answer, Topic
from openhour.workflows.hour.typed import base_of, tidy
from tests.cast import TODAY
from tests.shared_data import shared
from tests.workflows.answers import by_link, form_of, give


@pytest.fixture(scope="module")
def naughty():
    return [*json.loads(shared("badinput/blns.json").read_text("utf-8")), "\0", "x" * 30_000, "9" * 400]


def standing():
    row = Topic.objects.first()
    return row.text if row else ""


def test_what_a_patient_types_is_kept_as_it_is_or_told_and_stays(naughty, at, phq):
    phone = Client()
    for words in naughty:
        page = phone.post(at("portal-topic"), {"topic": words, "revision": base_of(standing())})
        assert page.status_code in (302, 422), words
        if page.status_code == 302:
            assert standing() == tidy(words)
        else:
            assert "\0" in words or len(words) > 4000


def test_what_was_typed_is_shown_and_never_run(naughty, at, phq):
    phone = Client()
    for words in [one for one in naughty if "<" in one and len(one) < 4000][::4]:
        phone.post(at("portal-topic"), {"topic": words, "revision": base_of(standing())})
        shown = phone.get(at("portal-topic")).content.decode()
        assert "<script>alert" not in shown
        assert tidy(words) in tidy(unescape(shown))


def test_no_string_is_an_answer(naughty, at, phq):
    phone = Client()
    for words in naughty:
        page = phone.post(at("portal-question", phq, 1), {"q1": words, "w1": words[::-1], "go": words})
        assert page.status_code in (302, 422)
    assert set(Answer.objects.values_list("value", flat=True)) <= {0, 1, 2, 3}


def test_no_string_is_an_address(naughty, phone, cast, clock):
    for words in naughty:
        text = words.replace("/", "-").replace("\0", "")[:300]
        if not text.strip(".") or text != text.encode("utf-8", "ignore").decode():
            continue
        assert phone.get(reverse("portal", args=[text])).status_code == 404


def test_what_a_therapist_writes_about_an_alert(naughty, cast, clock, sign_in):
    give(by_link(cast), form_of(cast).pk, "9", 2)
    alert, ben = Alert.objects.get(), sign_in("ben")
    address = reverse("alert", args=[alert.pk])
    for words in [*naughty[::3], *naughty[-3:]]:
        sent = {"risk_level": "low", "action": words, "follow_up_on": TODAY.isoformat(), "value_shown": "2"}
        bad = {"risk_level": words, "follow_up_on": words, "value_shown": words}
        assert ben.post(address, {**sent, **bad}).status_code in (409, 422), words
        page = ben.post(address, sent)
        alert.refresh_from_db()
        assert page.status_code in (302, 422)
        if page.status_code == 302:
            assert alert.action == tidy(words).strip()
        Alert.objects.update(state="open", action="")
