"""Booking and signing with the keyboard alone: Tab, letters, arrows, space and Enter; the focus is always to be seen."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from openhour.records.models import Note, Visit
from tests.cast import PASSWORD
from tests.stories.browser import browse, chromium, expect, follow  # noqa: F401
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import minutes, ready_to_sign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOCUSED = """() => {
  const e = document.activeElement, label = e.labels && e.labels[0];
  const words = e.getAttribute('aria-label') || (label ? label.textContent : e.textContent) || '';
  const shown = getComputedStyle(label && e.type !== 'text' ? label : e), own = getComputedStyle(e);
  const ring = [shown, own].some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none');
  return [words.trim().replace(/\\s+/g, ' '), e.tagName, ring];
}"""
MOST_TABS = 140


def tab_to(page, words: str, tag: str = "") -> None:
    """Press Tab until the thing of that name has the focus, and can be seen to have it."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        name, found, ring = page.evaluate(FOCUSED)
        passed.append(name[:40])
        if name.startswith(words) and (not tag or found == tag):
            assert ring, f"the focus on {name!r} can't be seen"
            return
    raise AssertionError(f"{words!r} is not reached by Tab: {passed}")


def write(page, words: str, label: str) -> None:
    tab_to(page, label)
    page.keyboard.type(words)


def press(page, words: str, tag: str = "") -> None:
    tab_to(page, words, tag)
    follow(page, "Enter")


def test_dee_signs_in_and_books_a_series_without_a_mouse(browse, cast, monkeypatch):  # noqa: F811
    stop_clock(monkeypatch)
    page = browse(width=1280)
    page.goto("/")
    write(page, "dee@example.test", "E-mail address")
    write(page, PASSWORD, "Password")
    follow(page, "Enter")
    press(page, "Book", "A")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("almond")  # the search has the focus already
    tab_to(page, "Find")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("link", name="Ana Almond")).to_be_visible()
    press(page, "Ana Almond")
    tab_to(page, "Day")
    page.keyboard.type("03042026")
    tab_to(page, "Time")
    page.keyboard.type("0200PM")
    tab_to(page, "Room")
    page.keyboard.type("Blue")
    tab_to(page, "Once")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Number of visits")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3")
    press(page, "Book", "BUTTON")
    page.get_by_text("The series is booked: 3 visits.").wait_for()
    assert Visit.objects.filter(patient=cast.ana, series__cadence="weekly").count() == 3


def test_ben_signs_without_a_mouse(browse, cast, monkeypatch):  # noqa: F811
    ready_to_sign(cast)
    stop_clock(monkeypatch, minutes(70))
    page = browse(width=1280, who="ben")
    page.goto(reverse("session-room", args=[cast.ana_visit.pk]))
    press(page, "Read and sign", "BUTTON")
    press(page, "Sign as Ben Brook", "BUTTON")
    note = Note.objects.get()
    assert note.state == "signed"
    expect(page).to_have_url(re.compile(reverse("note", args=[note.pk]) + "$"))
