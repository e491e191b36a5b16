"""When something breaks under a patient's hands: help stands on the page, nothing is promised, and nothing is given away."""

from __future__ import annotations

import pytest
from django.test import Client

from openhour.records.models import Alert

CRISIS = ('id="crisis"', "If you may hurt yourself", 'href="tel:988"', 'href="sms:988"', 'href="tel:911"')
WORDS = "Ana Almond can't go on"


@pytest.fixture
def unlucky(db):
    """A phone that gets the page of a fault, as a patient would, instead of the fault."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def fault(monkeypatch):
    """`fault(place)` makes what a page calls there fail, with a patient's words in its mouth."""

    def fail(*_, **__):
        raise RuntimeError(WORDS)

    return lambda place: monkeypatch.setattr(place, fail)


def helped(page, status):
    words = page.content.decode()
    assert page.status_code == status
    assert "<h1>That didn’t work</h1>" in words
    for one in CRISIS:
        assert one in words, one
    for told in ("Almond", "RuntimeError", "Traceback", "questions.py", "To the start page", 'href="/"'):
        assert told not in words, told
    assert page["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page["Content-Security-Policy"]
    return words


def test_a_fault_while_an_answer_is_kept(unlucky, at, phq, fault):
    fault("openhour.portal.questions.record_answer")
    words = helped(unlucky.post(at("portal-question", phq, 9), {"q9": "3", "go": "next"}), 500)
    assert "may not have been kept, and nobody may have read it" in words
    assert "Please go back and try once more" in words


@pytest.mark.parametrize("name", ["portal", "portal-topic", "portal-expect", "portal-done"])
def test_a_fault_on_any_page(unlucky, at, phq, fault, name):
    fault("openhour.portal.door.link_of")
    words = helped(unlucky.get(at(name)), 500)
    assert "may not have been kept" not in words, "nothing was sent"


def test_an_address_that_is_none(unlucky, at):
    helped(unlucky.get(at("portal") + "no/such/page/"), 404)


def test_a_request_that_can_t_be_read(unlucky, at, phq):
    words = helped(unlucky.post(at("portal-topic"), {f"f{number}": "x" for number in range(600)}), 400)
    assert "may not have been kept" in words
    helped(unlucky.get(at("portal"), headers={"host": "evil.test"}), 400)


def test_a_refusal(unlucky, at, phq, monkeypatch):
    from django.core.exceptions import PermissionDenied

    def refuse(*_, **__):
        raise PermissionDenied(WORDS)

    monkeypatch.setattr("openhour.portal.pages.procedure_of", refuse)
    helped(unlucky.get(at("portal-expect")), 403)


def test_the_page_asks_the_database_nothing(rf, django_assert_num_queries, db):
    from openhour.project import errors

    with django_assert_num_queries(0):
        for handler, status in (
            (errors.bad_request, 400),
            (errors.forbidden, 403),
            (errors.not_found, 404),
            (errors.server_error, 500),
        ):
            helped_words = handler(rf.post("/c/anything/")).content.decode()
            assert "988" in helped_words
            assert handler(rf.get("/c/anything/")).status_code == status


def test_staff_keep_their_own_pages(unlucky):
    words = unlucky.get("/no/such/page/").content.decode()
    assert "There is nothing here" in words
    assert "That didn’t work" not in words


def test_what_a_person_must_see_is_kept_before_the_fault(unlucky, at, phq, monkeypatch):
    """The database gives out after one answer, whichever it is: it was the one that raises the alert."""
    from openhour.portal import questions

    keep, calls = questions.record_answer, []

    def give_out(*given, **more):
        calls.append(given[2])
        if len(calls) > 1:
            raise RuntimeError(WORDS)
        return keep(*given, **more)

    monkeypatch.setattr(questions, "record_answer", give_out)
    sent = {f"q{item}": "1" for item in range(1, 11)}
    helped(unlucky.post(at("portal-all", phq), {**sent, "go": "send"}), 500)
    assert calls[0] == "9"
    assert Alert.objects.get().item == "9"
