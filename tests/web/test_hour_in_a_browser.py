"""The session room in a real Chromium: saved while one types, two tabs, no press that loses a word, accessible throughout."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import SignInSession
from openhour.records.models import Charge, Note, Session
from openhour.workflows.hour.sign_note import sign_note
from tests.cast import NOW, PASSWORD
from tests.stories.browser import axe, browse, chromium, expect, follow, until  # noqa: F401
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import fill_hour, minutes, ready_to_sign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def therapist(browse, cast, monkeypatch):  # noqa: F811
    """`therapist(width)` opens Ben's browser."""
    stop_clock(monkeypatch)

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        return browse(width=width, height=850, light=light, scripts=scripts, who="ben")

    return open_at


def room(cast) -> str:
    return reverse("session-room", args=[cast.ana_visit.pk])


def saved(page) -> None:
    """Wait until the page says so."""
    expect(page.locator("[data-autosave-status]").first).to_have_attribute("data-state", "saved")


def text_of(slug: str) -> str:
    note = Note.objects.first()
    return note.sections.get(slug, {}).get("text", "") if note else ""


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(therapist, cast, width, light):
    fill_hour(cast)
    page = therapist(width, light)
    for address in (room(cast), reverse("note-sign", args=[cast.ana_visit.pk])):
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        axe(page)


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_on_a_signed_note(therapist, cast, width, light):
    ready_to_sign(cast)
    note = sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90)).note
    page = therapist(width, light)
    for route in ("note", "note-amend"):
        page.goto(reverse(route, args=[note.pk]))
        axe(page)


def test_words_are_saved_while_one_types(therapist, cast):
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).press_sequentially("She slept.")
    until(page, lambda: text_of("data") == "She slept.")
    saved(page)


def test_two_tabs_meet_and_both_texts_are_kept(therapist, browse, cast):  # noqa: F811
    browse.expected.append("409")
    page = therapist()
    page.goto(room(cast))
    other = browse.tab(page.context)
    other.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).fill("From the first tab.")
    saved(page)
    other.get_by_role("textbox", name="Data", exact=True).fill("From the second tab.")
    other.get_by_role("button", name="Put theirs below mine").click()
    until(other, lambda: text_of("data") == "From the second tab.\n\nFrom the first tab.")
    saved(other)


def test_a_press_in_mid_sentence_loses_nothing(therapist, cast):
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).fill("Half a sent")
    follow(page.get_by_role("button", name="Start the clock"))
    expect(page.get_by_role("textbox", name="Data", exact=True)).to_have_value("Half a sent")
    assert Session.objects.get().started_at == NOW


def test_the_response_stands_only_under_an_objective_that_was_chosen(therapist, cast):
    objective = fill_hour(cast)
    page = therapist()
    page.goto(room(cast))
    response = page.get_by_label("How Ana responded").first
    expect(response).to_be_hidden()
    page.get_by_role("checkbox", name=objective.text).check()
    expect(response).to_be_visible()
    response.fill("Relieved")
    wanted = [{"thread": str(objective.thread), "response": "Relieved"}]
    # the chip and the words may be saved one after the other
    until(page, lambda: Session.objects.get(visit=cast.ana_visit).objectives == wanted)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_hour_is_read_and_signed(therapist, cast, scripts):
    ready_to_sign(cast)
    Session.objects.update(started_at=NOW - timedelta(minutes=55), stopped_at=None)
    page = therapist(scripts=scripts)
    page.goto(room(cast))
    follow(page.get_by_role("button", name="Stop"))
    expect(page.locator("#times")).to_contain_text("55 minutes support 90837")
    follow(page.get_by_role("button", name="Read and sign"))
    follow(page.get_by_role("button", name=re.compile("Sign as Ben Brook")))
    expect(page).to_have_url(re.compile(reverse("note", args=[Note.objects.get().pk]) + "$"))
    expect(page.locator("main")).to_contain_text("and as it was signed")
    assert Charge.objects.get().code == "90837"


def test_a_gap_is_mended_where_its_link_leads(therapist, cast):
    fill_hour(cast)
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("link", name=re.compile("Fix: “Data” is still empty")).click()
    field = page.get_by_role("textbox", name="Data", exact=True)
    expect(field).to_be_focused()

    def in_sight() -> bool:
        """Not hidden below the head that stays; the page may still be on its way there."""
        box, head = field.bounding_box(), page.locator(".hour-head").bounding_box()
        return box["y"] >= head["y"] + head["height"]

    until(page, in_sight, "the field below the head")


def idle(monkeypatch) -> None:
    """Twenty minutes in which nothing came from Ben; fifteen are allowed."""
    SignInSession.objects.update(last_seen=NOW)
    stop_clock(monkeypatch, minutes(20))


def sign_in_beside(page, browse):  # noqa: F811
    """Ben signs in again in another tab; the page that lay open is left as it is."""
    beside = browse.tab(page.context)
    beside.goto(reverse("account_login"))
    beside.get_by_label("E-mail address").fill("ben@example.test")
    beside.get_by_label("Password").fill(PASSWORD)
    follow(beside.get_by_role("button", name="Sign in", exact=True))
    expect(beside.get_by_role("button", name="Sign out").first).to_be_visible()
    beside.close()


def test_who_was_signed_out_while_idle_keeps_every_word_and_saves_after_signing_in_again(
    therapist,
    browse,  # noqa: F811
    cast,
    monkeypatch,
):
    page = therapist()
    page.goto(room(cast))
    data = page.get_by_role("textbox", name="Data", exact=True)
    data.fill("Before the pause.")
    until(page, lambda: text_of("data") == "Before the pause.")
    idle(monkeypatch)
    data.fill("Before the pause. And after it.")
    expect(page.locator("[data-autosave-status]").first).to_contain_text("you are signed out")
    expect(page.get_by_role("link", name="Sign in beside this page")).to_be_visible()
    page.get_by_role("button", name="Start the clock").click()  # a press that would have led to the sign-in
    expect(page.locator("[data-autosave-status]").first).to_contain_text("you are signed out")
    expect(page).to_have_url(re.compile(room(cast) + "$"))
    expect(data).to_have_value("Before the pause. And after it.")
    assert text_of("data") == "Before the pause."
    sign_in_beside(page, browse)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    until(page, lambda: text_of("data") == "Before the pause. And after it.")
    saved(page)
    follow(page.get_by_role("button", name="Start the clock"))
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("textbox", name="Data", exact=True)).to_have_value("Before the pause. And after it.")


def test_a_press_right_after_the_pause_loses_no_word_either(therapist, browse, cast, monkeypatch):  # noqa: F811
    page = therapist()
    page.goto(room(cast))
    idle(monkeypatch)
    data = page.get_by_role("textbox", name="Data", exact=True)
    data.fill("Typed and pressed in one go")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.locator("[data-autosave-status]").first).to_contain_text("you are signed out")
    expect(data).to_have_value("Typed and pressed in one go")
    sign_in_beside(page, browse)
    follow(page.get_by_role("button", name="Start the clock"))  # the same press again: words first, then the clock
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert text_of("data") == "Typed and pressed in one go"
    assert Session.objects.get().started_at == minutes(20)
