"""The address is the key: a phone that keeps no cookies loses no answer, and no cookie gives anybody a right."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from openhour.records.models import Alert, Answer, Topic
from openhour.records.queries.link import token_of
from openhour.workflows.hour.typed import base_of
from tests.cast import NOW


@pytest.fixture
def forgetful(db):
    """A phone that sends no cookie, no token and not even the address it comes from; forged forms are guarded against."""
    return Client(enforce_csrf_checks=True)


def test_an_answer_to_item_9_is_kept_and_raises_the_alert(forgetful, at, phq):
    answer = forgetful.post(at("portal-question", phq, 9), {"q9": "2", "go": "next"})
    assert answer["Location"].startswith(at("portal-help", phq))
    assert (Answer.objects.get().value, Alert.objects.get().value) == (2, 2)


def test_every_form_of_a_patient_is_kept_without_cookies(forgetful, at, phq):
    assert forgetful.post(at("portal-all", phq), {"q1": "1", "go": "send"}).status_code == 302
    assert forgetful.post(at("portal-finish", phq)).status_code == 302
    assert forgetful.post(at("portal-topic"), {"topic": "Sleep", "revision": base_of("")}).status_code == 302
    phq.refresh_from_db()
    assert (phq.answers, phq.state, Topic.objects.get().text) == ({"1": 1}, "complete", "Sleep")


def test_no_page_asks_for_a_token_or_sets_a_cookie(phone, at, phq):
    pages = [at("portal"), at("portal-topic"), at("portal-expect"), at("portal-done")]
    pages += [at("portal-all", phq), at("portal-finish", phq), at("portal-question", phq, 9)]
    for address in pages:
        page = phone.get(address)
        assert page.status_code == 200
        assert not page.cookies, address
        assert "csrf" not in page.content.decode(), address


def test_a_form_on_another_site_gains_nothing_without_the_address(at, phq, cast, link):
    """It would need the address, which holds a seal; the patient's cookies, sent or not, change nothing."""
    elsewhere = Client(enforce_csrf_checks=True)
    elsewhere.cookies["openhour"] = "a patient's browser has none"
    forged = token_of(phq.pk, NOW)
    for token in ("", "x", link.token[:-2], link.token[2:], forged):
        address = re.sub("/+", "/", reverse("portal-question", args=[token or "-", phq.pk, 9]))
        answer = elsewhere.post(address, {"q9": "3"}, headers={"origin": "https://evil.test"})
        assert answer.status_code == 404, token
    assert not Answer.objects.exists()


def test_the_pages_of_staff_still_ask_for_it(sign_in, cast):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in("ben").cookies
    room = reverse("session-start", args=[cast.ana_visit.pk])
    assert strict.post(room, {}).status_code == 403
