"""The session room in a real Chromium: saved while one types, two tabs, no press that loses a word, accessible throughout."""

from __future__ import annotations

import os
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from openhour.records.models import Charge, Note, Session
from openhour.workflows.hour.sign_note import sign_note
from tests.cast import NOW
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import fill_hour, minutes, ready_to_sign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def chromium():
    """A browser; skips, saying why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("OPENHOUR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("there is no Chromium on this machine")
    # The driver keeps a loop running, which Django takes for asynchronous code that must not touch the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, chromium_sandbox=False, args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def therapist(chromium, live_server, sign_in, cast, monkeypatch):
    """`therapist(width)` opens Ben's browser; what a page complains of fails the test."""
    stop_clock(monkeypatch)
    cookie = sign_in("ben").cookies["openhour"].value
    opened, complaints = [], []

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 850}, color_scheme=light, java_script_enabled=scripts,
            base_url=live_server.url,
        )  # fmt: skip
        context.add_cookies([{"name": "openhour", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        return page

    yield open_at
    for context in opened:
        context.close()
    assert not complaints


def room(cast) -> str:
    return reverse("session-room", args=[cast.ana_visit.pk])


def axe_source() -> str:
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def saved(page) -> None:
    """Wait until the page says so."""
    page.wait_for_selector("[data-autosave-status][data-state=saved]")


def text_of(slug: str) -> str:
    return Note.objects.get().sections[slug]["text"]


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(therapist, cast, width, light):
    fill_hour(cast)
    page = therapist(width, light)
    for address in (room(cast), reverse("note-sign", args=[cast.ana_visit.pk])):
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe_source())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        assert not told, f"{address} at {width}, {light}: {told}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_on_a_signed_note(therapist, cast, width, light):
    ready_to_sign(cast)
    note = sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90)).note
    page = therapist(width, light)
    for route in ("note", "note-amend"):
        page.goto(reverse(route, args=[note.pk]))
        page.evaluate(axe_source())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        assert not [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_are_saved_while_one_types(therapist, cast):
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).press_sequentially("She slept.")
    saved(page)
    assert text_of("data") == "She slept."


def test_two_tabs_meet_and_both_texts_are_kept(therapist, cast):
    page = therapist()
    page.goto(room(cast))
    other = page.context.new_page()
    other.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).fill("From the first tab.")
    saved(page)
    other.get_by_role("textbox", name="Data", exact=True).fill("From the second tab.")
    other.get_by_role("button", name="Put theirs below mine").click()
    saved(other)
    assert text_of("data") == "From the second tab.\n\nFrom the first tab."


def test_a_press_in_mid_sentence_loses_nothing(therapist, cast):
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("textbox", name="Data", exact=True).fill("Half a sent")
    with page.expect_navigation():
        page.get_by_role("button", name="Start the clock").click()
    assert page.get_by_role("textbox", name="Data", exact=True).input_value() == "Half a sent"
    assert Session.objects.get().started_at == NOW


def test_the_response_stands_only_under_an_objective_that_was_chosen(therapist, cast):
    objective = fill_hour(cast)
    page = therapist()
    page.goto(room(cast))
    response = page.get_by_label("How Ana responded").first
    assert not response.is_visible()
    page.get_by_role("checkbox", name=objective.text).check()
    assert response.is_visible()
    response.fill("Relieved")
    wanted = [{"thread": str(objective.thread), "response": "Relieved"}]
    for _ in range(100):  # the chip and the words may be saved one after the other
        if Session.objects.get(visit=cast.ana_visit).objectives == wanted:
            break
        page.wait_for_timeout(100)
    assert Session.objects.get(visit=cast.ana_visit).objectives == wanted


@pytest.mark.parametrize("scripts", [True, False])
def test_an_hour_is_read_and_signed(therapist, cast, scripts):
    ready_to_sign(cast)
    Session.objects.update(started_at=NOW - timedelta(minutes=55), stopped_at=None)
    page = therapist(scripts=scripts)
    page.goto(room(cast))
    with page.expect_navigation():
        page.get_by_role("button", name="Stop").click()
    assert "55 minutes support 90837" in page.inner_text("#times")
    with page.expect_navigation():
        page.get_by_role("button", name="Read and sign").click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Sign as Ben Brook")).click()
    assert page.url.endswith(reverse("note", args=[Note.objects.get().pk]))
    assert "and as it was signed" in page.inner_text("main")
    assert Charge.objects.get().code == "90837"


def test_a_gap_is_mended_where_its_link_leads(therapist, cast):
    fill_hour(cast)
    page = therapist()
    page.goto(room(cast))
    page.get_by_role("link", name=re.compile("Fix: “Data” is still empty")).click()
    assert page.evaluate("document.activeElement.name") == "sections.data"
    box = page.get_by_role("textbox", name="Data", exact=True).bounding_box()
    head = page.locator(".hour-head").bounding_box()
    assert box["y"] >= head["y"] + head["height"], "not hidden below the head that stays"
