"""A link that doesn't work: one page, one status, and not a word about why."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from openhour.records.models import Answer, PatientLink, Topic, Visit
from openhour.records.queries.link import token_of
from openhour.workflows.safety.issue_link import issue_link
from tests.cast import NOW
from tests.workflows.answers import BEFORE, issue

PAGES = ("portal", "portal-topic", "portal-expect", "portal-done")
FORM_PAGES = ("portal-all", "portal-finish", "portal-help")


def addresses(token, form):
    found = [reverse(name, args=[token]) for name in PAGES]
    found += [reverse(name, args=[token, form]) for name in FORM_PAGES]
    return [*found, reverse("portal-question", args=[token, form, 1])]


@pytest.fixture
def plain(phone, db, cast, clock):
    """What the page for a link that doesn't work says."""
    return phone.get("/c/never-issued/").content


def expired(cast, link, clock):
    clock.at = NOW + timedelta(days=1)
    return link.token


def withdrawn(cast, link, clock):
    issue(cast, at=BEFORE)
    return link.token


def tampered(cast, link, clock):
    return link.token[:-1] + ("A" if link.token[-1] != "A" else "B")


def lengthened(cast, link, clock):
    return token_of(link.id, NOW + timedelta(days=900))[:40] + link.token[40:]


def never_issued(cast, link, clock):
    return token_of(uuid4(), NOW + timedelta(days=1))


def cancelled(cast, link, clock):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    return link.token


@pytest.mark.parametrize("spoil", [expired, withdrawn, tampered, lengthened, never_issued, cancelled])
def test_every_page_says_the_same_and_nothing_of_the_reason(phone, plain, cast, link, phq, clock, spoil):
    token = spoil(cast, link, clock)
    for address in addresses(token, phq.pk):
        page = phone.get(address)
        assert page.status_code == 404
        assert page.content == plain, address
    words = plain.decode()
    assert "This link no longer works" in words
    assert "5555550100" in words
    assert 'href="tel:988"' in words
    assert "Ana" not in words
    assert "Ben" not in words


@pytest.mark.parametrize("spoil", [expired, withdrawn, tampered, never_issued, cancelled])
def test_nothing_is_kept_and_that_is_said_plainly(phone, cast, link, phq, clock, spoil):
    token = spoil(cast, link, clock)
    for address in addresses(token, phq.pk):
        page = phone.post(address, {"q1": "3", "q9": "0", "topic": "Sleep"})
        if page.status_code == 405:
            continue
        assert page.status_code == 404
        assert "was not kept" in page.content.decode()
        assert 'href="tel:988"' in page.content.decode()
    here = reverse("portal-question", args=[token, phq.pk, 9])
    told = phone.post(here, {"q9": "0"}, headers={"accept": "application/json"})
    assert told.status_code == 404
    assert not told.json().get("saved")
    assert not Answer.objects.exists()
    assert not Topic.objects.exists()


def test_another_patient_s_form_is_not_there(phone, plain, cast, link, phq):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    for name in FORM_PAGES:
        page = phone.get(reverse(name, args=[cleo.token, phq.pk]))
        assert (page.status_code, page.content) == (404, plain)
    for address in (
        reverse("portal-question", args=[cleo.token, phq.pk, 1]),
        reverse("portal-all", args=[link.token, uuid4()]),
    ):
        assert phone.get(address).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["x", "a" * 5000, "..", "%00", "%F0%9F%92%A9", "a.b.c", "AAAA.BBBB", "%20", "%0d%0aX: y", "'--", "..%2f..%2f"],
)
def test_no_address_breaks_anything(phone, cast, token):
    assert phone.get(f"/c/{token}/").status_code == 404


def test_two_patients_see_their_own_questions_only(phone, cast, link, phq):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    page = phone.get(reverse("portal", args=[cleo.token])).content.decode()
    assert str(phq.pk) not in page
    assert "Carla Cole" in page
    assert "Ben Brook" not in page


def test_no_session_is_made_and_nobody_is_signed_in(phone, at, phq):
    phone.get(at("portal"))
    phone.get(at("portal-question", phq, 1))
    assert not phone.cookies, "no cookie is asked for, and none gives a right"


def test_signed_in_staff_on_the_same_machine_act_as_the_patient(sign_in, link, phq, at):
    ben = sign_in("ben")
    ben.post(at("portal-question", phq, 1), {"q1": "1", "go": "next"})
    assert Answer.objects.get().by == f"link:{link.id}"


def test_a_link_opens_no_staff_page(phone, at, link):
    phone.get(at("portal"))
    for name in ("today", "alerts"):
        answer = phone.get(reverse(name))
        assert answer.status_code == 302
        assert "login" in answer["Location"]


def test_headers_are_strict_and_nothing_is_cached(phone, at, phq):
    for address in (at("portal"), at("portal-question", phq, 9), "/c/nothing/"):
        page = phone.get(address)
        assert page["Cache-Control"] == "no-store"
        policy = page["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_only_the_first_use_says_when_the_link_was_opened(phone, send, at, phq, link):
    phone.get(at("portal"))
    assert PatientLink.objects.get().opened_at is None, "a preview in a messenger isn't a patient"
    send(at("portal-question", phq, 1), {"q1": "1", "go": "next"})
    assert PatientLink.objects.get().opened_at == BEFORE
