"""The link on the front desk's page: issued by a press, shown once, never by reading."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from openhour.records.models import PatientLink, Visit
from openhour.web.safety.link import square_of
from tests.care.plain import ask_two_measures
from tests.web.schedule_desk import stop_clock
from tests.workflows.answers import BEFORE


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, BEFORE)
    ask_two_measures(monkeypatch)


@pytest.fixture
def here(cast):
    return reverse("link-issue", args=[cast.ana_visit.pk])


def address_in(page):
    found = re.search(r"<textarea[^>]*>\s*(http[^<]+)</textarea>", page.content.decode())
    return unescape(found.group(1)).strip()


@pytest.mark.parametrize("who", ["dee", "ben"])
def test_a_press_issues_a_link_that_opens_the_patient_s_page(sign_in, client, here, who):
    page = sign_in(who).post(here)
    assert page.status_code == 200
    address = address_in(page)
    assert address.startswith("http://testserver/c/")
    assert "Before your visit" in client.get(address).content.decode()
    assert "2 sets of questions wait behind it." in " ".join(page.content.decode().split())


def test_reading_the_page_issues_nothing(sign_in, here):
    page = sign_in("dee").get(here)
    assert "Issue a link" in page.content.decode()
    assert "/c/" not in page.content.decode()
    assert not PatientLink.objects.exists()


def test_it_is_shown_once_and_a_new_one_withdraws_it(sign_in, client, here):
    dee = sign_in("dee")
    first = address_in(dee.post(here))
    assert "/c/" not in dee.get(here).content.decode()
    page = dee.post(here)
    assert "older link of this visit no longer works" in page.content.decode()
    assert client.get(first).status_code == 404
    assert client.get(address_in(page)).status_code == 200


def test_the_square_needs_no_style_of_its_own(sign_in, here):
    drawn = square_of("https://practice.example/c/abc/")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "#000" in drawn
    assert (
        drawn in sign_in("dee").post(here).content.decode()
        or 'class="qr"' in sign_in("dee").post(here).content.decode()
    )


def test_a_visit_that_is_over_is_told(sign_in, cast, here):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    page = sign_in("dee").post(here)
    assert page.status_code == 422
    assert "This visit is cancelled" in page.content.decode()
    assert not PatientLink.objects.exists()


@pytest.mark.parametrize("who", ["carla", "sam", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(sign_in, here, who):
    assert sign_in(who).get(here).status_code == 404
    assert sign_in(who).post(here).status_code == 404
    assert not PatientLink.objects.exists()


def test_the_front_desk_sees_no_answer_and_no_alert(sign_in, cast, here):
    from openhour.guard.actor import link_actor
    from tests.workflows.answers import form_of, give

    dee = sign_in("dee")
    dee.post(here)
    give(link_actor(str(PatientLink.objects.get().pk)), form_of(cast).pk, "9", 3)
    for address in (here, reverse("visit", args=[cast.ana_visit.pk])):
        words = dee.get(address).content.decode().lower()
        assert "nearly every day" not in words
        assert "alert" not in words.replace('role="alert"', "")
